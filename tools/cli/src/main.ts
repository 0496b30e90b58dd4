// Runs the command line in this process.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { askAtTerminal } from './command-line/ask.js';
import { interruptCommand, processInterruptSignal } from './command-line/interrupt.js';
import type { Host, Output } from './command-line/io.js';
import { safeTerminalText } from './command-line/printable.js';
import { portcullisCommandName } from './command-line/command-name.js';
import { runCommandLine } from './command-line/run.js';
import { fileErrorCode, fileErrorWords } from './files/file-error.js';

const { stdin, stdout, stderr, env, versions } = process;
// Limits the memory of commands that read thousands of groups page by page. By default, V8 frees memory only after the heap has grown to
// several times the memory in use. Node.js prints a warning if it does not know a flag. Versions after 26 possibly do not know this flag.
if (Number.parseInt(versions.node, 10) <= 26) setFlagsFromString('--heap-growing-percent=20');
// Hides a warning: on Node 20, every client of the AWS SDK warns that SDK versions of 2027 will need Node 22.
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

let hasFailed = false;
for (const output of [stdout, stderr])
  output.on('error', (error) => {
    // EPIPE: the reader has closed the pipe, as in `portcullis compile baseline.yaml | head -3`. Interrupts the command but does not end
    // the process, so that the command can finish a change of a group.
    if (fileErrorCode(error) !== 'EPIPE' && !hasFailed) {
      hasFailed = true;
      process.exitCode = 1;
      if (output === stdout) stderr.write(safeTerminalText(`portcullis: cannot write: ${fileErrorWords(error)}\n`));
    }
    if (!interruptCommand()) process.exit(hasFailed ? 1 : 0);
  });

const host: Host = {
  stdout: cliStreamOutput(stdout),
  stderr: cliStreamOutput(stderr),
  env,
  // In a clone, bin/portcullis.mjs starts this process, and passes its own path in `PORTCULLIS_STARTED_AS`.
  command: portcullisCommandName(env.PORTCULLIS_STARTED_AS ?? process.argv[1] ?? '', env),
  version: (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }).version,
  cwd: process.cwd(),
  now: () => new Date(),
  wait: (milliseconds) => wait(milliseconds),
  openAccountRegion: async (options, signal) => (await import('./aws/sdk-account-region.js')).openAwsAccountRegion(env)(options, signal),
  ...(stdin.isTTY && {
    ask: (question: string) => askAtTerminal(stdin, stderr, safeTerminalText(question), processInterruptSignal(process)),
  }),
  get signal() {
    return processInterruptSignal(process);
  },
};
const exitCode = await runCommandLine(process.argv.slice(2), host);
process.exitCode ??= exitCode;
// The command was interrupted: exits without waiting for responses from AWS.
if (exitCode === 130)
  stdout.write('', () => {
    process.exit();
  });

/** A terminal of unknown width reports 0 columns. */
function cliStreamOutput(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => stream.write(safeTerminalText(text)),
    isTTY: stream.isTTY,
    ...(stream.columns > 0 && { columns: stream.columns }),
  };
}

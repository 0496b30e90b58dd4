// The command `portcullis`: what it needs of this process, and nothing else.
import { readFileSync } from 'node:fs';
import { askOn } from './ask.js';
import type { OpenPlace } from './aws/place.js';
import { interruptible } from './interrupt.js';
import type { Io, Output } from './io.js';
import { run } from './run.js';
import { codeOf, systemReason } from './system-reason.js';

const { stdin, stdout, stderr, env } = process;
stdout.on('error', (error) => {
  // Whoever read the output has seen enough, as in `portcullis compile baseline.yaml | head -3`.
  if (codeOf(error) === 'EPIPE') process.exit(0);
  stderr.write(`portcullis: cannot write: ${systemReason(error)}\n`);
  process.exit(1);
});

const openPlace: OpenPlace = async (options, signal) =>
  (await import('./aws/sdk-place.js')).openSdkPlace(env)(options, signal);

const io: Io = {
  stdout: outputOn(stdout),
  stderr: outputOn(stderr),
  env,
  cwd: process.cwd(),
  now: () => new Date(),
  openPlace,
  ...(stdin.isTTY && { ask: (question: string) => askOn(stdin, stderr, question, interruptible(process)) }),
  get signal() {
    return interruptible(process);
  },
};
process.exitCode = await run(process.argv.slice(2), io, versionOfThis());

/** A terminal that does not know how wide it is says 0. */
function outputOn(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => stream.write(text),
    isTTY: stream.isTTY,
    ...(stream.columns > 0 && { columns: stream.columns }),
  };
}

function versionOfThis(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('the package has no version');
}

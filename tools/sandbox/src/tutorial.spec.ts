/** Types every line of docs/tutorial.md into two terminals, and compares the output with the page. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runProgram } from './deployment/program.js';
import { blocksIn, Reader, ROOT } from './testing/page.js';

const DEADLINE_MILLISECONDS = 60_000;

jest.setTimeout(400_000);

/** A program that reads typed lines, with its output. */
class Terminal {
  printed = '';
  private readonly child;

  constructor(cwd: string, env: NodeJS.ProcessEnv, program: string, ...args: readonly string[]) {
    this.child = spawn(program, args, { cwd, env, stdio: 'pipe' });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.printed += chunk.toString();
      });
  }

  type(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** Waits until `find` finds something in the output. Resolves to undefined after the deadline. */
  async sees<T>(find: (printed: string) => T | undefined): Promise<T | undefined> {
    const end = Date.now() + DEADLINE_MILLISECONDS;
    for (;;) {
      const found = find(this.printed);
      if (found !== undefined || Date.now() > end || this.child.exitCode !== null) return found;
      await setTimeout(20);
    }
  }

  async end(): Promise<void> {
    this.child.kill('SIGINT');
    while (this.child.exitCode === null && this.child.signalCode === null) await setTimeout(20);
  }
}

const hasAwsCli = spawnSync('aws', ['--version']).status === 0;
// The page needs the AWS CLI.
const where = hasAwsCli ? it : it.skip;

where('every command prints what the page says (skipped without the AWS CLI)', async () => {
  const folder = folderLikeTheClone();
  const env = { ...process.env, FORCE_COLOR: undefined, PATH: [join(folder, 'bin'), process.env.PATH ?? ''].join(delimiter) };
  const tsx = createRequire(__filename).resolve('tsx');
  const main = join(__dirname, 'main.ts');
  const sandbox = new Terminal(folder, env, process.execPath, '--conditions=@portcullis/source', '--import', tsx, main, '--bare');
  let last = 0;
  // The shell of each line gets the variables of the lines before, and their last exit code as `$?`.
  const run = async (line: string): Promise<string> => {
    const script = `exec 2>&1; set -a; . ./variables; (exit ${last})\n${line}\nlast=$?; export -p > variables; exit $last`;
    const { code, stdout } = await runProgram('bash', ['-c', script], { cwd: folder, env });
    last = code;
    return stdout;
  };
  const reader = new Reader();
  try {
    await sandbox.sees((printed) => (printed.includes('Ctrl-C ends it') ? printed : undefined));
    writeFileSync(join(folder, 'variables'), (sandbox.printed.match(/^export .*$/gm) ?? []).join('\n'));
    const steps = blocksIn('tutorial.md').flat();
    for (const command of ['survey', 'adopt', 'check', 'plan', 'apply', 'explain', 'report'])
      expect(steps.map(({ text }) => text)).toContainEqual(expect.stringContaining(`npx portcullis ${command}`));
    for (const [i, { line, terminal, text = '', expected }] of steps.entries()) {
      const typed = `line ${line}: ${text}\n`;
      if (terminal === 'sandbox') {
        if (text !== '') sandbox.type(text);
        // Its output follows a moment after the reader's command in the other terminal. The times differ between runs.
        const wanted = withoutTimes(expected);
        const asOnPage = (printed: string): string => reader.asOnPage(withoutTimes(printed), wanted, true);
        await sandbox.sees((printed) => (asOnPage(printed) === wanted ? wanted : undefined));
        expect(typed + asOnPage(sandbox.printed)).toBe(typed + wanted);
      } else {
        expect(typed + reader.asOnPage(await run(text), expected)).toBe(typed + expected);
        // If the exit code is not 0, the page shows it next.
        if (steps[i + 1]?.text !== 'echo $?') expect({ line, text, last }).toEqual({ line, text, last: 0 });
      }
    }
  } finally {
    await sandbox.end();
    rmSync(folder, { recursive: true });
  }
});

function withoutTimes(text: string): string {
  return text.replaceAll(/^ *\d+ m?s(?= )/gm, '    0 ms');
}

/** Creates a folder with `infra/baseline.yaml` and a script `npx` that knows `portcullis`. */
function folderLikeTheClone(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-tutorial-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'infra'));
  copyFileSync(join(ROOT, 'infra', 'baseline.yaml'), join(folder, 'infra', 'baseline.yaml'));
  const npx = join(folder, 'bin', 'npx');
  const portcullis = join(ROOT, 'tools', 'cli', 'bin', 'portcullis.mjs');
  writeFileSync(npx, `#!/bin/sh\n[ "$1" = portcullis ] || exit 127\nshift\nexec '${process.execPath}' '${portcullis}' "$@"\n`);
  chmodSync(npx, 0o755);
  return folder;
}

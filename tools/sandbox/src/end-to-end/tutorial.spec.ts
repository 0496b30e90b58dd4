/** Runs every command of docs/tutorial.md in two terminals, and compares the output with the page. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runSandboxProgram } from '../deployment/program.js';
import { blocksIn, Reader, ROOT } from '../testing/docs-page.js';

const DEADLINE_MILLISECONDS = 60_000;

jest.setTimeout(400_000);

const hasAwsCli = spawnSync('aws', ['--version']).status === 0;
// Skips the test if the AWS CLI is not installed, because the page uses it.
const where = hasAwsCli ? it : it.skip;

where('every command of docs/tutorial.md prints what the page says (skipped without the AWS CLI)', async () => {
  const folder = await folderLikeTheClone();
  const env = { ...process.env, FORCE_COLOR: undefined, PATH: [join(folder, 'bin'), process.env.PATH ?? ''].join(delimiter) };
  const tsx = createRequire(__filename).resolve('tsx');
  const main = join(__dirname, '..', 'main.ts');
  const sandbox = spawn(process.execPath, ['--conditions=@portcullis/source', '--import', tsx, main, '--bare'], { cwd: folder, env });
  let printed = '';
  for (const stream of [sandbox.stdout, sandbox.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const until = async (isPrinted: () => boolean): Promise<void> => {
    const end = Date.now() + DEADLINE_MILLISECONDS;
    while (!isPrinted() && Date.now() < end && sandbox.exitCode === null) await setTimeout(20);
  };
  let last = 0;
  // Each line runs in a new shell. Each shell gets the variables that earlier lines have set, and the last exit code as `$?`.
  const run = async (line: string): Promise<string> => {
    const script = `exec 2>&1; set -a; . ./variables; (exit ${last})\n${line}\nlast=$?; export -p > variables; exit $last`;
    const { code, stdout } = await runSandboxProgram('bash', ['-c', script], { cwd: folder, env });
    last = code;
    return stdout;
  };
  const reader = new Reader();
  try {
    await until(() => printed.includes('Ctrl-C ends the sandbox'));
    expect(printed).toContain('Ctrl-C ends the sandbox');
    writeFileSync(join(folder, 'variables'), (printed.match(/^export .*$/gm) ?? []).join('\n'));
    const steps = blocksIn('tutorial.md').flat();
    for (const command of ['survey', 'adopt', 'check', 'plan', 'apply', 'explain', 'report'])
      expect(steps.map(({ text }) => text)).toContainEqual(expect.stringContaining(`npx portcullis ${command}`));
    for (const [i, { line, terminal, text = '', expected }] of steps.entries()) {
      const typed = `line ${line}: ${text}\n`;
      if (terminal === 'sandbox') {
        if (text !== '') sandbox.stdin.write(`${text}\n`);
        // The sandbox prints its output a moment after the reader's command in the other terminal. The times in the output of the sandbox
        // differ between runs.
        const wanted = withoutTimes(expected);
        const asOnPage = (): string => reader.asOnPage(withoutTimes(printed), wanted, true);
        await until(() => asOnPage() === wanted);
        expect(typed + asOnPage()).toBe(typed + wanted);
      } else {
        expect(typed + reader.asOnPage(await run(text), expected)).toBe(typed + expected);
        // If the exit code is not 0, the next command of the page must be `echo $?`.
        if (steps[i + 1]?.text !== 'echo $?') expect({ line, text, last }).toEqual({ line, text, last: 0 });
      }
    }
  } finally {
    sandbox.kill('SIGINT');
    if (sandbox.exitCode === null) await once(sandbox, 'exit');
    rmSync(folder, { recursive: true });
  }
});

function withoutTimes(text: string): string {
  return text.replaceAll(/^ *\d+ m?s(?= )/gm, '    0 ms');
}

/** Creates a folder with `infra/baseline.yaml`, the packaged CLI, and a script `npx` that starts the CLI as npx would. */
async function folderLikeTheClone(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-tutorial-'));
  for (const name of ['bin', 'infra', join('node_modules', '.bin')]) mkdirSync(join(folder, name), { recursive: true });
  copyFileSync(join(ROOT, 'infra', 'baseline.yaml'), join(folder, 'infra', 'baseline.yaml'));
  const npx = join(folder, 'bin', 'npx');
  const portcullis = join(folder, 'node_modules', '.bin', 'portcullis');
  writeFileSync(npx, `#!/bin/sh\n[ "$1" = portcullis ] || exit 127\nshift\nexec '${process.execPath}' '${portcullis}' "$@"\n`);
  chmodSync(npx, 0o755);
  const built = join(folder, 'cli');
  const build = ['--conditions=@portcullis/source', '--import=tsx', 'scripts/package.mjs', built];
  const { code, output } = await runSandboxProgram(process.execPath, build, { cwd: join(ROOT, 'tools', 'cli'), env: process.env });
  expect({ code, output }).toMatchObject({ code: 0 });
  symlinkSync(join(built, 'bin', 'portcullis.mjs'), portcullis);
  return folder;
}

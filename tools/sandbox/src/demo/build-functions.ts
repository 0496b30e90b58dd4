/** Builds the bundles of both functions, as `nx build` does: at once when nothing changed. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const FUNCTIONS = ['config-remediator', 'cloudtrail-detector'];

/** @throws {Error} with what Nx printed, when a bundle cannot be built. */
export async function buildFunctions(): Promise<void> {
  const require = createRequire(import.meta.url);
  const nx = require.resolve('nx/bin/nx.js');
  const root = join(dirname(require.resolve('nx/package.json')), '..', '..');
  const child = spawn(
    process.execPath,
    [nx, 'run-many', '-t', 'build', '-p', FUNCTIONS.join(','), '--output-style=static'],
    {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`the functions could not be built:\n${printed.join('')}`);
}

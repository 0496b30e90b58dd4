/** Builds the bundles of both functions, as `nx build` does: at once when nothing changed. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runProgram } from '../deployment/program.js';

/** @throws {Error} with what Nx printed, when a bundle cannot be built. */
export async function buildFunctions(): Promise<void> {
  const require = createRequire(import.meta.url);
  const args = ['run-many', '-t', 'build', '-p', 'config-remediator,cloudtrail-detector', '--output-style=static'];
  const { code, output } = await runProgram(process.execPath, [require.resolve('nx/bin/nx.js'), ...args], {
    cwd: join(dirname(require.resolve('nx/package.json')), '..', '..'),
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  if (code !== 0) throw new Error(`the functions could not be built:\n${output}`);
}

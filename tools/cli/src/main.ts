// The command `portcullis`: what it needs of this process, and nothing else.
import { readFileSync } from 'node:fs';
import { run } from './run.js';
import { codeOf, systemReason } from './system-reason.js';

const { stdout, stderr, env } = process;
stdout.on('error', (error) => {
  // Whoever read the output has seen enough, as in `portcullis compile baseline.yaml | head -3`.
  if (codeOf(error) === 'EPIPE') process.exit(0);
  stderr.write(`portcullis: cannot write: ${systemReason(error)}\n`);
  process.exit(1);
});
process.exitCode = await run(process.argv.slice(2), { stdout, stderr, env, cwd: process.cwd() }, versionOfThis());

function versionOfThis(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('the package has no version');
}

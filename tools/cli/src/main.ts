// The command `portcullis`: what it needs of this process, and nothing else.
import { readFileSync } from 'node:fs';
import { run } from './run.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read the output has seen enough, as in `portcullis compile baseline.yaml | head -3`.
    if (error.code !== 'EPIPE') throw error;
  });
}

const { stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), { stdout, stderr, env, cwd: process.cwd() }, versionOfThis());

function versionOfThis(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('the package has no version');
}

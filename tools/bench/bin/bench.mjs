#!/usr/bin/env node
// `npm run bench`: compiles the sources as they are now into one file and runs that. Run straight from TypeScript the library would be
// slower than a user has it: loaders keep the names of functions, at a price.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const outfile = fileURLToPath(new URL('../out-tsc/bench.mjs', import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL('../src/main.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@portcullis/source'],
  external: ['cidr-tools', 'esbuild', 'picocolors', 'tinybench'],
  logLevel: 'warning',
});
// A young generation that holds what one call makes: else the size at which V8 begins to copy would be measured as growth.
const node = ['--min-semi-space-size=128', '--max-semi-space-size=128'];
spawn(process.execPath, [...node, outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});

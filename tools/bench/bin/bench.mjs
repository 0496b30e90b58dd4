#!/usr/bin/env node
// `npm run bench`: compiles the sources as they are now into one file and runs that. Run straight from TypeScript the library would be
// slower than a user has it: loaders keep the names of functions, at a price.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const outdir = fileURLToPath(new URL('../out-tsc', import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL('../src/main.ts', import.meta.url))],
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // What a suite alone needs is loaded when it runs.
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@portcullis/source'],
  external: ['@aws-sdk/*', 'cidr-tools', 'esbuild', 'fast-check', 'picocolors', 'tinybench'],
  logLevel: 'warning',
});
// A young generation that holds what one call makes: else the size at which V8 begins to copy would be measured as growth.
const node = ['--min-semi-space-size=128', '--max-semi-space-size=128'];
spawn(process.execPath, [...node, join(outdir, 'main.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});

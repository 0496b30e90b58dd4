#!/usr/bin/env node
// `npm run bench`: bundles the current sources and runs the bundle. A TypeScript loader would add code that preserves the names of
// functions, and so would make the library slower than it is for users.
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
  // With splitting, each suite has its own file, which Node.js loads only when the suite runs.
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@portcullis/source'],
  external: ['@aws-sdk/*', 'cidr-tools', 'esbuild', 'fast-check', 'picocolors', 'tinybench'],
  // The bundled CommonJS packages call `require`.
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  logLevel: 'warning',
});
// With a smaller young generation, V8 would copy the objects of large inputs, and the benchmark would measure the copying.
const node = ['--min-semi-space-size=128', '--max-semi-space-size=128'];
spawn(process.execPath, [...node, join(outdir, 'main.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});

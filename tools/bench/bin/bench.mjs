#!/usr/bin/env node
// `npm run bench`: runs the TypeScript source, so that nothing has to be built first.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const node = ['--conditions=@portcullis/source', '--import', import.meta.resolve('tsx')];
spawn(process.execPath, [...node, main, ...process.argv.slice(2)], { stdio: 'inherit' }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});

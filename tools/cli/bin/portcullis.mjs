#!/usr/bin/env node
// Runs the TypeScript source, so that a fresh clone needs no build. Starts a second Node.js process with `--conditions`, so that Node.js
// imports the sources of the libraries.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

function pathToCliFile(relative) {
  return fileURLToPath(new URL(relative, import.meta.url));
}

const child = spawn(
  process.execPath,
  [
    // Limits the memory that V8 uses, because compiling TypeScript needs a lot of memory.
    '--max-semi-space-size=4',
    '--conditions=@portcullis/source',
    `--import=${import.meta.resolve('tsx')}`,
    pathToCliFile('../src/main.ts'),
    ...process.argv.slice(2),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      PORTCULLIS_STARTED_AS: process.argv[1],
      // Without this variable, tsx would read the tsconfig.json of the current folder.
      TSX_TSCONFIG_PATH: pathToCliFile('../tsconfig.json'),
    },
  },
);

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
function forwardSignalToCli(signal) {
  return child.kill(signal);
}
for (const signal of signals) process.on(signal, forwardSignalToCli);

child.on('error', (error) => {
  process.stderr.write(`portcullis: cannot start node: ${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  for (const each of signals) process.off(each, forwardSignalToCli);
  if (signal === null) {
    process.exitCode = code ?? 1;
    return;
  }
  // Sends this process the signal that ended the child. If the signal does not end this process, the exit code is the code that a shell
  // reports for this signal.
  process.exitCode = 128 + constants.signals[signal];
  process.kill(process.pid, signal);
});

#!/usr/bin/env node
// `npm run demo`: the TypeScript of the demo, run from source: nothing has to be built first but the functions, which it builds itself.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/demo/main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
const child = spawn(
  process.execPath,
  ['--conditions=@portcullis/source', '--import', tsx, main, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    // On Node 20 every client of the AWS SDK warns that versions of 2027 will need Node 22.
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
);

// The demo ends what it started when it is told to end, so the signal is handed on and its answer awaited.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});

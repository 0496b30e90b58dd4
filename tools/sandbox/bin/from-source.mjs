// Runs a program of the sandbox from its TypeScript source: nothing has to be built first.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs `src/<main>` with this process's arguments; this process ends as it ends. */
export function runFromSource(main) {
  const file = fileURLToPath(new URL(`../src/${main}`, import.meta.url));
  const node = ['--conditions=@portcullis/source', '--import', import.meta.resolve('tsx')];
  const child = spawn(process.execPath, [...node, file, ...process.argv.slice(2)], {
    stdio: 'inherit',
    // On Node 20 every client of the AWS SDK warns that versions of 2027 will need Node 22.
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  // The program ends what it started when it is told to end, so the signal is handed on and its end awaited.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

import { setTimeout } from 'node:timers/promises';
import { run } from '@portcullis/cli/run';
import { openWithSdk } from '@portcullis/cli/sdk';
import { folder, sandbox } from './fixture.js';

/** Runs `portcullis` in this process and in the spec's folder, as `administrator`. */
export async function portcullis(
  ...args: readonly string[]
): Promise<Readonly<Record<'stdout' | 'stderr', string>> & { exitCode: number }> {
  const env = sandbox.environment();
  // The SDK takes the endpoint from the environment of its process.
  Object.assign(process.env, env);
  const written = { stdout: '', stderr: '' };
  const exitCode = await run(args, {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    command: 'npx portcullis',
    version: '0',
    env,
    cwd: folder,
    now: () => new Date(),
    // Events arrive at once here, so polls need not be seconds apart.
    wait: (milliseconds) => setTimeout(milliseconds / 20),
    signal: new AbortController().signal,
    openAccountRegion: openWithSdk(env),
  });
  return { exitCode, ...written };
}

import { setTimeout } from 'node:timers/promises';
import { runCommandLine } from '@portcullis/cli/run';
import { openAwsAccountRegion } from '@portcullis/cli/sdk';
import type { Credentials } from '../simulated-aws/identities.js';
import { folder, sandbox } from './fixture.js';

type Ran = Readonly<Record<'stdout' | 'stderr', string>> & { readonly exitCode: number };

/** Runs `portcullis` in this process and in the spec's folder, as `administrator`. */
export function portcullis(...args: readonly string[]): Promise<Ran> {
  return portcullisAs(sandbox.person('administrator'), args);
}

/** @param signal interrupts the command */
export async function portcullisAs(
  credentials: Credentials,
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Ran> {
  const env = sandbox.environment(credentials);
  // The SDK reads the endpoint from the environment variables of this process.
  Object.assign(process.env, env);
  const written = { stdout: '', stderr: '' };
  const exitCode = await runCommandLine(args, {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    command: 'npx portcullis',
    version: '0',
    env,
    cwd: folder,
    now: () => new Date(),
    // Events arrive immediately in the sandbox, so pauses between polls can be short.
    wait: (milliseconds) => setTimeout(milliseconds / 20),
    signal,
    openAccountRegion: openAwsAccountRegion(env),
  });
  return { exitCode, ...written };
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program and returns its stdout. If the program fails, throws an error with the whole output of the program. */
export async function runReleaseProgram(program, args, options) {
  try {
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64 * 1024 * 1024, ...options });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  }
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program and returns its stdout. Throws an error with all its output if the program fails. */
export async function runReleaseProgram(program, args, options) {
  try {
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64 * 1024 * 1024, ...options });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  }
}

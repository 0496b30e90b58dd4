/** Runs a program to its end, without a shell. */
import { execFile } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/**
 * Returns the output and the exit code of the program. The exit code is 127 if the program could not be started, or if a signal ended the
 * program. The program is killed when this process exits.
 */
export function runSandboxProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<{ readonly code: number; readonly output: string; readonly stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { ...options, maxBuffer: Infinity }, (error, stdout, stderr) => {
      process.off('exit', end);
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
      resolve({ code, stdout, output: stripVTControlCharacters(stdout + stderr || (error?.message ?? '')) });
    });
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
  });
}

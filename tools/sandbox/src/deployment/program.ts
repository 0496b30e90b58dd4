/** Runs a program to its end, without a shell. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

// Colours and cursor movements (ECMA-48 control sequences).
const CONTROL_SEQUENCE = /\u001B\[[0-9;?]*[ -/]*[@-~]/g;

/**
 * Returns what the program printed: `output` has both streams in the order of their lines. The exit code is 127 when the program cannot be started, and null
 * when a signal ended it.
 *
 * @param onLine is told each line of its output as it comes, both streams, without colours.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, onLine }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly onLine?: (line: string) => void },
): Promise<{ readonly code: number | null; readonly output: string; readonly stdout: string }> {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const lines: string[] = [];
  const stdout: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (coloured) => {
      const line = coloured.replaceAll(CONTROL_SEQUENCE, '').trimEnd();
      lines.push(line);
      if (input === child.stdout) stdout.push(line);
      onLine?.(line);
    });
  }
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', ({ message }) => {
      lines.push(message);
      resolve(127);
    });
    child.on('close', resolve);
  });
  process.off('exit', end);
  return { code, output: lines.join('\n'), stdout: stdout.join('\n') };
}

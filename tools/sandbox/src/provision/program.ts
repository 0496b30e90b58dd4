import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProgramOptions {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Told each line of its output as it comes, both streams, without colours. */
  readonly onLine?: (line: string) => void;
  /** After so many seconds it is ended. @default 900 */
  readonly timeoutSeconds?: number;
}

export interface ProgramResult {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  /** Both streams, in the order of their lines, without colours. */
  readonly output: string;
}

// Colours and cursor movements (ECMA-48 control sequences).
const controlSequence = /\u001B\[[0-9;?]*[ -/]*[@-~]/g;

/** Runs a program to its end, without a shell. Rejects when it cannot be started. */
export const runProgram = async (
  program: string,
  args: readonly string[],
  { cwd, env, onLine = () => undefined, timeoutSeconds = 900 }: ProgramOptions,
): Promise<ProgramResult> => {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutSeconds * 1000 });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (coloured) => {
      const line = coloured.replaceAll(controlSequence, '').trimEnd();
      lines.push(line);
      onLine(line);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, output: lines.join('\n') };
};

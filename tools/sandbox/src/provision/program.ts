import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// Ends what it runs when this process ends, however that comes: a Terraform that outlived its AWS would try for minutes.
const keeper = join(import.meta.dirname, '..', 'keeper.mjs');

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

/** Runs a program to its end, without a shell. One that cannot be started ends with code 127 and the reason. */
export const runProgram = async (
  program: string,
  args: readonly string[],
  { cwd, env, onLine = () => undefined, timeoutSeconds = 900 }: ProgramOptions,
): Promise<ProgramResult> => {
  const child = spawn(process.execPath, [keeper, program, ...args], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutSeconds * 1000,
  });
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

/** Runs a command line. */
import { CommanderError } from 'commander';
import { oneLine } from '../terminal/printable.js';
import { Failure, Interrupted } from './failure.js';
import type { ExitCode, Io } from './io.js';
import { createProgram } from './program.js';

/** Runs the command that the arguments name and returns its exit code. @param argv without Node and the script */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = createProgram(io, (command) => async (...args) => {
    exitCode = await command(...args);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // `--help` and `--version` also throw, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    const isExpected = error instanceof Failure || error instanceof Interrupted;
    io.stderr.write(isExpected ? `portcullis: ${error.message}\n` : internalErrorText(error, io.env));
    return error instanceof Interrupted ? 130 : 1;
  }
  return exitCode;
}

/** Returns one line, and the stack if the user asks for it. */
function internalErrorText(error: unknown, env: Io['env']): string {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && (env.PORTCULLIS_DEBUG ?? '') !== '' ? `${error.stack ?? ''}\n` : '';
  return `portcullis: internal error: ${oneLine(words)}; please report it. PORTCULLIS_DEBUG=1 shows where it happened\n${stack}`;
}

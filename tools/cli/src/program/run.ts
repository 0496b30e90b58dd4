/** The command line: which command is meant, with what. */
import { CommanderError } from 'commander';
import { Failure, Interrupted } from './failure.js';
import type { ExitCode, Io } from './io.js';
import { createProgram } from './program.js';
import { oneLine } from '../terminal/printable.js';

/** Runs the command that the arguments name, without those for Node and the script, and resolves to its exit code. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = createProgram(io, (command) => async (...args) => {
    exitCode = await command(...args);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Help and the version that were asked for come this way too, with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (error instanceof Interrupted) {
      io.stderr.write(`portcullis: ${error.message}\n`);
      return 130;
    }
    io.stderr.write(error instanceof Failure ? `portcullis: ${error.message}\n` : mistakeWords(error, io));
    return 1;
  }
  return exitCode;
}

/** A mistake of ours: one line for the one who has to go on, and where it happened for the one who is to mend it. */
function mistakeWords(error: unknown, { env }: Io): string {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && (env.PORTCULLIS_DEBUG ?? '') !== '' ? `${error.stack ?? ''}\n` : '';
  return `portcullis: an error that should not be: ${oneLine(told)}; PORTCULLIS_DEBUG=1 tells where. Please report it\n${stack}`;
}

/** The command line: which command is meant, with what. */
import { CommanderError } from 'commander';
import { Failure, Interrupted } from './failure.js';
import type { ExitCode, Io } from './io.js';
import { createProgram } from './program.js';

/** Runs the command that the arguments name, without those for Node and the script, and resolves to its exit code. */
export async function run(argv: readonly string[], io: Io, version: string): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = createProgram(io, version, (command) => async (...args) => {
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
    if (!(error instanceof Failure)) throw error;
    io.stderr.write(`portcullis: ${error.message}\n`);
    return 1;
  }
  return exitCode;
}

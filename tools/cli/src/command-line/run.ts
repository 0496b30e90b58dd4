/** Runs a command line. */
import { CommanderError } from 'commander';
import { safeTerminalLine } from './printable.js';
import { Failure, Interrupted, InvalidFile } from './failure.js';
import { commandIoOn, type ExitCode, type Host } from './io.js';
import { createCommandLine } from './program.js';

/** Runs a command and returns its exit code. @param argv the arguments, without the paths of Node and of the script */
export async function runCommandLine(argv: readonly string[], host: Host): Promise<ExitCode> {
  const io = commandIoOn(host);
  let exitCode: ExitCode = 0;
  const program = createCommandLine(io, (command) => async (...args) => {
    exitCode = await command(...args);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // commander also throws for `--help` and `--version`, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    io.stderr.write(commandErrorText(error, io.env));
    return error instanceof Interrupted ? 130 : 1;
  } finally {
    io.progress.clear();
  }
  return exitCode;
}

/** Returns the text for an error. For a bug, the text is one line, followed by the stack if PORTCULLIS_DEBUG is set. */
function commandErrorText(error: unknown, env: Host['env']): string {
  if (error instanceof InvalidFile) return error.message;
  if (error instanceof Failure || error instanceof Interrupted) return `portcullis: ${error.message}\n`;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && (env.PORTCULLIS_DEBUG ?? '') !== '' ? `${error.stack ?? ''}\n` : '';
  return `portcullis: internal error: ${safeTerminalLine(words)}; please report it. PORTCULLIS_DEBUG=1 prints the stack\n${stack}`;
}

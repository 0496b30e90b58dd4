/** Asks the user a question at the terminal. */
import { createInterface } from 'node:readline/promises';
import { Interrupted } from './failure.js';

/**
 * Returns the line that the user types, or an empty text if the input ends.
 *
 * @throws {Interrupted} on Ctrl-C, or when the signal is aborted.
 */
export async function askAtTerminal(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const lines = createInterface({ input, output });
  const interrupt = new AbortController();
  const stopped = AbortSignal.any([signal, interrupt.signal]);
  // While readline reads from a terminal, Ctrl-C is an event of readline, not a signal of the process.
  lines.once('SIGINT', () => {
    interrupt.abort();
  });
  // The promise of `question` never settles if the input ends.
  const ended = new Promise<string>((resolve) => {
    lines.once('close', () => {
      resolve('');
    });
  });
  try {
    return await Promise.race([lines.question(question, { signal: stopped }), ended]);
  } catch (error) {
    if (!stopped.aborted) throw error;
    output.write('\n');
    throw new Interrupted('interrupted; nothing was changed');
  } finally {
    lines.close();
  }
}

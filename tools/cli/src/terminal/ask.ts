/** Asks the person at the terminal. */
import { createInterface } from 'node:readline';
import { Interrupted } from '../program/failure.js';

/**
 * Returns the line that is answered; nothing where the input ends instead.
 *
 * @throws {Interrupted} when the answer is Ctrl-C, or the signal is aborted.
 */
export async function askOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const lines = createInterface({ input, output, prompt: question });
  try {
    return await new Promise<string>((resolve, reject) => {
      const interrupted = (): void => {
        output.write('\n');
        reject(new Interrupted('interrupted; nothing was changed'));
      };
      lines.once('line', resolve);
      // A terminal that is read line by line tells Ctrl-C to whoever reads.
      lines.once('SIGINT', interrupted);
      signal.addEventListener('abort', interrupted, { once: true });
      lines.once('close', () => {
        resolve('');
      });
      lines.prompt();
    });
  } finally {
    lines.close();
  }
}

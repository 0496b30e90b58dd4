/** Gives a result to whom it is for. */
import { resolve } from 'node:path';
import { Failure } from './failure.js';
import type { Io } from './io.js';
import { writeAtomically } from './write-atomically.js';

/**
 * Writes the text to the file, whole or not at all; to stdout if it is `-` or none. Returns whether it was a file.
 *
 * @throws {Failure} when it cannot be written.
 */
export async function writeResult(text: string, out: string | undefined, io: Io): Promise<boolean> {
  if (out === undefined || out === '-') {
    io.stdout.write(text);
    return false;
  }
  const written = await writeAtomically(resolve(io.cwd, out), text);
  if (!written.ok) throw new Failure(`cannot write \`${out}\`: ${written.reason}`);
  return true;
}

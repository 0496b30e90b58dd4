/** Gives a result to whom it is for. */
import { resolve } from 'node:path';
import { Failure } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { writeAtomically } from './write-atomically.js';

export interface WriteOptions {
  /** Whether a file that is there is replaced. @default true */
  readonly overwrite?: boolean;
  /** What to say of one that is there and is not. */
  readonly refusal?: string;
}

/**
 * Writes the text to the file, whole or not at all; to stdout if it is `-` or none. Returns whether it was a file.
 *
 * @throws {Failure} when it cannot be written.
 */
export async function writeResult(
  text: string,
  out: string | undefined,
  io: Io,
  { overwrite = true, refusal }: WriteOptions = {},
): Promise<boolean> {
  if (out === undefined || out === '-') {
    io.stdout.write(text);
    return false;
  }
  const written = await writeAtomically(resolve(io.cwd, out), text, { overwrite });
  if (written.ok) return true;
  throw new Failure(written.exists && refusal !== undefined ? refusal : `cannot write \`${out}\`: ${written.reason}`);
}

/** Writes a result to stdout or to a file. A file is written completely or not at all. */
import { randomUUID } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, linkSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { fileErrorCode, fileErrorWords } from './file-error.js';

/**
 * Writes the text to the file, or to stdout if `out` is absent or `-`. Returns `true` if the text was written to a file.
 *
 * @param refusal the error message for an existing file; if `undefined`, an existing file is replaced
 * @throws {Failure} when the file cannot be written.
 */
export function writeFileOrStdout(text: string, out: string | undefined, io: Pick<Io, 'cwd' | 'stdout'>, refusal?: string): boolean {
  if (out === undefined || out === '-') {
    io.stdout.write(text);
    return false;
  }
  try {
    writeFileAtomically(resolve(io.cwd, out), text, refusal === undefined);
  } catch (error) {
    if (error instanceof NotAFile) throw new Failure(`cannot write \`${out}\`: it is not a regular file`);
    if (fileErrorCode(error) === 'EEXIST' && refusal !== undefined) throw new Failure(refusal);
    throw new Failure(`cannot write \`${out}\`: ${fileErrorWords(error)}`);
  }
  return true;
}

class NotAFile extends Error {}

/**
 * Writes a temporary file in the same folder and renames it, so that no reader sees an incomplete file. Writes to the target of a symbolic
 * link, and keeps permission bits. The package `write-file-atomic` is no alternative, because it replaces devices such as /dev/null and
 * always overwrites existing files.
 */
function writeFileAtomically(path: string, text: string, overwrite: boolean): void {
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing !== undefined && !existing.isFile()) throw new NotAFile();
  const target = existing === undefined ? path : realpathSync(path);
  const temporary = join(dirname(target), `.portcullis-${randomUUID()}.tmp`);
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, text);
      if (existing !== undefined) fchmodSync(file, existing.mode);
      // Without `fsync`, the file could be empty after a power failure.
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (overwrite) renameSync(temporary, target);
    // If somebody has created the file in the meantime, `linkSync` fails. `renameSync` would replace that file.
    else linkSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

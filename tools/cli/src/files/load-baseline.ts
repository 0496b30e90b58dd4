/** Loads the baseline file that a command is given. */
import type { CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH, readBaselineFile } from '@portcullis/baseline/file';
import type { Io } from '../program/io.js';
import { coloursOf } from '../terminal/colours.js';
import { fileProblemsText } from './file-problems-text.js';
import { readTextFile } from './read-text-file.js';

export interface LoadedBaseline {
  /** As the user typed it. */
  readonly fileName: string;
  readonly text: string;
  readonly compiled: CompiledBaseline;
}

/**
 * Returns the baselines of the file; `undefined` if the file is invalid, with every problem written to stderr.
 *
 * @throws {Failure} when the file cannot be read.
 */
export async function loadBaseline(fileName: string, io: Io): Promise<LoadedBaseline | undefined> {
  const text = await readTextFile(fileName, MAX_FILE_LENGTH, io);
  const read = readBaselineFile(text);
  if (read.ok) return { fileName, text, compiled: read.value };
  io.stderr.write(fileProblemsText({ fileName, text, problems: read.problems }, coloursOf(io.stderr, io.env)));
  return undefined;
}

/** Loads the baseline file that a command is given. */
import type { CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH, readBaselineFile } from '@portcullis/baseline/file';
import { InvalidFile } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { fileProblemsText } from './file-problems-text.js';
import { readTextFile } from './read-text-file.js';

export interface LoadedBaseline {
  /** As the user typed it. */
  readonly fileName: string;
  readonly text: string;
  readonly compiled: CompiledBaseline;
}

/**
 * @throws {InvalidFile} with every problem of the file.
 * @throws {Failure} when the file cannot be read.
 */
export async function loadBaseline(fileName: string, io: Io): Promise<LoadedBaseline> {
  const text = await readTextFile(fileName, MAX_FILE_LENGTH, io);
  const read = readBaselineFile(text);
  if (!read.ok) throw new InvalidFile(fileProblemsText({ fileName, text, problems: read.problems }, io.stderr.colours));
  return { fileName, text, compiled: read.value };
}

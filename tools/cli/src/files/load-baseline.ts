/** Loads a baseline file. */
import { baselineExposures, baselineExposureWarning, type CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH, readBaselineFile } from '@portcullis/baseline/file';
import { InvalidFile } from '../command-line/failure.js';
import { currentUtcDay, type Io } from '../command-line/io.js';
import { colouredFileProblems } from './file-problems-text.js';
import { readTextFile } from './read-text-file.js';

export interface LoadedBaseline {
  /** The path of the file, as the user typed it. */
  readonly fileName: string;
  readonly text: string;
  readonly compiled: CompiledBaseline;
}

/**
 * @throws {InvalidFile} with every problem of the file.
 * @throws {Failure} when the file cannot be read.
 */
export async function loadBaselineFile(fileName: string, io: Io): Promise<LoadedBaseline> {
  const text = await readTextFile(fileName, MAX_FILE_LENGTH, io);
  const read = readBaselineFile(text);
  if (!read.ok) throw new InvalidFile(colouredFileProblems({ fileName, text, problems: read.problems }, io.stderr.colours));
  return { fileName, text, compiled: read.value };
}

/** Warns on stderr about the services that each baseline of the file opens to the internet. */
export function warnOfExposuresInBaselineFile({ fileName, compiled }: LoadedBaseline, io: Io): void {
  const warning = baselineExposureWarning(baselineExposures(compiled, currentUtcDay(io)));
  const { bold, red } = io.stderr.colours;
  if (warning !== undefined) io.stderr.write(`${bold(red('WARNING'))}: ${fileName}: ${warning}\n`);
}

/** Loads the baseline file that a command is given. */
import { resolve } from 'node:path';
import type { CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH, readBaselineFile } from '@portcullis/baseline/file';
import { coloursOf } from '../terminal/colours.js';
import { Failure } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { renderReport } from './problem-report.js';
import { readTextFile } from './read-text-file.js';

/** The file that commands read where none is named. */
export const DEFAULT_FILE = 'baseline.yaml';

export interface LoadedBaseline {
  /** As the user called it. */
  readonly fileName: string;
  readonly text: string;
  readonly compiled: CompiledBaseline;
}

/** Returns the baselines of the file, or `undefined` once everything that is wrong with it has been written to stderr. */
export async function loadBaseline(fileName: string, io: Io): Promise<LoadedBaseline | undefined> {
  const file = await readTextFile(resolve(io.cwd, fileName), MAX_FILE_LENGTH);
  if (!file.ok) throw new Failure(`cannot read \`${fileName}\`: ${file.reason}`);
  const read = readBaselineFile(file.text);
  if (read.ok) return { fileName, text: file.text, compiled: read.value };
  const report = { fileName, text: file.text, problems: read.problems };
  io.stderr.write(renderReport(report, coloursOf(io.stderr, io.env)));
  return undefined;
}

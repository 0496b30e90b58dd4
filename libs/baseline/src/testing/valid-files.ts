import { formatFileProblem } from '@portcullis/yaml-file';
import type { CompiledBaseline } from '../compiled/baseline.js';
import { readBaselineFile } from '../file/read-baseline-file.js';

/** Returns the baselines and limits of a valid file. @throws {Error} with the text and all problems of an invalid file. */
export function readValidFile(text: string): CompiledBaseline {
  const read = readBaselineFile(text);
  if (!read.ok) throw new Error([...read.problems.map((problem) => formatFileProblem('baseline.yaml', problem)), text].join('\n'));
  return read.value;
}

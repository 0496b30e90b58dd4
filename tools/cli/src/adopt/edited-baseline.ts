/** Edits a loaded baseline file, and checks a written file by reading it back. */
import type { CompiledBaseline } from '@portcullis/baseline';
import { editBaselineFile, readBaselineFile, type BaselineEdit, type WrittenBaseline } from '@portcullis/baseline/file';
import { commandFailure } from '../command-line/failure.js';
import type { LoadedBaseline } from '../files/load-baseline.js';

/**
 * Returns the text of the file with the edits, and with the added baselines at the end.
 *
 * @param verb the verb for error messages, such as `merge into`
 * @throws {Failure} with a line for each edit that cannot be made in the file.
 */
export function editAdoptedBaseline(
  { fileName, text }: LoadedBaseline,
  verb: string,
  edits: readonly BaselineEdit[],
  added: readonly WrittenBaseline[] = [],
): string {
  const edited = editBaselineFile(text, edits, added);
  if (!edited.ok) throw commandFailure(edited.problems.map((problem) => `cannot ${verb} \`${fileName}\`: ${problem}`));
  return edited.text;
}

/** Reads a baseline file that this program wrote. An invalid file is a bug of this program. */
export function readBackAdoptedBaseline(text: string): CompiledBaseline {
  const read = readBaselineFile(text);
  if (!read.ok) throw new Error(`the written baseline file is invalid: ${JSON.stringify(read.problems.slice(0, 3))}`);
  return read.value;
}

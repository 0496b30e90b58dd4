/**
 * Reads and writes the baseline file. Do not import this module in Lambda functions, because it loads a YAML parser and a schema library.
 */
export { formatFileProblem, MAX_FILE_LENGTH } from '@portcullis/yaml-file';
export { baselinePlaces, type BaselinePlace } from './file/baseline-places.js';
export { BASELINE_SCHEMA_URL, baselineJsonSchema } from './file/json-schema.js';
export type { FileProblem, FileProblemCode, FileWarning, FileWarningCode } from './file/problem.js';
export type { ProposedPermit } from './file/proposals.js';
export { editBaselineFile, type BaselineEdit, type CommentedRule, type EditResult, type NewPermit } from './file/edit-baseline-file.js';
export { readBaselineFile, type FileResult } from './file/read-baseline-file.js';
export { baselineWarnings } from './file/warnings.js';
export { isPermitEndDay } from './compiled/notation.js';
export { writeBaselineFile, type WrittenBaseline } from './file/write-baseline-file.js';

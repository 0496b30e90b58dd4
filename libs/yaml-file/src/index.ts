/**
 * Reads YAML and JSON files, and remembers the line and column of every value for error messages. Do not import this library in a Lambda
 * function, because it loads a YAML parser.
 */
export { didYouMean } from './did-you-mean.js';
export { formatPath, isObject, yamlValueAt, type Fields, type Path } from './path.js';
export { formatFileProblem, sortFileProblems, type DataProblem, type FileProblem } from './file-problem.js';
export { quoted, quotedList } from './quoted.js';
export { MAX_FILE_LENGTH, readYaml, type YamlFile, type YamlResult } from './read-yaml.js';
export type { YamlProblem, YamlProblemCode } from './source-text.js';

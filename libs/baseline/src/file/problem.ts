/** The problems and warnings of a baseline file. */
import type { ProblemCode } from '@portcullis/permission-diff';
import type { FileProblem as Problem, YamlProblemCode } from '@portcullis/yaml-file';

/**
 * Says why a baseline file is invalid. Each `YamlProblemCode` means invalid YAML. Each `ProblemCode` means a permission that EC2 would
 * refuse.
 */
export type FileProblemCode =
  | YamlProblemCode
  | ProblemCode
  | 'empty-file'
  | 'missing-key'
  | 'bad-value'
  /** The file's `version` is newer than the versions that this release supports. */
  | 'unsupported'
  | 'duplicate-name'
  /** A baseline or a limit lists a group twice, or two baselines certainly select the same group. */
  | 'duplicate-group'
  | 'duplicate-rule'
  | 'duplicate-clause'
  /** A permit has no effect, because its rule is already required or allowed, or because the baseline does not declare egress. */
  | 'useless-permit'
  /** A key has no effect because of another key. */
  | 'useless-key'
  | 'duplicate-service'
  /** A limit or a key of a limit has no effect. */
  | 'useless-limit'
  /** A baseline declares or permits a rule that a limit on the same group forbids. */
  | 'beyond-limit';

/** One reason why a baseline file is invalid. */
export type FileProblem = Problem<FileProblemCode>;

/** Names a risk in a valid baseline file. */
export type FileWarningCode =
  /** The whole internet can reach an administration or database service. */
  | 'exposed-service'
  /** A permit has expired, so the permitted rules are now drift. */
  | 'expired-permit'
  /** A group can meet the criteria of two baselines. Portcullis does not restore such a group. */
  | 'overlapping-selection'
  /** A limit possibly forbids a rule of a baseline, or certainly forbids a rule whose permit has expired. */
  | 'may-be-beyond-limit'
  /** A limit revokes whole rules in all groups of the account. */
  | 'revokes-everywhere';

/** One risk in a valid baseline file, which its owner should review. */
export type FileWarning = Problem<FileWarningCode>;

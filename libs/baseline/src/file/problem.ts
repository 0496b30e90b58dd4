/** The problems and warnings of a baseline file. */
import type { ProblemCode } from '@portcullis/permission-diff';
import type { FileProblem as Problem, YamlProblemCode } from '@portcullis/yaml-file';

/**
 * Why a baseline file could not be read: a code for invalid YAML, a code for a permission that EC2 would refuse, or one of these codes.
 */
export type FileProblemCode =
  | YamlProblemCode
  | ProblemCode
  | 'empty-file'
  | 'missing-key'
  | 'bad-value'
  /** The file uses a part of the format that this release does not support yet. */
  | 'unsupported'
  | 'duplicate-name'
  /** A group is selected twice. */
  | 'duplicate-group'
  | 'duplicate-rule'
  | 'duplicate-clause'
  /** A permit that has no effect. */
  | 'useless-permit'
  /** A key that has no effect together with the other keys. */
  | 'useless-key'
  | 'duplicate-service'
  /** A limit, or a part of a limit, that has no effect. */
  | 'useless-limit'
  /** A baseline declares or permits a rule that a limit on the same group forbids. */
  | 'beyond-limit';

/** One reason why a baseline file could not be read. */
export type FileProblem = Problem<FileProblemCode>;

/** Why a valid baseline file is risky. */
export type FileWarningCode =
  /** The whole internet can reach an administration or database service. */
  | 'exposed-service'
  /** A permit has expired, so the permitted rules are now drift. */
  | 'expired-permit'
  /** A group can meet the criteria of two baselines. Portcullis does not restore such a group. */
  | 'overlapping-selection'
  /** A limit may forbid a rule that a baseline declares or permits, or forbids the rule because a permit ended. */
  | 'may-be-beyond-limit'
  /** A limit revokes rules of all groups of the account. */
  | 'revokes-everywhere';

/** One risk in a valid baseline file, which its owner should review. */
export type FileWarning = Problem<FileWarningCode>;

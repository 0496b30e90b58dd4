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
  /** A permit that changes nothing. */
  | 'useless-permit'
  /** A key that changes nothing beside the other keys. */
  | 'useless-key'
  | 'duplicate-service'
  /** A limit, or a part of it, that changes nothing. */
  | 'useless-limit'
  /** A baseline declares or permits what a limit of its groups forbids. */
  | 'beyond-limit';

/** One reason why a baseline file could not be read. */
export type FileProblem = Problem<FileProblemCode>;

/** Why a valid baseline file is risky. */
export type FileWarningCode =
  /** The whole internet can reach an administration or database service. */
  | 'exposed-service'
  /** A permit has expired, so the permitted rules are now drift. */
  | 'expired-permit'
  /** A group may meet the criteria of two baselines. Such a group is not restored. */
  | 'overlapping-selection'
  /** A limit may forbid what a baseline declares or permits, or forbids it since a permit ended. */
  | 'may-be-beyond-limit'
  /** A limit revokes rules of all groups of the account. */
  | 'revokes-everywhere';

/** One risk in a valid baseline file, which its owner should review. */
export type FileWarning = Problem<FileWarningCode>;

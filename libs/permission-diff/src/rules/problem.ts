/** The reason why a permission could not be read. */
export type ProblemCode =
  | 'wrong-type'
  | 'unknown-key'
  | 'unknown-protocol'
  | 'missing-port'
  | 'port-out-of-range'
  | 'port-order'
  | 'icmp-out-of-range'
  | 'icmp-code-without-type'
  | 'no-source'
  | 'not-a-cidr'
  | 'missing-prefix-length'
  | 'wrong-family'
  | 'not-an-id'
  | 'group-name-only'
  | 'bad-description'
  | 'several-sources'
  /** The item has no configuration: the group was deleted, or AWS Config does not record the group. */
  | 'no-configuration';

/** One reason why EC2 would refuse a permission. */
export interface PermissionProblem {
  readonly code: ProblemCode;
  /** The path of the value, e.g. `required[0].IpRanges[1].CidrIp`. */
  readonly path: string;
  /** The offending value as JSON text, shortened to 120 characters. `absent` if the value is missing. */
  readonly text: string;
  /** A description of valid values. */
  readonly expected: string;
}

export type ReadResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly PermissionProblem[] };

/** Returns the value, or the problems if there are any. */
export function permissionReadResult<T>(value: T, problems: readonly PermissionProblem[]): ReadResult<T> {
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
}

/** The value types of several read results, in the same order. */
export type ValuesOf<Reads extends readonly ReadResult<unknown>[]> = {
  [Index in keyof Reads]: Extract<Reads[Index], { readonly ok: true }>['value'];
};

/** Returns the values of the read results. @throws {InvalidPermissionError} with all problems, if any read result has problems. */
export function permissionValuesOrThrow<const Reads extends readonly ReadResult<unknown>[]>(reads: Reads): ValuesOf<Reads> {
  const problems = reads.flatMap((read) => (read.ok ? [] : read.problems));
  if (problems.length > 0) throw new InvalidPermissionError(problems);
  return reads.map((read) => read.ok && read.value) as ValuesOf<Reads>;
}

/** Thrown for permissions that EC2 would refuse. `problems` lists every problem, not only the first. */
export class InvalidPermissionError extends Error {
  override readonly name = 'InvalidPermissionError';

  constructor(readonly problems: readonly PermissionProblem[]) {
    super(problems.map(formatPermissionProblem).join('; '));
  }
}

/** Returns one line: the path, the offending value, and what was expected. */
export function formatPermissionProblem(problem: PermissionProblem): string {
  return `\`${problem.path}\`: found \`${problem.text}\`, expected ${problem.expected}`;
}

/** Records that `value` is invalid in `field`. Returns `null`, so that a reader can write `return refuse(…)`. */
export type Refuse = (code: ProblemCode, field: string, value: unknown, expected: string) => null;

/**
 * Returns a function that adds problems to the list. `pathOf` returns the path of a field. To save time, `pathOf` is called only if the
 * field has a problem.
 */
export function permissionProblemCollector(problems: PermissionProblem[], pathOf: (field: string) => string): Refuse {
  return (code, field, value, expected) => {
    problems.push({ code, path: pathOf(field), text: permissionProblemText(value), expected });
    return null;
  };
}

/** Returns the code for an invalid value: `code` for text, and `wrong-type` for any other value. */
export function permissionProblemCode(value: unknown, code: ProblemCode): ProblemCode {
  return typeof value === 'string' ? code : 'wrong-type';
}

/** Reports whether the value is an object. `null` and lists do not count as objects. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MAX_TEXT = 120;

/**
 * Returns `value` as text for a message: JSON of at most 120 characters, or `absent`. Does not print the contents of lists, objects and
 * functions. Such contents can be huge or circular, and their conversion to text can throw. Never throws.
 */
export function permissionProblemText(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return typeof value;
  const text = JSON.stringify(value.slice(0, MAX_TEXT));
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}

/** Why a permission could not be read. */
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
  /** AWS Config has recorded no content: the group was deleted, or is not recorded. */
  | 'no-configuration';

/** One reason why EC2 would refuse a permission. */
export interface PermissionProblem {
  readonly code: ProblemCode;
  /** Where it is, e.g. `required[0].IpRanges[1].CidrIp`. */
  readonly path: string;
  /** The offending value as JSON text, shortened to 120 characters; `absent` when there is none. */
  readonly text: string;
  /** What would be right. */
  readonly expected: string;
}

export type ReadResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly PermissionProblem[] };

/** Returns what was read, if nothing spoke against it. */
export function readResult<T>(value: T, problems: readonly PermissionProblem[]): ReadResult<T> {
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
}

/** What several readers read, each at the place of its reader. */
export type ValuesOf<Reads extends readonly ReadResult<unknown>[]> = {
  [Index in keyof Reads]: Extract<Reads[Index], { readonly ok: true }>['value'];
};

/** Returns what the readers read. @throws {InvalidPermissionError} with the problems of all of them, if any has one. */
export function valuesOf<const Reads extends readonly ReadResult<unknown>[]>(reads: Reads): ValuesOf<Reads> {
  const problems = reads.flatMap((read) => (read.ok ? [] : read.problems));
  if (problems.length > 0) throw new InvalidPermissionError(problems);
  return reads.map((read) => read.ok && read.value) as ValuesOf<Reads>;
}

/** Thrown for permissions that EC2 would refuse. `problems` lists every one of them, not only the first. */
export class InvalidPermissionError extends Error {
  override readonly name = 'InvalidPermissionError';

  constructor(readonly problems: readonly PermissionProblem[]) {
    super(problems.map(formatProblem).join('; '));
  }
}

/** Returns one line: where, what was found, what would be right. */
export function formatProblem(problem: PermissionProblem): string {
  return `\`${problem.path}\`: found \`${problem.text}\`, expected ${problem.expected}`;
}

/** Notes a problem with `value`, in the named `field` of what is being read. Returns what is read in its stead: `null`. */
export type Refuse = (code: ProblemCode, field: string, value: unknown, expected: string) => null;

/** Returns a function that adds problems to a list. `pathOf` is called only for a problem: it returns the path of the field. */
export function refuseInto(problems: PermissionProblem[], pathOf: (field: string) => string): Refuse {
  return (code, field, value, expected) => {
    problems.push({ code, path: pathOf(field), text: offendingText(value), expected });
    return null;
  };
}

/** Returns why a value that ought to be a certain text is not: the text, for the reason given, or that it is none. */
export function unlessText(value: unknown, code: ProblemCode): ProblemCode {
  return typeof value === 'string' ? code : 'wrong-type';
}

/** Reports whether the value is an object, and neither `null` nor a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MAX_TEXT = 120;

/**
 * Returns `value` as text for a message: JSON of at most 120 characters, `absent` for none. What is no scalar is named, not printed: it may
 * be huge, hold itself, or refuse to be turned into text. Never throws, whatever the value.
 */
export function offendingText(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return typeof value;
  const text = JSON.stringify(value.slice(0, MAX_TEXT));
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}

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
  | 'several-sources';

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

const MAX_TEXT = 120;

/** Returns `value` as JSON text for a message. Never throws, whatever the value holds. */
export function offendingText(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = jsonOf(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}

function jsonOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_TEXT));
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return String(value);
  // A list or object is named, not printed: it may be huge, hold itself, or refuse to be turned into text.
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'object';
  return String(value);
}

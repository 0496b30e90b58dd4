/** One reason why a synthesised stack cannot be provisioned directly. */
export interface StackProblem {
  readonly code:
    | 'bad-value'
    | 'cycle'
    | 'missing-argument'
    | 'missing-file'
    | 'not-a-stack'
    | 'not-plain-reference'
    | 'unknown-argument'
    | 'unknown-attribute'
    | 'unknown-block'
    | 'unknown-reference'
    | 'unknown-type';
  /** Where, e.g. `aws_sqs_queue.failures.name`. */
  readonly path: string;
  /** The offending text. */
  readonly text: string;
  /** What would be right. */
  readonly expected: string;
}

export const formatStackProblem = ({ code, path, text, expected }: StackProblem): string =>
  `${path}: ${code.replaceAll('-', ' ')} \`${text}\`: expected ${expected}`;

/** A stack that was refused as a whole: nothing of it has been provisioned. */
export class StackError extends Error {
  override readonly name = 'StackError';

  constructor(
    readonly file: string,
    readonly problems: readonly StackProblem[],
  ) {
    super([`${file} cannot be provisioned directly`, ...problems.map(formatStackProblem)].join('\n  '));
  }
}

/** A call that failed while a stack was provisioned. What came before it stays; provisioning again goes on from there. */
export class ProvisionError extends Error {
  override readonly name = 'ProvisionError';

  constructor(
    /** The address of the resource, e.g. `aws_sqs_queue.failures`. */
    readonly address: string,
    /** What was being done to it, e.g. `create`. */
    readonly step: string,
    cause: unknown,
  ) {
    super(`${address}: ${step} failed: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, {
      cause,
    });
  }
}

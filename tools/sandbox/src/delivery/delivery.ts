/** One try to run a function for a delivery. */
export interface Attempt {
  readonly requestId: string;
  readonly result?: unknown;
  readonly error?: FunctionError;
  /** What the function wrote to stdout and stderr, line by line. */
  readonly logs: readonly string[];
  /** By `performance.now()`. */
  readonly start: number;
}

/** What AWS Lambda says of a function that failed. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** From an AWS Config rule, from an EventBridge rule, or asked for by a caller of Lambda's Invoke with type `Event`. */
export type DeliveryKind = 'config' | 'cloudtrail' | 'invoke';

/** One event handed to one deployed function, asynchronously as AWS does: up to two more tries when the function fails. */
export interface Delivery {
  /** Counts from 1. */
  readonly id: number;
  readonly kind: DeliveryKind;
  readonly functionArn: string;
  readonly functionName: string;
  /** The Config rule or EventBridge rule which caused the delivery; empty for an `invoke`. */
  readonly ruleName: string;
  readonly event: unknown;
  /** 1 for what a person's change caused, 2 for what a function's change caused in a delivery of round 1, … */
  readonly round: number;
  /** The delivery during which the change was made that caused this one; none when a person made it. */
  readonly cause: number | undefined;
  readonly attempts: readonly Attempt[];
  readonly state: 'queued' | 'succeeded' | 'failed';
  /** What the handler resolved to, and the error of the last attempt. */
  readonly result?: unknown;
  readonly error?: FunctionError;
  /** The log lines of all attempts. */
  readonly logs: readonly string[];
}

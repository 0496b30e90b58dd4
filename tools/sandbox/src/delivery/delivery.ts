/** One attempt to run a function for a delivery. */
export interface Attempt {
  readonly requestId: string;
  readonly result?: unknown;
  readonly error?: FunctionError;
  /** The lines that the function wrote to stdout and stderr. */
  readonly logs: readonly string[];
  /** The value of `performance.now()`. */
  readonly start: number;
}

/** How AWS Lambda reports a function that failed. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** Caused by an AWS Config rule, an EventBridge rule, or a Lambda Invoke call of type `Event`. */
export type DeliveryKind = 'config' | 'cloudtrail' | 'invoke';

/** The delivery of one event to one deployed function, asynchronously as on AWS, with up to two retries. */
export interface Delivery {
  /** Counts from 1. */
  readonly id: number;
  readonly kind: DeliveryKind;
  readonly functionArn: string;
  readonly functionName: string;
  /** The Config rule or EventBridge rule that caused the delivery. Empty for an `invoke`. */
  readonly ruleName: string;
  readonly event: unknown;
  /** 1 if a person's change caused the delivery, 2 if a function's change in a delivery of round 1 caused it, and so on. */
  readonly round: number;
  /** The id of the delivery during which a function made the change that caused this one. Undefined if a person made it. */
  readonly cause: number | undefined;
  readonly attempts: readonly Attempt[];
  readonly state: 'queued' | 'succeeded' | 'failed';
  /** The result of the handler, or the error of the last attempt. */
  readonly result?: unknown;
  readonly error?: FunctionError;
  /** The log lines of all attempts. */
  readonly logs: readonly string[];
}

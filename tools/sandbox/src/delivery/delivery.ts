/** One attempt to run a function for a delivery. */
export interface Attempt {
  readonly requestId: string;
  readonly result?: unknown;
  readonly error?: FunctionError;
  /** The lines that the function wrote to stdout and stderr. */
  readonly logs: readonly string[];
  /** The start of the attempt, as a value of `performance.now()`. */
  readonly start: number;
}

/** An error of a function, in the form in which AWS Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/**
 * What invokes the function: an AWS Config rule (`config`), an EventBridge rule (`cloudtrail`), or a Lambda Invoke call of type `Event`
 * (`invoke`).
 */
export type DeliveryKind = 'config' | 'cloudtrail' | 'invoke';

/** The delivery of one event to one deployed function. As on AWS, the delivery is asynchronous and has up to two retries. */
export interface Delivery {
  /** Counts from 1. */
  readonly id: number;
  readonly kind: DeliveryKind;
  readonly functionArn: string;
  readonly functionName: string;
  /** The Config rule or EventBridge rule that caused the delivery. Empty for an `invoke`. */
  readonly ruleName: string;
  readonly event: unknown;
  /**
   * 1 if a person's call caused this delivery, 2 if a delivery with round 1 caused this delivery, and so on.
   */
  readonly round: number;
  /**
   * The id of the earlier delivery during which a function made the call that caused this delivery. Undefined if a person made the call.
   */
  readonly cause: number | undefined;
  readonly attempts: readonly Attempt[];
  readonly state: 'queued' | 'succeeded' | 'failed';
  /** The result of the handler, or the error of the last attempt. */
  readonly result?: unknown;
  readonly error?: FunctionError;
  /** The log lines of all attempts. */
  readonly logs: readonly string[];
}

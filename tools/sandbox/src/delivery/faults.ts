/** Simulates faults of AWS: stale reads, server errors, lost responses, and events that are duplicated, out of order or lost. */
import type { PendingCall, Verdict } from '../simulated-aws/call.js';
import type { DeliveryKind } from './delivery.js';

/**
 * How a call of a function fails. `stale`: reads return the rules from before the last write. `broken`: the call fails with HTTP 500 and
 * has no effect. `lost`: the call takes effect, but the response is HTTP 500.
 */
export type CallFault = 'stale' | 'broken' | 'lost';

export interface FaultOptions {
  /** Returns how a call fails. Called only for calls of role sessions, such as the calls of functions. @default no call fails */
  readonly call?: (call: PendingCall) => CallFault | undefined;
  /** Returns how many times an event is delivered. @default once */
  readonly copies?: (kind: DeliveryKind) => number;
  /**
   * Whether CloudTrail or AWS Config is the first to deliver an event about a call. On AWS, CloudTrail events take seconds, and AWS Config
   * events take minutes.
   * @default cloudtrail-first
   */
  readonly order?: 'cloudtrail-first' | 'config-first' | 'together';
}

export class Faults {
  constructor(private readonly options: FaultOptions = {}) {}

  /** Returns the kind of deliveries that must end before a delivery of this kind starts, or undefined. */
  kindBefore(kind: DeliveryKind): DeliveryKind | undefined {
    const { order = 'cloudtrail-first' } = this.options;
    if (kind === 'config' && order === 'cloudtrail-first') return 'cloudtrail';
    return kind === 'cloudtrail' && order === 'config-first' ? 'config' : undefined;
  }

  copiesOf(kind: DeliveryKind): number {
    return this.options.copies?.(kind) ?? 1;
  }

  verdictOn(call: PendingCall): Verdict {
    const internalError = { code: 'InternalError', message: 'An internal error has occurred', status: 500 };
    switch (this.options.call?.(call)) {
      case 'stale':
        return { stale: true };
      case 'broken':
        return { error: internalError };
      case 'lost':
        return { lost: internalError };
      case undefined:
        return {};
    }
  }
}

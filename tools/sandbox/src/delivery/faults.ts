/** Faults of AWS: stale reads, throttling, server errors, lost responses, and events that are late, duplicated, out of order or lost. */
import type { PendingCall, Verdict } from '../simulated-aws/call.js';
import type { DeliveryKind } from './delivery.js';

/**
 * A fault of a function's call: reads return the rules from before the last write (`stale`); the call is throttled; it fails with HTTP 500 before (`broken`) or
 * after (`lost`) it takes effect; or the response is delayed by this number of milliseconds. Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export type CallFault = 'stale' | 'throttled' | 'broken' | 'lost' | number;

export interface FaultOptions {
  /** Returns the fault of a call by a function or a role. @default no faults */
  readonly call?: (call: PendingCall) => CallFault | undefined;
  /** Returns how many times an event is delivered. @default once */
  readonly copies?: (kind: DeliveryKind) => number;
  /** Which delivery of a change is first. On AWS, CloudTrail's take seconds, and AWS Config's take minutes. @default cloudtrail-first */
  readonly order?: 'cloudtrail-first' | 'config-first' | 'together';
  /** Returns the delay of AWS Config's events in minutes of a simulated clock, which `advance` moves. @default 0 */
  readonly configMinutes?: () => number;
}

export class Faults {
  private minutes = 0;
  private readonly arrivals: { readonly due: number; readonly arrive: () => void }[] = [];

  constructor(private readonly options: FaultOptions = {}) {}

  /** Returns the kind of delivery that this kind waits for. */
  before(kind: DeliveryKind): DeliveryKind | undefined {
    const { order = 'cloudtrail-first' } = this.options;
    if (kind === 'config' && order === 'cloudtrail-first') return 'cloudtrail';
    return kind === 'cloudtrail' && order === 'config-first' ? 'config' : undefined;
  }

  copiesOf(kind: DeliveryKind): number {
    return this.options.copies?.(kind) ?? 1;
  }

  /** Resolves when an event of this kind arrives. */
  arrival(kind: DeliveryKind): Promise<void> {
    const minutes = kind === 'config' ? (this.options.configMinutes?.() ?? 0) : 0;
    if (minutes === 0) return Promise.resolve();
    return new Promise((arrive) => this.arrivals.push({ due: this.minutes + minutes, arrive }));
  }

  /** Moves the simulated clock. Events that are due then arrive. */
  advance(minutes: number): void {
    this.minutes += minutes;
    for (const each of this.arrivals.splice(0))
      if (each.due <= this.minutes) each.arrive();
      else this.arrivals.push(each);
  }

  async verdictOn(call: PendingCall): Promise<Verdict> {
    const fault = this.options.call?.(call);
    if (typeof fault === 'number') await new Promise((resolve) => setTimeout(resolve, fault));
    const isEc2 = call.service === 'ec2';
    const error = { code: 'InternalError', message: 'An internal error has occurred', status: 500 };
    const code = isEc2 ? 'RequestLimitExceeded' : 'ThrottlingException';
    if (fault === 'stale') return { stale: true };
    if (fault === 'throttled') return { error: { code, message: 'Request limit exceeded.', status: isEc2 ? 503 : 400 } };
    if (fault === 'broken') return { error };
    return fault === 'lost' ? { lost: error } : {};
  }
}

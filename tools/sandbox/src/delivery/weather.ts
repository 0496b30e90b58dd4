/** AWS's good and bad days: stale reads, refusals for no fault of the caller, lost answers, and events that come late, twice, out of order or not at all. */
import type { PendingCall, Verdict } from '../aws/call.js';
import type { DeliveryKind } from './delivery.js';

/**
 * What may happen to a function's call. Lists show the rules as they were before the last write (`stale`); it is throttled; HTTP 500 although nothing was done
 * (`broken`) or although it was carried out (`lost`); it is answered after so many milliseconds.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export type CallWeather = 'stale' | 'throttled' | 'broken' | 'lost' | number;

export interface WeatherOptions {
  /** Decides of each call of a function or of a role. @default fine weather */
  readonly call?: (call: PendingCall) => CallWeather | undefined;
  /** How often an event is delivered: 0, 1 or more. @default once */
  readonly copies?: (kind: DeliveryKind) => number;
  /** Which of the two deliveries of one change comes first. On AWS, CloudTrail's take seconds and AWS Config's take minutes. @default cloudtrail-first */
  readonly order?: 'cloudtrail-first' | 'config-first' | 'together' | undefined;
  /** Minutes, on the sandbox's own clock, before an event of AWS Config arrives: `advance` lets them pass. @default at once */
  readonly configMinutes?: () => number;
}

export class Weather {
  private minutes = 0;
  private readonly arrivals: { readonly due: number; readonly arrive: () => void }[] = [];

  constructor(private readonly options: WeatherOptions = {}) {}

  /** The kind of delivery that goes before this one. */
  before(kind: DeliveryKind): DeliveryKind | undefined {
    const { order = 'cloudtrail-first' } = this.options;
    if (kind === 'config' && order === 'cloudtrail-first') return 'cloudtrail';
    return kind === 'cloudtrail' && order === 'config-first' ? 'config' : undefined;
  }

  copiesOf(kind: DeliveryKind): number {
    return this.options.copies?.(kind) ?? 1;
  }

  /** Resolves when an event of that kind arrives. */
  arrival(kind: DeliveryKind): Promise<void> {
    const minutes = kind === 'config' ? (this.options.configMinutes?.() ?? 0) : 0;
    if (minutes === 0) return Promise.resolve();
    return new Promise((arrive) => this.arrivals.push({ due: this.minutes + minutes, arrive }));
  }

  /** Lets minutes pass: what is due arrives. */
  advance(minutes: number): void {
    this.minutes += minutes;
    for (const each of this.arrivals.splice(0))
      if (each.due <= this.minutes) each.arrive();
      else this.arrivals.push(each);
  }

  async verdictOn(call: PendingCall): Promise<Verdict> {
    const weather = this.options.call?.(call);
    if (typeof weather === 'number') await new Promise((resolve) => setTimeout(resolve, weather));
    const isEc2 = call.service === 'ec2';
    const error = { code: 'InternalError', message: 'An internal error has occurred', status: 500 };
    const code = isEc2 ? 'RequestLimitExceeded' : 'ThrottlingException';
    if (weather === 'stale') return { stale: true };
    if (weather === 'throttled') return { error: { code, message: 'Request limit exceeded.', status: isEc2 ? 503 : 400 } };
    if (weather === 'broken') return { error };
    return weather === 'lost' ? { lost: error } : {};
  }
}

/** Reads the logs of a deployment, and measures how long the functions took to detect changes and to restore groups. */
import { GUARDS } from '@portcullis/settings';
import type { AccountRegion } from '../aws/account-region.js';
import { readGuardLog } from '../aws/guard-log.js';
import { jsonMember, jsonTextMember } from '../files/json-members.js';

/** The mean, the median and the 90th percentile are null if `count` is 0. */
export interface Measured {
  readonly count: number;
  readonly meanSeconds: number | null;
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
}

export interface ReactionTimes {
  /** The time from a call to the detector's finding. The time of the call comes from CloudTrail. */
  readonly detect: Measured;
  /**
   * This time starts with the first call that the detector reported after the previous restoration of the group. It ends with the
   * remediator's finding.
   */
  readonly restore: Measured;
  /**
   * The number of restorations whose time is measured from AWS Config's record, because the detector reported no call. The true times of
   * these restorations are longer, because AWS Config recorded the group after the change.
   */
  readonly restoredFromRecord: number;
  /** The number of restorations without a measured time, because no event shows when the drift began. */
  readonly unmeasured: number;
}

/** A finding in the log of a function. */
export interface LoggedEvent {
  /** `drift`: a finding of the detector. `restoration`: a finding of the remediator. */
  readonly kind: 'drift' | 'restoration';
  /** Milliseconds. */
  readonly loggedAt: number;
  /** When the call was made or AWS Config recorded the group, in milliseconds. */
  readonly eventAt: number;
  /** The name of the call, or AWS Config's message type. */
  readonly eventName: string;
  readonly groupKey: string;
}

/** @throws {Failure} if the deployment has no log groups in this account and region. Throws the SDK's other errors unchanged. */
export async function readReactionsForReport(
  accountRegion: AccountRegion,
  name: string,
  since: Date,
  signal: AbortSignal,
): Promise<readonly LoggedEvent[]> {
  const read = async (guard: (typeof GUARDS)[keyof typeof GUARDS], kind: LoggedEvent['kind']): Promise<LoggedEvent[]> => {
    const events: LoggedEvent[] = [];
    for await (const { loggedAt, finding } of readGuardLog(accountRegion, { name, guard }, since, '"finding"', signal)) {
      const [event, group] = [jsonMember(finding, 'event'), jsonMember(finding, 'group')];
      const eventAt = Date.parse(jsonTextMember(event, 'time') ?? '');
      const groupKey = ['accountId', 'region', 'id'].map((key) => jsonTextMember(group, key) ?? '').join('/');
      if (jsonMember(finding, 'kind') === kind && !Number.isNaN(eventAt))
        events.push({ kind, loggedAt: loggedAt.getTime(), eventAt, eventName: jsonTextMember(event, 'name') ?? '', groupKey });
    }
    return events;
  };
  return [...(await read(GUARDS.detector, 'drift')), ...(await read(GUARDS.remediator, 'restoration'))];
}

export function reportReactionTimes(events: readonly LoggedEvent[]): ReactionTimes {
  const detected = events.filter(({ kind }) => kind === 'drift');
  const restored = events.filter(({ kind }) => kind === 'restoration');
  const spans: number[] = [];
  let [restoredFromRecord, unmeasured] = [0, 0];
  const lastRestored = new Map<string, number>();
  for (const { groupKey, loggedAt, eventAt, eventName } of [...restored].sort((a, b) => a.loggedAt - b.loggedAt)) {
    const after = lastRestored.get(groupKey) ?? -Infinity;
    lastRestored.set(groupKey, loggedAt);
    const calls = detected.filter((call) => call.groupKey === groupKey && call.eventAt > after && call.eventAt <= loggedAt);
    const first = Math.min(...calls.map((call) => call.eventAt));
    // The time of a scheduled evaluation does not show when the group changed.
    const isScheduled = eventName === 'ScheduledNotification';
    if (calls.length > 0) spans.push(loggedAt - first);
    else if (isScheduled) unmeasured += 1;
    else {
      restoredFromRecord += 1;
      spans.push(loggedAt - eventAt);
    }
  }
  const detect = reportTimeStatistics(detected.map(({ loggedAt, eventAt }) => loggedAt - eventAt));
  return { detect, restore: reportTimeStatistics(spans), restoredFromRecord, unmeasured };
}

function reportTimeStatistics(milliseconds: readonly number[]): Measured {
  // A measured time can be negative, because CloudTrail's times have no milliseconds and clocks differ.
  const seconds = milliseconds.map((span) => Math.max(0, span / 1000)).sort((a, b) => a - b);
  const count = seconds.length;
  const percentile = (part: number): number | null => seconds[Math.max(0, Math.ceil(count * part) - 1)] ?? null;
  const meanSeconds = count === 0 ? null : seconds.reduce((sum, each) => sum + each, 0) / count;
  return { count, meanSeconds, medianSeconds: percentile(0.5), p90Seconds: percentile(0.9) };
}

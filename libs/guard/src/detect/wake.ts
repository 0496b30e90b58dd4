/**
 * Whether the remediator is to be woken for a finding, and when. It cannot recurse: a call of the remediator's own role wakes nobody, so
 * each wake follows a call of somebody else, and there are at most as many wakes as such calls. And two owners do not fight at the speed of
 * machines: a group that one actor changes again and again is left to the pace of AWS Config, or restored once a minute if the drift is
 * severe. docs/decisions/0002 says why the counts are kept in memory.
 */
import type { Baseline } from '@portcullis/baseline';
import type { ApiCall } from '@portcullis/cloudtrail';
import { OUTLOOK, type Assessment, type FindingWake, type Severity } from '@portcullis/finding';
import { MAX_DEFERRAL_MILLISECONDS } from '../runtime/restoration-request.js';
import type { Remediator } from './ports.js';

export interface Awakening {
  readonly wake?: FindingWake;
  /** What is going to restore the group, or that nothing is. */
  readonly outlook?: string;
}

export interface Drifted {
  readonly assessment: Assessment;
  readonly call: ApiCall;
  readonly baseline: Baseline;
  readonly group: { readonly id: string; readonly name: string | null; readonly vpcId: string | null };
  readonly byRemediator: boolean;
}

export interface WakerOptions {
  /** Absent: nobody is woken. */
  readonly remediator: Remediator | undefined;
  /** Whether there is a remediator at all, which restores the group once AWS Config has recorded the change. */
  readonly isRestored: boolean;
  readonly now: () => Date;
  /** Told of a remediator that could not be woken. */
  readonly failed: (error: unknown, groupId: string) => void;
}

/** For one actor's changes, a group is restored this many times in a window; after that only severe drift wakes, and slowly. */
const MAX_WAKES_PER_WINDOW = 3;
const WINDOW_MILLISECONDS = 10 * 60_000;

/** Between two wakes of one group. One command makes several calls: those within this time share the second wake. */
const SPACING_MILLISECONDS = 15_000;

/** Between two wakes for an actor who has used up the window. The remediator waits that long, so it is the most that it may. */
const SLOW_SPACING_MILLISECONDS = MAX_DEFERRAL_MILLISECONDS;

const SEVERE: ReadonlySet<Severity> = new Set(['high', 'critical']);

/** Counts in the memory of one instance of the function; another instance counts for itself. */
export class Waker {
  /** The wakes of the last window, by group. */
  private readonly wakes = new Map<string, readonly Wake[]>();

  constructor(private readonly options: WakerOptions) {}

  /** Wakes the remediator where that is right, and returns what to expect. Never rejects. */
  async consider(drifted: Drifted): Promise<Awakening> {
    const { assessment, baseline, call, group, byRemediator } = drifted;
    const { remediator, isRestored } = this.options;
    // Of a group that is gone nothing is restored.
    if (assessment.kind !== 'drift' || (assessment.authorize.length + assessment.revoke.length === 0 && assessment.egress === undefined))
      return {};
    if (baseline.mode === 'report') return { outlook: OUTLOOK.reportOnly };
    if (!isRestored) return {};
    if (remediator === undefined || byRemediator) return { outlook: OUTLOOK.byConfig };
    const by = actorOf(call);
    const now = this.options.now().getTime();
    const recent = this.recentWakes(group.id, now);
    const own = recent.filter((wake) => wake.by === by);
    const isUsedUp = own.length >= MAX_WAKES_PER_WINDOW;
    const due = isUsedUp && !SEVERE.has(assessment.severity) ? Infinity : dueTime(now, recent, own, isUsedUp);
    const otherOwner = isUsedUp ? by : null;
    // The remediator reads the group when it is due, so it restores this drift, too.
    if (recent.some((wake) => wake.due > now && wake.due <= due))
      return { wake: { outcome: 'joined', otherOwner }, outlook: OUTLOOK.wokenSoon };
    if (due === Infinity) return withheld(otherOwner);
    const wake: Wake = { by, due };
    // Before the call, and not after it: the next record may be judged meanwhile.
    this.wakes.set(group.id, [...recent, wake]);
    try {
      const { eventId, eventName, eventTime, accountId, region } = call;
      const cause = { eventId, eventName, eventTime, accountId, region };
      const later = due > now && { notBefore: new Date(due).toISOString() };
      await remediator.restore({ portcullis: 'restore', version: 1, ...later, group, cause });
      return { wake: { outcome: 'sent', otherOwner }, outlook: later ? OUTLOOK.wokenSoon : OUTLOOK.woken };
    } catch (error) {
      const sent = (this.wakes.get(group.id) ?? []).filter((each) => each !== wake);
      this.wakes.set(group.id, sent);
      this.options.failed(error, group.id);
      return { wake: { outcome: 'failed', otherOwner: null }, outlook: OUTLOOK.byConfig };
    }
  }

  /** Returns the group's wakes of the last window, and forgets what is older of every group. */
  private recentWakes(groupId: string, now: number): readonly Wake[] {
    const isRecent = ({ due }: Wake): boolean => due > now - WINDOW_MILLISECONDS;
    for (const [id, wakes] of this.wakes) if (!wakes.some(isRecent)) this.wakes.delete(id);
    return (this.wakes.get(groupId) ?? []).filter(isRecent);
  }
}

interface Wake {
  readonly by: string | null;
  /** When the remediator is to restore the group: epoch milliseconds. */
  readonly due: number;
}

function dueTime(now: number, recent: readonly Wake[], own: readonly Wake[], isUsedUp: boolean): number {
  const lastOf = (wakes: readonly Wake[]): number => Math.max(-Infinity, ...wakes.map(({ due }) => due));
  const past = recent.filter(({ due }) => due <= now);
  const spacing = isUsedUp ? SLOW_SPACING_MILLISECONDS : SPACING_MILLISECONDS;
  return Math.max(now, lastOf(past) + SPACING_MILLISECONDS, lastOf(own) + spacing);
}

/** By the role or user whose session it was: a caller chooses the names of its sessions. */
function actorOf({ actor }: ApiCall): string | null {
  return actor.issuerArn ?? actor.arn ?? actor.principalId ?? actor.userName;
}

function withheld(otherOwner: string | null): Awakening {
  const by = otherOwner ?? 'somebody';
  return {
    wake: { outcome: 'withheld', otherOwner },
    outlook: `restored ${MAX_WAKES_PER_WINDOW} times within ${WINDOW_MILLISECONDS / 60_000} minutes and changed again by ${by}: it is left to the pace of AWS Config`,
  };
}

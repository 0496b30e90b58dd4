/**
 * Decides whether and when to wake the remediator, which means to send it a request to restore a group. Such requests cannot form a loop:
 * the remediator's own calls never cause a request, so there are at most as many requests as calls by others. If one actor changes a group
 * again and again, Portcullis does not restore the group at machine speed, because the actor may be another owner's automation. It restores
 * the group at AWS Config's pace, or once a minute if the drift is severe. docs/decisions/0002 says why the counts are kept in memory.
 */
import type { ApiCall } from '@portcullis/cloudtrail';
import { findingApprovalOutlook, OUTLOOK, type Assessment, type FindingWake, type Severity } from '@portcullis/finding';
import { MAX_DEFERRAL_MILLISECONDS, type RestorationRequest } from '../runtime/restoration-request.js';
import type { Remediator } from './ports.js';

export interface Awakening {
  readonly wake?: FindingWake;
  /** Says what restores the group, or that nothing restores it. */
  readonly outlook?: string;
}

export interface Drifted {
  readonly assessment: Assessment;
  readonly call: ApiCall;
  /** Whether the remediator may change the group because of this drift. */
  readonly isEnforced: boolean;
  /** Present if the remediator may change the group only after an approval. */
  readonly awaiting?: { readonly approveWithin?: number } | undefined;
  readonly group: RestorationRequest['group'];
  readonly byRemediator: boolean;
}

export interface WakerOptions {
  /** If `undefined`, the detector wakes no remediator. */
  readonly remediator: Remediator | undefined;
  /** Whether the deployment has a remediator that restores the group after AWS Config has recorded the change. */
  readonly isRestored: boolean;
  readonly now: () => Date;
  /** Called if the remediator could not be woken. */
  readonly failed: (error: unknown, groupId: string) => void;
}

/**
 * The maximum number of requests for one actor and one group in a window. After that, only severe drift causes a request, and less often.
 */
const MAX_WAKES_PER_WINDOW = 3;
const WINDOW_MILLISECONDS = 10 * 60_000;

/**
 * The minimum time between two requests for one group. One command of a person can make several calls. The calls within this time share the
 * second request.
 */
const SPACING_MILLISECONDS = 15_000;

/**
 * The minimum time between two requests for an actor who has used up the window's maximum. It equals the longest time that the remediator
 * can wait before a restoration.
 */
const SLOW_SPACING_MILLISECONDS = MAX_DEFERRAL_MILLISECONDS;

const SEVERE: ReadonlySet<Severity> = new Set(['high', 'critical']);

/** Keeps its counts in the memory of one Lambda instance. Each instance counts separately. */
export class Waker {
  /** The requests of the last window, keyed by group id. */
  private readonly wakes = new Map<string, readonly Wake[]>();

  constructor(private readonly options: WakerOptions) {}

  /** Wakes the remediator if the drift needs a restoration, and returns the outcome. Never rejects. */
  async consider(drifted: Drifted): Promise<Awakening> {
    const { assessment, isEnforced, awaiting, call, group, byRemediator } = drifted;
    const { remediator, isRestored } = this.options;
    // Nothing to restore: the group was deleted.
    if (assessment.kind !== 'drift' || (assessment.authorize.length + assessment.revoke.length === 0 && assessment.egress === undefined))
      return {};
    if (!isEnforced && awaiting !== undefined) return isRestored ? { outlook: findingApprovalOutlook(awaiting) } : {};
    if (!isEnforced) return { outlook: assessment.limits === undefined ? OUTLOOK.reportOnly : OUTLOOK.limitsReportOnly };
    if (!isRestored) return {};
    if (remediator === undefined || byRemediator) return { outlook: OUTLOOK.byConfig };
    const by = actorToCountWakesOf(call);
    const now = this.options.now().getTime();
    const recent = this.recentWakes(group.id, now);
    const own = recent.filter((wake) => wake.by === by);
    const isUsedUp = own.length >= MAX_WAKES_PER_WINDOW;
    const due = isUsedUp && !SEVERE.has(assessment.severity) ? Infinity : nextWakeTime(now, recent, own, isUsedUp);
    const otherOwner = isUsedUp ? by : null;
    // The remediator reads the group when the pending request is due, so that request also covers this drift.
    if (recent.some((wake) => wake.due > now && wake.due <= due))
      return { wake: { outcome: 'joined', otherOwner }, outlook: OUTLOOK.wokenSoon };
    if (due === Infinity) return withheldWake(otherOwner);
    const wake: Wake = { by, due };
    // Remember the request before sending it, because another record may be judged meanwhile.
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

  /** Returns the group's requests of the last window, and forgets older requests of all groups. */
  private recentWakes(groupId: string, now: number): readonly Wake[] {
    const isRecent = ({ due }: Wake): boolean => due > now - WINDOW_MILLISECONDS;
    for (const [id, wakes] of this.wakes) if (!wakes.some(isRecent)) this.wakes.delete(id);
    return (this.wakes.get(groupId) ?? []).filter(isRecent);
  }
}

interface Wake {
  readonly by: string | null;
  /** When the remediator restores the group, in epoch milliseconds. */
  readonly due: number;
}

function nextWakeTime(now: number, recent: readonly Wake[], own: readonly Wake[], isUsedUp: boolean): number {
  const lastOf = (wakes: readonly Wake[]): number => Math.max(-Infinity, ...wakes.map(({ due }) => due));
  const past = recent.filter(({ due }) => due <= now);
  const spacing = isUsedUp ? SLOW_SPACING_MILLISECONDS : SPACING_MILLISECONDS;
  return Math.max(now, lastOf(past) + SPACING_MILLISECONDS, lastOf(own) + spacing);
}

/** Returns the role or user, not the session, because callers choose the names of their sessions. */
function actorToCountWakesOf({ actor }: ApiCall): string | null {
  return actor.issuerArn ?? actor.arn ?? actor.principalId ?? actor.userName;
}

function withheldWake(otherOwner: string | null): Awakening {
  const by = otherOwner ?? 'somebody';
  return {
    wake: { outcome: 'withheld', otherOwner },
    outlook: `restored ${MAX_WAKES_PER_WINDOW} times within ${WINDOW_MILLISECONDS / 60_000} minutes and changed again by ${by}: it is left to the pace of AWS Config`,
  };
}

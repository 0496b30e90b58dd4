/**
 * Decides whether and when to send the remediator a request to restore a group. Requests cannot form a loop, because the remediator's own
 * calls never cause a request. An actor who changes a group again and again may be another owner's automation. After three requests because
 * of one actor, only severe drift by this actor causes a request, at most one a minute. AWS Config then triggers the restoration of milder
 * drift. For why the requests are counted in memory, see docs/decisions/0002.
 */
import type { ApiCall } from '@portcullis/cloudtrail';
import { findingApprovalOutlook, OUTLOOK, type Assessment, type FindingWake, type Severity } from '@portcullis/finding';
import { MAX_DEFERRAL_MILLISECONDS, type RestorationRequest } from '../runtime/restoration-request.js';
import type { Remediator } from './ports.js';

export interface Awakening {
  readonly wake?: FindingWake;
  /** Says what restores the group, or that nothing restores the group. */
  readonly outlook?: string;
}

export interface Drifted {
  readonly assessment: Assessment;
  readonly call: ApiCall;
  /** Whether a baseline or a limit in mode `enforce` requires a change of the group. */
  readonly isEnforced: boolean;
  /** Present if the restoration needs an approval. `approveWithin` says how many minutes the restoration waits. */
  readonly awaiting?: { readonly approveWithin?: number } | undefined;
  readonly group: RestorationRequest['group'];
  readonly byRemediator: boolean;
}

export interface WakerOptions {
  /** `undefined` if the detector does not invoke the remediator. */
  readonly remediator: Remediator | undefined;
  /** Whether the deployment has a remediator, which AWS Config invokes after each recorded change. */
  readonly isRestored: boolean;
  readonly now: () => Date;
  /** Called if a request to the remediator failed. */
  readonly failed: (error: unknown, groupId: string) => void;
}

/**
 * The maximum number of requests because of one actor for one group within `WINDOW_MILLISECONDS`. After these requests, only severe drift
 * leads to a request, at most one per `SLOW_SPACING_MILLISECONDS`.
 */
const MAX_WAKES_PER_WINDOW = 3;
const WINDOW_MILLISECONDS = 10 * 60_000;

/**
 * The minimum time between two restorations of one group. If a person's command makes several calls within this time, one request covers
 * all calls after the first.
 */
const SPACING_MILLISECONDS = 15_000;

/**
 * The minimum time between two restorations because of one actor who has reached `MAX_WAKES_PER_WINDOW`. A longer time is impossible,
 * because a request cannot defer a restoration any longer.
 */
const SLOW_SPACING_MILLISECONDS = MAX_DEFERRAL_MILLISECONDS;

const SEVERE: ReadonlySet<Severity> = new Set(['high', 'critical']);

/** Counts the requests to the remediator. Each Lambda instance counts only its own requests. */
export class Waker {
  /** The requests within the last `WINDOW_MILLISECONDS`, keyed by group id. */
  private readonly wakes = new Map<string, readonly Wake[]>();

  constructor(private readonly options: WakerOptions) {}

  /** Invokes the remediator if the drift needs a restoration, and returns the outcome. Never rejects. */
  async consider(drifted: Drifted): Promise<Awakening> {
    const { assessment, isEnforced, awaiting, call, group, byRemediator } = drifted;
    const { remediator, isRestored } = this.options;
    // A deleted group cannot be restored.
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
    const due = isUsedUp && !SEVERE.has(assessment.severity) ? Infinity : nextTimeToWakeRemediator(now, recent, own, isUsedUp);
    const otherOwner = isUsedUp ? by : null;
    // The pending request also covers this drift, because the remediator reads the group when the request is due.
    if (recent.some((wake) => wake.due > now && wake.due <= due))
      return { wake: { outcome: 'joined', otherOwner }, outlook: OUTLOOK.wokenSoon };
    if (due === Infinity) return withheldRemediatorWake(otherOwner);
    const wake: Wake = { by, due };
    // Remember the request before sending it, because the detector may handle another record during the call.
    this.wakes.set(group.id, [...recent, wake]);
    try {
      const { eventId, eventName, eventTime, accountId, region } = call;
      const cause = { eventId, eventName, eventTime, accountId, region };
      const later = due > now && { notBefore: new Date(due).toISOString() };
      await remediator({ portcullis: 'restore', version: 1, ...later, group, cause });
      return { wake: { outcome: 'sent', otherOwner }, outlook: later ? OUTLOOK.wokenSoon : OUTLOOK.woken };
    } catch (error) {
      const sent = (this.wakes.get(group.id) ?? []).filter((each) => each !== wake);
      this.wakes.set(group.id, sent);
      this.options.failed(error, group.id);
      return { wake: { outcome: 'failed', otherOwner: null }, outlook: OUTLOOK.byConfig };
    }
  }

  /** Returns the requests for the group within the last `WINDOW_MILLISECONDS`, and forgets older requests for all groups. */
  private recentWakes(groupId: string, now: number): readonly Wake[] {
    const isRecent = ({ due }: Wake): boolean => due > now - WINDOW_MILLISECONDS;
    for (const [id, wakes] of this.wakes) if (!wakes.some(isRecent)) this.wakes.delete(id);
    return (this.wakes.get(groupId) ?? []).filter(isRecent);
  }
}

interface Wake {
  readonly by: string | null;
  /** The earliest time at which the remediator restores the group, in epoch milliseconds. */
  readonly due: number;
}

function nextTimeToWakeRemediator(now: number, recent: readonly Wake[], own: readonly Wake[], isUsedUp: boolean): number {
  const lastOf = (wakes: readonly Wake[]): number => Math.max(-Infinity, ...wakes.map(({ due }) => due));
  const past = recent.filter(({ due }) => due <= now);
  const spacing = isUsedUp ? SLOW_SPACING_MILLISECONDS : SPACING_MILLISECONDS;
  return Math.max(now, lastOf(past) + SPACING_MILLISECONDS, lastOf(own) + spacing);
}

/** Returns the role or user, not the session, because callers choose the names of their sessions. */
function actorToCountWakesOf({ actor }: ApiCall): string | null {
  return actor.issuerArn ?? actor.arn ?? actor.principalId ?? actor.userName;
}

function withheldRemediatorWake(otherOwner: string | null): Awakening {
  const by = otherOwner ?? 'somebody';
  return {
    wake: { outcome: 'withheld', otherOwner },
    outlook: `restored ${MAX_WAKES_PER_WINDOW} times within ${WINDOW_MILLISECONDS / 60_000} minutes, and ${by} changed the group again: the next restoration follows after AWS Config has recorded the change`,
  };
}

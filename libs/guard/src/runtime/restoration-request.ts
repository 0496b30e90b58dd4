/**
 * The event that makes the remediator restore a group without waiting for AWS Config. The detector sends it, and for a group in mode
 * `approve` also the person who approves the restoration, and EventBridge Scheduler when the wait is over.
 */

export interface RestorationRequest {
  /** Identifies the event: AWS Config's events lack this key. */
  readonly portcullis: 'restore';
  readonly version: 1;
  /** When to restore the group: ISO 8601, UTC, at most `MAX_DEFERRAL_MILLISECONDS` in the future. If absent, restore it now. */
  readonly notBefore?: string;
  /**
   * Why a group in mode `approve` is restored now: somebody approved it, or the wait is over. Without it, such a group only starts to wait.
   * It proves nothing: anybody who may invoke the function may restore such a group.
   */
  readonly approval?: Approval;
  readonly group: {
    readonly id: string;
    readonly name: string | null;
    readonly vpcId: string | null;
    /** The tags that name the owner. Absent if there are none. */
    readonly tags?: Readonly<Record<string, string>>;
  };
  /** The call that changed the group, according to its CloudTrail record. */
  readonly cause: {
    readonly eventId: string;
    readonly eventName: string;
    /** ISO 8601, UTC. */
    readonly eventTime: string;
    readonly accountId: string;
    readonly region: string;
  };
}

export const APPROVALS = ['given', 'over'] as const;
export type Approval = (typeof APPROVALS)[number];

/** The longest wait that a request may ask for. A waiting function instance cannot handle other events. */
export const MAX_DEFERRAL_MILLISECONDS = 60_000;

/** Reports whether an event is such a request. Does not check its other keys. */
export function isRestorationRequest(event: unknown): event is { readonly portcullis: unknown } {
  return typeof event === 'object' && event !== null && 'portcullis' in event;
}

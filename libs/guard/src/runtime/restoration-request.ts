/**
 * The event that makes the remediator restore a group without waiting for AWS Config. The detector sends such an event. For a group in mode
 * `approve`, the person who approves the restoration sends one, too, or EventBridge Scheduler when the wait is over.
 */

export interface RestorationRequest {
  /** Identifies the event as a request. AWS Config's events lack this key. */
  readonly portcullis: 'restore';
  readonly version: 1;
  /**
   * When to restore the group: an ISO 8601 time in UTC, at most `MAX_DEFERRAL_MILLISECONDS` in the future. If absent, the group is restored
   * at once.
   */
  readonly notBefore?: string;
  /**
   * Why a group in mode `approve` is restored now: somebody approved the restoration, or the wait for an approval is over. If absent, such
   * a group only starts to wait. The value proves nothing: anybody who is allowed to invoke the function can have such a group restored.
   */
  readonly approval?: Approval;
  readonly group: {
    readonly id: string;
    readonly name: string | null;
    readonly vpcId: string | null;
    /** The tags of the group that name its owner. Absent if the group has no such tags. */
    readonly tags?: Readonly<Record<string, string>>;
  };
  /** The API call that changed the group, according to its CloudTrail record. */
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

/** The longest wait that a request can ask for. While a Lambda instance waits, it cannot handle other events. */
export const MAX_DEFERRAL_MILLISECONDS = 60_000;

/** Reports whether an event is a `RestorationRequest`. Checks only the key `portcullis`. */
export function isRestorationRequest(event: unknown): event is { readonly portcullis: unknown } {
  return typeof event === 'object' && event !== null && 'portcullis' in event;
}

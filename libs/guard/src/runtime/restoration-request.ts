/**
 * The event that makes the remediator restore a group without waiting for AWS Config. The sender is the detector, a person who approves a
 * restoration, or EventBridge Scheduler when the wait for an approval is over.
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
   * Why a group in mode `approve` is restored now: `given` if somebody approved the restoration, `over` if the wait for an approval is
   * over. If absent, a group in mode `approve` starts to wait. The value proves nothing, because anybody who is allowed to invoke the
   * function can send either value.
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

/** The longest time by which a request can defer a restoration. During this time, the Lambda instance cannot handle other events. */
export const MAX_DEFERRAL_MILLISECONDS = 60_000;

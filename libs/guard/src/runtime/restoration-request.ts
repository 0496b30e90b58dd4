/** How the detector asks the remediator to restore a group at once, without AWS Config: an event of our own. */

export interface RestorationRequest {
  /** What tells it from the events of AWS Config. */
  readonly portcullis: 'restore';
  readonly version: 1;
  /** When the group is to be restored: ISO 8601, UTC, at most `MAX_DEFERRAL_MILLISECONDS` ahead. Absent: now. */
  readonly notBefore?: string;
  readonly group: { readonly id: string; readonly name: string | null; readonly vpcId: string | null };
  /** The call that changed the group, as its CloudTrail record has it. */
  readonly cause: {
    readonly eventId: string;
    readonly eventName: string;
    /** ISO 8601, UTC. */
    readonly eventTime: string;
    readonly accountId: string;
    readonly region: string;
  };
}

/** The longest that a request may make the remediator wait, whoever sent it: an instance of the function waits meanwhile. */
export const MAX_DEFERRAL_MILLISECONDS = 60_000;

/** Reports whether an event is meant to be such a request, whatever else is wrong with it. */
export function isRestorationRequest(event: unknown): event is { readonly portcullis: unknown } {
  return typeof event === 'object' && event !== null && 'portcullis' in event;
}

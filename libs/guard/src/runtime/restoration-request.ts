/** The event that the detector sends to the remediator to have a group restored, without AWS Config. */

export interface RestorationRequest {
  /** Identifies the event: AWS Config's events lack this key. */
  readonly portcullis: 'restore';
  readonly version: 1;
  /** When to restore the group: ISO 8601, UTC, at most `MAX_DEFERRAL_MILLISECONDS` ahead. If absent, now. */
  readonly notBefore?: string;
  readonly group: { readonly id: string; readonly name: string | null; readonly vpcId: string | null };
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

/** The longest time that a request may make the remediator wait. A function instance is busy while it waits. */
export const MAX_DEFERRAL_MILLISECONDS = 60_000;

/** Reports whether an event is such a request. Its other keys are not checked. */
export function isRestorationRequest(event: unknown): event is { readonly portcullis: unknown } {
  return typeof event === 'object' && event !== null && 'portcullis' in event;
}

/** The event that the detector sends to the remediator, which restores a group without waiting for AWS Config. */

export interface RestorationRequest {
  /** Identifies the event: AWS Config's events lack this key. */
  readonly portcullis: 'restore';
  readonly version: 1;
  /** When to restore the group: ISO 8601, UTC, at most `MAX_DEFERRAL_MILLISECONDS` in the future. If absent, restore it now. */
  readonly notBefore?: string;
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

/** The longest wait that a request may ask for. A waiting function instance cannot handle other events. */
export const MAX_DEFERRAL_MILLISECONDS = 60_000;

/** Reports whether an event is such a request. Does not check its other keys. */
export function isRestorationRequest(event: unknown): event is { readonly portcullis: unknown } {
  return typeof event === 'object' && event !== null && 'portcullis' in event;
}

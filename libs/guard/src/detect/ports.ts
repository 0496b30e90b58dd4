/** The detector's dependencies. No port can change a group directly. */
import type { Reporting } from '@portcullis/finding';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import type { GroupAttachments, SecurityGroupReader } from '@portcullis/security-groups';

/** The detector's metrics, in addition to the metrics about findings. */
export type Measure = 'EventAgeSeconds' | 'EventsDropped' | 'CallFailures' | 'WakesSent' | 'WakesJoined' | 'WakesWithheld' | 'WakesFailed';

/** Restores groups. */
export interface Remediator {
  /** Requests that the remediator restores a group. Resolves when the request is accepted, not when the group is restored. */
  restore(request: RestorationRequest): Promise<void>;
}

export interface Ports {
  /**
   * Returns the reader of an account's security groups, or `undefined` if the account is not guarded. The signal aborts the reader's calls
   * in progress.
   */
  readonly securityGroupsOf: (accountId: string, signal?: AbortSignal) => SecurityGroupReader | undefined;
  /** Returns what is attached to a group of a guarded account. If absent, or if the read fails, findings do not say what is attached. */
  readonly behind?: (accountId: string, groupId: string, signal: AbortSignal) => Promise<GroupAttachments>;
  readonly reporting: Reporting<Measure>;
  readonly now: () => Date;
  /** If absent, the detector wakes no remediator. */
  readonly remediator?: Remediator;
}

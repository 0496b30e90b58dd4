/** The detector's dependencies. None of the dependencies changes a group: the detector can only ask the remediator to restore a group. */
import type { Reporting } from '@portcullis/finding';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import type { GroupAttachments, SecurityGroupReader } from '@portcullis/security-groups';

/** The detector's metrics, in addition to the metrics about findings. */
export type Measure = 'EventAgeSeconds' | 'EventsDropped' | 'CallFailures' | 'WakesSent' | 'WakesJoined' | 'WakesWithheld' | 'WakesFailed';

/** Asks the remediator to restore a group. Resolves when Lambda has accepted the request, before the restoration. */
export type Remediator = (request: RestorationRequest) => Promise<void>;

export interface Ports {
  /**
   * Returns the reader of an account's security groups, or `undefined` if the account is not guarded. The signal aborts the reader's calls
   * in progress.
   */
  readonly securityGroupsOf: (accountId: string, signal?: AbortSignal) => SecurityGroupReader | undefined;
  /**
   * Returns what is attached to a group of a guarded account. If this port is absent or the read fails, findings do not name attachments.
   */
  readonly behind?: (accountId: string, groupId: string, signal: AbortSignal) => Promise<GroupAttachments>;
  readonly reporting: Reporting<Measure>;
  readonly now: () => Date;
  /** Absent if the detector does not invoke the remediator. */
  readonly remediator?: Remediator;
}

/** What the detector needs from the world, in its own words. There is nothing in it that could change a group. */
import type { Reporting } from '@portcullis/finding';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import type { SecurityGroupReader } from '@portcullis/security-groups';

/** What is measured besides the findings. */
export type Measure = 'EventAgeSeconds' | 'EventsDropped' | 'CallFailures' | 'WakesSent' | 'WakesJoined' | 'WakesWithheld' | 'WakesFailed';

/** Who restores groups. */
export interface Remediator {
  /** Asks for a group to be restored now; resolves when the request has been taken, not when it is done. */
  restore(request: RestorationRequest): Promise<void>;
}

export interface Ports {
  /** The groups of an account; nothing for one that is not guarded. The signal ends whatever call is under way. */
  readonly securityGroupsOf: (accountId: string, signal?: AbortSignal) => SecurityGroupReader | undefined;
  readonly reporting: Reporting<Measure>;
  readonly now: () => Date;
  /** Absent: nobody is woken. */
  readonly remediator?: Remediator;
}

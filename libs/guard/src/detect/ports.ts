/** What the detector needs from the outside. Nothing in it could change a group. */
import type { Reporting } from '@portcullis/finding';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import type { SecurityGroupReader } from '@portcullis/security-groups';

/** The metrics besides those of the findings. */
export type Measure = 'EventAgeSeconds' | 'EventsDropped' | 'CallFailures' | 'WakesSent' | 'WakesJoined' | 'WakesWithheld' | 'WakesFailed';

/** Restores groups. */
export interface Remediator {
  /** Asks for a group to be restored. Resolves when the request was accepted, not when it is done. */
  restore(request: RestorationRequest): Promise<void>;
}

export interface Ports {
  /** Returns the reader for an account; `undefined` if it is not guarded. The signal ends the calls under way. */
  readonly securityGroupsOf: (accountId: string, signal?: AbortSignal) => SecurityGroupReader | undefined;
  readonly reporting: Reporting<Measure>;
  readonly now: () => Date;
  /** Absent: no remediator is woken. */
  readonly remediator?: Remediator;
}

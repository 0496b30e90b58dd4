/** What the detector needs from the world, in its own words. There is nothing in it that could change a group. */
import type { Reporting } from '@portcullis/finding';
import type { SecurityGroupReader } from '@portcullis/security-groups';

/** What is measured besides the findings. */
export type Measure = 'EventAgeSeconds' | 'CallFailures';

export interface Ports {
  readonly securityGroups: SecurityGroupReader;
  readonly reporting: Reporting<Measure>;
  readonly now: () => Date;
}

/** What the functions may read in EC2, in their own account and in a member. */
import type { Deployment } from '../deployment.js';
import { mayReadPrefixLists, mayReadSecurityGroups, neverWritesToEc2, type Statement } from './statements.js';

export function mayRead({ partition, region }: Deployment): readonly Statement[] {
  // A prefix list may be shared by any account.
  return [mayReadSecurityGroups(), mayReadPrefixLists(`arn:${partition}:ec2:${region}:*:prefix-list/*`)];
}

/** For the detector: an explicit Deny keeps it from every write. */
export function mayOnlyRead(deployment: Deployment): readonly Statement[] {
  return [...mayRead(deployment), neverWritesToEc2()];
}

/** What the functions may read in EC2, in their own account and in a member account. */
import type { Deployment } from '../deployment.js';
import { mayReadAttachments, mayReadPrefixLists, mayReadSecurityGroups, neverWritesToEc2, type Statement } from './statements.js';

export function mayReadEc2({ partition, region }: Deployment): readonly Statement[] {
  // Any account may have shared the prefix list.
  return [mayReadSecurityGroups(), mayReadPrefixLists(`arn:${partition}:ec2:${region}:*:prefix-list/*`)];
}

/** Returns the detector's statements. An explicit Deny prevents every write. */
export function mayOnlyReadEc2(deployment: Deployment): readonly Statement[] {
  return [...mayReadEc2(deployment), mayReadAttachments(), neverWritesToEc2()];
}

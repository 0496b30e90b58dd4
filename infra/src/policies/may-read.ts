/** What the functions may read in EC2, in their own account and in a member account. */
import type { Deployment } from '../deployment.js';
import { mayReadAttachments, mayReadPrefixLists, mayReadSecurityGroups, neverWritesToEc2, type Statement } from './statements.js';

export function mayRead({ partition, region }: Deployment): readonly Statement[] {
  // Any account may have shared the prefix list.
  return [mayReadSecurityGroups(), mayReadPrefixLists(`arn:${partition}:ec2:${region}:*:prefix-list/*`)];
}

/** Returns the detector's statements. An explicit Deny prevents every write. */
export function mayOnlyRead(deployment: Deployment): readonly Statement[] {
  return [...mayRead(deployment), mayReadAttachments(), neverWritesToEc2()];
}

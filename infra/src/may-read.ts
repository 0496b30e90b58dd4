import { mayReadPrefixLists, mayReadSecurityGroups, neverWritesToEc2, type Statement } from './constructs/least-privilege.js';
import type { Deployment } from './deployment.js';

/** What both guards read in EC2, in their own account and in a member. */
export const mayRead = ({ partition, region }: Deployment): readonly Statement[] => [
  mayReadSecurityGroups(),
  // Lists are shared between accounts: whose it is, is not known.
  mayReadPrefixLists(`arn:${partition}:ec2:${region}:*:prefix-list/*`),
];

/** What the detector may do in EC2, in its own account and in a member: read, and by an explicit Deny never anything else. */
export const mayOnlyRead = (deployment: Deployment): readonly Statement[] => [...mayRead(deployment), neverWritesToEc2()];

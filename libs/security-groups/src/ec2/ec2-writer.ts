/** The writing half of the EC2 adapter: the only code of Portcullis that changes a security group. */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { SecurityGroupWriter } from '../port.js';
import { translated } from './call-error.js';

/** Returns the writing port over the client. */
export function ec2Writer(client: EC2Client): SecurityGroupWriter {
  return {
    authorize: async (GroupId, direction, permissions) => {
      const input = { GroupId, IpPermissions: [...permissions] };
      await (direction === 'ingress'
        ? translated('AuthorizeSecurityGroupIngress', client.send(new AuthorizeSecurityGroupIngressCommand(input)))
        : translated('AuthorizeSecurityGroupEgress', client.send(new AuthorizeSecurityGroupEgressCommand(input))));
    },
    // By id: nothing is matched by value, so a rule that was spelled otherwise cannot be missed.
    revoke: async (GroupId, direction, ruleIds) => {
      const input = { GroupId, SecurityGroupRuleIds: [...ruleIds] };
      await (direction === 'ingress'
        ? translated('RevokeSecurityGroupIngress', client.send(new RevokeSecurityGroupIngressCommand(input)))
        : translated('RevokeSecurityGroupEgress', client.send(new RevokeSecurityGroupEgressCommand(input))));
    },
  };
}

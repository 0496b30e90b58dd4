/** The writing half of the EC2 adapter: the only code of Portcullis that changes a security group. */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
  type RevokeSecurityGroupIngressCommandOutput,
  type SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import { securityGroupRuleOf, type Rule } from '@portcullis/permission-diff';
import { SecurityGroupCallError } from '../errors.js';
import type { SecurityGroupWriter } from '../port.js';
import { translated } from './call-error.js';

/**
 * Returns the writing port over the client.
 *
 * @param signal ends whatever call is under way. EC2 may have carried it out all the same.
 */
export function ec2Writer(client: EC2Client, signal?: AbortSignal): SecurityGroupWriter {
  const send = { abortSignal: signal };
  return {
    authorize: async (GroupId, direction, permissions) => {
      const input = { GroupId, IpPermissions: [...permissions] };
      await (direction === 'ingress'
        ? translated('AuthorizeSecurityGroupIngress', client.send(new AuthorizeSecurityGroupIngressCommand(input), send))
        : translated('AuthorizeSecurityGroupEgress', client.send(new AuthorizeSecurityGroupEgressCommand(input), send)));
    },
    // By id: nothing is matched by value, so a rule that was spelled otherwise cannot be missed.
    revoke: async (GroupId, direction, ruleIds) => {
      const input = { GroupId, SecurityGroupRuleIds: [...ruleIds] };
      const operation = direction === 'ingress' ? 'RevokeSecurityGroupIngress' : 'RevokeSecurityGroupEgress';
      const reply = await (direction === 'ingress'
        ? translated(operation, client.send(new RevokeSecurityGroupIngressCommand(input), send))
        : translated(operation, client.send(new RevokeSecurityGroupEgressCommand(input), send)));
      refuseUnknown(operation, reply);
    },
    replace: async (GroupId, SecurityGroupRuleId, rule) => {
      const SecurityGroupRules = [{ SecurityGroupRuleId, SecurityGroupRule: requestFor(rule) }];
      const command = new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules });
      await translated('ModifySecurityGroupRules', client.send(command, send));
    },
  };
}

/**
 * In a default VPC a revocation that matches nothing succeeds, and names what it did not revoke.
 * Source: EC2 API reference, RevokeSecurityGroupIngress, UnknownIpPermissions.
 */
function refuseUnknown(operation: string, { UnknownIpPermissions = [] }: RevokeSecurityGroupIngressCommandOutput): void {
  if (UnknownIpPermissions.length === 0) return;
  const code = 'UnknownIpPermissions';
  const message = `${operation}: ${code}: ${UnknownIpPermissions.length} permissions were not there to be revoked`;
  throw new SecurityGroupCallError(operation, code, 'rule-not-found', message);
}

function requestFor(rule: Rule): SecurityGroupRuleRequest {
  const { IsEgress, ReferencedGroupInfo, ...fields } = securityGroupRuleOf(rule);
  return { ...fields, ...(ReferencedGroupInfo && { ReferencedGroupId: ReferencedGroupInfo.GroupId }) };
}

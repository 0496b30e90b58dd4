/** Changes the rules of security groups in EC2. No other code changes the rules of guarded groups. */
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
import { SecurityGroupCallError } from './errors.js';
import type { SecurityGroupWriter } from './port.js';
import { translateEc2Errors } from './call-error.js';

/**
 * Returns a writer that calls EC2 with the client.
 *
 * @param signal aborts the current call. The aborted call may have taken effect.
 */
export function ec2Writer(client: EC2Client, signal?: AbortSignal): SecurityGroupWriter {
  const send = { abortSignal: signal };
  return {
    authorize: async (GroupId, direction, permissions) => {
      const input = { GroupId, IpPermissions: [...permissions] };
      await (direction === 'ingress'
        ? translateEc2Errors('AuthorizeSecurityGroupIngress', client.send(new AuthorizeSecurityGroupIngressCommand(input), send))
        : translateEc2Errors('AuthorizeSecurityGroupEgress', client.send(new AuthorizeSecurityGroupEgressCommand(input), send)));
    },
    // Revokes rules by id, because EC2 finds a rule by its permission only if the permission is spelled identically.
    revoke: async (GroupId, direction, ruleIds) => {
      const input = { GroupId, SecurityGroupRuleIds: [...ruleIds] };
      const operation = direction === 'ingress' ? 'RevokeSecurityGroupIngress' : 'RevokeSecurityGroupEgress';
      const reply = await (direction === 'ingress'
        ? translateEc2Errors(operation, client.send(new RevokeSecurityGroupIngressCommand(input), send))
        : translateEc2Errors(operation, client.send(new RevokeSecurityGroupEgressCommand(input), send)));
      refuseUnknownEc2Permissions(operation, reply);
    },
    replace: async (GroupId, SecurityGroupRuleId, rule) => {
      const SecurityGroupRules = [{ SecurityGroupRuleId, SecurityGroupRule: securityGroupRuleRequest(rule) }];
      const command = new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules });
      await translateEc2Errors('ModifySecurityGroupRules', client.send(command, send));
    },
  };
}

/**
 * In a default VPC, the revocation of a missing rule succeeds, and the response contains the rule in `UnknownIpPermissions`.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
function refuseUnknownEc2Permissions(operation: string, { UnknownIpPermissions = [] }: RevokeSecurityGroupIngressCommandOutput): void {
  if (UnknownIpPermissions.length === 0) return;
  const code = 'UnknownIpPermissions';
  const message = `${operation}: ${code}: EC2 did not find ${UnknownIpPermissions.length} of the permissions to revoke`;
  throw new SecurityGroupCallError(operation, code, 'rule-not-found', message);
}

function securityGroupRuleRequest(rule: Rule): SecurityGroupRuleRequest {
  const { IsEgress, ReferencedGroupInfo, ...fields } = securityGroupRuleOf(rule);
  return { ...fields, ...(ReferencedGroupInfo && { ReferencedGroupId: ReferencedGroupInfo.GroupId }) };
}

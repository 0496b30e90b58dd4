// RevokeSecurityGroupEgress by value: in a VPC without IPv6 moto drops the IPv6 sources from the call, removes nothing
// of them and answers `true`. They are removed here.
import type { EC2Client, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { ApiRequest } from '../api-request.js';
import { ec2Error, type ApiResponse } from '../api-response.js';
import { listOf, textOf } from '../json.js';
import { hasTrafficOf } from '../permission-input.js';
import { removeRule } from '../rule-writes.js';
import type { GroupStates } from '../security-groups.js';
import type { RuleIds } from './rule-ids.js';

const notThere = 'The specified rule does not exist in this security group.';

export interface RevokedIpv6Egress {
  readonly removed: boolean;
  /** EC2's answer when a rule that the call names is not there; what was removed before is the caller's to take back. */
  readonly refusal?: ApiResponse;
}

/** Removes the IPv6 egress rules that the call names and moto left. */
export const revokeIpv6Egress = async (
  ec2: EC2Client,
  ruleIds: RuleIds,
  request: ApiRequest,
  before: GroupStates,
  after: GroupStates,
): Promise<RevokedIpv6Egress> => {
  if (request.operation !== 'RevokeSecurityGroupEgress') return { removed: false };
  let removed = false;
  const egress = (states: GroupStates): readonly SecurityGroupRule[] =>
    [...states.values()].flatMap(({ rules }) => rules.filter(({ IsEgress }) => IsEgress === true));
  for (const permission of listOf(request.input, 'IpPermissions')) {
    for (const range of listOf(permission, 'Ipv6Ranges')) {
      const isNamed = (rule: SecurityGroupRule): boolean =>
        rule.CidrIpv6 !== undefined && rule.CidrIpv6 === textOf(range, 'CidrIpv6') && hasTrafficOf(rule, permission);
      if (!egress(before).some(isNamed)) {
        return { removed, refusal: ec2Error('InvalidPermission.NotFound', notThere) };
      }
      const left = egress(after).find(isNamed);
      if (left === undefined) continue;
      await removeRule(ec2, ruleIds, left);
      removed = true;
    }
  }
  return { removed };
};

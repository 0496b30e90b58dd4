// Revoking or describing anew a rule id which the group does not have is InvalidSecurityGroupRuleId.NotFound on EC2;
// moto says InvalidPermission.NotFound to the one and nothing to the other.
import type { ApiRequest } from '../api-request.js';
import { ec2Error, type ApiResponse } from '../api-response.js';
import { listOf, textOf } from '../json.js';
import type { GroupStates } from '../security-groups.js';

/** EC2's refusal when the call names an id that no rule of its group has. */
export const refuseUnknownRuleId = (request: ApiRequest, before: GroupStates): ApiResponse | undefined => {
  if (before.size === 0) return undefined;
  const known = new Set([...before.values()].flatMap(({ rules }) => rules.map((rule) => rule.SecurityGroupRuleId)));
  const named = [
    ...listOf(request.input, 'SecurityGroupRuleId'),
    ...listOf(request.input, 'SecurityGroupRuleDescription').map((update) => textOf(update, 'SecurityGroupRuleId')),
  ];
  const unknown = named.find((id) => typeof id === 'string' && !known.has(id));
  if (typeof unknown !== 'string') return undefined;
  return ec2Error('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${unknown}' does not exist`);
};

// EC2 answers Authorize with all the rules that it made and Revoke with all that it removed. moto answers Authorize
// with the rules of the last permission only, without owner and ARN, and Revoke with `true` alone.
import { randomUUID } from 'node:crypto';
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { partitionOf } from '@portcullis/cloudtrail';
import type { ApiRequest } from '../api-request.js';
import { ec2Response, type ApiResponse } from '../api-response.js';
import { element, text, texts, type XmlNode } from '../xml.js';

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export const ec2Arn = (
  { accountId, region }: Place,
  type: 'security-group' | 'security-group-rule',
  id: string,
): string => `arn:${partitionOf(region).name}:ec2:${region}:${accountId}:${type}/${id}`;

export const ruleArn = (rule: SecurityGroupRule, place: Place): string =>
  ec2Arn(place, 'security-group-rule', rule.SecurityGroupRuleId ?? '');

const authorizedItem = (rule: SecurityGroupRule, place: Place): XmlNode =>
  element('item', [
    ...texts({
      groupOwnerId: place.accountId,
      groupId: rule.GroupId,
      securityGroupRuleId: rule.SecurityGroupRuleId,
      securityGroupRuleArn: ruleArn(rule, place),
      description: rule.Description,
      isEgress: rule.IsEgress,
      ipProtocol: rule.IpProtocol,
      fromPort: rule.FromPort,
      toPort: rule.ToPort,
      cidrIpv4: rule.CidrIpv4,
      cidrIpv6: rule.CidrIpv6,
      prefixListId: rule.PrefixListId,
    }),
    ...(rule.ReferencedGroupInfo === undefined
      ? []
      : [
          element(
            'referencedGroupInfo',
            texts({ groupId: rule.ReferencedGroupInfo.GroupId, userId: rule.ReferencedGroupInfo.UserId }),
          ),
        ]),
  ]);

const revokedItem = (rule: SecurityGroupRule): XmlNode =>
  element(
    'item',
    texts({
      securityGroupRuleId: rule.SecurityGroupRuleId,
      groupId: rule.GroupId,
      isEgress: rule.IsEgress,
      ipProtocol: rule.IpProtocol,
      fromPort: rule.FromPort,
      toPort: rule.ToPort,
      cidrIpv4: rule.CidrIpv4,
      cidrIpv6: rule.CidrIpv6,
      prefixListId: rule.PrefixListId,
      referencedGroupId: rule.ReferencedGroupInfo?.GroupId,
      description: rule.Description,
    }),
  );

/** EC2's answer to an Authorize or Revoke that gained or lost these rules; any other answer as it is. */
export const withRules = (
  request: ApiRequest,
  response: ApiResponse,
  rules: { readonly gained: readonly SecurityGroupRule[]; readonly lost: readonly SecurityGroupRule[] },
  place: Place,
): ApiResponse => {
  const done = text('return', true);
  if (request.operation.startsWith('AuthorizeSecurityGroup')) {
    const items = rules.gained.map((rule) => authorizedItem(rule, place));
    return ec2Response(request.operation, randomUUID(), [done, element('securityGroupRuleSet', items)]);
  }
  if (request.operation.startsWith('RevokeSecurityGroup')) {
    return ec2Response(request.operation, randomUUID(), [
      done,
      element('revokedSecurityGroupRuleSet', rules.lost.map(revokedItem)),
    ]);
  }
  return response;
};

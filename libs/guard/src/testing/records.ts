/**
 * CloudTrail records in the form that EventBridge delivers. The records imitate records that AWS customers published, with invented ids and
 * accounts.
 */

import { cloudTrailEvent, type CloudTrailEvent } from '@portcullis/cloudtrail/testing';

export type Fields = Readonly<Record<string, unknown>>;

export const GROUP = 'sg-0a0a0a0a0a0a0a0a1';
export const OTHER_GROUP = 'sg-0b0b0b0b0b0b0b0b2';
export const ANYWHERE = '0.0.0.0/0';

const MALLORY: Fields = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLE',
  arn: 'arn:aws:iam::111122223333:user/mallory',
  accountId: '111122223333',
  accessKeyId: 'AKIAEXAMPLE',
  userName: 'mallory',
};

export const REMEDIATOR_ROLE = 'arn:aws:iam::111122223333:role/portcullis-remediator';

/** Returns the identity of a session of the role, with a neutral session name. */
export function sessionOf(roleArn: string): Fields {
  return {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/anything/portcullis-remediator',
    sessionContext: { sessionIssuer: { type: 'Role', arn: roleArn } },
  };
}

export const REMEDIATOR = sessionOf(REMEDIATOR_ROLE);

export function record(eventName: string, requestParameters: unknown, rest: Fields = {}): CloudTrailEvent {
  return cloudTrailEvent({
    eventName,
    requestParameters,
    responseElements: { requestId: '00000000-0000-4000-8000-00000000000f', _return: true },
    userIdentity: MALLORY,
    eventTime: '2026-11-23T10:00:00Z',
    eventID: 'event-1',
    sourceIPAddress: '203.0.113.50',
    userAgent: 'aws-cli/2.15.0',
    ...rest,
  });
}

/** Returns IPv4 sources in the older form of a request. */
export function ipv4(...blocks: string[]): Fields {
  return { ipRanges: { items: blocks.map((cidrIp) => ({ cidrIp })) } };
}

export function ipv6(...blocks: string[]): Fields {
  return { ipv6Ranges: { items: blocks.map((cidrIpv6) => ({ cidrIpv6 })) } };
}

export function group(groupId: string): Fields {
  return { groups: { items: [{ groupId }] } };
}

export function list(prefixListId: string): Fields {
  return { prefixListIds: { items: [{ prefixListId }] } };
}

/** Returns a TCP permission in the older form of a request, in which absent fields are empty objects. */
export function tcp(port: number, rest: Fields): Fields {
  return { ipProtocol: 'tcp', fromPort: port, toPort: port, groups: {}, ipRanges: {}, ipv6Ranges: {}, prefixListIds: {}, ...rest };
}

export function authorize(permission: Fields, rest: Fields = {}): CloudTrailEvent {
  return record('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: { items: [permission] } }, rest);
}

export function authorizeTcp(port: number, block: string, rest: Fields = {}): CloudTrailEvent {
  return authorize(tcp(port, ipv4(block)), rest);
}

export function revokeTcp(port: number, block: string, rest: Fields = {}): CloudTrailEvent {
  return record('RevokeSecurityGroupIngress', { groupId: GROUP, ipPermissions: { items: [tcp(port, ipv4(block))] } }, rest);
}

export function revokeById(securityGroupRuleId: string, rest: Fields = {}): CloudTrailEvent {
  return record('RevokeSecurityGroupIngress', { groupId: GROUP, securityGroupRuleIds: { items: [{ securityGroupRuleId }] } }, rest);
}

/** Returns the record of a call that replaces the content of a rule. */
export function modify(SecurityGroupRuleId: string, SecurityGroupRule: Fields, rest: Fields = {}): CloudTrailEvent {
  const wrapped = { SecurityGroupRuleId, tag: 1, SecurityGroupRule };
  const request = { ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule: wrapped } };
  return record('ModifySecurityGroupRules', request, { responseElements: { ModifySecurityGroupRulesResponse: { return: true } }, ...rest });
}

export function describeRule(SecurityGroupRuleId: string, Description: string): CloudTrailEvent {
  return record('UpdateSecurityGroupRuleDescriptionsIngress', {
    UpdateSecurityGroupRuleDescriptionsIngressRequest: {
      GroupId: GROUP,
      SecurityGroupRuleDescription: { SecurityGroupRuleId, Description, tag: 1 },
    },
  });
}

export const deleteGroup = record('DeleteSecurityGroup', { groupId: GROUP });

/**
 * @param tags the tags in the call. Without tags, DeleteTags deletes all tags. For a tag with the value `undefined`, the call contains only
 * the key.
 */
export function tagCall(
  name: 'CreateTags' | 'DeleteTags',
  tags: Readonly<Record<string, string | undefined>>,
  ids: readonly string[] = [GROUP],
  rest: Fields = {},
): CloudTrailEvent {
  const items = Object.entries(tags).map(([key, value]) => (value === undefined ? { key } : { key, value }));
  const resourcesSet = { items: ids.map((resourceId) => ({ resourceId })) };
  return record(name, { resourcesSet, tagSet: items.length === 0 ? {} : { items } }, rest);
}

/** Returns the record of a call on the prefix list `pl-1`. */
export function modifyList(request: Fields, rest: Fields = {}): CloudTrailEvent {
  return record('ModifyManagedPrefixList', { ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', ...request } }, rest);
}

export function addEntry(Cidr: string, request: Fields = {}, rest: Fields = {}): CloudTrailEvent {
  return modifyList({ AddEntry: { tag: 1, Cidr }, ...request }, rest);
}

export function restoreList(PreviousVersion: number, CurrentVersion: number): CloudTrailEvent {
  return record('RestoreManagedPrefixListVersion', {
    RestoreManagedPrefixListVersionRequest: { PrefixListId: 'pl-1', PreviousVersion, CurrentVersion },
  });
}

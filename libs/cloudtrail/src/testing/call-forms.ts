/**
 * One event for each form in which CloudTrail records a call. The first word of each comment says where the form comes from:
 *
 * - recorded: trimmed from published records (invictus-ir/aws_dataset, DataDog/stratus-red-team);
 * - documented: from AWS's documentation or the EC2 API model;
 * - inferred: we found no record, and assume the form of other calls with the same encoding.
 *
 * The accounts, ids and addresses are invented.
 */
import { cloudTrailEvent, type CloudTrailEvent } from './cloudtrail-event.js';

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';
const OTHER_GROUP = 'sg-0b0b0b0b0b0b0b0b2';
const PREFIX_LIST = 'pl-0c0c0c0c0c0c0c0c3';
const VPC = 'vpc-0e0e0e0e0e0e0e0e5';
const OWNER = '111122223333';
const RULE_1 = 'sgr-00000000000000001';
const RULE_2 = 'sgr-00000000000000002';
const REQUEST_ID = '00000000-0000-4000-8000-000000000002';
const ANSWER = { requestId: REQUEST_ID, _return: true };
const NO_SOURCES = { groups: {}, ipRanges: {}, ipv6Ranges: {}, prefixListIds: {} };

/** Returns the record of a call in camelCase, with lists as `{"items": […]}`. */
function call(eventName: string, requestParameters: object, responseElements: object | null = ANSWER, rest: object = {}): CloudTrailEvent {
  return cloudTrailEvent({ eventName, requestParameters, responseElements, ...rest });
}

/** Returns the record of a call in PascalCase, with wrappers around the request and the response. */
function wrappedCall(eventName: string, request: object, answer: object = { return: true }, rest: object = {}): CloudTrailEvent {
  const response = { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/', requestId: REQUEST_ID, ...answer };
  return call(eventName, { [`${eventName}Request`]: request }, { [`${eventName}Response`]: response }, rest);
}

function modified(SecurityGroupRuleId: string, tag: number, SecurityGroupRule: object): object {
  return { SecurityGroupRuleId, tag, SecurityGroupRule };
}

function items(...list: readonly object[]): object {
  return { items: list };
}

function cidr(cidrIp: string): object {
  return { ipRanges: items({ cidrIp }) };
}

function tcp(port: number): object {
  return { ipProtocol: 'tcp', fromPort: port, toPort: port };
}

/** Returns the parameters of a request with one permission. A list without entries is `{}`. */
function permission(traffic: object, sources: object, group: object = { groupId: GROUP }): object {
  return { ...group, ipPermissions: items({ ...traffic, ...NO_SOURCES, ...sources }) };
}

/** Returns the response of an Authorize call that added these rules. */
function added(...rules: readonly object[]): object {
  const ids = [RULE_1, RULE_2];
  const common = { groupOwnerId: OWNER, groupId: GROUP, isEgress: false };
  return { ...ANSWER, securityGroupRuleSet: items(...rules.map((rule, i) => ({ ...common, securityGroupRuleId: ids[i], ...rule }))) };
}

function revoked(rule: object): object {
  return {
    ...ANSWER,
    revokedSecurityGroupRuleSet: items({ securityGroupRuleId: RULE_1, groupId: GROUP, isEgress: false, ...rule }),
  };
}

/** Recorded: permissions are `{"items": […]}`, empty lists are `{}`, and the response has one item for each source. */
export const authorizeIngress = call(
  'AuthorizeSecurityGroupIngress',
  permission(tcp(443), {
    ipRanges: items({ cidrIp: '0.0.0.0/0', description: 'TLS from anywhere' }),
    ipv6Ranges: items({ cidrIpv6: '::/0' }),
  }),
  added({ description: 'TLS from anywhere', ...tcp(443), cidrIpv4: '0.0.0.0/0' }, { ...tcp(443), cidrIpv6: '::/0' }),
);

function failed(errorCode: string, errorMessage: string): CloudTrailEvent {
  return cloudTrailEvent({ ...authorizeIngress.detail, errorCode, errorMessage, responseElements: null });
}

/** Recorded: the permission is flat, so `ipPermissions` is empty. The response has no rules. */
export const authorizeIngressFlat = call(
  'AuthorizeSecurityGroupIngress',
  { groupId: GROUP, ipPermissions: {}, ...tcp(22), cidrIp: '203.0.113.9/0' },
  ANSWER,
  { userAgent: 'aws-sdk-go/1.44.0' },
);

/** Recorded (2017 to 2021): the response has no rules. */
export const authorizeIngressBeforeRuleSets = call(
  'AuthorizeSecurityGroupIngress',
  permission({ ipProtocol: 'udp', fromPort: 53, toPort: 54 }, cidr('198.51.100.7/24')),
  { _return: true },
  { eventVersion: '1.05' },
);

/** Inferred: the request identifies a group of the default VPC by name. Only the response contains the id of the group. */
export const authorizeIngressByName = call(
  'AuthorizeSecurityGroupIngress',
  permission(tcp(3389), cidr('0.0.0.0/0'), { groupName: 'default' }),
  added({ ...tcp(3389), cidrIpv4: '0.0.0.0/0' }),
);

/** Documented: the sources are a group and a prefix list. The response writes the group as `referencedGroupInfo`, like the API. */
export const authorizeIngressFromGroup = call(
  'AuthorizeSecurityGroupIngress',
  permission(tcp(5432), { groups: items({ groupId: OTHER_GROUP }), prefixListIds: items({ prefixListId: PREFIX_LIST }) }),
  added({ ...tcp(5432), referencedGroupInfo: { groupId: OTHER_GROUP, userId: OWNER } }, { ...tcp(5432), prefixListId: PREFIX_LIST }),
);

/** Recorded: the request for all traffic has no ports, and the response has the ports -1. */
export const authorizeEgress = call(
  'AuthorizeSecurityGroupEgress',
  permission({ ipProtocol: '-1' }, cidr('0.0.0.0/0')),
  added({
    securityGroupRuleArn: `arn:aws:ec2:eu-west-1:111122223333:security-group-rule/${RULE_1}`,
    isEgress: true,
    ...{ ipProtocol: '-1', fromPort: -1, toPort: -1 },
    cidrIpv4: '0.0.0.0/0',
  }),
);

/** Recorded: the record of a refused call has the request but no response. Error codes of EC2 have a prefix. */
export const authorizeIngressRefused = failed('Client.UnauthorizedOperation', 'You are not authorized to perform this operation.');

/** Documented: CloudTrail records a successful dry run as a failed call. */
export const authorizeIngressDryRun = failed('Client.DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');

/** Documented: CloudTrail omits a request or a response above 100 KB and writes `omitted: true` instead. */
export const authorizeIngressOmitted = call('AuthorizeSecurityGroupIngress', { omitted: true }, { omitted: true });

/** Recorded: the permission is flat, and the response has no rules. */
export const revokeIngressFlat = call('RevokeSecurityGroupIngress', { ...tcp(80), groupId: GROUP, ipPermissions: {}, cidrIp: '0.0.0.0/0' });

/** Documented: newer responses list the revoked rules, with a source group as `referencedGroupId`. */
export const revokeIngressByValues = call(
  'RevokeSecurityGroupIngress',
  permission({ ...tcp(80), ipProtocol: '6' }, { groups: items({ groupId: OTHER_GROUP, userId: OWNER }) }),
  revoked({ ...tcp(80), referencedGroupId: OTHER_GROUP }),
);

/** Inferred: the request has only rule ids, and the response has no rules. So the record lacks the content of the rules. */
export const revokeIngressById = call('RevokeSecurityGroupIngress', {
  groupId: GROUP,
  securityGroupRuleIds: items({ securityGroupRuleId: RULE_1 }, { securityGroupRuleId: RULE_2 }),
});

/** Documented: the request has only rule ids, and the response contains the content of the rules. */
export const revokeIngressByIdAnswered = call(
  'RevokeSecurityGroupIngress',
  { groupId: GROUP, ipPermissions: {}, securityGroupRuleIds: items({ securityGroupRuleId: RULE_1 }) },
  revoked({ ...tcp(443), cidrIpv4: '0.0.0.0/0' }),
);

/** Documented: in a default VPC, the call succeeds although EC2 did not find one of the two permissions. */
export const revokeIngressUnmatched = call(
  'RevokeSecurityGroupIngress',
  { groupId: GROUP, ipPermissions: items({ ...tcp(80), ...cidr('10.0.0.0/8') }, { ...tcp(81), ...cidr('10.1.2.3/8') }) },
  { ...ANSWER, unknownIpPermissionSet: items({ ...tcp(81), ...cidr('10.0.0.0/8') }) },
);

/** Recorded: the protocol is -1 for all traffic, and both ports are 0. EC2 refused the call because the group has no such rule. */
export const revokeEgressRefused = call(
  'RevokeSecurityGroupEgress',
  permission({ ipProtocol: '-1', fromPort: 0, toPort: 0 }, { ipv6Ranges: items({ cidrIpv6: '::/0' }) }),
  null,
  {
    errorCode: 'Client.InvalidPermission.NotFound',
    errorMessage: 'The specified rule does not exist in this security group.',
  },
);

/**
 * Recorded, with wrappers: instead of a list with one rule, the request contains only the rule. `SecurityGroupRule` contains an inner
 * `SecurityGroupRule` with the content of the rule.
 */
export const modifyOneRule = wrappedCall(
  'ModifySecurityGroupRules',
  {
    GroupId: GROUP,
    SecurityGroupRule: modified(RULE_1, 1, { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0', Description: 'mine' }),
  },
  { return: true },
  { sessionCredentialFromConsole: 'true' },
);

/** Inferred: a list with several rules is an array. The protocol -1 is a number, and an empty description is `""`. */
export const modifyManyRules = wrappedCall('ModifySecurityGroupRules', {
  GroupId: GROUP,
  SecurityGroupRule: [
    modified(RULE_1, 1, { IpProtocol: -1, FromPort: -1, ToPort: -1, CidrIpv6: '2001:DB8:0:0::1/32', Description: '' }),
    modified(RULE_2, 2, { IpProtocol: 6, FromPort: 22, ToPort: 22, ReferencedGroupId: OTHER_GROUP, Description: 42 }),
    modified('sgr-00000000000000003', 3, { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, PrefixListId: PREFIX_LIST }),
  ],
});

/** Inferred: the request has a wrapper, and identifies the rules by their content. */
export const updateDescriptions = wrappedCall('UpdateSecurityGroupRuleDescriptionsIngress', {
  GroupId: GROUP,
  IpPermissions: {
    tag: 1,
    IpProtocol: 'tcp',
    FromPort: 443,
    ToPort: 443,
    IpRanges: [
      { tag: 1, CidrIp: '10.0.0.0/8', Description: 'corp' },
      { tag: 2, CidrIp: '192.0.2.0/24', Description: '' },
    ],
    Groups: { tag: 1, GroupId: OTHER_GROUP, UserId: 111122223333, Description: 'web' },
  },
});

/** Inferred: the request has a wrapper, and identifies the rules by their ids. */
export const updateDescriptionsById = wrappedCall('UpdateSecurityGroupRuleDescriptionsEgress', {
  GroupId: GROUP,
  IpPermissions: '',
  SecurityGroupRuleDescription: [
    { tag: 1, SecurityGroupRuleId: RULE_1, Description: true },
    { tag: 2, SecurityGroupRuleId: RULE_2, Description: '' },
  ],
});

/** Recorded: only the response contains the id of the new group. `tags` in `tagSpecificationSet` is a plain array. */
export const createGroup = call(
  'CreateSecurityGroup',
  {
    groupName: 'web',
    groupDescription: 'public web',
    vpcId: 'vpc-0d0d0d0d0d0d0d0d4',
    tagSpecificationSet: items({ resourceType: 'security-group', tags: [{ key: 'Tier', value: 'web' }] }),
  },
  { ...ANSWER, groupId: GROUP, tagSet: items({ key: 'Tier', value: 'web' }) },
);

/** Recorded. */
export const deleteGroup = call('DeleteSecurityGroup', { groupId: GROUP });

/** Documented: the request identifies a group of the default VPC by name. Newer responses contain the id of the group. */
export const deleteGroupByName = call('DeleteSecurityGroup', { groupName: 'web' }, { ...ANSWER, groupId: GROUP });

/** Inferred: with wrappers. */
export const associateVpc = wrappedCall('AssociateSecurityGroupVpc', { GroupId: GROUP, VpcId: VPC }, { state: 'associating' });

/** Inferred: with wrappers. */
export const disassociateVpc = wrappedCall('DisassociateSecurityGroupVpc', { GroupId: GROUP, VpcId: VPC }, { state: 'disassociating' });

/**
 * Inferred from published queries on CloudTrail: the request has a wrapper. A list with one entry is an object, and a list with several
 * entries is an array.
 */
export const modifyPrefixList = wrappedCall(
  'ModifyManagedPrefixList',
  {
    PrefixListId: PREFIX_LIST,
    CurrentVersion: 3,
    AddEntry: [
      { tag: 1, Cidr: '0.0.0.0/1', Description: 'half' },
      { tag: 2, Cidr: '128.0.0.0/1' },
    ],
    RemoveEntry: { tag: 1, Cidr: '10.0.0.0/8' },
  },
  { prefixList: { prefixListId: PREFIX_LIST, state: 'modify-in-progress', version: 3 } },
);

/** Documented in the EC2 API model, except the wrappers, which we infer. */
export const restorePrefixList = wrappedCall(
  'RestoreManagedPrefixListVersion',
  { PrefixListId: PREFIX_LIST, PreviousVersion: 1, CurrentVersion: 3 },
  { prefixList: { prefixListId: PREFIX_LIST, state: 'restore-in-progress', version: 3 } },
);

/** Recorded: the call tags several resources of different types. */
export const createTags = call('CreateTags', {
  resourcesSet: items({ resourceId: GROUP }, { resourceId: 'i-0f0f0f0f0f0f0f0f6' }, { resourceId: RULE_1 }),
  tagSet: items({ key: 'Tier', value: 'web' }),
});

/** Documented: the request can name only the key of a tag to remove. */
export const deleteTags = call('DeleteTags', { resourcesSet: items({ resourceId: GROUP }), tagSet: items({ key: 'Tier' }) });

/** Inferred: the call attaches groups to an instance. Portcullis does not watch this call. */
export const modifyInstance = call('ModifyInstanceAttribute', {
  instanceId: 'i-0f0f0f0f0f0f0f0f6',
  groupSet: items({ groupId: GROUP }),
});

/**
 * CloudTrail writes EC2's calls in two ways. Old calls have camelCase members and lists as `{ items: […] }`, an empty one as `{}`. Newer calls have the query
 * parameters as sent, under one key `<Operation>Request`: PascalCase, a list of one as a plain object and of several as an array, each member numbered by
 * `tag`, and values coerced to what they look like. Other services have their input in camelCase.
 *
 * Where no recorded event shows a form, this module says that it guesses.
 */
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { isObject, listOf, objectOf, textOf, type JsonObject } from '../json.js';

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const items = (list: readonly JsonObject[]): JsonObject => (list.length === 0 ? {} : { items: list });

/** The members of the input that are there, renamed to camelCase. */
const camelCased = (input: unknown, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = isObject(input) ? input[name] : undefined;
      return value === undefined || value === null ? [] : [[lowerFirst(name), value]];
    }),
  );

const PORTS = ['IpProtocol', 'FromPort', 'ToPort'];
const PAIR = ['GroupId', 'GroupName', 'UserId', 'VpcId', 'VpcPeeringConnectionId', 'PeeringStatus', 'Description'];

const permission = (input: unknown): JsonObject => {
  const list = (member: string, names: readonly string[]): JsonObject =>
    items(listOf(input, member).map((each) => camelCased(each, names)));
  return {
    ...camelCased(input, PORTS),
    groups: list('UserIdGroupPairs', PAIR),
    ipRanges: list('IpRanges', ['CidrIp', 'Description']),
    ipv6Ranges: list('Ipv6Ranges', ['CidrIpv6', 'Description']),
    prefixListIds: list('PrefixListIds', ['PrefixListId', 'Description']),
  };
};

const tagPairs = (list: readonly unknown[]): readonly JsonObject[] => list.map((tag) => camelCased(tag, ['Key', 'Value']));

const dryRun = (input: JsonObject): JsonObject => (input.DryRun === true ? { dryRun: true } : {});

/** A guess: a call by rule ids has no `ipPermissions`, and one that names its group only by name has no `groupId`. */
function ruleCall(input: JsonObject): JsonObject {
  const ids = listOf(input, 'SecurityGroupRuleIds').map((id) => ({ securityGroupRuleId: id }));
  return {
    ...camelCased(input, ['GroupId', 'GroupName']),
    ...(ids.length > 0 ? { securityGroupRuleIds: items(ids) } : { ipPermissions: items(listOf(input, 'IpPermissions').map(permission)) }),
    ...camelCased(input, [...PORTS, 'CidrIp', 'SourceSecurityGroupName', 'SourceSecurityGroupOwnerId']),
    ...dryRun(input),
  };
}

function createGroup(input: JsonObject): JsonObject {
  const specifications = listOf(input, 'TagSpecifications').map((specification) => ({
    ...camelCased(specification, ['ResourceType']),
    tags: tagPairs(listOf(specification, 'Tags')), // a bare list, here alone
  }));
  const { Description: groupDescription } = input;
  return {
    ...camelCased(input, ['GroupName']),
    ...(groupDescription !== undefined && { groupDescription }),
    ...camelCased(input, ['VpcId']),
    ...(specifications.length > 0 && { tagSpecificationSet: items(specifications) }),
    ...dryRun(input),
  };
}

const tagCall = (input: JsonObject): JsonObject => ({
  resourcesSet: items(listOf(input, 'Resources').map((resourceId) => ({ resourceId }))),
  tagSet: items(tagPairs(listOf(input, 'Tags'))),
  ...dryRun(input),
});

/** Seen of tag values; that a protocol of `-1` becomes a number by the same rule is a guess. */
function coerced(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

/** Where a list has another name on the wire than in the API's model. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  SecurityGroupRules: 'SecurityGroupRule',
  SecurityGroupRuleDescriptions: 'SecurityGroupRuleDescription',
  AddEntries: 'AddEntry',
  RemoveEntries: 'RemoveEntry',
  UserIdGroupPairs: 'Groups',
};

function wrapped(value: unknown): unknown {
  if (Array.isArray(value)) {
    const members = value.map((member: unknown, index) => {
      const tag = index + 1;
      return isObject(member) ? { ...wrappedObject(member), tag } : { tag, content: coerced(member) };
    });
    return members.length === 1 ? members[0] : members;
  }
  return isObject(value) ? wrappedObject(value) : coerced(value);
}

const wrappedObject = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).map(([name, value]) => [WIRE_NAMES[name] ?? name, wrapped(value)]));

const WRAPPED = /^(ModifySecurityGroupRules|UpdateSecurityGroupRuleDescriptions|(Create|Modify|Restore|Delete)ManagedPrefixList)/;

/** The `requestParameters` of a record. */
export function requestParametersOf(service: string, operation: string, input: JsonObject): JsonObject {
  if (service !== 'ec2') return camelCasedDeep(input);
  if (WRAPPED.test(operation)) return { [`${operation}Request`]: wrappedObject(input) };
  if (/^(Authorize|Revoke)SecurityGroup/.test(operation)) return ruleCall(input);
  if (operation === 'CreateSecurityGroup') return createGroup(input);
  if (operation.endsWith('Tags')) return tagCall(input);
  return { ...camelCased(input, ['GroupId', 'GroupName']), ...dryRun(input) };
}

const camelCasedDeep = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).map(([name, value]) => [lowerFirst(name), isObject(value) ? camelCasedDeep(value) : value]));

export interface CallEffect {
  readonly gained: readonly SecurityGroupRule[];
  readonly lost: readonly SecurityGroupRule[];
  /** The id of a group that the call made. */
  readonly created: string | undefined;
}

/** The `responseElements` of a record of a call that succeeded. */
export function responseElementsOf(
  operation: string,
  input: JsonObject,
  requestId: string,
  effect: CallEffect,
  groupArn: (id: string) => string,
): JsonObject {
  const done = { requestId, _return: true };
  if (WRAPPED.test(operation)) {
    const prefixList = textOf(input, 'PrefixListId');
    const answer = prefixList === undefined ? { return: true } : { prefixList: { prefixListId: prefixList } };
    return { [`${operation}Response`]: { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/', requestId, ...answer } };
  }
  if (operation.startsWith('AuthorizeSecurityGroup')) return { ...done, securityGroupRuleSet: items(effect.gained.map(authorizedRule)) };
  if (operation.startsWith('RevokeSecurityGroup')) return { ...done, revokedSecurityGroupRuleSet: items(effect.lost.map(revokedRule)) };
  if (operation !== 'CreateSecurityGroup') return done;
  const tags = listOf(input, 'TagSpecifications').flatMap((specification) => tagPairs(listOf(specification, 'Tags')));
  const { created = '' } = effect;
  return { ...done, groupId: created, tagSet: items(tags), securityGroupArn: groupArn(created) };
}

const RULE = [
  'SecurityGroupRuleId',
  'GroupId',
  'Description',
  'IsEgress',
  'IpProtocol',
  'FromPort',
  'ToPort',
  'CidrIpv4',
  'CidrIpv6',
  'PrefixListId',
];

/** A guess: the source group is under `referencedGroupInfo`, as in EC2's own answer. */
const authorizedRule = (rule: SecurityGroupRule): JsonObject => ({
  ...camelCased(rule, ['GroupOwnerId', ...RULE, 'SecurityGroupRuleArn']),
  ...(rule.ReferencedGroupInfo && { referencedGroupInfo: camelCased(rule.ReferencedGroupInfo, ['GroupId', 'UserId']) }),
});

/** A guess by EC2's own answer: no recorded event with it has been seen, and older ones have nothing of the kind. */
const revokedRule = (rule: SecurityGroupRule): JsonObject => ({
  ...camelCased(rule, RULE),
  ...(rule.ReferencedGroupInfo && { referencedGroupId: objectOf(rule, 'ReferencedGroupInfo').GroupId }),
});

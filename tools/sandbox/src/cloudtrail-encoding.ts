// CloudTrail writes EC2's calls in two ways. Old calls have camelCase members and lists as `{ items: […] }`, an empty
// one as `{}`. Newer calls have the query parameters as sent, under one key `<Operation>Request`: PascalCase, a list of
// one as a plain object and of several as an array, each member numbered by `tag`, and values coerced to what they look
// like.
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { isObject, listOf, textOf, type JsonObject } from './json.js';
import { ruleArn, type Place } from './mends/rule-responses.js';

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const items = (list: readonly JsonObject[]): JsonObject => (list.length === 0 ? {} : { items: list });

/**
 * The members of the input which have a text, renamed to camelCase; those named in `numbers` as numbers, those in
 * `flags` as booleans.
 */
const camelCased = (input: unknown, names: readonly string[], numbers: readonly string[] = []): JsonObject =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = textOf(input, name);
      return value === undefined ? [] : [[lowerFirst(name), numbers.includes(name) ? Number(value) : value]];
    }),
  );

const ports = ['FromPort', 'ToPort'];

const permission = (input: unknown): JsonObject => ({
  ...camelCased(input, ['IpProtocol', ...ports], ports),
  groups: items(
    listOf(input, 'Groups').map((pair) =>
      camelCased(pair, [
        'GroupId',
        'GroupName',
        'UserId',
        'VpcId',
        'VpcPeeringConnectionId',
        'PeeringStatus',
        'Description',
      ]),
    ),
  ),
  ipRanges: items(listOf(input, 'IpRanges').map((range) => camelCased(range, ['CidrIp', 'Description']))),
  ipv6Ranges: items(listOf(input, 'Ipv6Ranges').map((range) => camelCased(range, ['CidrIpv6', 'Description']))),
  prefixListIds: items(listOf(input, 'PrefixListIds').map((list) => camelCased(list, ['PrefixListId', 'Description']))),
});

const dryRun = (input: JsonObject): JsonObject => (input.DryRun === 'true' ? { dryRun: true } : {});

// A guess, for want of a recorded event: a call by rule ids has no `ipPermissions`, and one that names its group only by
// name has no `groupId`.
/** The request parameters of Authorize and Revoke: permissions, the flat form or rule ids, as the caller sent them. */
export const ruleCallParameters = (input: JsonObject): JsonObject => {
  const ids = listOf(input, 'SecurityGroupRuleId').map((id) => ({ securityGroupRuleId: id }));
  const flat = ['IpProtocol', ...ports, 'CidrIp', 'SourceSecurityGroupName', 'SourceSecurityGroupOwnerId'];
  return {
    ...camelCased(input, ['GroupId', 'GroupName']),
    ...(ids.length > 0
      ? { securityGroupRuleIds: items(ids) }
      : { ipPermissions: items(listOf(input, 'IpPermissions').map(permission)) }),
    ...camelCased(input, flat, ports),
    ...dryRun(input),
  };
};

const tagPairs = (list: readonly unknown[]): readonly JsonObject[] =>
  list.map((tag) => camelCased(tag, ['Key', 'Value']));

export const createGroupParameters = (input: JsonObject): JsonObject => {
  const specifications = listOf(input, 'TagSpecification').map((specification) => ({
    ...camelCased(specification, ['ResourceType']),
    tags: tagPairs(listOf(specification, 'Tag')), // a bare list, here alone
  }));
  const description = textOf(input, 'GroupDescription') ?? textOf(input, 'Description');
  return {
    ...camelCased(input, ['GroupName']),
    ...(description !== undefined && { groupDescription: description }),
    ...camelCased(input, ['VpcId']),
    ...(specifications.length > 0 && { tagSpecificationSet: items(specifications) }),
    ...dryRun(input),
  };
};

export const deleteGroupParameters = (input: JsonObject): JsonObject => ({
  ...camelCased(input, ['GroupId', 'GroupName']),
  ...dryRun(input),
});

export const tagCallParameters = (input: JsonObject): JsonObject => ({
  resourcesSet: items(listOf(input, 'ResourceId').map((id) => ({ resourceId: id }))),
  tagSet: items(tagPairs(listOf(input, 'Tag'))),
  ...dryRun(input),
});

// Seen of tag values; that a protocol of `-1` becomes a number by the same rule is a guess.
const coerced = (text: string): string | number | boolean => {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
};

const wrappedMember = (value: unknown, tag: number): JsonObject =>
  isObject(value)
    ? { ...wrappedObject(value), tag }
    : { tag, content: typeof value === 'string' ? coerced(value) : value };

const wrappedValue = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const members = value.map((member: unknown, index) => wrappedMember(member, index + 1));
    return members.length === 1 ? members[0] : members;
  }
  if (isObject(value)) return wrappedObject(value);
  return typeof value === 'string' ? coerced(value) : value;
};

const wrappedObject = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).map(([name, value]) => [name, wrappedValue(value)]));

/** The request parameters of a newer call. */
export const wrappedParameters = (operation: string, input: JsonObject): JsonObject => ({
  [`${operation}Request`]: wrappedObject(input),
});

/** The response elements of a newer call that answers `true` and perhaps more. */
export const wrappedResponse = (operation: string, requestId: string, more: JsonObject): JsonObject => ({
  [`${operation}Response`]: { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/', requestId, ...more },
});

const defined = (entries: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

// That the source group is under `referencedGroupInfo`, as in EC2's own answer, is a guess.
/** The rules that an Authorize made, one item for each source. */
export const authorizedRuleSet = (rules: readonly SecurityGroupRule[], place: Place): JsonObject =>
  items(
    rules.map((rule) =>
      defined({
        groupOwnerId: place.accountId,
        groupId: rule.GroupId,
        securityGroupRuleId: rule.SecurityGroupRuleId,
        description: rule.Description,
        isEgress: rule.IsEgress,
        ipProtocol: rule.IpProtocol,
        fromPort: rule.FromPort,
        toPort: rule.ToPort,
        cidrIpv4: rule.CidrIpv4,
        cidrIpv6: rule.CidrIpv6,
        prefixListId: rule.PrefixListId,
        referencedGroupInfo:
          rule.ReferencedGroupInfo &&
          defined({ groupId: rule.ReferencedGroupInfo.GroupId, userId: rule.ReferencedGroupInfo.UserId }),
        securityGroupRuleArn: ruleArn(rule, place),
      }),
    ),
  );

// A guess by EC2's own answer: no recorded event with it has been seen, and older ones have nothing of the kind.
/** The rules that a Revoke removed, one item for each source. */
export const revokedRuleSet = (rules: readonly SecurityGroupRule[]): JsonObject =>
  items(
    rules.map((rule) =>
      defined({
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
    ),
  );

export const createdTagSet = (input: JsonObject): JsonObject =>
  items(listOf(input, 'TagSpecification').flatMap((specification) => tagPairs(listOf(specification, 'Tag'))));

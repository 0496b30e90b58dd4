/**
 * CloudTrail writes EC2's calls in two ways. Old calls have camelCase members and lists as `{ items: […] }`, an empty one as `{}`. Newer calls have the query
 * parameters as sent, under one key `<Operation>Request`: PascalCase, a list of one as a plain object and of several as an array, each member numbered by
 * `tag`, and values coerced to what they look like. Other services have their input in camelCase.
 *
 * Where no recorded event shows a form, this module says that it guesses.
 */
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { GroupChange, PendingCall } from '../aws/call.js';
import { isObject, listOf, textOf, type JsonObject } from '../json.js';

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

type WriteList = (name: string, values: readonly unknown[]) => readonly [name: string, value: unknown];

/** The members that are there, in camelCase; lists as `writeList` says. */
const camelCased = (input: JsonObject, writeList: WriteList = (name, values) => [lowerFirst(name), values]): JsonObject =>
  Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => {
      if (value === undefined || value === null) return [];
      if (Array.isArray(value)) return [writeList(name, value)];
      return [[lowerFirst(name), isObject(value) ? camelCased(value, writeList) : value]];
    }),
  );

/** The lists that an old call has under another name than the API's model, or whose members are plain values there. */
const LISTS: Readonly<Record<string, { readonly name: string; readonly member?: string }>> = {
  UserIdGroupPairs: { name: 'groups' },
  SecurityGroupRuleIds: { name: 'securityGroupRuleIds', member: 'securityGroupRuleId' },
  Resources: { name: 'resourcesSet', member: 'resourceId' },
  Tags: { name: 'tagSet' },
  TagSpecifications: { name: 'tagSpecificationSet' },
};
const NO_SOURCES = { UserIdGroupPairs: [], IpRanges: [], Ipv6Ranges: [], PrefixListIds: [] };

const asItems: WriteList = (list, values) => {
  const { name, member = '' } = LISTS[list] ?? { name: lowerFirst(list) };
  const items = values.map((each) => {
    if (!isObject(each)) return { [member]: each };
    // A bare list, here alone.
    if (list === 'TagSpecifications') return { ...camelCased({ ...each, Tags: undefined }), tags: tagPairs(each) };
    return camelCased(list === 'IpPermissions' ? { ...NO_SOURCES, ...each } : each, asItems);
  });
  return [name, items.length === 0 ? {} : { items }];
};

const tagPairs = (holder: unknown): readonly JsonObject[] => listOf(holder, 'Tags').map((tag) => (isObject(tag) ? camelCased(tag) : {}));

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
  if (!Array.isArray(value)) return isObject(value) ? wrappedObject(value) : coerced(value);
  const members = value.map((member: unknown, index) => ({
    ...(isObject(member) ? wrappedObject(member) : { content: coerced(member) }),
    tag: index + 1,
  }));
  return members.length === 1 ? members[0] : members;
}

const wrappedObject = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).map(([name, value]) => [WIRE_NAMES[name] ?? name, wrapped(value)]));

const WRAPPED = /^(ModifySecurityGroupRules|UpdateSecurityGroupRuleDescriptions|(Create|Modify|Restore|Delete)ManagedPrefixList)/;

/** The `requestParameters` of a record. */
export function requestParametersOf({ service, operation, input }: PendingCall): JsonObject {
  if (service !== 'ec2') return camelCased(input);
  if (WRAPPED.test(operation)) return { [`${operation}Request`]: wrappedObject(input) };
  const { DryRun, Description, ...rest } = input;
  const given = { ...rest, GroupDescription: Description, DryRun: DryRun === true ? true : undefined };
  // A guess: a call by rule ids has no `ipPermissions`, one by the group's name no `groupId`, and tags of new rules are written as those of new groups.
  const isOfRules = /^(Authorize|Revoke)SecurityGroup/.test(operation) && listOf(input, 'SecurityGroupRuleIds').length === 0;
  return camelCased(isOfRules ? { IpPermissions: [], ...given } : given, asItems);
}

/** The `responseElements` of a record of a call of EC2 that succeeded. */
export function responseElementsOf(call: PendingCall, change: GroupChange | null, requestId: string, partition: string): JsonObject {
  const { operation, input, region, account } = call;
  const done = { requestId, _return: true };
  const withRules = (name: string, items: readonly JsonObject[]): JsonObject => ({ ...done, [name]: items.length === 0 ? {} : { items } });
  if (WRAPPED.test(operation)) {
    const prefixList = textOf(input, 'PrefixListId');
    const answer = prefixList === undefined ? { return: true } : { prefixList: { prefixListId: prefixList } };
    return { [`${operation}Response`]: { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/', requestId, ...answer } };
  }
  if (operation.startsWith('AuthorizeSecurityGroup')) return withRules('securityGroupRuleSet', (change?.gained ?? []).map(authorizedRule));
  if (operation.startsWith('RevokeSecurityGroup')) return withRules('revokedSecurityGroupRuleSet', (change?.lost ?? []).map(revokedRule));
  if (operation !== 'CreateSecurityGroup') return done;
  const groupId = Object.keys(change?.after ?? {}).find((id) => change?.before[id] === undefined) ?? '';
  const tags = listOf(input, 'TagSpecifications').flatMap(tagPairs);
  const securityGroupArn = `arn:${partition}:ec2:${region}:${account}:security-group/${groupId}`;
  return { ...withRules('tagSet', tags), groupId, securityGroupArn };
}

/** A guess: the source group is under `referencedGroupInfo`, as in EC2's own answer. */
const authorizedRule = (rule: SecurityGroupRule): JsonObject => camelCased({ ...rule, Tags: undefined });

/** A guess by EC2's own answer: no recorded event with it has been seen, and older ones have nothing of the kind. */
function revokedRule({ ReferencedGroupInfo, ...rule }: SecurityGroupRule): JsonObject {
  const unanswered = { Tags: undefined, GroupOwnerId: undefined, SecurityGroupRuleArn: undefined };
  return camelCased({ ...rule, ReferencedGroupId: ReferencedGroupInfo?.GroupId, ...unanswered });
}

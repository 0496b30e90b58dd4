/**
 * Encodes calls as CloudTrail does. For EC2, CloudTrail has two encodings. Old calls have camelCase members; a list is `{ items: […] }`, or
 * `{}` if the list is empty. Newer calls contain the query parameters under one key `<Operation>Request`, with names in PascalCase. A list
 * of one member is an object, and a longer list is an array. Each list member has its position as `tag`. Numbers and booleans are not
 * quoted. For other services, the input is in camelCase. If no recorded event shows an encoding, a comment calls the encoding a guess.
 */
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { GroupChange, PendingCall } from './call.js';
import { json, type JsonObject } from '../json.js';
import { simulatedKeyName, simulatedKeysInCamelCase } from './camel-case.js';

/**
 * The lists whose name in old calls differs from the name in the SDK. `name` is the name in old calls. In a list of texts, each text
 * becomes an object whose only key is the value of `member`.
 */
const LISTS: Readonly<Record<string, { readonly name: string; readonly member?: string }>> = {
  UserIdGroupPairs: { name: 'groups' },
  SecurityGroupRuleIds: { name: 'securityGroupRuleIds', member: 'securityGroupRuleId' },
  Resources: { name: 'resourcesSet', member: 'resourceId' },
  Tags: { name: 'tagSet' },
  TagSpecifications: { name: 'tagSpecificationSet' },
};
const NO_SOURCES = { UserIdGroupPairs: [], IpRanges: [], Ipv6Ranges: [], PrefixListIds: [] };

/** Returns the parameters in the encoding of old calls. */
function encodeSimulatedOldCall(input: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => {
      if (value === undefined || value === null) return [];
      if (Array.isArray(value))
        return [
          [LISTS[name]?.name ?? simulatedKeyName(name), encodeSimulatedItems(value.map((member) => encodeSimulatedItem(name, member)))],
        ];
      return [[simulatedKeyName(name), json.isObject(value) ? encodeSimulatedOldCall(value) : value]];
    }),
  );
}

function encodeSimulatedItem(list: string, member: unknown): JsonObject {
  if (!json.isObject(member)) return { [LISTS[list]?.member ?? '']: member };
  // In `TagSpecifications`, and only there, the list of tags has no `items`.
  if (list === 'TagSpecifications') return simulatedKeysInCamelCase(member);
  return encodeSimulatedOldCall(list === 'IpPermissions' ? { ...NO_SOURCES, ...member } : member);
}

function encodeSimulatedItems(members: readonly JsonObject[]): JsonObject {
  return members.length === 0 ? {} : { items: members };
}

/**
 * Removes the quotes of numbers and booleans. Recorded events show this encoding for tag values. For the protocol `-1`, the encoding is a
 * guess.
 */
function encodeSimulatedScalar(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

/** The lists whose name in newer calls differs from the name in the SDK. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  SecurityGroupRules: 'SecurityGroupRule',
  SecurityGroupRuleDescriptions: 'SecurityGroupRuleDescription',
  AddEntries: 'AddEntry',
  RemoveEntries: 'RemoveEntry',
  UserIdGroupPairs: 'Groups',
};

function encodeSimulatedNewValue(value: unknown): unknown {
  if (!Array.isArray(value)) return json.isObject(value) ? encodeSimulatedNewCall(value) : encodeSimulatedScalar(value);
  const members = value.map((member: unknown, index) => ({
    ...(json.isObject(member) ? encodeSimulatedNewCall(member) : { content: encodeSimulatedScalar(member) }),
    tag: index + 1,
  }));
  return members.length === 1 ? members[0] : members;
}

function encodeSimulatedNewCall(input: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [WIRE_NAMES[name] ?? name, encodeSimulatedNewValue(value)]));
}

const WRAPPED = /^(ModifySecurityGroupRules|UpdateSecurityGroupRuleDescriptions|(Create|Modify|Restore|Delete)ManagedPrefixList)/;

/** Returns the `requestParameters` of a record. */
export function encodeSimulatedRequest({ service, operation, input }: PendingCall): JsonObject {
  if (service !== 'ec2') return simulatedKeysInCamelCase(input);
  if (WRAPPED.test(operation)) return { [`${operation}Request`]: encodeSimulatedNewCall(input) };
  const { DryRun, Description, ...rest } = input;
  const given = { ...rest, GroupDescription: Description, DryRun: DryRun === true ? true : undefined };
  // Guesses, because no recorded event shows these calls: a call with rule ids has no `ipPermissions`, and a call with a group name has no
  // `groupId`.
  const isOfRules = /^(Authorize|Revoke)SecurityGroup/.test(operation) && json.list(input, 'SecurityGroupRuleIds').length === 0;
  return encodeSimulatedOldCall(isOfRules ? { IpPermissions: [], ...given } : given);
}

/**
 * Returns the `responseElements` of an EC2 call that succeeded. The member `referencedGroupInfo` of an authorized rule is a guess.
 */
export function encodeSimulatedResponse(call: PendingCall, change: GroupChange | null, requestId: string, partition: string): JsonObject {
  const { operation, input, region, account } = call;
  const done = { requestId, _return: true };
  if (WRAPPED.test(operation)) {
    const prefixList = json.text(input, 'PrefixListId');
    const answer = prefixList === undefined ? { return: true } : { prefixList: { prefixListId: prefixList } };
    return { [`${operation}Response`]: { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/', requestId, ...answer } };
  }
  if (operation.startsWith('AuthorizeSecurityGroup'))
    return {
      ...done,
      securityGroupRuleSet: encodeSimulatedItems(
        (change?.gained ?? []).map((rule) => simulatedKeysInCamelCase({ ...rule, Tags: undefined })),
      ),
    };
  if (operation.startsWith('RevokeSecurityGroup'))
    return { ...done, revokedSecurityGroupRuleSet: encodeSimulatedItems((change?.lost ?? []).map(encodeSimulatedRevokedRule)) };
  if (operation !== 'CreateSecurityGroup') return done;
  const groupId = Object.keys(change?.after ?? {}).find((id) => change?.before[id] === undefined) ?? '';
  const tags = json.list(input, 'TagSpecifications').flatMap((each) => json.list(each, 'Tags').filter(json.isObject));
  const securityGroupArn = `arn:${partition}:ec2:${region}:${account}:security-group/${groupId}`;
  return { ...done, tagSet: encodeSimulatedItems(tags.map(simulatedKeysInCamelCase)), groupId, securityGroupArn };
}

/** Encodes a revoked rule like EC2's response. The encoding is a guess, because no recorded event contains a revoked rule. */
function encodeSimulatedRevokedRule({ ReferencedGroupInfo, ...rule }: SecurityGroupRule): JsonObject {
  const unanswered = { Tags: undefined, GroupOwnerId: undefined, SecurityGroupRuleArn: undefined };
  return simulatedKeysInCamelCase({ ...rule, ReferencedGroupId: ReferencedGroupInfo?.GroupId, ...unanswered });
}

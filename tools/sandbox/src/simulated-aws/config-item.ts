/** Makes AWS Config's configuration item (version 1.3) of a security group. */
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { isDeepStrictEqual } from 'node:util';
import type { AwsLocation } from '../deployment/deployment.js';
import { json, type JsonObject } from '../json.js';
import { simulatedKeyName, simulatedKeysInCamelCase } from './camel-case.js';

// An item contains IPv4 sources twice: as plain text, and with their descriptions.
function configItemPermission({
  IpRanges = [],
  Ipv6Ranges = [],
  PrefixListIds = [],
  UserIdGroupPairs = [],
  ...traffic
}: IpPermission): JsonObject {
  const cidrs = IpRanges.map(({ CidrIp }) => CidrIp);
  return simulatedKeysInCamelCase({ ...traffic, Ipv6Ranges, PrefixListIds, UserIdGroupPairs, Ipv4Ranges: IpRanges, IpRanges: cidrs });
}

/** Returns the members of an item that describe an existing group. */
function configItemContents({
  SecurityGroupArn: _,
  Tags = [],
  IpPermissions = [],
  IpPermissionsEgress = [],
  ...group
}: SecurityGroup): JsonObject {
  return {
    tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    relationships: [{ resourceId: group.VpcId, resourceName: null, resourceType: 'AWS::EC2::VPC', name: 'Is contained in Vpc' }],
    configuration: {
      ...simulatedKeysInCamelCase({ ...group, Tags }),
      ipPermissions: IpPermissions.map(configItemPermission),
      ipPermissionsEgress: IpPermissionsEgress.map(configItemPermission),
    },
  };
}

/** The members of an item that describe a deleted group. The value `null` of `configuration` is a guess. */
const DELETED_CONTENTS = { tags: {}, relationships: [], configuration: null };

/** @param stateId a number that is greater than the state id of every earlier item */
export function groupConfigItem(
  group: SecurityGroup,
  status: 'OK' | 'ResourceDiscovered' | 'ResourceDeleted',
  { capture, stateId }: { readonly capture: Date; readonly stateId: number },
  { accountId, region, partition }: AwsLocation,
): JsonObject {
  return {
    configurationItemVersion: '1.3',
    configurationItemCaptureTime: capture.toISOString(),
    configurationStateId: stateId,
    awsAccountId: accountId,
    configurationItemStatus: status,
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: group.GroupId,
    resourceName: group.GroupName ?? null,
    ARN: `arn:${partition}:ec2:${region}:${accountId}:security-group/${group.GroupId ?? ''}`,
    awsRegion: region,
    availabilityZone: 'Not Applicable',
    configurationStateMd5Hash: '',
    resourceCreationTime: null,
    relatedEvents: [],
    ...(status === 'ResourceDeleted' ? DELETED_CONTENTS : configItemContents(group)),
    supplementaryConfiguration: {},
  };
}

/**
 * Returns the `configurationItemDiff` of two items. The names of the changed properties end with a number, as in AWS Config. Returns null
 * if there is no earlier item.
 */
export function configItemDiff(previous: JsonObject | undefined, current: JsonObject): JsonObject | null {
  if (previous === undefined) return null;
  if (current.configuration === null) return { changedProperties: {}, changeType: 'DELETE' };
  const changes = ['IpPermissions', 'IpPermissionsEgress', 'Tags'].flatMap((name) => {
    const [before, after] = [previous, current].map((item) => json.list(json.object(item, 'configuration'), simulatedKeyName(name)));
    return [
      ...simulatedEntriesMissingIn(before, after).map((entry) => ({ previousValue: entry, updatedValue: null, changeType: 'DELETE' })),
      ...simulatedEntriesMissingIn(after, before).map((entry) => ({ previousValue: null, updatedValue: entry, changeType: 'CREATE' })),
    ].map((change, index) => [`Configuration.${name}.${index}`, change] as const);
  });
  return { changedProperties: Object.fromEntries(changes), changeType: 'UPDATE' };
}

function simulatedEntriesMissingIn(list: readonly unknown[] = [], others: readonly unknown[] = []): readonly unknown[] {
  return list.filter((entry) => !others.some((other) => isDeepStrictEqual(entry, other)));
}

/** Reports whether two items describe the same state of the group. */
export function isSameConfigItem(a: JsonObject, b: JsonObject): boolean {
  return isDeepStrictEqual([a.configuration, a.tags, a.relationships], [b.configuration, b.tags, b.relationships]);
}

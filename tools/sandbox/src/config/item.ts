/** The configuration item (version 1.3) that AWS Config records of a security group. */
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { isDeepStrictEqual } from 'node:util';
import type { Place } from '../deployment/deployment.js';
import { listOf, objectOf, type JsonObject } from '../json.js';

export interface ConfigItemTime {
  readonly capture: Date;
  /** Grows from item to item. */
  readonly stateId: number;
}

const described = (key: string, value: string | undefined, description: string | undefined): JsonObject => ({
  [key]: value,
  ...(description !== undefined && { description }),
});

// Once, an item held IPv4 sources as plain texts; it still does, beside the list that has the descriptions.
const permissionItem = (permission: IpPermission): JsonObject => ({
  ...(permission.FromPort !== undefined && { fromPort: permission.FromPort }),
  ipProtocol: permission.IpProtocol,
  ipv6Ranges: (permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => described('cidrIpv6', CidrIpv6, Description)),
  prefixListIds: (permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) =>
    described('prefixListId', PrefixListId, Description),
  ),
  ...(permission.ToPort !== undefined && { toPort: permission.ToPort }),
  userIdGroupPairs: (permission.UserIdGroupPairs ?? []).map(({ GroupId, UserId, Description }) => ({
    ...described('groupId', GroupId, Description),
    userId: UserId,
  })),
  ipv4Ranges: (permission.IpRanges ?? []).map(({ CidrIp, Description }) => described('cidrIp', CidrIp, Description)),
  ipRanges: (permission.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
});

const groupConfiguration = (group: SecurityGroup): JsonObject => ({
  description: group.Description,
  groupName: group.GroupName,
  ipPermissions: (group.IpPermissions ?? []).map(permissionItem),
  ownerId: group.OwnerId,
  groupId: group.GroupId,
  ipPermissionsEgress: (group.IpPermissionsEgress ?? []).map(permissionItem),
  tags: (group.Tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value })),
  vpcId: group.VpcId,
});

/** The item of a group, with the contents that it has while it is live. */
const item = (group: SecurityGroup, status: string, time: ConfigItemTime, place: Place, contents: JsonObject): JsonObject => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: time.capture.toISOString(),
  configurationStateId: time.stateId,
  awsAccountId: place.accountId,
  configurationItemStatus: status,
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: group.GroupId,
  resourceName: group.GroupName ?? null,
  ARN: `arn:${place.partition}:ec2:${place.region}:${place.accountId}:security-group/${group.GroupId ?? ''}`,
  awsRegion: place.region,
  availabilityZone: 'Not Applicable',
  configurationStateMd5Hash: '',
  resourceCreationTime: null,
  relatedEvents: [],
  ...contents,
  supplementaryConfiguration: {},
});

/** The item of a live group. */
export const groupItem = (group: SecurityGroup, status: 'OK' | 'ResourceDiscovered', time: ConfigItemTime, place: Place): JsonObject =>
  item(group, status, time, place, {
    tags: Object.fromEntries((group.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    relationships: [{ resourceId: group.VpcId, resourceName: null, resourceType: 'AWS::EC2::VPC', name: 'Is contained in Vpc' }],
    configuration: groupConfiguration(group),
  });

/** The item of a group that is gone. That its configuration is `null`, rather than missing, is a guess. */
export const deletedGroupItem = (group: SecurityGroup, time: ConfigItemTime, place: Place): JsonObject =>
  item(group, 'ResourceDeleted', time, place, { tags: {}, relationships: [], configuration: null });

const changesIn = (key: string, name: string, previous: JsonObject, current: JsonObject): readonly (readonly [string, JsonObject])[] => {
  const before = listOf(previous, key);
  const after = listOf(current, key);
  const removed = before.filter((entry) => !after.some((other) => isDeepStrictEqual(entry, other)));
  const added = after.filter((entry) => !before.some((other) => isDeepStrictEqual(entry, other)));
  return [
    ...removed.map((entry) => ({ previousValue: entry, updatedValue: null, changeType: 'DELETE' })),
    ...added.map((entry) => ({ previousValue: null, updatedValue: entry, changeType: 'CREATE' })),
  ].map((change, index) => [`Configuration.${name}.${index}`, change] as const);
};

/** What changed between two items, under positional names as AWS Config gives them; null when there is no earlier item. */
export const itemDiff = (previous: JsonObject | undefined, current: JsonObject): JsonObject | null => {
  if (previous === undefined) return null;
  if (current.configuration === null) return { changedProperties: {}, changeType: 'DELETE' };
  const [before, after] = [objectOf(previous, 'configuration'), objectOf(current, 'configuration')];
  const changes = [
    ...changesIn('ipPermissions', 'IpPermissions', before, after),
    ...changesIn('ipPermissionsEgress', 'IpPermissionsEgress', before, after),
    ...changesIn('tags', 'Tags', before, after),
  ];
  return { changedProperties: Object.fromEntries(changes), changeType: 'UPDATE' };
};

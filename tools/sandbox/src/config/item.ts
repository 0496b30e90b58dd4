/** The configuration item (version 1.3) that AWS Config records of a security group. */
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { isDeepStrictEqual } from 'node:util';
import type { Place } from '../deployment/deployment.js';
import { listOf, objectOf, type JsonObject } from '../json.js';

// Once, an item held IPv4 sources as plain texts; it still does, beside the list that has the descriptions. What is undefined is not in the JSON.
const permissionItem = ({
  IpRanges = [],
  Ipv6Ranges = [],
  PrefixListIds = [],
  UserIdGroupPairs = [],
  ...ports
}: IpPermission): JsonObject => ({
  fromPort: ports.FromPort,
  ipProtocol: ports.IpProtocol,
  ipv6Ranges: Ipv6Ranges.map(({ CidrIpv6: cidrIpv6, Description: description }) => ({ cidrIpv6, description })),
  prefixListIds: PrefixListIds.map(({ PrefixListId: prefixListId, Description: description }) => ({ prefixListId, description })),
  toPort: ports.ToPort,
  userIdGroupPairs: UserIdGroupPairs.map(({ GroupId: groupId, UserId: userId, Description }) => ({
    groupId,
    userId,
    description: Description,
  })),
  ipv4Ranges: IpRanges.map(({ CidrIp: cidrIp, Description: description }) => ({ cidrIp, description })),
  ipRanges: IpRanges.map(({ CidrIp }) => CidrIp),
});

/** The contents of the item of a live group. */
const live = (group: SecurityGroup): JsonObject => ({
  tags: Object.fromEntries((group.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  relationships: [{ resourceId: group.VpcId, resourceName: null, resourceType: 'AWS::EC2::VPC', name: 'Is contained in Vpc' }],
  configuration: {
    description: group.Description,
    groupName: group.GroupName,
    ipPermissions: (group.IpPermissions ?? []).map(permissionItem),
    ownerId: group.OwnerId,
    groupId: group.GroupId,
    ipPermissionsEgress: (group.IpPermissionsEgress ?? []).map(permissionItem),
    tags: (group.Tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value })),
    vpcId: group.VpcId,
  },
});

/** The contents of the item of a group that is gone. That its configuration is `null`, rather than missing, is a guess. */
const GONE = { tags: {}, relationships: [], configuration: null };

/** @param stateId grows from item to item. */
export const groupItem = (
  group: SecurityGroup,
  status: 'OK' | 'ResourceDiscovered' | 'ResourceDeleted',
  { capture, stateId }: { readonly capture: Date; readonly stateId: number },
  { accountId, region, partition }: Place,
): JsonObject => ({
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
  ...(status === 'ResourceDeleted' ? GONE : live(group)),
  supplementaryConfiguration: {},
});

/** What changed between two items, under positional names as AWS Config gives them; null when there is no earlier item. */
export function itemDiff(previous: JsonObject | undefined, current: JsonObject): JsonObject | null {
  if (previous === undefined) return null;
  if (current.configuration === null) return { changedProperties: {}, changeType: 'DELETE' };
  const changes = ['IpPermissions', 'IpPermissionsEgress', 'Tags'].flatMap((name) => {
    const key = name.charAt(0).toLowerCase() + name.slice(1);
    const [before, after] = [previous, current].map((item) => listOf(objectOf(item, 'configuration'), key));
    return [
      ...without(before, after).map((entry) => ({ previousValue: entry, updatedValue: null, changeType: 'DELETE' })),
      ...without(after, before).map((entry) => ({ previousValue: null, updatedValue: entry, changeType: 'CREATE' })),
    ].map((change, index) => [`Configuration.${name}.${index}`, change] as const);
  });
  return { changedProperties: Object.fromEntries(changes), changeType: 'UPDATE' };
}

const without = (list: readonly unknown[] = [], others: readonly unknown[] = []): readonly unknown[] =>
  list.filter((entry) => !others.some((other) => isDeepStrictEqual(entry, other)));

import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { ApiRequest } from './api-request.js';
import type { ApiResponse } from './api-response.js';
import { listOf, textOf } from './json.js';
import type { GroupStates } from './security-groups.js';

/** A call that writes to security groups, with what it did to them. */
export interface GroupChange {
  readonly request: ApiRequest;
  /** As the caller got it. */
  readonly response: ApiResponse;
  readonly before: GroupStates;
  readonly after: GroupStates;
  readonly gained: readonly SecurityGroupRule[];
  readonly lost: readonly SecurityGroupRule[];
  readonly time: Date;
}

/** The calls of which CloudTrail writes a record here. */
export const recordedOperations = [
  'AuthorizeSecurityGroupIngress',
  'AuthorizeSecurityGroupEgress',
  'RevokeSecurityGroupIngress',
  'RevokeSecurityGroupEgress',
  'ModifySecurityGroupRules',
  'UpdateSecurityGroupRuleDescriptionsIngress',
  'UpdateSecurityGroupRuleDescriptionsEgress',
  'CreateSecurityGroup',
  'DeleteSecurityGroup',
  'CreateTags',
  'DeleteTags',
  'ModifyManagedPrefixList',
] as const;

export type RecordedOperation = (typeof recordedOperations)[number];

export const isRecorded = (operation: string): operation is RecordedOperation =>
  recordedOperations.some((name) => name === operation);

/** Calls that make or unmake groups on the side: a VPC has a group `default`. */
export const sideEffectOperations = ['CreateVpc', 'CreateDefaultVpc', 'DeleteVpc'] as const;

/** The groups a call is about, by id; undefined when the call does not tell (it names the group, or makes it). */
export const groupIdsOf = (request: ApiRequest): readonly string[] | undefined => {
  const { input, operation } = request;
  if (operation === 'ModifyManagedPrefixList') return [];
  if (operation === 'CreateTags' || operation === 'DeleteTags') {
    return listOf(input, 'ResourceId').filter((id): id is string => typeof id === 'string' && id.startsWith('sg-'));
  }
  const id = textOf(input, 'GroupId');
  return id === undefined ? undefined : [id];
};

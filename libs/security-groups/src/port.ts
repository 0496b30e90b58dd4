/** What Portcullis needs from EC2, in its own words. Every method rejects with a `SecurityGroupCallError`. */
import type { Direction, IpPermission } from '@portcullis/permission-diff';
import type { GroupFacts, LiveRule } from './live-rule.js';

export interface SecurityGroupReader {
  /**
   * Returns the live rules of both directions, all pages. A group that does not exist has none: EC2 answers an unknown group with an
   * empty list (source: DescribeSecurityGroupRules is a search by filter).
   *
   * @throws {UnreadableRuleError} when EC2 returns a rule of a kind we do not know.
   */
  readRules(groupId: string): Promise<readonly LiveRule[]>;

  /** Returns what EC2 tells of the group, or `undefined` when there is no such group. */
  describeGroup(groupId: string): Promise<GroupFacts | undefined>;

  /** Returns the ids of the groups of that name, in any VPC. */
  findGroupIds(groupName: string): Promise<readonly string[]>;
}

export interface SecurityGroupWriter {
  /** Adds the permissions, all or none of them. At least one. */
  authorize(groupId: string, direction: Direction, permissions: readonly IpPermission[]): Promise<void>;

  /** Removes the rules of these ids, all or none of them. At least one. */
  revoke(groupId: string, direction: Direction, ruleIds: readonly string[]): Promise<void>;
}

export type SecurityGroups = SecurityGroupReader & SecurityGroupWriter;

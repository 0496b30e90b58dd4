/** What Portcullis needs from EC2, in its own words. Every method rejects with a `SecurityGroupCallError` unless it says otherwise. */
import type { Direction, IpPermission, Rule } from '@portcullis/permission-diff';
import type { ReadError } from './errors.js';
import type { GroupFacts, LiveRule } from './live-rule.js';

/**
 * Reads the groups of one account. EC2 shows groups of other accounts, too: to the owner of a shared VPC those of its participants, and
 * groups that were shared. For this port they do not exist.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-sharing.html
 */
export interface SecurityGroupReader {
  /**
   * Returns the live rules of both directions, all pages. A group that does not exist has none: EC2 answers an unknown group with an
   * empty list (source: DescribeSecurityGroupRules is a search by filter).
   *
   * @throws {UnreadableRuleError} when EC2 returns a rule of a kind we do not know.
   */
  readRules(groupId: string): Promise<readonly LiveRule[]>;

  /**
   * Returns for each of the groups what `readRules` would: its rules, or why they cannot be read. Never rejects: what fails for one group
   * is no reason to know nothing of the others. Takes far fewer calls than one for each group.
   */
  readRulesOf(groupIds: readonly string[]): Promise<ReadonlyMap<string, readonly LiveRule[] | ReadError>>;

  /** Returns what EC2 tells of the group, or `undefined` when there is no such group. */
  describeGroup(groupId: string): Promise<GroupFacts | undefined>;

  /** Returns what EC2 tells of the groups of these ids that exist; without ids, of every group of the account in the region. */
  listGroups(groupIds?: readonly string[]): Promise<readonly GroupFacts[]>;

  /** Returns the groups of that name, in any VPC. */
  findGroups(groupName: string): Promise<readonly GroupFacts[]>;

  /** Returns the ids of the groups that have those of the rules which exist. */
  findGroupIdsOfRules(ruleIds: readonly string[]): Promise<readonly string[]>;

  /** Returns the blocks that a managed prefix list holds, or held at the version. */
  readPrefixList(prefixListId: string, version?: string): Promise<readonly string[]>;
}

export interface SecurityGroupWriter {
  /** Adds the permissions, all or none of them. At least one. */
  authorize(groupId: string, direction: Direction, permissions: readonly IpPermission[]): Promise<void>;

  /** Removes the rules of these ids, all or none of them. At least one. */
  revoke(groupId: string, direction: Direction, ruleIds: readonly string[]): Promise<void>;

  /**
   * Makes the rule of that id into `rule`, in one step. Both have a source of the same kind (source: EC2 API reference,
   * ModifySecurityGroupRules) and the same direction.
   */
  replace(groupId: string, ruleId: string, rule: Rule): Promise<void>;
}

export type SecurityGroups = SecurityGroupReader & SecurityGroupWriter;

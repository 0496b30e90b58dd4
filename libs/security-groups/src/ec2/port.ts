/** The interface to EC2. Every method except `readRulesOf` rejects with a `SecurityGroupCallError` if a call fails. */
import type { SelectableGroup } from '@portcullis/baseline';
import type { Direction, IpPermission, Rule } from '@portcullis/permission-diff';
import type { ReadError } from './errors.js';

/** A rule that exists in EC2 now. */
export interface LiveRule extends Rule {
  /** `sgr-…`. The content of a rule can change while its id stays the same, because `ModifySecurityGroupRules` keeps the id. */
  readonly ruleId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The properties of a group, without its rules. */
export interface GroupFacts extends SelectableGroup {
  readonly ownerId: string | null;
}

/**
 * Reads the groups of one account. EC2 also shows groups of other accounts: shared groups, and all groups in a VPC that the account shares.
 * This reader treats the groups of other accounts as missing.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-sharing.html
 */
export interface SecurityGroupReader {
  /**
   * Returns the live rules of both directions, from all pages. The list is also empty if the group does not exist, because the call uses
   * the id only as a filter.
   *
   * @throws {UnreadableRuleError} if EC2 returns a rule of an unknown kind.
   */
  readRules(groupId: string): Promise<readonly LiveRule[]>;

  /**
   * For each group, returns its rules or the error that `readRules` would throw. Never rejects, so that one unreadable group does not hide
   * the other groups. Makes far fewer calls than a `readRules` call for each group.
   */
  readRulesOf(groupIds: readonly string[]): Promise<ReadonlyMap<string, readonly LiveRule[] | ReadError>>;

  /** Returns the group, or `undefined` if it does not exist. */
  describeGroup(groupId: string): Promise<GroupFacts | undefined>;

  /** Returns the groups with these ids, and skips unknown ids. Without `groupIds`, returns every group of the account in the region. */
  listGroups(groupIds?: readonly string[]): Promise<readonly GroupFacts[]>;

  /** Returns the groups with the given name, in any VPC. */
  findGroups(groupName: string): Promise<readonly GroupFacts[]>;

  /** Returns the ids of the groups that the rules belong to. Skips rules that do not exist. */
  findGroupIdsOfRules(ruleIds: readonly string[]): Promise<readonly string[]>;

  /** Returns the CIDR blocks of a managed prefix list. If no version is given, returns the blocks of the current version. */
  readPrefixList(prefixListId: string, version?: string): Promise<readonly string[]>;
}

export interface SecurityGroupWriter {
  /** Adds all of the permissions, or none of them if the call fails. The list must not be empty. */
  authorize(groupId: string, direction: Direction, permissions: readonly IpPermission[]): Promise<void>;

  /** Removes all of the rules, or none of them if the call fails. The list must not be empty. */
  revoke(groupId: string, direction: Direction, ruleIds: readonly string[]): Promise<void>;

  /**
   * Modifies the rule with the given id into `rule`, in one step. The existing rule and `rule` must have the same direction and the same
   * kind of source.
   *
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
   */
  replace(groupId: string, ruleId: string, rule: Rule): Promise<void>;
}

export type SecurityGroups = SecurityGroupReader & SecurityGroupWriter;

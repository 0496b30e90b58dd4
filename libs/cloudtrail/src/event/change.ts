/**
 * The change that a call made, according to the CloudTrail record. If AWS refused the call, or the call was a dry run, the change that the
 * call requested.
 */
import type { Block, Direction, RecordedRule, Source, Traffic } from '@portcullis/permission-diff';

/** A rule's new content. The record contains neither the direction nor the previous content of the rule. */
export interface ModifiedRule {
  readonly ruleId: string | null;
  readonly traffic: Traffic;
  readonly source: Source;
  readonly description?: string;
}

/** A rule's new description. */
export interface RuleDescription {
  readonly ruleId: string;
  /** `null` if the call removed the description. */
  readonly description: string | null;
}

export interface Tag {
  readonly key: string;
  /** `null` if a DeleteTags call names only the key of the tag. */
  readonly value: string | null;
}

export type Change =
  | AuthorizeChange
  | RevokeChange
  | ModifyChange
  | DescriptionsChange
  | CreateChange
  | DeleteChange
  | PrefixListModifyChange
  | PrefixListRestoreChange
  | AssociationChange
  | TagsChange
  | UnknownChange;

/** `AuthorizeSecurityGroupIngress`, `AuthorizeSecurityGroupEgress`. */
export interface AuthorizeChange {
  readonly kind: 'authorize';
  readonly direction: Direction;
  /** The added rules. */
  readonly rules: readonly RecordedRule[];
}

/** `RevokeSecurityGroupIngress`, `RevokeSecurityGroupEgress`. */
export interface RevokeChange {
  readonly kind: 'revoke';
  readonly direction: Direction;
  /** The removed rules. */
  readonly rules: readonly RecordedRule[];
  /** The ids of removed rules whose content is not in the record. */
  readonly undescribedRuleIds: readonly string[];
  /** Requested rules that the group did not have. In a default VPC, EC2 ignores such rules, and the call succeeds. */
  readonly unmatched: readonly RecordedRule[];
}

/** `ModifySecurityGroupRules`. */
export interface ModifyChange {
  readonly kind: 'modify';
  readonly rules: readonly ModifiedRule[];
}

/**
 * `UpdateSecurityGroupRuleDescriptionsIngress`, `UpdateSecurityGroupRuleDescriptionsEgress`. These calls do not change which traffic the
 * group allows.
 */
export interface DescriptionsChange {
  readonly kind: 'descriptions';
  readonly direction: Direction;
  /**
   * Rules that the call identifies by their content, each with its new description. A rule without `description` is a rule whose
   * description the call removed.
   */
  readonly rules: readonly RecordedRule[];
  /** Rules that the call identifies by id, each with its new description. */
  readonly byRuleId: readonly RuleDescription[];
}

/**
 * `CreateSecurityGroup`. EC2 gives the new group an egress rule for all traffic to anywhere, but the record does not contain this rule.
 */
export interface CreateChange {
  readonly kind: 'create';
  readonly groupName: string | null;
  readonly tags: readonly Tag[];
}

/** `DeleteSecurityGroup`. */
export interface DeleteChange {
  readonly kind: 'delete';
}

/** `ModifyManagedPrefixList`. The call changes the traffic of every rule that refers to the list. */
export interface PrefixListModifyChange {
  readonly kind: 'prefix-list';
  readonly action: 'modify';
  /** The version of the list before the call. Null if the request does not name this version. */
  readonly fromVersion: string | null;
  readonly added: readonly Block[];
  readonly removed: readonly Block[];
}

/** `RestoreManagedPrefixListVersion`. The record does not contain the entries of the list. */
export interface PrefixListRestoreChange {
  readonly kind: 'prefix-list';
  readonly action: 'restore';
  /** The version of the list before the call. Null if the request does not name this version. */
  readonly fromVersion: string | null;
  /** The earlier version whose entries the call restores. */
  readonly version: string | null;
}

/** `AssociateSecurityGroupVpc`, `DisassociateSecurityGroupVpc`. The call adds or removes a VPC in which the group is usable. */
export interface AssociationChange {
  readonly kind: 'association';
  readonly action: 'associate' | 'disassociate';
  readonly vpcId: string | null;
}

/** `CreateTags`, `DeleteTags`. `ApiCall.target` contains the groups and rules whose tags changed. */
export interface TagsChange {
  readonly kind: 'tags';
  readonly action: 'add' | 'remove';
  /** The tags that the call names. A DeleteTags call that names no tags removes all tags. */
  readonly tags: readonly Tag[];
}

/** Any other call to EC2. Portcullis does not read the parameters of such a call. */
export interface UnknownChange {
  readonly kind: 'unknown';
}

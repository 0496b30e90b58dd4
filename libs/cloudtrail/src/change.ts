/**
 * What a call did, as far as its own record tells; for a refused call or a dry run, what it would have done. Rules are in the words of
 * `permission-diff`. Nothing here has been compared with a baseline or with what the group holds now.
 */
import type { Direction, Ipv4Source, Ipv6Source, RecordedRule, Source, Traffic } from '@portcullis/permission-diff';

/** A rule's new content. The record does not say whether the rule is ingress or egress, nor what it held before. */
export interface ModifiedRule {
  readonly ruleId: string | null;
  readonly traffic: Traffic;
  readonly source: Source;
  readonly description?: string;
}

/** A rule's new description. */
export interface RuleDescription {
  readonly ruleId: string;
  /** `null` when it was taken away. */
  readonly description: string | null;
}

export interface Tag {
  readonly key: string;
  /** `null` where the record gives none: to delete a tag its key is enough. */
  readonly value: string | null;
}

export type AddressBlock = Ipv4Source | Ipv6Source;

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
  /** The rules added. */
  readonly rules: readonly RecordedRule[];
}

/** `RevokeSecurityGroupIngress`, `RevokeSecurityGroupEgress`. */
export interface RevokeChange {
  readonly kind: 'revoke';
  readonly direction: Direction;
  /** The rules removed. */
  readonly rules: readonly RecordedRule[];
  /** Rules removed by id of which the record does not say what they let in. */
  readonly undescribedRuleIds: readonly string[];
  /** What EC2 reported as not found: in a default VPC the call succeeds all the same. Not part of `rules`. */
  readonly unmatched: readonly RecordedRule[];
}

/** `ModifySecurityGroupRules`. */
export interface ModifyChange {
  readonly kind: 'modify';
  readonly rules: readonly ModifiedRule[];
}

/** `UpdateSecurityGroupRuleDescriptionsIngress`, `UpdateSecurityGroupRuleDescriptionsEgress`: what is let in stays as it is. */
export interface DescriptionsChange {
  readonly kind: 'descriptions';
  readonly direction: Direction;
  /** Rules named by their values, each with its new description; without one where it was taken away. */
  readonly rules: readonly RecordedRule[];
  /** Rules named by id. */
  readonly byRuleId: readonly RuleDescription[];
}

/** `CreateSecurityGroup`. EC2 gives the new group an egress rule to anywhere, which the record does not mention. */
export interface CreateChange {
  readonly kind: 'create';
  readonly groupName: string | null;
  readonly tags: readonly Tag[];
}

/** `DeleteSecurityGroup`. */
export interface DeleteChange {
  readonly kind: 'delete';
}

/** `ModifyManagedPrefixList`: every rule that refers to the list now means other addresses, once EC2 has applied it. */
export interface PrefixListModifyChange {
  readonly kind: 'prefix-list';
  readonly action: 'modify';
  /** The version that the change was made on, where the caller named it. */
  readonly fromVersion: string | null;
  readonly added: readonly AddressBlock[];
  readonly removed: readonly AddressBlock[];
}

/** `RestoreManagedPrefixListVersion`: the record does not say what the list then holds. */
export interface PrefixListRestoreChange {
  readonly kind: 'prefix-list';
  readonly action: 'restore';
  /** The version that the list had. */
  readonly fromVersion: string | null;
  /** The version whose entries the list gets back. */
  readonly version: string | null;
}

/** `AssociateSecurityGroupVpc`, `DisassociateSecurityGroupVpc`: where else the group can be attached. */
export interface AssociationChange {
  readonly kind: 'association';
  readonly action: 'associate' | 'disassociate';
  readonly vpcId: string | null;
}

/** `CreateTags`, `DeleteTags`. What was tagged is in the call's target. */
export interface TagsChange {
  readonly kind: 'tags';
  readonly action: 'add' | 'remove';
  /** To remove no tag by name is to remove them all. */
  readonly tags: readonly Tag[];
}

/** Any other call of EC2: its record is not searched for rules. */
export interface UnknownChange {
  readonly kind: 'unknown';
}

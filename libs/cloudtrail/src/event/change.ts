/**
 * The change that a call made, according to its record. For a refused call or a dry run, it is the change that the call requested. Nothing
 * here has been compared with a baseline or with the live rules.
 */
import type { Block, Direction, RecordedRule, Source, Traffic } from '@portcullis/permission-diff';

/** A rule's new content. The record has neither the direction of the rule nor its previous content. */
export interface ModifiedRule {
  readonly ruleId: string | null;
  readonly traffic: Traffic;
  readonly source: Source;
  readonly description?: string;
}

/** A rule's new description. */
export interface RuleDescription {
  readonly ruleId: string;
  /** `null` if the call removed it. */
  readonly description: string | null;
}

export interface Tag {
  readonly key: string;
  /** `null` if the record has no value: a tag can be removed by its key. */
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
  /** Rules that the call removed by id. Their content is not in the record. */
  readonly undescribedRuleIds: readonly string[];
  /** Rules that EC2 did not find. They are not in `rules`. In a default VPC, the call succeeds anyway. */
  readonly unmatched: readonly RecordedRule[];
}

/** `ModifySecurityGroupRules`. */
export interface ModifyChange {
  readonly kind: 'modify';
  readonly rules: readonly ModifiedRule[];
}

/** `UpdateSecurityGroupRuleDescriptionsIngress`, `UpdateSecurityGroupRuleDescriptionsEgress`. Access stays the same. */
export interface DescriptionsChange {
  readonly kind: 'descriptions';
  readonly direction: Direction;
  /** Rules that the call identifies by their values, each with its new description. A removed description is absent. */
  readonly rules: readonly RecordedRule[];
  /** Rules that the call identifies by id. */
  readonly byRuleId: readonly RuleDescription[];
}

/** `CreateSecurityGroup`. EC2 gives the new group an egress rule to anywhere. That rule is not in the record. */
export interface CreateChange {
  readonly kind: 'create';
  readonly groupName: string | null;
  readonly tags: readonly Tag[];
}

/** `DeleteSecurityGroup`. */
export interface DeleteChange {
  readonly kind: 'delete';
}

/** `ModifyManagedPrefixList`. Once EC2 has applied the change, every rule that refers to the list covers the new addresses. */
export interface PrefixListModifyChange {
  readonly kind: 'prefix-list';
  readonly action: 'modify';
  /** The previous version, if the caller named it. */
  readonly fromVersion: string | null;
  readonly added: readonly Block[];
  readonly removed: readonly Block[];
}

/** `RestoreManagedPrefixListVersion`. The record does not have the entries. */
export interface PrefixListRestoreChange {
  readonly kind: 'prefix-list';
  readonly action: 'restore';
  /** The previous version. */
  readonly fromVersion: string | null;
  /** The list gets its entries from this version. */
  readonly version: string | null;
}

/** `AssociateSecurityGroupVpc`, `DisassociateSecurityGroupVpc`. They add or remove another VPC where the group can be attached. */
export interface AssociationChange {
  readonly kind: 'association';
  readonly action: 'associate' | 'disassociate';
  readonly vpcId: string | null;
}

/** `CreateTags`, `DeleteTags`. The tagged resources are in the target of the call. */
export interface TagsChange {
  readonly kind: 'tags';
  readonly action: 'add' | 'remove';
  /** Empty if the call removes all tags: such a call names no tags. */
  readonly tags: readonly Tag[];
}

/** Any other call to EC2. We do not search its record for rules. */
export interface UnknownChange {
  readonly kind: 'unknown';
}

/**
 * What a call did, according to its record. For a refused call or a dry run: what it asked for. Nothing here has been compared with a
 * baseline or with the live rules.
 */
import type { Direction, Ipv4Source, Ipv6Source, RecordedRule, Source, Traffic } from '@portcullis/permission-diff';

/** A rule's new content. The record says neither the direction of the rule nor what it was before. */
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
  /** `null` if the record has none: a tag can be removed by its key. */
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
  /** The added rules. */
  readonly rules: readonly RecordedRule[];
}

/** `RevokeSecurityGroupIngress`, `RevokeSecurityGroupEgress`. */
export interface RevokeChange {
  readonly kind: 'revoke';
  readonly direction: Direction;
  /** The removed rules. */
  readonly rules: readonly RecordedRule[];
  /** Rules removed by id whose content is not in the record. */
  readonly undescribedRuleIds: readonly string[];
  /** Rules that EC2 did not find. In a default VPC, the call succeeds anyway. They are not in `rules`. */
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
  /** Rules named by their values, with the new description, or without one if the call removed it. */
  readonly rules: readonly RecordedRule[];
  /** Rules named by id. */
  readonly byRuleId: readonly RuleDescription[];
}

/** `CreateSecurityGroup`. EC2 gives the new group an egress rule to anywhere, which is not in the record. */
export interface CreateChange {
  readonly kind: 'create';
  readonly groupName: string | null;
  readonly tags: readonly Tag[];
}

/** `DeleteSecurityGroup`. */
export interface DeleteChange {
  readonly kind: 'delete';
}

/** `ModifyManagedPrefixList`: once EC2 has applied it, every rule that refers to the list means other addresses. */
export interface PrefixListModifyChange {
  readonly kind: 'prefix-list';
  readonly action: 'modify';
  /** The version that was changed, if the caller named it. */
  readonly fromVersion: string | null;
  readonly added: readonly AddressBlock[];
  readonly removed: readonly AddressBlock[];
}

/** `RestoreManagedPrefixListVersion`. The record does not have the entries. */
export interface PrefixListRestoreChange {
  readonly kind: 'prefix-list';
  readonly action: 'restore';
  /** The version before. */
  readonly fromVersion: string | null;
  /** The version whose entries the list gets. */
  readonly version: string | null;
}

/** `AssociateSecurityGroupVpc`, `DisassociateSecurityGroupVpc`: another VPC in which the group can be attached. */
export interface AssociationChange {
  readonly kind: 'association';
  readonly action: 'associate' | 'disassociate';
  readonly vpcId: string | null;
}

/** `CreateTags`, `DeleteTags`. The tagged resources are in the target of the call. */
export interface TagsChange {
  readonly kind: 'tags';
  readonly action: 'add' | 'remove';
  /** If a call removes tags and names none, it removes all of them. */
  readonly tags: readonly Tag[];
}

/** Any other call to EC2. Its record is not searched for rules. */
export interface UnknownChange {
  readonly kind: 'unknown';
}

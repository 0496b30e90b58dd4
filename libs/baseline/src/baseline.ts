/** The declared state of security groups, in canonical form and with every default filled in. */
import type { Rule } from '@portcullis/permission-diff';

export interface CompiledBaseline {
  /** Sorted by name. */
  readonly baselines: readonly Baseline[];
}

/** The rules that the selected groups must have. They must have no others, except what `permit` and `ignore` allow. */
export interface Baseline {
  readonly name: string;
  readonly groups: GroupSelection;
  /** `enforce` restores a group that drifted. `report` only reports it. */
  readonly mode: 'enforce' | 'report';
  /** `rules`: the group must have exactly these rules. `access`: it may have any rules that let in exactly the same traffic. */
  readonly compare: 'rules' | 'access';
  /** Without duplicates, in the order of `compareRules`. Empty lets nothing in. */
  readonly ingress: readonly Rule[];
  /** Like `ingress`. If absent, egress is not compared. */
  readonly egress?: readonly Rule[];
  readonly permit: readonly Permit[];
  readonly ignore: readonly IgnoreClause[];
}

/**
 * Which groups a baseline selects: those whose ids it lists, and those that match all given criteria. It has at least one id or criterion.
 */
export interface GroupSelection extends GroupCriteria {
  /** Sorted. Empty if only criteria select. */
  readonly ids: readonly string[];
}

/** What a group must match to be selected without its id: every field that is given. */
export interface GroupCriteria {
  /** The group has all of these tags, with exactly these values. Not empty; sorted by key. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The group's name matches one of these patterns, in which `*` is any text. Not empty; sorted. */
  readonly names?: readonly string[];
  /** The group is in one of these VPCs. Not empty; sorted ids. */
  readonly vpcs?: readonly string[];
}

/** Rules that may be present and are never required. */
export interface Permit {
  /** Of both directions, without duplicates, in the order of `compareRules`. */
  readonly rules: readonly Rule[];
  /** The last day on which the permit holds, in UTC, as `YYYY-MM-DD`. If absent, it holds forever. */
  readonly until?: string;
  readonly reason?: string;
}

/** Matches rules that another owner manages. They are not drift and are not revoked. */
export type IgnoreClause =
  | { readonly descriptionPrefix: string }
  /** Without `value`, the tag may have any value. */
  | { readonly tag: { readonly key: string; readonly value?: string } }
  /** The id of the group that is the rule's source. */
  | { readonly sourceGroup: string }
  /** The id of the prefix list that is the rule's source. */
  | { readonly prefixList: string };

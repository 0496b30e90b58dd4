/** The declared state of security groups, in canonical form and with all defaults filled in. */
import type { Rule } from '@portcullis/permission-diff';

export interface CompiledBaseline {
  /** Sorted by name. */
  readonly baselines: readonly Baseline[];
}

/** The rules that the selected groups must have. The groups must have no other rules, except those that `permit` and `ignore` allow. */
export interface Baseline {
  readonly name: string;
  readonly groups: GroupSelection;
  /** `enforce` restores a group that drifted. `report` only reports the drift. */
  readonly mode: 'enforce' | 'report';
  /** `rules`: the group must have exactly these rules. `access`: the group may have any rules that let in exactly the same traffic. */
  readonly compare: 'rules' | 'access';
  /** Without duplicates, in the order of `compareRules`. If empty, the group lets nothing in. */
  readonly ingress: readonly Rule[];
  /** Like `ingress`. If absent, egress is not compared. */
  readonly egress?: readonly Rule[];
  readonly permit: readonly Permit[];
  readonly ignore: readonly IgnoreClause[];
}

/**
 * The groups that a baseline selects: the groups with the listed ids, and the groups that match all given criteria. There is at least one
 * id or criterion.
 */
export interface GroupSelection extends GroupCriteria {
  /** Sorted. Empty if the baseline selects only by criteria. */
  readonly ids: readonly string[];
}

/** The criteria that select a group without its id. The group must match every given field. */
export interface GroupCriteria {
  /** The group has all of these tags, with exactly these values. Not empty; sorted by key. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The group's name matches one of these patterns, in which `*` stands for any text. Not empty; sorted. */
  readonly names?: readonly string[];
  /** The group is in one of these VPCs. Not empty; sorted ids. */
  readonly vpcs?: readonly string[];
}

/** Rules that a group may have, but need not have. */
export interface Permit {
  /** Rules of both directions, without duplicates, in the order of `compareRules`. */
  readonly rules: readonly Rule[];
  /** The last day on which the permit holds, in UTC, as `YYYY-MM-DD`. If absent, the permit never ends. */
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

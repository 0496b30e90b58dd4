/** The declared state of security groups, in canonical form and with all defaults filled in. */
import type { Bound, Rule } from '@portcullis/permission-diff';

export interface CompiledBaseline {
  /** Sorted by name. */
  readonly baselines: readonly Baseline[];
  /** Sorted by name. Absent if the file declares none. */
  readonly limits?: readonly Limit[];
}

/** The selected groups must have these rules. The groups must have no other rules, except those that `permit` and `ignore` allow. */
export interface Baseline {
  readonly name: string;
  readonly groups: GroupSelection;
  /**
   * `enforce` restores a drifted group. `approve` restores a drifted group after somebody has approved the restoration, or after
   * `approveWithin`. `report` only reports the drift.
   */
  readonly mode: 'enforce' | 'approve' | 'report';
  /** How long a restoration waits for an approval, in minutes. Present only with mode `approve`. */
  readonly approveWithin?: number;
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
 * The groups that a baseline selects: those with a listed id, and those that match all given criteria. There is at least one id or
 * criterion.
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
  /** The last day of the permit in UTC, as `YYYY-MM-DD`. If absent, the permit never ends. */
  readonly until?: string;
  readonly reason?: string;
}

/**
 * Matches the rules of another owner, such as a load-balancer controller. A matching rule is not drift and is not revoked. With `within`,
 * this is true only if the rules in `within` together cover the traffic of the matching rule. A matching rule that lets in more is drift.
 */
export type IgnoreClause = OwnerClause & {
  /** Rules of both directions, without duplicates, in the order of `compareRules`. */
  readonly within?: readonly Rule[];
};

/** Identifies the rules of another owner by one of their fields. */
export type OwnerClause =
  | { readonly descriptionPrefix: string }
  /** Without `value`, the tag may have any value. */
  | { readonly tag: { readonly key: string; readonly value?: string } }
  /** The id of the group that is the rule's source. */
  | { readonly sourceGroup: string }
  /** The id of the prefix list that is the rule's source. */
  | { readonly prefixList: string };

/** Forbids traffic that the rules of the selected groups must not let in. A group may have a baseline and several limits. */
export interface Limit {
  /** No baseline has the same name. */
  readonly name: string;
  readonly groups: LimitedGroups;
  /** `enforce` repairs a group whose rules go beyond the limit. `report` only reports it. */
  readonly mode: 'report' | 'enforce';
  /** `revoke` revokes a rule that goes beyond the limit. `narrow` replaces the rule by rules for the part that the limit allows. */
  readonly repair: 'revoke' | 'narrow';
  /** What to do with a rule that cannot be narrowed. Matters only with `narrow`. */
  readonly otherwise: 'report' | 'revoke';
  /** The bounds of incoming traffic. Every one must hold. Canonical order, no duplicates. */
  readonly ingress: readonly Bound[];
  /** The bounds of outgoing traffic. If absent, outgoing traffic has no bounds. */
  readonly egress?: readonly Bound[];
  /** Rules that are allowed although the bounds forbid them. */
  readonly permit: readonly Permit[];
}

/**
 * The groups that a limit applies to. If `all` is set, these are all groups; otherwise the groups with a listed id and the groups that
 * match all given criteria. The groups in `except` are always left out.
 */
export interface LimitedGroups extends GroupSelection {
  readonly all?: true;
  readonly except?: GroupSelection;
}

/** The baseline and the limits that apply to one group. Every `Selection` except `unguarded` has these fields. */
export interface Declaration {
  readonly baseline?: Baseline;
  /** Sorted by name. */
  readonly limits: readonly Limit[];
}

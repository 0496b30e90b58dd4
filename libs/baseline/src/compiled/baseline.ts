/** The declared state of security groups, in canonical form and with all defaults filled in. */
import type { Bound, Rule } from '@portcullis/permission-diff';

export interface CompiledBaseline {
  /** Sorted by name. */
  readonly baselines: readonly Baseline[];
  /** Sorted by name. Absent if the file declares none. */
  readonly limits?: readonly Limit[];
}

/** The rules that the selected groups must have. The groups must have no other rules, except those that `permit` and `ignore` allow. */
export interface Baseline {
  readonly name: string;
  readonly groups: GroupSelection;
  /**
   * `enforce` restores a group that drifted. `approve` restores it after somebody has approved that, or after `approveWithin`. `report` only
   * reports the drift.
   */
  readonly mode: 'enforce' | 'approve' | 'report';
  /** With mode `approve`: how long a restoration waits for an approval, in minutes. Present only with this mode. */
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

/**
 * Matches rules that another owner manages. They are not drift and are not revoked. With `within`, this holds only for a rule whose traffic
 * these rules together cover. A matching rule that goes beyond them is drift.
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

/** What the rules of the limited groups must not let in. A group may have a baseline and several limits. */
export interface Limit {
  /** No baseline has the same name. */
  readonly name: string;
  readonly groups: LimitedGroups;
  /** `enforce` repairs a group that breaks the limit. `report` only reports it. */
  readonly mode: 'report' | 'enforce';
  /** `revoke`: a rule that goes beyond the limit is revoked. `narrow`: it is replaced by rules for the part that is allowed. */
  readonly repair: 'revoke' | 'narrow';
  /** What happens to a rule that cannot be narrowed. Matters only with `narrow`. */
  readonly otherwise: 'report' | 'revoke';
  /** The bounds of the traffic that is let in. Every one must hold. Canonical order, no duplicates. */
  readonly ingress: readonly Bound[];
  /** The bounds of the traffic that is let out. If absent, outgoing traffic has no bounds. */
  readonly egress?: readonly Bound[];
  /** What is allowed although the bounds forbid it. */
  readonly permit: readonly Permit[];
}

/**
 * The groups that a limit applies to: all groups if `all` is set, otherwise those with the listed ids and those that match all given
 * criteria, each without the groups in `except`.
 */
export interface LimitedGroups extends GroupSelection {
  readonly all?: true;
  readonly except?: GroupSelection;
}

/** What is declared for one group. Every `Selection` except `unguarded` is one. */
export interface Declaration {
  readonly baseline?: Baseline;
  /** Sorted by name. */
  readonly limits: readonly Limit[];
}

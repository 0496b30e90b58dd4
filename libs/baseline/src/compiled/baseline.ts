/** The declared rules and limits of security groups, in canonical form and with all defaults filled in. */
import type { Bound, Rule } from '@portcullis/permission-diff';

export interface CompiledBaseline {
  /** Sorted by name. */
  readonly baselines: readonly Baseline[];
  /** Sorted by name. The field is absent if the file declares no limits. */
  readonly limits?: readonly Limit[];
}

/** The selected groups must have these rules. The groups must have no other rules, except those that `permit` and `ignore` allow. */
export interface Baseline {
  readonly name: string;
  readonly groups: GroupSelection;
  /**
   * `enforce` restores a drifted group. `approve` restores a drifted group after somebody has approved the restoration, or after
   * `approveWithin` minutes. `report` only reports the drift.
   */
  readonly mode: 'enforce' | 'approve' | 'report';
  /** The number of minutes after which a restoration needs no approval. The field is present only with mode `approve`. */
  readonly approveWithin?: number;
  /** `rules`: the group must have exactly these rules. `access`: the group may have other rules if they let in exactly the same traffic. */
  readonly compare: 'rules' | 'access';
  /** The rules are sorted by `compareRules`, without duplicates. If the list is empty, the group lets no traffic in. */
  readonly ingress: readonly Rule[];
  /**
   * The rules are sorted by `compareRules`, without duplicates. If `egress` is absent, Portcullis does not compare the egress rules of a
   * group.
   */
  readonly egress?: readonly Rule[];
  readonly permit: readonly Permit[];
  readonly ignore: readonly IgnoreClause[];
}

/**
 * A baseline selects each group whose id is in `ids`, and each group that matches all given criteria. At least one id or one criterion is
 * given.
 */
export interface GroupSelection extends GroupCriteria {
  /** Sorted. The list is empty if the baseline selects groups only by criteria. */
  readonly ids: readonly string[];
}

/** The criteria by which a baseline or limit selects groups that are not in its `ids`. The group must match every given field. */
export interface GroupCriteria {
  /** The group has all of these tags, with exactly these values. There is at least one tag; the keys are sorted. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The group's name matches one of these patterns, in which `*` stands for any text. The list is sorted and not empty. */
  readonly names?: readonly string[];
  /** The group is in one of the VPCs with these ids. The list is sorted and not empty. */
  readonly vpcs?: readonly string[];
}

/** Rules that a group may have, but need not have. */
export interface Permit {
  /** The permitted ingress and egress rules, without duplicates, in the order of `compareRules`. */
  readonly rules: readonly Rule[];
  /** The last day of the permit in UTC, as `YYYY-MM-DD`. If `until` is absent, the permit never ends. */
  readonly until?: string;
  readonly reason?: string;
}

/**
 * Matches the rules of another owner, such as a load-balancer controller. A matching rule is not drift and is not revoked. With `within`, a
 * matching rule is drift unless the rules in `within` together cover its traffic.
 */
export type IgnoreClause = OwnerClause & {
  /** The traffic that the owner may open, as ingress and egress rules without duplicates, in the order of `compareRules`. */
  readonly within?: readonly Rule[];
};

/** Identifies the rules of another owner by one of their fields. */
export type OwnerClause =
  | { readonly descriptionPrefix: string }
  /** If `value` is absent, the tag may have any value. */
  | { readonly tag: { readonly key: string; readonly value?: string } }
  /** The id of the group that is the rule's source. */
  | { readonly sourceGroup: string }
  /** The id of the prefix list that is the rule's source. */
  | { readonly prefixList: string };

/** Forbids traffic that the rules of the selected groups must not let in. A group may have a baseline and several limits. */
export interface Limit {
  /** No baseline and no other limit has this name. */
  readonly name: string;
  readonly groups: LimitedGroups;
  /** `enforce` repairs a group whose rules let in forbidden traffic. `report` only reports the group. */
  readonly mode: 'report' | 'enforce';
  /** `revoke` revokes a rule that allows forbidden traffic. `narrow` replaces the rule by rules for the traffic that the limit allows. */
  readonly repair: 'revoke' | 'narrow';
  /** With `repair: narrow`, says whether Portcullis reports or revokes a rule that cannot be narrowed. */
  readonly otherwise: 'report' | 'revoke';
  /**
   * Each bound says who may send some kind of incoming traffic. A group must respect every bound. The bounds are in canonical order,
   * without duplicates.
   */
  readonly ingress: readonly Bound[];
  /** Each bound says who may receive some kind of outgoing traffic. If `egress` is absent, any outgoing traffic is allowed. */
  readonly egress?: readonly Bound[];
  /** A group may have these rules even if the bounds forbid their traffic. */
  readonly permit: readonly Permit[];
}

/**
 * The groups that a limit applies to. With `all`, the limit applies to every group. Without `all`, the limit applies to each group whose id
 * is in `ids`, and to each group that matches all given criteria. The limit never applies to a group in `except`.
 */
export interface LimitedGroups extends GroupSelection {
  readonly all?: true;
  readonly except?: GroupSelection;
}

/** The baseline and the limits that apply to one group. */
export interface Declaration {
  readonly baseline?: Baseline;
  /** Sorted by name. */
  readonly limits: readonly Limit[];
}

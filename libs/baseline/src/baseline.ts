/** The declared state of security groups, as it travels with the functions: canonical, complete, nothing left to default. */
import type { Rule } from '@portcullis/permission-diff';

/** What a baseline file declares. */
export interface CompiledBaseline {
  /** By name, ascending. */
  readonly baselines: readonly Baseline[];
}

/** The rules that the groups it selects must have: these and, but for `permit` and `ignore`, no others. */
export interface Baseline {
  readonly name: string;
  readonly groups: GroupSelection;
  /** `enforce` restores a group that drifted; `report` tells and changes nothing. */
  readonly mode: 'enforce' | 'report';
  /** `rules`: the group must have exactly these rules. `access`: any rules that let in exactly the same traffic will do. */
  readonly compare: 'rules' | 'access';
  /** Each rule once, in the order of `compareRules`. Empty means closed: nothing is let in. */
  readonly ingress: readonly Rule[];
  /** As `ingress`. Absent means that egress is not looked at. */
  readonly egress?: readonly Rule[];
  readonly permit: readonly Permit[];
  readonly ignore: readonly IgnoreClause[];
}

/**
 * Which groups a baseline is for: those named by id, and those that meet all of the criteria that are there. A selection has an id, a
 * criterion, or both.
 */
export interface GroupSelection extends GroupCriteria {
  /** Ascending. Empty where criteria alone select. */
  readonly ids: readonly string[];
}

/** What a group must have to be selected without being named: each of these that is there. */
export interface GroupCriteria {
  /** Every one of these tags, with exactly these values. At least one; keys ascend. */
  readonly tags?: Readonly<Record<string, string>>;
  /** A name like one of these, in which `*` stands for any text. At least one; ascending. */
  readonly names?: readonly string[];
  /** One of these VPCs, by id. At least one; ascending. */
  readonly vpcs?: readonly string[];
}

/** Rules that are tolerated when present and never required. */
export interface Permit {
  /** In both directions. Each rule once, in the order of `compareRules`. */
  readonly rules: readonly Rule[];
  /** `YYYY-MM-DD`, UTC: the last day on which it holds. Absent means without end. */
  readonly until?: string;
  readonly reason?: string;
}

/** Names rules that belong to somebody else: they are neither drift nor revoked. */
export type IgnoreClause =
  | { readonly descriptionPrefix: string }
  /** Without `value`, any value of the tag. */
  | { readonly tag: { readonly key: string; readonly value?: string } }
  /** The id of the group that is the rule's source. */
  | { readonly sourceGroup: string }
  /** The id of the prefix list that is the rule's source. */
  | { readonly prefixList: string };

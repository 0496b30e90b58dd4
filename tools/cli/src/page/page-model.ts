/** The model of the page. Surveys, plans and reports are converted to this model, which `htmlPage` renders. */
import type { Severity } from '@portcullis/finding';
import type { NamedScope } from '../aws/account-region.js';
import type { GroupNames } from '../plan/group-state.js';
import type { Trend } from '../report/trend.js';

export interface PageModel {
  readonly title: string;
  /** Sentences about the findings, and about the groups and regions that could not be read. */
  readonly headline: readonly string[];
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Names and values. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The groups that need an action or a decision, in any order. */
  readonly findings: readonly PageFinding[];
  /** The other groups. */
  readonly others: readonly OtherGroups[];
  /** The regions that could not be read completely. `reason` is one line. */
  readonly unread: readonly { readonly label: string; readonly reason: string }[];
  readonly flows: readonly Flow[];
  /**
   * The groups in `flows`, with their names and tones (CSS colours). If a group is missing here, the picture shows its id instead of its
   * name.
   */
  readonly drawn: readonly DrawnGroup[];
  readonly changes: readonly PageChange[];
  /** The word for `bad` flows in the legend of the picture: `undeclared` or `exposed`. */
  readonly badWord: string;
  /** How the report differs from earlier reports. Absent if there are no earlier reports. */
  readonly since?: Trend;
}

export type Tone = Severity | 'accepted' | 'unknown' | 'fine';

/** Worst first. */
export const TONES: readonly Tone[] = ['critical', 'high', 'medium', 'low', 'info', 'accepted', 'unknown', 'fine'];

/** A group with its account and region. */
export type PageGroup = GroupNames & NamedScope;

/** A group that needs an action or a decision, and what is wrong with the group. */
export interface PageFinding {
  readonly group: PageGroup;
  readonly tone: Tone;
  /** What is wrong, most important first. */
  readonly says: readonly string[];
  /** The name of the baseline that guards the group. Null if no baseline guards the group. `undefined` if there is no baseline file. */
  readonly baseline: string | null | undefined;
  /** Other facts, such as the baseline's mode, an unread prefix list, or the reason why the exposure was accepted. */
  readonly notes: readonly string[];
  readonly rules: readonly PageRule[];
  /** The resources that the group protects, in one line. Absent if the resources were not read. */
  readonly behind?: string;
  /** The calls that caused the finding, newest first, if CloudTrail's history shows them. */
  readonly who: readonly PageWho[];
  /** A shell command that fixes the group. Absent if there is no such command. */
  readonly command?: string;
}

export interface PageRule {
  readonly action: 'revoke' | 'authorize' | 'leave';
  readonly rule: string;
  /** The reason for the action. Empty for a rule of an exposure, because the card already describes the exposure. */
  readonly why: string;
  /** The id of the rule. Absent if the rule is missing or its id is unknown. */
  readonly ruleId?: string;
}

export interface PageWho {
  /** E.g. `user ben`. */
  readonly who: string;
  /** E.g. `3 days ago`. */
  readonly ago: string;
  /** What the call did, who made it and when, in one line. */
  readonly words: string;
}

/** Groups that have no card. The page lists these groups under one heading. */
export interface OtherGroups {
  readonly tone: Tone;
  /** The words after the number of groups in the heading, e.g. `as declared`. */
  readonly what: string;
  /** Whether a tile at the top of the page shows the number of these groups. */
  readonly hasTile: boolean;
  /** Whether the list is unfolded when the page opens. */
  readonly isOpen: boolean;
  readonly groups: readonly { readonly group: PageGroup; readonly why?: string }[];
}

/** Traffic that the picture draws as a line from one node to another. */
export interface Flow {
  readonly from: End;
  readonly to: End;
  /** E.g. `SSH`. */
  readonly service: string;
  /**
   * - `bad`: undeclared traffic, or an exposure.
   * - `missing`: declared traffic that the group blocks.
   * - `other`: declared traffic, or an accepted or harmless exposure.
   */
  readonly kind: FlowKind;
}

export type FlowKind = 'bad' | 'missing' | 'other';

/** The source or the destination of a flow: the internet, a range (a CIDR block or a prefix list), or a security group. */
export type End =
  { readonly kind: 'internet' } | { readonly kind: 'range'; readonly text: string } | { readonly kind: 'group'; readonly id: string };

export interface DrawnGroup {
  readonly group: PageGroup;
  readonly tone: Tone;
  /** A resource that the group protects, in a few words, e.g. `bastion-1 (203.0.113.9)`. */
  readonly behind: string | undefined;
}

/** A call that changed a rule of a group. */
export interface PageChange {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly who: string;
  /** What the call did, e.g. `opened SSH to the internet`. */
  readonly what: string;
  readonly tone: Tone;
  readonly group: PageGroup;
  /** The address and the tool of the caller, and whether the caller had signed in with MFA. */
  readonly details: string;
}

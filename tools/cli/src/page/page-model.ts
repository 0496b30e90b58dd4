/** What the page shows. Surveys, plans and reports are converted to this model, which one renderer shows. */
import type { Severity } from '@portcullis/finding';

export interface PageModel {
  readonly title: string;
  /** Sentences. They also say what could not be judged, so that an incomplete page does not look like good news. */
  readonly headline: readonly string[];
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Names and values. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Groups with something to do, in any order. */
  readonly findings: readonly PageFinding[];
  /** The other groups. */
  readonly others: readonly OtherGroups[];
  /** Regions, or parts of them, that could not be read. `reason` is one line. */
  readonly unread: readonly { readonly label: string; readonly reason: string }[];
  readonly flows: readonly Flow[];
  /** The groups of the flows. The picture shows the id of a group that is not in this list. */
  readonly drawn: readonly DrawnGroup[];
  readonly changes: readonly PageChange[];
  /** What the picture calls a `bad` flow: `undeclared` or `exposed`. */
  readonly badWord: string;
  /** How the report differs from earlier ones. Absent if there are none. */
  readonly since?: PageSince;
}

export interface PageSince {
  /** One sentence. */
  readonly headline: string;
  /** The number of drifted groups in each report, oldest first. `at` is ISO 8601, UTC. */
  readonly counts: readonly { readonly at: string; readonly drifted: number }[];
  readonly changes: readonly {
    /** `new`, `still open`, `unknown` or `gone`. */
    readonly what: string;
    readonly tone: Tone;
    /** E.g. `at least 7 days`. */
    readonly openFor: string;
    readonly groupId: string;
    readonly name: string | null;
    /** The account and region. */
    readonly where: string;
    readonly rule: string;
  }[];
  /** Sentences. */
  readonly notes: readonly string[];
}

export type Tone = Severity | 'accepted' | 'unknown' | 'fine';

/** Worst first. */
export const TONES: readonly Tone[] = ['critical', 'high', 'medium', 'low', 'info', 'accepted', 'unknown', 'fine'];

/** A group with its account and region. */
export interface PageGroup {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly accountId: string;
  readonly region: string;
  readonly profile: string | undefined;
  /** The name of the account in its organization. */
  readonly account?: string;
}

/** A group with something to do. */
export interface PageFinding {
  readonly group: PageGroup;
  readonly tone: Tone;
  /** What is wrong, most important first. */
  readonly says: readonly string[];
  /** The name of the baseline that guards the group; null if no baseline does. Undefined if there is no baseline file. */
  readonly baseline: string | null | undefined;
  /** Other facts: the mode, what could not be read, why the finding is accepted. */
  readonly notes: readonly string[];
  readonly rules: readonly PageRule[];
  /** What is behind the group, in one line. Undefined if it was not read. */
  readonly behind?: string;
  /** The calls that caused the finding, newest first, if CloudTrail's history shows them. */
  readonly who: readonly PageWho[];
  /** A shell command that fixes the group. Absent if there is none. */
  readonly command?: string;
}

export interface PageRule {
  readonly action: 'revoke' | 'authorize' | 'leave';
  readonly rule: string;
  /** Why the action is necessary. Empty if it is obvious. */
  readonly why: string;
  /** The id of an existing rule. */
  readonly ruleId?: string;
}

export interface PageWho {
  /** E.g. `user ben`. */
  readonly who: string;
  /** E.g. `3 days ago`. */
  readonly ago: string;
  /** All about the call, in one line. */
  readonly words: string;
}

/** Groups without a card, under one heading. */
export interface OtherGroups {
  readonly tone: Tone;
  /** The end of the heading, e.g. `as declared` in `12 groups as declared`. */
  readonly what: string;
  /** Whether a tile counts these groups. */
  readonly hasTile: boolean;
  /** Whether the list is open initially. */
  readonly isOpen: boolean;
  readonly groups: readonly { readonly group: PageGroup; readonly why?: string }[];
}

/** Traffic between two ends. */
export interface Flow {
  readonly from: End;
  readonly to: End;
  /** E.g. `SSH`. */
  readonly service: string;
  /**
   * - `bad`: undeclared, or an exposure.
   * - `missing`: declared, but blocked.
   * - `other`: as declared, accepted or harmless.
   */
  readonly kind: FlowKind;
}

export type FlowKind = 'bad' | 'missing' | 'other';

/** One end of a flow: the internet, a block of addresses or a prefix list, or a group. */
export type End =
  { readonly kind: 'internet' } | { readonly kind: 'range'; readonly text: string } | { readonly kind: 'group'; readonly id: string };

export interface DrawnGroup {
  readonly group: PageGroup;
  readonly tone: Tone;
  /** What is behind the group, in a few words, e.g. `bastion-1 (203.0.113.9)`. */
  readonly behind: string | undefined;
}

/** One change of a group. */
export interface PageChange {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly who: string;
  /** What the call did, e.g. `opened SSH to the internet`. */
  readonly what: string;
  readonly tone: Tone;
  readonly group: PageGroup;
  /** From where, with which tool, and whether with MFA. */
  readonly details: string;
}

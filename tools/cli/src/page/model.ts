/** What the page shows. A survey and the states of a plan or report are turned into this shape, and one renderer shows it. */
import type { Severity } from '@portcullis/finding';

export interface PageModel {
  readonly title: string;
  /** Sentences. They say what could not be judged, so that nobody mistakes silence for good news. */
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
  /** The groups that flows lead to or come from. A flow whose group is missing here is shown by the id of the group. */
  readonly drawn: readonly DrawnGroup[];
  readonly changes: readonly PageChange[];
  /** What the picture calls a flow that should not be: `undeclared`, `exposed`. */
  readonly badWord: string;
}

export type Tone = Severity | 'accepted' | 'unknown' | 'fine';

/** From the worst. */
export const TONES: readonly Tone[] = ['critical', 'high', 'medium', 'low', 'info', 'accepted', 'unknown', 'fine'];

/** A group and where it is. */
export interface PageGroup {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly accountId: string;
  readonly region: string;
  readonly profile: string | undefined;
}

/** A group with something to do. */
export interface PageFinding {
  readonly group: PageGroup;
  readonly tone: Tone;
  /** What is wrong, the most important first. */
  readonly says: readonly string[];
  /** The name of the baseline that guards the group; null if none does. Undefined if there is no baseline file. */
  readonly baseline: string | null | undefined;
  /** What else a person should know: the mode, what could not be read, why it is accepted. */
  readonly notes: readonly string[];
  readonly rules: readonly PageRule[];
  /** What stands behind the group, in one line. Undefined if nobody asked. */
  readonly behind?: string;
  /** Who made it so, newest first. It lacks what CloudTrail does not tell. */
  readonly who: readonly PageWho[];
  /** A shell command that puts the group right. Absent if there is none. */
  readonly command?: string;
}

export interface PageRule {
  readonly action: 'revoke' | 'authorize' | 'leave';
  readonly rule: string;
  /** Why it is there or not. Empty if the action says it all. */
  readonly why: string;
  /** Known only if the rule exists. */
  readonly ruleId?: string;
}

export interface PageWho {
  /** E.g. `user ben`. */
  readonly who: string;
  /** E.g. `3 days ago`. */
  readonly ago: string;
  /** The whole story in one line. */
  readonly words: string;
}

/** Groups without a card, under one heading. */
export interface OtherGroups {
  readonly tone: Tone;
  /** The end of a heading, after a count and `groups`: `as declared`. */
  readonly what: string;
  /** Whether they have a tile, because they count for the result. */
  readonly hasTile: boolean;
  /** Whether the list is open from the start. */
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
   * - `bad`: it should not be there.
   * - `missing`: it is declared and does not get through.
   * - `other`: it is as declared, accepted or harmless.
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
  /** What stands behind it in a few words, e.g. `bastion-1 (203.0.113.9)`. */
  readonly behind: string | undefined;
}

/** One change at one time of one or more groups. */
export interface PageChange {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly who: string;
  /** What the call did, as `opened SSH to the internet`. */
  readonly what: string;
  readonly tone: Tone;
  readonly group: PageGroup;
  /** The rest: from where, with which tool. */
  readonly details: string;
}

/** Words and colours for the state of a group, for all outputs. */
import type { Severity } from '@portcullis/finding';
import { ruleKey, type Rule } from '@portcullis/permission-diff';
import type { LiveRule } from '@portcullis/security-groups';
import type { Drifted, GroupNames, GroupState, NotJudged } from '../audit/group-state.js';
import type { Colours } from '../terminal/colours.js';
import { oneLine } from '../terminal/printable.js';
import { originWords, removalWords, unknownWords } from '../who/who-words.js';

const NOT_JUDGED_WORDS = {
  ambiguous: 'left alone',
  absent: 'not found',
  unread: 'not read',
} as const satisfies Record<NotJudged['kind'], string>;

/** Returns the state in one or two words. */
export function stateWord(state: GroupState): string {
  if (state.kind === 'drifted') return state.severity;
  return state.kind === 'at-baseline' ? 'as declared' : NOT_JUDGED_WORDS[state.kind];
}

/** Returns the text in the colour of the state. */
export function inStateColour(text: string, state: GroupState, colours: Colours): string {
  if (state.kind === 'drifted') return inSeverity(text, state.severity, colours);
  return state.kind === 'at-baseline' ? colours.green(text) : colours.yellow(text);
}

/** Returns e.g. `sg-1 (web) in vpc-1`. */
export function groupWords({ id, name, vpcId }: GroupNames): string {
  return `${id}${name === null ? '' : ` (${oneLine(name)})`}${vpcId === null ? '' : ` in ${vpcId}`}`;
}

/** Returns e.g. `web (sg-1)`, or only the id if the group has no name. */
export function nameWithId({ id, name }: Pick<GroupNames, 'id' | 'name'>): string {
  return name === null ? id : `${oneLine(name)} (${id})`;
}

/** Returns e.g. `it does not exist here (baseline web)`. */
export function notJudgedReason({ kind, reason, baselines }: NotJudged): string {
  // The reason of an ambiguous group already names the baselines.
  return kind === 'ambiguous' ? reason : `${reason} (baseline ${baselines.join(', ')})`;
}

/** Returns a sentence for each prefix list that could not be read. */
export function unreadListsWords({ lists }: Pick<Drifted, 'lists'>): string[] {
  return Object.entries(lists?.unread ?? {}).map(([id, reason]) => `prefix list ${id} could not be read: ${reason}`);
}

/** Returns who opened an undeclared rule or removed a missing rule, in one line. Undefined if CloudTrail was not asked or failed. */
export function whoOfRule({ origins, removals, historySince }: Drifted, rule: Rule | LiveRule, now: Date): string | undefined {
  const isLive = 'ruleId' in rule;
  const known = isLive ? origins?.get(rule.ruleId) : removals?.get(ruleKey(rule));
  if (known !== undefined) return isLive ? originWords(known, now) : removalWords(known, now);
  return historySince === undefined ? undefined : unknownWords(isLive ? 'opened' : 'removed', historySince);
}

/** Returns the text in the colour of the severity. */
export function inSeverity(text: string, severity: Severity, { bold, red, yellow }: Colours): string {
  switch (severity) {
    case 'critical':
      return bold(red(text));
    case 'high':
      return red(text);
    case 'medium':
      return yellow(text);
    case 'low':
    case 'info':
      return text;
  }
}

/** Describes and colours the state of a group, for the output of all commands. */
import { describeBrokenLimits, type Severity } from '@portcullis/finding';
import type { Plan } from '@portcullis/security-groups';
import { isCompliantAuditState, type Drifted, type GroupNames, type GroupState, type NotJudged } from '../plan/group-state.js';
import type { Colours } from '../command-line/colours.js';
import { safeTerminalLine } from '../command-line/printable.js';
import { renderShortList } from './listed.js';

const NOT_JUDGED_WORDS = {
  ambiguous: 'left alone',
  absent: 'not found',
  unread: 'not read',
} as const satisfies Record<NotJudged['kind'], string>;

/** Returns the state of the group in one or two words, e.g. `as declared`. */
export function renderGroupState(state: GroupState): string {
  if (state.kind === 'drifted') return state.severity;
  if (state.kind === 'within-limits') return 'within limits';
  return state.kind === 'at-baseline' ? 'as declared' : NOT_JUDGED_WORDS[state.kind];
}

/** Colours the text by the state of the group. */
export function colourByState(text: string, state: GroupState, colours: Colours): string {
  if (state.kind === 'drifted') return colourBySeverity(text, state.severity, colours);
  return isCompliantAuditState(state) ? colours.green(text) : colours.yellow(text);
}

/** Returns e.g. `sg-1 (web) in vpc-1`. */
export function groupIdNameAndVpc({ id, name, vpcId }: GroupNames): string {
  return `${id}${name === null ? '' : ` (${safeTerminalLine(name)})`}${vpcId === null ? '' : ` in ${vpcId}`}`;
}

/** Returns e.g. `web (sg-1)`, or only the id if the group has no name. */
export function groupNameAndId({ id, name }: Pick<GroupNames, 'id' | 'name'>): string {
  return name === null ? id : `${safeTerminalLine(name)} (${id})`;
}

/** Returns e.g. `the group does not exist here (baseline web)`. */
export function renderWhyNotCompared({ kind, reason, baselines, limits = [] }: NotJudged): string {
  // If several baselines select the group, the reason already names them.
  if (kind === 'ambiguous') return reason;
  return `${reason} (${baselines.length > 0 ? `baseline ${baselines.join(', ')}` : `limit ${renderShortList(limits)}`})`;
}

/**
 * Returns a sentence for each limit that the group breaks. If several baselines select the group, adds a sentence that names these
 * baselines.
 */
export function renderBrokenLimits({ plan, ambiguous }: Pick<Drifted, 'plan' | 'ambiguous'>): string[] {
  return [
    ...describeBrokenLimits(plan.broken),
    ...(ambiguous === undefined
      ? []
      : [`several baselines select the group (${ambiguous.join(', ')}), so it is compared only with its limits`]),
  ];
}

const MODE_WORDS = { enforce: '', approve: ' (after an approval)', report: ' (report only)' } as const satisfies Record<
  Drifted['mode'],
  string
>;

/** Returns e.g. ` (report only)`, or an empty text for `enforce`. */
export function renderRestoreMode(mode: Drifted['mode']): string {
  return MODE_WORDS[mode];
}

/** Returns the reason for a planned change. If the change and the group have different modes, adds the mode of the change. */
export function renderChangeReason(
  { reason, mode }: Pick<Plan['revoke'][number], 'reason' | 'mode'>,
  { mode: ofGroup }: Pick<Drifted, 'mode'>,
): string {
  return mode === ofGroup ? reason : `${reason}${renderRestoreMode(mode)}`;
}

/** Returns a sentence for each prefix list that could not be read. */
export function renderUnreadPrefixLists({ lists }: Pick<Drifted, 'lists'>): string[] {
  return Object.entries(lists?.unread ?? {}).map(([id, reason]) => `prefix list ${id} could not be read: ${reason}`);
}

/** Returns the text in the colour of the severity. */
export function colourBySeverity(text: string, severity: Severity, { bold, red, yellow }: Colours): string {
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

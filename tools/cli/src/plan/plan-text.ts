/** Renders a plan as text in the style of Terraform, with a block for each group and a line for each rule. */
import { formatSource, formatTraffic, ruleKey, type Rule } from '@portcullis/permission-diff';
import type { LiveRule } from '@portcullis/security-groups';
import stringWidth from 'string-width';
import {
  isCompliantAuditState,
  compareAuditStates,
  missingRulesInAudit,
  type Drifted,
  type GroupNames,
  type GroupState,
} from './group-state.js';
import type { ReadRegion } from './audit-regions.js';
import { auditTotals, type AuditTotals } from './audit-totals.js';
import type { Style } from '../command-line/io.js';
import { safeTerminalLine } from '../command-line/printable.js';
import { countWithNoun } from '../render/counted.js';
import { renderGainedAccess, renderLostAccess } from '../render/drift-words.js';
import { renderConfigRecordTimes } from '../render/recorded-words.js';
import {
  renderChangeReason,
  groupIdNameAndVpc,
  colourByState,
  renderBrokenLimits,
  renderRestoreMode,
  renderWhyNotCompared,
  renderGroupState,
  renderUnreadPrefixLists,
} from '../render/state-words.js';
import { alignTableCells, renderCutInMiddle, columnPadding } from '../render/table.js';
import { renderWrapped } from '../render/wrapped.js';
import { ruleOriginWords, ruleRemovalWords, unknownCallerWords } from '../who/who-words.js';

type PlannedRegion = Pick<ReadRegion, 'where' | 'accountId' | 'recorded' | 'states'>;

/**
 * Returns a block for each group that is not at its baseline or not within its limits, worst first. The totals follow the blocks. With
 * several regions, a line with the account and region precedes the blocks of each region.
 *
 * @param unreadRegions see `countUnreadRegions`
 */
export function planText(regions: readonly PlannedRegion[], now: Date, style: Style, unreadRegions = ''): string {
  const blocks = regions.flatMap(({ where, states }) => {
    const ofRegion = planTextOfGroups(states, now, style);
    return regions.length === 1 || ofRegion.length === 0
      ? ofRegion
      : [`${style.colours.bold(`── ${safeTerminalLine(where ?? '')}`)}\n`, ...ofRegion];
  });
  const totals = auditTotals(regions.flatMap(({ states }) => states));
  const recorded = renderConfigRecordTimes(regions);
  const about = recorded === undefined ? '' : `${renderWrapped(recorded, 0, style.columns)}\n`;
  return [...blocks, about + planTotalsLine(totals, planTextOfRegions(regions), style, unreadRegions)].join('\n');
}

function planTextOfRegions(regions: readonly PlannedRegion[]): string | undefined {
  if (regions.length < 2) return regions[0]?.where;
  const accounts = new Set(regions.map(({ accountId }) => accountId)).size;
  return `${regions.length} regions${accounts === 1 ? '' : ` of ${accounts} accounts`}`;
}

function planTextOfGroups(states: readonly GroupState[], now: Date, style: Style): string[] {
  const { colours, columns } = style;
  return [...states].sort(compareAuditStates).flatMap((state) => {
    if (isCompliantAuditState(state)) return [];
    if (state.kind === 'drifted') return [planTextOfDrift(state, now, style)];
    const label = colourByState(renderGroupState(state), state, colours);
    const title = planTextTitle(state.group, [[renderGroupState(state), label]], style);
    return [`${title}\n    ${renderWrapped(renderWhyNotCompared(state), 6, columns)}\n`];
  });
}

/** The last column at which reasons are aligned in output to a pipe. */
const MAX_ALIGNED_WIDTH = 60;

function planTextOfDrift(state: Drifted, now: Date, style: Style): string {
  const { colours, columns } = style;
  const { group, mode, severity, plan } = state;
  const baselineText = `${planTextBaseline(state)}${renderRestoreMode(mode)}`;
  const title = planTextTitle(
    group,
    [
      [baselineText, baselineText],
      [severity, colourByState(severity, state, colours)],
    ],
    style,
  );
  const changes = [
    ...plan.authorize.map((planned) => ({ mark: '+', colour: colours.green, ...planned })),
    ...plan.revoke.map((planned) => ({ mark: '-', colour: colours.red, ...planned })),
  ];
  const texts = alignTableCells(changes.map(({ mark, rule }) => [mark, ...planRuleCells(rule)]));
  const widest = Math.max(...texts.map(stringWidth));
  const aligned = columns === Infinity ? Math.min(widest, MAX_ALIGNED_WIDTH) : widest;
  const lines = changes.flatMap(({ colour, rule, ...change }, i) => {
    const text = texts[i] ?? '';
    const reason = renderChangeReason(change, state);
    const who = planTextCaller(state, rule, now);
    const fits = widest + stringWidth(`# ${reason}`) + 4 <= columns;
    return [
      fits
        ? `  ${colour(text)}${columnPadding(text, aligned)}  ${colours.dim(`# ${reason}`)}`
        : `  ${colour(renderWrapped(text, 6, columns))}\n      ${colours.dim(renderWrapped(`# ${reason}`, 8, columns))}`,
      ...(who === undefined ? [] : [`      ${renderWrapped(who, 8, columns)}`]),
    ];
  });
  const facts = [
    ...renderBrokenLimits(state),
    ...renderGainedAccess(state),
    ...renderLostAccess(state).map((words) => `declared but blocked: ${words}`),
    ...renderUnreadPrefixLists(state),
    ...plan.tolerated.map(({ rule, reason }) => `left alone: ${planRuleCells(rule).join(' ').trimEnd()} (${reason})`),
  ];
  return [title, ...lines, ...facts.map((fact) => `    ${renderWrapped(fact, 6, columns)}`), ''].join('\n');
}

/** Returns a text such as `baseline web` or `no baseline`. */
function planTextBaseline({ baseline, ambiguous }: Pick<Drifted, 'baseline' | 'ambiguous'>): string {
  if (baseline !== null) return `baseline ${baseline}`;
  return ambiguous === undefined ? 'no baseline' : 'several baselines';
}

/**
 * Returns who opened an undeclared rule or removed a missing rule, in one line. Returns `undefined` if CloudTrail's history was not read.
 */
function planTextCaller(state: Drifted, rule: Rule | LiveRule, now: Date): string | undefined {
  const { origins, removals, historySince } = state;
  const isLive = 'ruleId' in rule;
  if (!isLive && !missingRulesInAudit(state).includes(rule)) return undefined;
  const known = isLive ? origins?.get(rule.ruleId) : removals?.get(ruleKey(rule));
  if (known !== undefined) return isLive ? ruleOriginWords(known, now) : ruleRemovalWords(known, now);
  return historySince === undefined ? undefined : unknownCallerWords(isLive ? 'opened' : 'removed', historySince);
}

/**
 * Returns the title of a group, on several lines if the terminal is too narrow. Shortens a name that does not fit into a line.
 *
 * @param parts the parts of the title after the id and the name, each as plain text and as coloured text
 */
function planTextTitle(
  group: GroupNames,
  parts: readonly (readonly [plain: string, coloured: string])[],
  { colours, columns }: Style,
): string {
  const { name, ...unnamed } = group;
  const room = columns - stringWidth(groupIdNameAndVpc({ ...unnamed, name: null })) - ' ()'.length;
  const words = groupIdNameAndVpc({
    ...unnamed,
    name: name === null ? null : renderCutInMiddle(safeTerminalLine(name), Math.max(room, MIN_NAME_WIDTH)),
  });
  let title = colours.bold(words);
  let used = stringWidth(words);
  for (const [plain, coloured] of parts) {
    const fits = used + 2 + stringWidth(plain) <= columns;
    title += fits ? `  ${coloured}` : `\n  ${coloured}`;
    used = (fits ? used : 0) + 2 + stringWidth(plain);
  }
  return title;
}

/** The minimum width of a shortened name. */
const MIN_NAME_WIDTH = 10;

function planRuleCells({ direction, traffic, source, description }: Rule): string[] {
  const preposition = direction === 'ingress' ? 'from' : 'to';
  return [
    direction,
    formatTraffic(traffic),
    preposition,
    formatSource(source),
    description === undefined ? '' : JSON.stringify(description),
  ];
}

/**
 * Returns the totals in one line that ends with a line break. The line says `No drift` only if every group was compared.
 *
 * @param where the account and region; `undefined` if the output already contains a table of the regions
 * @param unreadRegions what could not be read: see `countUnreadRegions`
 */
export function planTotalsLine(totals: AuditTotals, where: string | undefined, { colours, columns }: Style, unreadRegions = ''): string {
  const { guarded, limited, drifted, atBaseline, withinLimits, toAuthorize, toRevoke, bySeverity, ambiguous, unread, absent } = totals;
  const rest = [
    ambiguous > 0 && `; ${countWithNoun(ambiguous, 'group')} left alone`,
    unread > 0 && `; ${countWithNoun(unread, 'group')} not read`,
    absent > 0 && `; ${countWithNoun(absent, 'group')} not found`,
    unreadRegions !== '' && `; ${unreadRegions} not read`,
  ].filter((text) => text !== false);
  const line = (state: string, colour: (text: string) => string, text: string): string =>
    `${renderWrapped(`${state}${text}.`, 0, columns).replace(state, colour)}\n`;
  if (drifted === 0) {
    const there = where === undefined ? '' : ` in ${where}`;
    const why = rest.length === 0 ? 'the baseline file selects no group' : rest.join('').slice('; '.length);
    if (atBaseline + withinLimits === 0) return line('Nothing compared', colours.yellow, `${there}: ${why}`);
    const fine = [
      atBaseline > 0 && `${countWithNoun(atBaseline, 'group')} at the baseline`,
      withinLimits > 0 && `${countWithNoun(withinLimits, 'group')} within the limits`,
    ].filter((text) => text !== false);
    const clean = `${there}: ${fine.join(', ')}${rest.join('')}`;
    return rest.length === 0 ? line('No drift', colours.green, clean) : line('Incomplete', colours.yellow, clean);
  }
  const severities = Object.entries(bySeverity).map(([severity, groups]) => `${groups} ${severity}`);
  const changes = `${toAuthorize} to authorize, ${toRevoke} to revoke, in ${drifted} of ${countWithNoun(guarded + limited, limited > 0 ? 'group' : 'guarded group')}`;
  return line('Plan', colours.bold, `${where === undefined ? '' : ` for ${where}`}: ${changes} (${severities.join(', ')})${rest.join('')}`);
}

/** A plan for a terminal, in the style of Terraform: a block for each group, a line for each rule. */
import { formatSource, formatTraffic, type Rule } from '@portcullis/permission-diff';
import stringWidth from 'string-width';
import { compareGroupStates, type Drifted, type GroupState } from '../audit/group-state.js';
import { auditTotals, type Totals } from '../audit/totals.js';
import type { Style } from '../program/io.js';
import type { Colours } from '../terminal/colours.js';
import { counted } from './counted.js';
import { gainedWords, lostWords } from './drift-words.js';
import { groupWords, inStateColour, notJudgedReason, stateWord, unreadListsWords, whoOfRule } from './state-words.js';
import { alignedLines, padding } from './table.js';
import { wrapped } from './wrapped.js';

/**
 * Returns a block for each group that is not at its baseline, worst first, and the totals.
 *
 * @param place the account and region: see `placeOf`
 */
export function planText(states: readonly GroupState[], place: string, now: Date, style: Style): string {
  const { colours } = style;
  const blocks = [...states].sort(compareGroupStates).flatMap((state) => {
    if (state.kind === 'at-baseline') return [];
    if (state.kind === 'drifted') return [driftBlock(state, now, style)];
    const label = inStateColour(stateWord(state), state, colours);
    return [`${colours.bold(groupWords(state.group))}  ${label}: ${notJudgedReason(state)}\n`];
  });
  return [...blocks, totalsLine(auditTotals(states), place, colours)].join('\n');
}

function driftBlock(state: Drifted, now: Date, { colours, columns }: Style): string {
  const { group, baseline, mode, severity, plan } = state;
  const title = `${colours.bold(groupWords(group))}  baseline ${baseline}${mode === 'report' ? ' (report only)' : ''}  ${inStateColour(severity, state, colours)}`;
  const changes = [
    ...plan.authorize.map((planned) => ({ mark: '+', colour: colours.green, ...planned })),
    ...plan.revoke.map((planned) => ({ mark: '-', colour: colours.red, ...planned })),
  ];
  const texts = alignedLines(changes.map(({ mark, rule }) => [mark, ...ruleCells(rule)]));
  const widest = Math.max(...texts.map(stringWidth));
  const lines = changes.flatMap(({ colour, reason, rule }, i) => {
    const text = texts[i] ?? '';
    const who = whoOfRule(state, rule, now);
    const why = colours.dim(`# ${reason}`);
    const fits = widest + stringWidth(`# ${reason}`) + 4 <= columns;
    return [
      fits ? `  ${colour(text)}${padding(text, widest + 2)}${why}` : `  ${colour(text)}\n      ${why}`,
      ...(who === undefined ? [] : [`      ${wrapped(who, 6, columns)}`]),
    ];
  });
  const facts = [
    ...gainedWords(state),
    ...lostWords(state).map((words) => `declared, and not let through: ${words}`),
    ...unreadListsWords(state),
    ...plan.tolerated.map(({ rule, reason }) => `left alone: ${ruleCells(rule).join(' ').trimEnd()} (${reason})`),
  ];
  return [title, ...lines, ...facts.map((fact) => `    ${fact}`), ''].join('\n');
}

function ruleCells({ direction, traffic, source, description }: Rule): string[] {
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
 * Returns one line with its line break. It says that there is no drift only if everything was compared.
 *
 * @param place the account and region, unless the table above names them
 * @param failedRegions the number of regions that a report could not read
 */
export function totalsLine(totals: Totals, place: string | undefined, colours: Colours, failedRegions = 0): string {
  const { guarded, drifted, atBaseline, toAuthorize, toRevoke, bySeverity, ambiguous, unread, absent } = totals;
  const rest = [
    ambiguous > 0 && `; ${counted(ambiguous, 'group')} left alone`,
    unread > 0 && `; ${counted(unread, 'group')} not read`,
    absent > 0 && `; ${counted(absent, 'group')} not found`,
    failedRegions > 0 && `; ${counted(failedRegions, 'region')} not read`,
  ].filter((text) => text !== false);
  if (drifted === 0) {
    const isComplete = rest.length === 0 && atBaseline > 0;
    const state = isComplete
      ? colours.green('No drift')
      : atBaseline > 0
        ? colours.yellow('Incomplete')
        : colours.yellow('Nothing compared');
    return `${state}${place === undefined ? '' : ` in ${place}`}: ${counted(atBaseline, 'group')} at the baseline${rest.join('')}.\n`;
  }
  const severities = Object.entries(bySeverity).map(([severity, groups]) => `${groups} ${severity}`);
  return (
    `${colours.bold('Plan')}${place === undefined ? '' : ` for ${place}`}: ${toAuthorize} to authorize, ${toRevoke} to revoke, ` +
    `in ${drifted} of ${counted(guarded, 'guarded group')} (${severities.join(', ')})${rest.join('')}.\n`
  );
}

/** A plan for a terminal, in the manner of Terraform: a block for each group, a line for each rule. */
import { formatSource, formatTraffic, type Rule } from '@portcullis/permission-diff';
import stringWidth from 'string-width';
import { MAX_LOOKED_THROUGH, type LastChange } from '../aws/account-region.js';
import { rulesOf, unreadListsWords, type Drifted, type GroupNames, type GroupState } from '../audit/group-state.js';
import { compareStates } from '../audit/audit.js';
import { totalsOf, type Totals } from '../audit/totals.js';
import type { Colours } from '../terminal/colours.js';
import { counted } from './counted.js';
import { oneLine } from '../terminal/printable.js';
import { accessTold } from './access-words.js';
import { inSeverity } from './severity-colour.js';

export interface PlanTextOptions {
  readonly colours: Colours;
  /** How long a line may be. @default without end */
  readonly columns?: number | undefined;
}

/** Returns the blocks of all groups that are not at their baseline, the worst first, and the totals. */
export function planText(states: readonly GroupState[], { colours, columns = Infinity }: PlanTextOptions): string {
  const blocks = states
    .filter(({ kind }) => kind !== 'at-baseline')
    .sort(compareStates)
    .map((state) => blockOf(state, colours, columns));
  return [...blocks, totalsLine(totalsOf(states), colours)].join('\n');
}

function blockOf(state: GroupState, colours: Colours, columns: number): string {
  const title = colours.bold(groupWords(state.group));
  switch (state.kind) {
    case 'drifted':
      return driftBlock(state, colours, columns);
    case 'ambiguous':
      return `${title}  ${colours.yellow('left alone')}: several baselines select it: ${state.baselines.join(', ')}\n`;
    case 'absent':
      return `${title}  ${colours.yellow('does not exist')} here, and \`${state.baseline}\` names it\n`;
    case 'unread':
      return `${title}  ${colours.red('not read')}: ${state.reason}\n`;
    case 'at-baseline':
      return `${title}  at its baseline ${state.baseline}\n`;
  }
}

function driftBlock(state: Drifted, colours: Colours, columns: number): string {
  const { group, baseline, mode, severity, plan, gained, lost, lastChange } = state;
  const title = `${colours.bold(groupWords(group))}  baseline ${baseline}${mode === 'report' ? ' (report only)' : ''}  ${inSeverity(severity, severity, colours)}`;
  const rules = [
    ...plan.authorize.map((planned) => ({ mark: '+', colour: colours.green, ...planned })),
    ...plan.revoke.map((planned) => ({ mark: '-', colour: colours.red, ...planned })),
  ];
  const lines = rules.map(({ mark, colour, rule, reason }) => ({ cells: [mark, ...ruleCells(rule)], colour, reason }));
  const widths = lines.reduce<number[]>((most, { cells }) => cells.map((cell, i) => Math.max(most[i] ?? 0, stringWidth(cell))), []);
  const texts = lines.map(({ cells }) =>
    cells
      .map((cell, i) => padded(cell, widths[i] ?? 0))
      .join(' ')
      .trimEnd(),
  );
  const widest = Math.max(...texts.map(stringWidth));
  const told = lines.map(({ colour, reason }, i) => {
    const text = texts[i] ?? '';
    const why = colours.dim(`# ${reason}`);
    const fits = widest + stringWidth(`# ${reason}`) + 4 <= columns;
    return fits ? `  ${colour(text)}${' '.repeat(widest - stringWidth(text) + 2)}${why}` : `  ${colour(text)}\n      ${why}`;
  });
  const facts = [
    ...accessTold(gained, rulesOf(plan.revoke)).map((words) => `let through, and not declared: ${words}`),
    ...accessTold(lost, rulesOf(plan.authorize)).map((words) => `declared, and not let through: ${words}`),
    ...unreadListsWords(state),
    ...plan.tolerated.map(({ rule, reason }) => `left alone: ${ruleCells(rule).join(' ').trimEnd()} (${reason})`),
    ...(lastChange === undefined ? [] : [lastChangeWords(lastChange)]),
  ];
  return [title, ...told, ...facts.map((fact) => `    ${fact}`), ''].join('\n');
}

function ruleCells({ direction, traffic, source, description }: Rule): string[] {
  const way = direction === 'ingress' ? 'from' : 'to';
  return [direction, formatTraffic(traffic), way, formatSource(source), description === undefined ? '' : JSON.stringify(description)];
}

/** Returns e.g. `sg-1 (web) in vpc-1`. */
export function groupWords({ id, name, vpcId }: GroupNames): string {
  return `${id}${name === null ? '' : ` (${oneLine(name)})`}${vpcId === null ? '' : ` in ${vpcId}`}`;
}

/** Returns who it was in one line. Names are what the caller chose: evidence, not proof. */
export function lastChangeWords(change: LastChange | null): string {
  if (change === null) return `last changed: CloudTrail's newest ${MAX_LOOKED_THROUGH} events on it, of 90 days at most, tell of nobody`;
  const { actor, eventName, time } = change;
  const where = actor.sourceIp === null ? '' : ` from ${actor.sourceIp}`;
  return oneLine(`last changed: ${time} by ${actorWords(change)}${where}, ${eventName}`);
}

/** Returns who it was, by the role that issued the session and the session's name. */
export function actorWords({ actor: { issuerArn, arn, userName, type, sessionName } }: LastChange): string {
  const session = sessionName === null ? '' : ` (session ${sessionName})`;
  return oneLine(`${issuerArn ?? arn ?? userName ?? type ?? 'somebody'}${session}`);
}

/** Returns one line, and a line break. @param failedPlaces how many places of a report nothing is known of */
export function totalsLine(totals: Totals, colours: Colours, failedPlaces = 0): string {
  const { guarded, drifted, toAuthorize, toRevoke, bySeverity, ambiguous, unread, absent } = totals;
  const rest = [
    ...(ambiguous > 0 ? [`${counted(ambiguous, 'group')} left alone`] : []),
    ...(unread > 0 ? [`${counted(unread, 'group')} not read`] : []),
    ...(absent > 0 ? [`${counted(absent, 'group')} not found`] : []),
    ...(failedPlaces > 0 ? [`${counted(failedPlaces, 'place')} not read`] : []),
  ].map((text) => `; ${text}`);
  if (drifted === 0) {
    const clean = rest.length === 0 ? colours.green('No drift') : 'No drift';
    return `${clean}: ${counted(totals.atBaseline, 'group')} at the baseline${rest.join('')}.\n`;
  }
  const severities = Object.entries(bySeverity).map(([severity, groups]) => `${groups} ${severity}`);
  return (
    `${colours.bold('Plan')}: ${toAuthorize} to authorize, ${toRevoke} to revoke, ` +
    `in ${drifted} of ${counted(guarded, 'guarded group')} (${severities.join(', ')})${rest.join('')}.\n`
  );
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

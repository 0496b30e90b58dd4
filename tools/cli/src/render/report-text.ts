/** A report for a terminal: a table of the groups, a table of the places, and the totals. */
import { compareStates } from '../audit/audit.js';
import { rulesOf, type GroupState } from '../audit/group-state.js';
import { totalsOf } from '../audit/totals.js';
import type { Colours } from '../terminal/colours.js';
import { oneLine } from '../terminal/printable.js';
import { statesOf, type ReportedRegion } from '../report/regions.js';
import { accessTold } from './access-words.js';
import { actorWords, totalsLine } from './plan-text.js';
import { inSeverity } from './severity-colour.js';
import { tableText, type Column } from './table.js';

interface Row {
  readonly place: string;
  readonly state: GroupState;
}

/** @param allGroups whether groups at their baseline are listed, too */
export function reportText(places: readonly ReportedRegion[], allGroups: boolean, colours: Colours, columns?: number): string {
  const rows: Row[] = places
    .flatMap((place) => (place.kind === 'read' ? place.states.map((state) => ({ place: place.label, state })) : []))
    .filter(({ state }) => allGroups || state.kind !== 'at-baseline')
    .sort((a, b) => compareStates(a.state, b.state));
  const groups: readonly Column<Row>[] = [
    { head: 'STATE', cell: ({ state }) => stateWord(state), paint: (text, { state }) => paint(text, state, colours) },
    { head: 'PLACE', cell: ({ place }) => place },
    { head: 'GROUP', cell: ({ state }) => state.group.id },
    { head: 'NAME', cell: ({ state }) => oneLine(state.group.name ?? '') },
    {
      head: 'BASELINE',
      cell: ({ state }) => (state.kind === 'ambiguous' ? state.baselines.join(', ') : state.baseline),
    },
    { head: 'WHAT', cell: ({ state }) => oneLine(whatWords(state)) },
    ...(rows.some(({ state }) => state.kind === 'drifted' && state.lastChange !== undefined)
      ? [{ head: 'LAST CHANGED', cell: ({ state }: Row) => lastChanged(state) }]
      : []),
  ];
  const summary: readonly Column<ReportedRegion>[] = [
    { head: 'PLACE', cell: ({ label }) => label },
    { head: 'ACCOUNT', cell: (place) => (place.kind === 'failed' ? '' : place.accountId) },
    { head: 'GUARDED', cell: (place) => countOf(place, 'guarded') },
    { head: 'AS DECLARED', cell: (place) => countOf(place, 'atBaseline') },
    { head: 'DRIFTED', cell: (place) => countOf(place, 'drifted') },
    { head: 'NOTE', cell: noteOn },
  ];
  return [
    ...(rows.length === 0 ? [] : [tableText(groups, rows, columns), '']),
    tableText(summary, places, columns),
    '',
    totalsLine(totalsOf(statesOf(places)), colours, places.filter(({ kind }) => kind === 'failed').length),
  ].join('\n');
}

function countOf(place: ReportedRegion, what: 'guarded' | 'atBaseline' | 'drifted'): string {
  return place.kind === 'read' ? String(totalsOf(place.states)[what]) : '';
}

function noteOn(place: ReportedRegion): string {
  switch (place.kind) {
    case 'failed':
      return 'not read';
    case 'repeated':
      return `the same as ${place.sameAs}`;
    case 'read':
      return '';
  }
}

function lastChanged(state: GroupState): string {
  if (state.kind !== 'drifted' || state.lastChange === undefined) return '';
  return state.lastChange === null ? 'not told' : `${state.lastChange.time} by ${actorWords(state.lastChange)}`;
}

function stateWord(state: GroupState): string {
  switch (state.kind) {
    case 'drifted':
      return state.severity;
    case 'at-baseline':
      return 'as declared';
    case 'ambiguous':
      return 'left alone';
    case 'absent':
      return 'absent';
    case 'unread':
      return 'not read';
  }
}

function paint(text: string, state: GroupState, colours: Colours): string {
  if (state.kind === 'drifted') return inSeverity(text, state.severity, colours);
  return state.kind === 'at-baseline' ? colours.green(text) : colours.yellow(text);
}

function whatWords(state: GroupState): string {
  switch (state.kind) {
    case 'drifted': {
      const parts = [
        ...accessTold(state.gained, rulesOf(state.plan.revoke)).map((words) => `undeclared: ${words}`),
        ...accessTold(state.lost, rulesOf(state.plan.authorize)).map((words) => `missing: ${words}`),
      ];
      return parts.length === 0 ? 'the same traffic by other rules' : parts.join(', ');
    }
    case 'at-baseline':
      return '';
    case 'ambiguous':
      return 'several baselines select it';
    case 'absent':
      return 'no place has it';
    case 'unread':
      return state.reason;
  }
}

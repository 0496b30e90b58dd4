/** Renders a report as text: a table of the groups, a table of the regions, and the totals. */
import { isCompliantAuditState, compareAuditStates, missingRulesInAudit, type GroupState } from '../plan/group-state.js';
import { auditTotals, baselineNamesInAudit } from '../plan/audit-totals.js';
import { statesOfAuditedRegions, type AuditedRegion } from '../plan/audit-regions.js';
import { foldRenderedItems } from '../render/fold.js';
import type { Style } from '../command-line/io.js';
import { safeTerminalLine } from '../command-line/printable.js';
import { describeCaller } from '../who/who-words.js';
import { timeAgoWords } from '../render/time-words.js';
import { renderGainedAccess, renderLostAccess } from '../render/drift-words.js';
import { planTotalsLine } from '../plan/plan-text.js';
import { renderConfigRecordTimes } from '../render/recorded-words.js';
import { colourByState, renderBrokenLimits, renderGroupState } from '../render/state-words.js';
import { renderTable, type Column } from '../render/table.js';
import { renderWrapped } from '../render/wrapped.js';
import { countUnreadRegions, unreadAccountNote } from '../render/unread-regions.js';

interface GroupRow {
  readonly label: string;
  readonly state: GroupState;
}

/** @param allGroups whether to also list groups that match their baseline, and groups without a baseline that break no limit */
export function reportText(regions: readonly AuditedRegion[], allGroups: boolean, now: Date, style: Style): string {
  const { colours, columns } = style;
  const rows: GroupRow[] = regions
    .flatMap((region) => (region.kind === 'read' ? region.states.map((state) => ({ label: region.label, state })) : []))
    .filter(({ state }) => allGroups || !isCompliantAuditState(state))
    .sort((a, b) => compareAuditStates(a.state, b.state));
  const groupColumns: readonly Column<GroupRow>[] = [
    {
      head: 'STATE',
      kind: 'id',
      cell: ({ state }) => renderGroupState(state),
      paint: (text, { state }) => colourByState(text, state, colours),
    },
    { head: 'REGION', kind: 'name', cell: ({ label }) => label },
    { head: 'GROUP', kind: 'id', cell: ({ state }) => state.group.id },
    { head: 'NAME', kind: 'name', cell: ({ state }) => safeTerminalLine(state.group.name ?? '') },
    { head: 'BASELINE', kind: 'name', cell: ({ state }) => baselineNamesInAudit(state).join(', ') },
    { head: 'WHAT', kind: 'text', cell: ({ state }) => safeTerminalLine(reportDriftWords(state)) },
    ...(rows.some(({ state }) => state.kind === 'drifted' && state.origins !== undefined)
      ? [{ head: 'WHO', kind: 'text' as const, cell: ({ state }: GroupRow) => reportCallersOfDrift(state, now) }]
      : []),
  ];
  const summaries = reportSummaries(regions);
  const count = ({ states }: Summary, name: 'guarded' | 'limited' | 'atBaseline' | 'withinLimits' | 'drifted'): string =>
    states === undefined ? '' : String(auditTotals(states)[name]);
  const totals = auditTotals(statesOfAuditedRegions(regions));
  const hasLimited = totals.limited > 0;
  const summaryColumns: readonly Column<Summary>[] = [
    { head: regions.some(isReportedInOrganization) ? 'ACCOUNT' : 'REGION', kind: 'name', cell: ({ label }) => label },
    { head: regions.some(isReportedInOrganization) ? 'ID' : 'ACCOUNT', kind: 'id', cell: ({ accountId }) => accountId },
    { head: 'GUARDED', kind: 'id', cell: (each) => count(each, 'guarded') },
    { head: 'AS DECLARED', kind: 'id', cell: (each) => count(each, 'atBaseline') },
    ...(hasLimited
      ? [
          { head: 'LIMITED', kind: 'id' as const, cell: (each: Summary) => count(each, 'limited') },
          { head: 'WITHIN LIMITS', kind: 'id' as const, cell: (each: Summary) => count(each, 'withinLimits') },
        ]
      : []),
    { head: 'DRIFTED', kind: 'id', cell: (each) => count(each, 'drifted') },
    { head: 'NOTE', kind: 'text', cell: ({ note }) => note },
  ];
  const recorded = renderConfigRecordTimes(regions.filter((each) => each.kind === 'read'));
  return [
    ...(rows.length === 0 ? [] : [renderTable(groupColumns, rows, columns), '']),
    renderTable(summaryColumns, summaries, columns),
    '',
    ...(recorded === undefined ? [] : [renderWrapped(recorded, 0, columns)]),
    planTotalsLine(totals, undefined, style, countUnreadRegions(regions.filter((each) => each.kind === 'failed'))),
  ].join('\n');
}

/** A row of the second table: a region, or an account of an organization. */
interface Summary {
  readonly label: string;
  readonly accountId: string;
  /** Absent if no region was read. */
  readonly states?: readonly GroupState[];
  readonly note: string;
}

function isReportedInOrganization({ account }: AuditedRegion): boolean {
  return account !== undefined;
}

function reportSummaries(regions: readonly AuditedRegion[]): Summary[] {
  const summaries = foldRenderedItems(regions, (each) => (isReportedInOrganization(each) ? (each.accountId ?? '') : each.label)).map(
    reportSummary,
  );
  return regions.some(isReportedInOrganization) ? summaries.sort((a, b) => (a.label < b.label ? -1 : 1)) : summaries;
}

function reportSummary(regions: readonly [AuditedRegion, ...AuditedRegion[]]): Summary {
  const [first] = regions;
  const read = regions.filter((each) => each.kind === 'read');
  const states = read.length === 0 ? {} : { states: read.flatMap((each) => each.states) };
  if (first.account !== undefined) {
    const note = unreadAccountNote(regions.filter((each) => each.kind === 'failed'));
    return { label: first.account, accountId: first.accountId ?? '', ...states, note };
  }
  const note = first.kind === 'failed' ? 'not read' : first.kind === 'repeated' ? `same account and region as ${first.sameAs}` : '';
  return { label: first.label, accountId: first.kind === 'failed' ? '' : first.accountId, ...states, note };
}

function reportDriftWords(state: GroupState): string {
  if (isCompliantAuditState(state)) return '';
  // `dropAbsentAuditStates` has already removed each absent group that exists in another region.
  if (state.kind === 'absent') return 'the group exists in no region';
  if (state.kind !== 'drifted') return state.reason;
  const differences = [...renderGainedAccess(state), ...renderLostAccess(state).map((words) => `missing: ${words}`)];
  const texts = [...renderBrokenLimits(state), ...(differences.length === 0 ? [] : [differences.join(', ')])];
  return texts.length === 0 ? 'different rules, same traffic' : texts.join('; ');
}

/** Returns each caller once, with the age of the caller's newest change, newest first. E.g. `user ben 3 hours ago, unknown`. */
function reportCallersOfDrift(state: GroupState, now: Date): string {
  if (state.kind !== 'drifted') return '';
  const calls = [...(state.origins?.values() ?? []), ...(state.removals?.values() ?? [])].map(({ call }) => call);
  const people = new Map<string, string>();
  for (const call of [...calls].sort((a, b) => (a.eventTime < b.eventTime ? 1 : -1))) {
    const { who } = describeCaller(call.actor);
    if (!people.has(who)) people.set(who, `${who} ${timeAgoWords(call.eventTime, now)}`);
  }
  const isComplete = calls.length === state.plan.revoke.length + missingRulesInAudit(state).length;
  return [...people.values(), ...(isComplete ? [] : ['unknown'])].join(', ');
}

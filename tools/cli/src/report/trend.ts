/** What `report --since` adds to a report, as JSON and as text. */
import type { Style } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';
import { colourBySeverity } from '../render/state-words.js';
import { timeSpanWords, utcMinuteWords } from '../render/time-words.js';
import { renderTable, type Column } from '../render/table.js';
import { safeTerminalLine } from '../command-line/printable.js';
import { CHANGE_KINDS, compareReports, type ChangeKind, type DriftChange, type Duration } from './compare.js';
import type { ReportSnapshot } from './snapshot.js';
import type { Measured, ReactionTimes } from './times.js';

export interface Trend {
  /** All reports, oldest first. The last report is the current one. */
  readonly reports: readonly ReportSnapshot[];
  readonly changes: readonly DriftChange[];
  /** Sentences that explain why the comparison or a measured time is uncertain. */
  readonly notes: readonly string[];
  /** Absent if the logs of the deployment were not read. */
  readonly times?: ReactionTimes;
}

/** @param reports oldest first; the last is the current one */
export function reportTrend(reports: readonly ReportSnapshot[]): Trend {
  return { reports, changes: compareReports(reports), notes: trendNotes(reports) };
}

function trendNotes(reports: readonly ReportSnapshot[]): string[] {
  const current = reports.at(-1);
  const earlier = reports.slice(0, -1);
  const digests = new Set(reports.flatMap(({ baselineDigest }) => baselineDigest ?? []));
  const isKnown = reports.every(({ baselineDigest }) => baselineDigest !== null);
  const before = new Set(earlier.flatMap(({ places }) => [...places.keys()]));
  const notRead = [...before].filter((key) => current?.places.has(key) !== true);
  const added = [...(current?.places.keys() ?? [])].filter((key) => !before.has(key));
  return [
    ...(digests.size > 1
      ? ['The baselines or limits changed between the reports, so drift may be new or gone although no rule changed.']
      : []),
    ...(isKnown ? [] : ['An earlier report does not show which baselines it used, so the baselines may have changed.']),
    ...(notRead.length > 0 ? [`Not read in this report, so the drift is unknown: ${notRead.join(', ')}.`] : []),
    ...(added.length > 0 ? [`Not read in the earlier ${earlier.length === 1 ? 'report' : 'reports'}: ${added.join(', ')}.`] : []),
  ];
}

/** Returns the JSON member `since`. Durations are in seconds. `max` is null if the reports give no upper bound. */
export function trendJson({ reports, changes, notes, times }: Trend): object {
  return {
    reports: reports.map(({ fileName, at, drifted, places }) => ({ file: fileName, at, drifted, places: places.size })),
    counts: countReportChanges(changes),
    changes: changes.map(({ kind, open: { min, max }, ...change }) => ({
      change: kind,
      ...change,
      openSeconds: { min: min / 1000, max: max === null ? null : max / 1000 },
    })),
    notes,
    ...(times !== undefined && { times }),
  };
}

function countReportChanges(changes: readonly DriftChange[]): Readonly<Record<ChangeKind, number>> {
  const count = (kind: ChangeKind): number => changes.filter((change) => change.kind === kind).length;
  return { new: count('new'), open: count('open'), unknown: count('unknown'), gone: count('gone') };
}

export function trendText({ reports, changes, notes, times }: Trend, { colours, columns }: Style): string {
  const hasAccounts = new Set(changes.map(({ accountId }) => accountId)).size > 1;
  const paint = (text: string, { kind, severity }: DriftChange): string =>
    kind === 'gone' ? colours.green(text) : kind === 'unknown' ? colours.yellow(text) : colourBySeverity(text, severity, colours);
  const table: readonly Column<DriftChange>[] = [
    { head: 'CHANGE', kind: 'id', cell: ({ kind }) => DRIFT_CHANGE_WORDS[kind], paint },
    { head: 'OPEN FOR', kind: 'id', cell: ({ open }) => driftDurationWords(open) },
    ...(hasAccounts ? [{ head: 'ACCOUNT', kind: 'id' as const, cell: ({ accountId }: DriftChange) => accountId }] : []),
    { head: 'REGION', kind: 'name', cell: ({ profile, region }) => (profile === null ? region : `${profile}/${region}`) },
    { head: 'GROUP', kind: 'id', cell: ({ groupId }) => groupId },
    { head: 'NAME', kind: 'name', cell: ({ name }) => safeTerminalLine(name ?? '') },
    { head: 'RULE', kind: 'text', cell: ({ action, direction, rule }) => safeTerminalLine(`${action} ${direction} ${rule}`) },
  ];
  const [since, words] = trendHeadline({ reports, changes });
  return [
    `${colours.bold(since)} ${words}`,
    ...(changes.length === 0 ? [] : [renderTable(table, changes, columns)]),
    ...notes,
    ...(times === undefined ? [] : reportReactionTimeLines(times)),
    '',
  ].join('\n');
}

export const DRIFT_CHANGE_WORDS = { new: 'new', open: 'still open', unknown: 'unknown', gone: 'gone' } as const satisfies Record<
  ChangeKind,
  string
>;

/**
 * Returns the first sentence of the comparison, in two parts: `Drift since 2026-11-16 12:00 UTC (1 earlier report):`, `2 rules new, 1 still
 * open.`
 */
export function trendHeadline({ reports, changes }: Pick<Trend, 'reports' | 'changes'>): readonly [since: string, words: string] {
  const counts = countReportChanges(changes);
  const [first, ...others] = CHANGE_KINDS.filter((kind) => counts[kind] > 0);
  const words = first === undefined ? 'none' : `${countWithNoun(counts[first], 'rule')} ${DRIFT_CHANGE_WORDS[first]}`;
  const [oldest] = reports;
  const since = `Drift since ${utcMinuteWords(oldest?.at ?? '')} UTC (${countWithNoun(reports.length - 1, 'earlier report')}):`;
  return [since, `${[words, ...others.map((kind) => `${counts[kind]} ${DRIFT_CHANGE_WORDS[kind]}`)].join(', ')}.`];
}

/** Returns e.g. `3 hours`, `at least 7 days`, `at most 7 days`, `3 days to 10 days`. */
export function driftDurationWords({ min, max }: Duration): string {
  if (max === null) return min === 0 ? 'unknown' : `at least ${timeSpanWords(min)}`;
  const [from, to] = [timeSpanWords(min), timeSpanWords(max)];
  if (from === to) return to;
  return min === 0 ? `at most ${to}` : `${from} to ${to}`;
}

/**
 * Returns a line for the times to detect and a line for the times to restore. Adds a line for restorations with times from AWS Config's
 * record, and a line for restorations without a time.
 */
export function reportReactionTimeLines({ detect, restore, restoredFromRecord, unmeasured }: ReactionTimes): string[] {
  const line = (what: string, noun: string, { count, meanSeconds, medianSeconds, p90Seconds }: Measured): string =>
    count === 0
      ? `${what}: no ${noun} in the log.`
      : `${what}: median ${reportSeconds(medianSeconds)}, mean ${reportSeconds(meanSeconds)}, 90% within ${reportSeconds(p90Seconds)} (${countWithNoun(count, noun)}).`;
  return [
    line('Time to detect', 'finding', detect),
    line('Time to restore', 'restoration', restore),
    ...(restoredFromRecord > 0
      ? [`Measured from AWS Config's record, so the true time is longer: ${countWithNoun(restoredFromRecord, 'restoration')}.`]
      : []),
    ...(unmeasured > 0 ? [`Not measured, because no event shows when the drift began: ${countWithNoun(unmeasured, 'restoration')}.`] : []),
  ];
}

function reportSeconds(seconds: number | null): string {
  return seconds === null ? '–' : seconds < 120 ? `${Math.round(seconds)} s` : timeSpanWords(seconds * 1000);
}

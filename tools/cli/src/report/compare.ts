/** Compares reports: which drift is new, still open or gone, and for how long. */
import { SEVERITIES } from '@portcullis/finding';
import { reportSnapshotRegionKey, type SnapshotRegion, type SnapshotGroup, type SnapshotRule, type ReportSnapshot } from './snapshot.js';

/**
 * - `new`: the current report shows the drift, and an earlier report does not.
 * - `open`: the current report and all earlier reports that read the group show the drift.
 * - `gone`: an earlier report shows the drift, and the current report does not.
 * - `unknown`: the current report did not read the group, or no earlier report read the group.
 */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export const CHANGE_KINDS = ['new', 'open', 'unknown', 'gone'] as const;

/** A rule that is missing or undeclared in at least one of the reports. */
export interface DriftChange extends Omit<SnapshotRule, 'changedAt'>, Pick<SnapshotRegion, 'accountId' | 'region' | 'profile'> {
  readonly kind: ChangeKind;
  readonly groupId: string;
  readonly name: string | null;
  /** When the drift began: ISO 8601, UTC. Null if no report contains a call that shows the time. */
  readonly changedAt: string | null;
  /** How long the drift was open, until now or until it was gone. */
  readonly open: Duration;
}

/**
 * The shortest and the longest possible duration, in milliseconds. `min` equals `max` if the duration is exact. `max` is null if the
 * reports give no upper bound.
 */
export interface Duration {
  readonly min: number;
  readonly max: number | null;
}

/**
 * Returns each rule that is missing or undeclared in at least one of the reports. Sorts the rules by kind in the order of `CHANGE_KINDS`,
 * and within a kind by severity, worst first.
 *
 * @param reports oldest first; the last is the current one.
 */
export function compareReports(reports: readonly ReportSnapshot[]): DriftChange[] {
  const places = new Map(reports.flatMap((report) => [...report.places]));
  return [...places.values()].flatMap((place) => driftChangesInRegion(place, reports)).sort(compareReportChanges);
}

function driftChangesInRegion(place: SnapshotRegion, reports: readonly ReportSnapshot[]): DriftChange[] {
  const key = reportSnapshotRegionKey(place);
  const { accountId, region, profile } = place;
  const seen = reports.map((report) => report.places.get(key));
  const groupIds = new Set(seen.flatMap((each) => [...(each?.groups.keys() ?? [])]));
  return [...groupIds].flatMap((groupId) => {
    const groups = seen.map((each) => each?.groups.get(groupId));
    const keyOf = ruleKeyAcrossReports(groups);
    const rules = new Map(groups.flatMap((group) => group?.rules ?? []).map((rule) => [keyOf(rule), rule]));
    const name = groups.findLast((group) => group !== undefined)?.name ?? null;
    return [...rules].map(([ruleKey, rule]): DriftChange => {
      const isRule = (each: SnapshotRule): boolean => keyOf(each) === ruleKey;
      const sightings = reports.map(({ at }, i): Sighting => ({ at: Date.parse(at), ...driftSighting(seen[i], groups[i], isRule) }));
      return { ...rule, accountId, region, profile, groupId, name, ...driftHistory(sightings) };
    });
  });
}

/**
 * Returns a function that returns the key of a rule. The key is the same in every report. If all reports contain the ids of rules, the key
 * contains the id. In that case, a rule that was revoked and authorized again has a new key.
 */
function ruleKeyAcrossReports(groups: readonly (SnapshotGroup | undefined)[]): (rule: SnapshotRule) => string {
  const hasIds = groups.every((group) => group?.rules.every(({ action, ruleId }) => action === 'authorize' || ruleId !== null) ?? true);
  return ({ action, direction, rule, ruleId }) => [action, direction, rule, ...(hasIds && ruleId !== null ? [ruleId] : [])].join(' ');
}

interface Sighting {
  readonly at: number;
  /** Whether the rule is missing or undeclared in this report. Null if the report did not compare the group. */
  readonly isThere: boolean | null;
  readonly changedAt: string | null;
}

function driftSighting(
  place: SnapshotRegion | undefined,
  group: SnapshotGroup | undefined,
  isRule: (rule: SnapshotRule) => boolean,
): Omit<Sighting, 'at'> {
  if (place === undefined || group?.isJudged === false) return { isThere: null, changedAt: null };
  const rule = group?.rules.find(isRule);
  return { isThere: rule !== undefined, changedAt: rule?.changedAt ?? null };
}

/** Describes the most recent period in which the rule was missing or undeclared. */
function driftHistory(sightings: readonly Sighting[]): Pick<DriftChange, 'kind' | 'changedAt' | 'open'> {
  const now = sightings.length - 1;
  const last = sightings.findLastIndex(({ isThere }) => isThere === true);
  const before = sightings.slice(0, last).findLastIndex(({ isThere }) => isThere === false);
  const run = sightings.slice(before + 1, last + 1).filter(({ isThere }) => isThere === true);
  const end = sightings.slice(last + 1).find(({ isThere }) => isThere === false);
  const changedAt = run.findLast((sighting) => sighting.changedAt !== null)?.changedAt ?? null;
  const firstSeen = run[0]?.at ?? NaN;
  const exactly = changedAt === null ? null : Date.parse(changedAt);
  const [earliestStart, latestStart] = [exactly ?? sightings[before]?.at ?? null, exactly ?? firstSeen];
  const lastSeen = sightings[last]?.at ?? NaN;
  const latestEnd = end?.at ?? sightings[now]?.at ?? NaN;
  return {
    kind: reportChangeKind(last === now, end !== undefined, before !== -1, firstSeen === sightings[now]?.at),
    changedAt,
    open: { min: Math.max(0, lastSeen - latestStart), max: earliestStart === null ? null : Math.max(0, latestEnd - earliestStart) },
  };
}

function reportChangeKind(isThereNow: boolean, isGone: boolean, wasAbsent: boolean, isFirstSeenNow: boolean): ChangeKind {
  if (!isThereNow) return isGone ? 'gone' : 'unknown';
  if (wasAbsent) return 'new';
  return isFirstSeenNow ? 'unknown' : 'open';
}

function compareReportChanges(a: DriftChange, b: DriftChange): number {
  const rank = ({ kind, severity }: DriftChange): number => CHANGE_KINDS.indexOf(kind) * SEVERITIES.length - SEVERITIES.indexOf(severity);
  const text = ({ accountId, region, groupId, direction, rule }: DriftChange): string =>
    [accountId, region, groupId, direction, rule].join(' ');
  return rank(a) - rank(b) || (text(a) < text(b) ? -1 : 1);
}

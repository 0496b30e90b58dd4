/**
 * Reads the files that `portcullis report --json` wrote. Reads the JSON of the current report in the same way, so that all reports can be
 * compared.
 */
import { SEVERITIES, type Severity } from '@portcullis/finding';
import { parseJsonText, jsonListMember, jsonMember, jsonTextMember } from '../files/json-members.js';
import { readTextFile } from '../files/read-text-file.js';
import { Failure } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { AUDIT_SCHEMA_VERSION } from '../plan/plan-json.js';

/** One report. */
export interface ReportSnapshot {
  /** The file name as the user typed it. Null for the current report. */
  readonly fileName: string | null;
  /** When the report read the groups: ISO 8601, UTC. */
  readonly at: string;
  /** SHA-256 of the compiled baselines and limits. Null if an older release made the report without the hash. */
  readonly baselineDigest: string | null;
  /** The regions that were read, by `accountId/region`. */
  readonly places: ReadonlyMap<string, SnapshotRegion>;
  /** The number of drifted groups. */
  readonly drifted: number;
}

export interface SnapshotRegion {
  readonly accountId: string;
  readonly region: string;
  readonly profile: string | null;
  /** The groups in the report, by id. The report omits groups that have no baseline and break no limit. */
  readonly groups: ReadonlyMap<string, SnapshotGroup>;
}

export interface SnapshotGroup {
  readonly name: string | null;
  /** Whether the report compared the rules of the group. If `false`, the report does not show whether the group drifted. */
  readonly isJudged: boolean;
  /** The missing and the undeclared rules. */
  readonly rules: readonly SnapshotRule[];
}

/** A missing rule (`authorize`) or an undeclared rule (`revoke`). */
export interface SnapshotRule {
  readonly action: 'authorize' | 'revoke';
  readonly direction: string;
  /** E.g. `tcp/22 from 0.0.0.0/0`. */
  readonly rule: string;
  /** The id of a rule to revoke. Null if the report was made only from AWS Config, because AWS Config does not record the ids of rules. */
  readonly ruleId: string | null;
  /** The severity of the group's whole drift, not of this rule alone. */
  readonly severity: Severity;
  /** When the rule was opened or removed, according to CloudTrail: ISO 8601, UTC. Null if the time is unknown or uncertain. */
  readonly changedAt: string | null;
}

/** A report of 10,000 groups that have all drifted has about 20 MB. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** @throws {Failure} if the file cannot be read or is not a report. */
export async function readReportSnapshot(fileName: string, io: Pick<Io, 'cwd'>): Promise<ReportSnapshot> {
  const report = parseJsonText(await readTextFile(fileName, MAX_FILE_BYTES, io));
  const problem = reportFileProblem(report);
  if (problem !== undefined) throw new Failure(`\`${fileName}\` ${problem}; expected a file that \`report --json\` wrote`);
  return reportSnapshot(report, fileName);
}

function reportFileProblem(report: unknown): string | undefined {
  const version = jsonMember(report, 'schemaVersion');
  if (version !== undefined && version !== AUDIT_SCHEMA_VERSION)
    return `has the schema version ${JSON.stringify(version)}, and this release reads ${AUDIT_SCHEMA_VERSION}`;
  if (version === undefined || Number.isNaN(Date.parse(jsonTextMember(report, 'at') ?? '')) || !Array.isArray(jsonMember(report, 'places')))
    return 'is not a report';
  return undefined;
}

/** @param report the JSON of a report */
export function reportSnapshot(report: unknown, fileName: string | null): ReportSnapshot {
  const places = jsonListMember(report, 'places').flatMap((place) => reportSnapshotRegion(place) ?? []);
  return {
    fileName,
    at: new Date(jsonTextMember(report, 'at') ?? NaN).toISOString(),
    baselineDigest: jsonTextMember(report, 'baselineDigest'),
    places: new Map(places.map((place) => [reportSnapshotRegionKey(place), place])),
    drifted: places.reduce((sum, { groups }) => sum + [...groups.values()].filter(({ rules }) => rules.length > 0).length, 0),
  };
}

export function reportSnapshotRegionKey({ accountId, region }: Pick<SnapshotRegion, 'accountId' | 'region'>): string {
  return `${accountId}/${region}`;
}

/** Returns `undefined` if the report did not read the region, or lists the groups of the region under another profile. */
function reportSnapshotRegion(place: unknown): SnapshotRegion | undefined {
  const [accountId, region] = [jsonTextMember(place, 'accountId'), jsonTextMember(place, 'region')];
  if (accountId === null || region === null || !Array.isArray(jsonMember(place, 'groups'))) return undefined;
  const groups = jsonListMember(place, 'groups').flatMap((group): [string, SnapshotGroup][] => {
    const id = jsonTextMember(group, 'id');
    return id === null ? [] : [[id, reportSnapshotGroup(group)]];
  });
  return { accountId, region, profile: jsonTextMember(place, 'profile'), groups: new Map(groups) };
}

function reportSnapshotGroup(group: unknown): SnapshotGroup {
  const drift = jsonMember(group, 'drift');
  const severity = SEVERITIES.find((each) => each === jsonMember(drift, 'severity')) ?? 'medium';
  const rules = jsonListMember(drift, 'changes').flatMap((change): SnapshotRule[] => {
    const action = jsonMember(change, 'action');
    const [direction, rule] = [jsonTextMember(change, 'direction'), jsonTextMember(change, 'rule')];
    if ((action !== 'authorize' && action !== 'revoke') || direction === null || rule === null) return [];
    const ruleId = jsonTextMember(change, 'ruleId');
    const call = jsonMember(change, action === 'revoke' ? 'openedBy' : 'removedBy');
    return [
      {
        ...{ action, direction, rule, ruleId, severity },
        changedAt: jsonMember(call, 'certain') === true ? jsonTextMember(call, 'time') : null,
      },
    ];
  });
  const state = jsonMember(group, 'state');
  return {
    name: jsonTextMember(group, 'name'),
    isJudged: state !== 'unread' && state !== 'ambiguous',
    rules,
  };
}

/** `portcullis report [FILE]`: the state of all guarded groups, over regions and profiles. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { renderCompiledBaseline } from '@portcullis/baseline';
import type { AccountRegionOptions } from '../aws/account-region.js';
import { totalsOf } from '../audit/totals.js';
import type { GroupState } from '../audit/group-state.js';
import { coloursOf } from '../terminal/colours.js';
import { counted } from '../render/counted.js';
import { Failure, Interrupted } from '../program/failure.js';
import type { ExitCode, Io } from '../program/io.js';
import { loadBaseline } from '../files/load-baseline.js';
import { jsonText } from '../terminal/printable.js';
import { renderHtml } from '../render/html.js';
import { planJson } from '../render/plan-json.js';
import { reportText } from '../render/report-text.js';
import { DEFAULT_JOURNAL } from '../report/default-journal.js';
import { openJournal, type Question } from '../report/journal.js';
import { regionLabel, reportRegions, statesOf, type ReportedRegion } from '../report/regions.js';
import { verdictOf } from '../audit/exit-code.js';
import { writeResult } from '../files/write-result.js';

export interface ReportOptions extends AccountRegionOptions {
  readonly regions?: readonly string[];
  readonly profiles?: readonly string[];
  readonly json?: boolean;
  readonly html?: boolean;
  readonly out?: string;
  readonly who?: boolean;
  /** Whether groups at their baseline are listed, too. */
  readonly allGroups?: boolean;
  /** Do not fail when a declared group does not exist in any place. */
  readonly allowAbsent?: boolean;
  readonly resume?: boolean;
  readonly restart?: boolean;
  /** Where what is found is kept until the report is whole. */
  readonly journal?: string;
}

/** @throws {Failure | Interrupted} */
export async function report(fileName: string, options: ReportOptions, io: Io): Promise<ExitCode> {
  refuseContradictions(options);
  const { journal: journalName = DEFAULT_JOURNAL, who = false } = options;
  const loaded = await loadBaseline(fileName, io);
  if (loaded === undefined) return 1;
  const places = regionsOf(options);
  const question: Question = {
    baseline: createHash('sha256').update(renderCompiledBaseline(loaded.compiled)).digest('hex'),
    places: places.map(regionLabel),
    who,
  };
  const journal = openJournal({
    path: resolve(io.cwd, journalName),
    fileName: journalName,
    question,
    at: io.now().toISOString(),
    existing: options.resume === true ? 'resume' : options.restart === true ? 'restart' : undefined,
  });
  let reported: ReportedRegion[];
  try {
    reported = await reportRegions(places, loaded.compiled, journal, who, io);
  } catch (error) {
    journal.close();
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(`interrupted; what was found is in \`${journalName}\`. To go on, add \`--resume\``, {
      cause: error,
    });
  }
  const found = withoutOthers(withoutRepeats(reported));
  await tell(found, { baselineFile: loaded.fileName, at: journal.at }, options, io);
  const failed = found.flatMap((place) => (place.kind === 'failed' ? [place] : []));
  for (const { label, reason } of failed) io.stderr.write(`portcullis: ${label} was not read: ${reason}\n`);
  const code = verdictOf(statesOf(found), options, io);
  if (failed.length === 0) journal.delete();
  else {
    journal.close();
    io.stderr.write(`portcullis: to ask for ${counted(failed.length, 'place')} again and keep the others, add \`--resume\`\n`);
  }
  return failed.length > 0 ? 1 : code;
}

function refuseContradictions({ json, html, out, resume, restart, region, regions, profile, profiles }: ReportOptions): void {
  const problems = [
    json === true && html === true && 'there are `--json` and `--html`; expected one of them',
    out !== undefined && json !== true && html !== true && '`--out` is for `--json` or `--html`; expected one of them',
    resume === true && restart === true && 'there are `--resume` and `--restart`; expected one of them',
    region !== undefined && regions !== undefined && 'there are `--region` and `--regions`; expected one of them',
    profile !== undefined && profiles !== undefined && 'there are `--profile` and `--profiles`; expected one of them',
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new Failure(problems.join('\nportcullis: '));
}

/** Every region with every profile. */
function regionsOf({ regions, profiles, region, profile, endpointUrl }: ReportOptions): AccountRegionOptions[] {
  const list = (many: readonly string[] | undefined, one: string | undefined): (string | undefined)[] => [
    ...new Set(many?.flatMap((text) => text.split(',')).filter((text) => text !== '') ?? [one]),
  ];
  return list(profiles, profile).flatMap((each) => list(regions, region).map((where) => ({ region: where, profile: each, endpointUrl })));
}

/** Two profiles may be of one account: its groups are told once. */
function withoutRepeats(places: readonly ReportedRegion[]): ReportedRegion[] {
  const first = new Map<string, string>();
  return places.map((place): ReportedRegion => {
    if (place.kind !== 'read') return place;
    const { label, profile, accountId, region } = place;
    const sameAs = first.get(`${accountId}/${region}`);
    first.set(`${accountId}/${region}`, sameAs ?? label);
    return sameAs === undefined ? place : { kind: 'repeated', label, profile, accountId, region, sameAs };
  });
}

/** A group that a baseline names is somewhere: it is absent only where no place has it. */
function withoutOthers(places: readonly ReportedRegion[]): ReportedRegion[] {
  const here = new Set(statesOf(places).flatMap(({ kind, group }) => (kind === 'absent' ? [] : [group.id])));
  const isIncomplete = places.some(({ kind }) => kind === 'failed');
  const told = new Set<string>();
  const isTold = ({ kind, group: { id } }: GroupState): boolean => {
    if (kind !== 'absent') return true;
    // It may be in a place that was not read.
    if (here.has(id) || told.has(id) || isIncomplete) return false;
    told.add(id);
    return true;
  };
  return places.map((place) => (place.kind === 'read' ? { ...place, states: place.states.filter(isTold) } : place));
}

async function tell(
  places: readonly ReportedRegion[],
  of: { readonly baselineFile: string; readonly at: string },
  { json = false, html = false, out, allGroups = false }: ReportOptions,
  io: Io,
): Promise<void> {
  const text = (): string => reportText(places, allGroups, coloursOf(io.stdout, io.env), io.stdout.columns);
  if (!json && !html) {
    io.stdout.write(text());
    return;
  }
  const read = places.flatMap((place) => (place.kind === 'read' ? [place] : []));
  const unreadPlaces = places.flatMap((place) => (place.kind === 'failed' ? [place] : []));
  const rendered = json
    ? jsonText(reportJson(places, of))
    : renderHtml({ title: 'Security groups beside their baseline', ...of, places: read, unreadPlaces });
  if (await writeResult(rendered, out, io)) io.stdout.write(text());
}

function reportJson(places: readonly ReportedRegion[], of: { readonly baselineFile: string; readonly at: string }): object {
  return {
    schemaVersion: 1,
    ...of,
    totals: totalsOf(statesOf(places)),
    places: places.map((place) => {
      const profile = place.profile ?? null;
      if (place.kind === 'failed') return { profile, failed: place.reason };
      if (place.kind === 'repeated') return { profile, accountId: place.accountId, region: place.region, sameAs: place.sameAs };
      const { accountId, region, totals, groups } = planJson(place.states, place, of);
      return { profile, accountId, region, totals, groups };
    }),
  };
}

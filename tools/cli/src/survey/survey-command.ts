/** `portcullis survey`: shows what is open to the internet, which resources are exposed, and who opened it. Needs no baseline. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderCompiledBaseline } from '@portcullis/baseline';
import { SEVERITIES, type Severity } from '@portcullis/finding';
import { accountRegionLabel, type AccountRegion } from '../aws/account-region.js';
import {
  findRequestedAccountRegions,
  readsOrganizationOrAggregator,
  readAccountRegions,
  accountRegionOptionProblems,
  requestedAccountRegionLabel,
  requestedAccountRegionsKey,
  type RegionsOptions,
} from '../aws/account-regions.js';
import { colouredFileProblems } from '../files/file-problems-text.js';
import { loadBaselineFile } from '../files/load-baseline.js';
import { readTextFile } from '../files/read-text-file.js';
import { writeFileOrStdout } from '../files/write-file.js';
import { pageOfSurvey } from '../page/from-survey.js';
import { htmlPage } from '../page/page.js';
import { DEFAULT_BASELINE_FILE, DEFAULT_SURVEY_JOURNAL_FILE } from '../command-line/default-files.js';
import { Interrupted, InvalidFile } from '../command-line/failure.js';
import { currentUtcDay, type ExitCode, type Io } from '../command-line/io.js';
import { cannotCombineOptions, chosenOutputFormat, type FormatOptions } from '../command-line/output-format.js';
import { openJournalFile } from '../files/journal-file.js';
import { surveyOcsf } from './survey-ocsf.js';
import { surveyedLimitJson, foldSurveyedLimits } from './broken-limit.js';
import { surveyEntryJson } from './entry-json.js';
import type { SurveyEntry } from './entry.js';
import { foldSurveyEntries } from './fold.js';
import { surveyHeadline } from './headline.js';
import { readSurveyIgnores, markIgnoredSurveyEntry, type IgnoreEntry } from './ignores.js';
import { surveyCsv } from './survey-csv.js';
import { surveyRegion, type SurveyedRegion } from './survey-region.js';
import { surveySarif } from './survey-sarif.js';
import { surveyText } from './survey-text.js';
import { countUnreadOfSurvey, type Survey } from './survey.js';
import { indentedTerminalJson } from '../command-line/printable.js';
import { accountNameJson, configCaptureJson } from '../render/account-json.js';

const FORMATS = ['json', 'csv', 'sarif', 'html', 'ocsf'] as const;

export interface SurveyOptions extends RegionsOptions, FormatOptions<(typeof FORMATS)[number]> {
  /** The baseline file that says which groups are guarded. @default `baseline.yaml`, if there is one */
  readonly baseline?: string;
  /** Whether to ask CloudTrail who opened the rules. @default true */
  readonly who?: boolean;
  /** Whether to also show web servers and accepted exposures. */
  readonly all?: boolean;
  readonly ignore?: string;
  readonly failOn: Severity;
  readonly resume?: boolean;
  readonly restart?: boolean;
  /** The file that saves finished regions. @default none, or `.portcullis-survey.jsonl` with `organization` or `aggregator` */
  readonly journal?: string;
}

const MAX_IGNORE_FILE_LENGTH = 1_000_000;

/** @throws {Failure | Interrupted} */
export async function survey(options: SurveyOptions, io: Io): Promise<ExitCode> {
  const { out, who = true, all = false, failOn, resume = false, restart = false } = options;
  // By default, a survey of one account writes no journal.
  const journalFile = options.journal ?? (readsOrganizationOrAggregator(options) ? DEFAULT_SURVEY_JOURNAL_FILE : undefined);
  const format = chosenOutputFormat(FORMATS, options, [
    resume && restart && cannotCombineOptions('--resume', '--restart'),
    (resume || restart) &&
      journalFile === undefined &&
      '`--resume` and `--restart` need `--journal`, `--organization` or `--aggregator`; without these options, a survey saves nothing to resume from',
    ...accountRegionOptionProblems(options),
  ]);
  const ignores = await loadSurveyIgnores(options.ignore, io);
  const baselineFile = options.baseline ?? (existsSync(resolve(io.cwd, DEFAULT_BASELINE_FILE)) ? DEFAULT_BASELINE_FILE : undefined);
  const compiled = baselineFile === undefined ? undefined : (await loadBaselineFile(baselineFile, io)).compiled;
  const requested = await findRequestedAccountRegions(options, io);
  const request = [compiled && renderCompiledBaseline(compiled), requestedAccountRegionsKey(options), options.who];
  const journal =
    journalFile === undefined ? undefined : openJournalFile<SurveyedRegion>('survey', journalFile, request, { resume, restart }, io);
  const at = journal === undefined ? io.now() : new Date(journal.at);
  const readings = await readAccountRegions(
    requested,
    io,
    async (accountRegion, onGroups, requestedRegion) => {
      const onProgress = 'length' in requested && requested.length === 1 ? showSurveySteps(accountRegion, io) : countGroupsOnly(onGroups);
      const region = await surveyRegion(accountRegion, { compiled, who, today: currentUtcDay(io), signal: io.signal, onProgress });
      if (region.problems.length === 0) journal?.add(requestedAccountRegionLabel(requestedRegion), region);
      return region;
    },
    journal?.finished,
  );
  const surveyed: Survey = {
    regions: readings.flatMap((each) => ('read' in each ? markIgnoredSurveyEntries(each.read, ignores, currentUtcDay(io)) : [])),
    unreadRegions: readings.flatMap((each) => ('unread' in each ? each.unread : [])),
  };
  const entries = surveyed.regions.flatMap((region) => region.entries);
  const limits = surveyed.regions.flatMap((region) => region.limits);
  const rendered = {
    json: () => surveyJson(surveyed, at),
    csv: () => surveyCsv(entries, limits),
    sarif: () => indentedTerminalJson(surveySarif(entries, limits, at, io.version)),
    html: () => htmlPage(pageOfSurvey(surveyed, at)),
    ocsf: () => surveyOcsf(entries, limits, at),
  };
  if (format === undefined || writeFileOrStdout(rendered[format](), out, io)) io.stdout.write(surveyText(surveyed, all, at, io.stdout));
  for (const { scope, problems } of surveyed.regions)
    for (const problem of problems) io.stderr.write(`portcullis: ${accountRegionLabel(scope)}: ${problem}\n`);
  for (const { label, reason } of surveyed.unreadRegions) io.stderr.write(`portcullis: ${label} was not read: ${reason}\n`);
  if (io.signal.aborted) {
    const toContinue = journal === undefined ? '' : '. To continue, add `--resume`';
    throw new Interrupted(`interrupted; the output shows what was found so far${toContinue}`);
  }
  const unread = surveyed.unreadRegions.filter(({ isPermanent = false }) => !isPermanent);
  // If the survey reads a region only from AWS Config, the region counts as complete, because `--resume` would meet the same problems
  // again.
  const incomplete = surveyed.regions.filter(({ problems, recorded }) => problems.length > 0 && recorded?.isVerified !== false);
  journal?.end(unread.length + incomplete.length, io);
  const isBad = ({ severity, ignored }: Pick<SurveyEntry, 'severity' | 'ignored'>): boolean =>
    ignored === undefined && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(failOn);
  if (entries.some(isBad) || limits.some(isBad)) return 2;
  return countUnreadOfSurvey(surveyed) === '' ? 0 : 1;
}

async function loadSurveyIgnores(fileName: string | undefined, io: Io): Promise<readonly IgnoreEntry[]> {
  if (fileName === undefined) return [];
  const text = await readTextFile(fileName, MAX_IGNORE_FILE_LENGTH, io);
  const read = readSurveyIgnores(text);
  if (!read.ok) throw new InvalidFile(colouredFileProblems({ fileName, text, problems: read.problems }, io.stderr.colours));
  return read.value;
}

type OnProgress = Parameters<typeof surveyRegion>[1]['onProgress'];

/** Shows the current step while one region is surveyed. */
function showSurveySteps(accountRegion: AccountRegion, { progress }: Io): OnProgress {
  const label = accountRegionLabel(accountRegion);
  return (doing, done, of) => {
    if (of === undefined) progress.show(`${label}: ${doing}: ${done} …`);
    else progress.bar(done, of, `${label}: ${doing}`);
  };
}

/** Shows only the number of groups while several regions are surveyed, because one line has no room for the step of each region. */
function countGroupsOnly(onGroups: (groups: number) => void): OnProgress {
  return (doing, done) => {
    if (doing === 'reading groups') onGroups(done);
  };
}

/**
 * Marks the accepted exposures. Makes all entries share one `scope` object, because each entry in a resumed journal has its own copy.
 */
function markIgnoredSurveyEntries(region: SurveyedRegion, ignores: readonly IgnoreEntry[], day: string): SurveyedRegion {
  const { scope } = region;
  return {
    ...region,
    entries: region.entries.map((entry) => ({ ...markIgnoredSurveyEntry(entry, ignores, day), scope })),
    limits: region.limits.map((entry) => ({ ...entry, scope })),
  };
}

/** Later releases with the same `schemaVersion` can add members, but never change existing members. `exposures` are ordered worst first. */
function surveyJson(survey: Survey, now: Date): string {
  const { regions, unreadRegions } = survey;
  const entries = regions.flatMap((region) => region.entries);
  const limits = regions.flatMap((region) => region.limits);
  return indentedTerminalJson({
    schemaVersion: 1,
    at: now.toISOString(),
    headline: surveyHeadline(survey),
    exposures: foldSurveyEntries(entries).flat().map(surveyEntryJson),
    ...(limits.length > 0 && { limits: foldSurveyedLimits(limits).flat().map(surveyedLimitJson) }),
    regions: regions.map(({ scope, groups, unattached, redundant, historySince, recorded, problems }) => ({
      ...{ accountId: scope.accountId, ...accountNameJson(scope), region: scope.region, profile: scope.profile ?? null },
      ...{ groups, unattached, redundant, problems },
      ...(historySince !== undefined && { historySince }),
      ...configCaptureJson({ recorded }),
    })),
    unreadRegions: unreadRegions.map((each) => ({
      ...{ label: each.label, reason: each.reason },
      ...(each.accountId !== undefined && { accountId: each.accountId, ...accountNameJson(each), region: each.region ?? null }),
    })),
  });
}

/** `portcullis report [FILE]`: shows the state of all guarded groups, across regions and profiles. */
import { createHash } from 'node:crypto';
import { renderCompiledBaseline } from '@portcullis/baseline';
import { auditRegions, statesOfAuditedRegions, type AuditedRegion, type ReadRegion } from '../plan/audit-regions.js';
import { auditExitCode } from '../plan/audit-totals.js';
import { findRequestedAccountRegions, accountRegionOptionProblems, requestedAccountRegionsKey } from '../aws/account-regions.js';
import { loadBaselineFile } from '../files/load-baseline.js';
import { writeFileOrStdout } from '../files/write-file.js';
import { DEFAULT_JOURNAL_FILE } from '../command-line/default-files.js';
import { Interrupted } from '../command-line/failure.js';
import type { ExitCode, Io } from '../command-line/io.js';
import { cannotCombineOptions, chosenOutputFormat, type FormatOptions } from '../command-line/output-format.js';
import { pageOfGroupStates } from '../page/from-states.js';
import { htmlPage } from '../page/page.js';
import { reportOcsf } from './report-ocsf.js';
import { planJsonOfRegions } from '../plan/plan-json.js';
import { reportText } from './report-text.js';
import { openJournalFile } from '../files/journal-file.js';
import { readEarlierReports, trendSinceReports, type SinceOptions } from './since.js';
import { trendJson, trendText, type Trend } from './trend.js';
import { indentedTerminalJson } from '../command-line/printable.js';

const FORMATS = ['json', 'html', 'ocsf'] as const;

export interface ReportOptions extends SinceOptions, FormatOptions<(typeof FORMATS)[number]> {
  readonly who?: boolean;
  readonly allGroups?: boolean;
  readonly allowAbsent?: boolean;
  readonly resume?: boolean;
  readonly restart?: boolean;
  readonly journal?: string;
}

/** @throws {Failure | Interrupted} */
export async function report(fileName: string, options: ReportOptions, io: Io): Promise<ExitCode> {
  const { resume = false, restart = false, who = false } = options;
  const format = chosenOutputFormat(FORMATS, options, [
    resume && restart && cannotCombineOptions('--resume', '--restart'),
    options.guardName !== undefined &&
      options.since === undefined &&
      '`--guard-name` needs `--since`; expected `--since` with an earlier report',
    ...accountRegionOptionProblems(options),
  ]);
  const { compiled } = await loadBaselineFile(fileName, io);
  const earlier = await readEarlierReports(options, io);
  const { journal: journalFile = DEFAULT_JOURNAL_FILE } = options;
  const request = [renderCompiledBaseline(compiled), requestedAccountRegionsKey(options), who];
  const regions = await findRequestedAccountRegions(options, io);
  const journal = openJournalFile<ReadRegion>('report', journalFile, request, { resume, restart }, io);
  let reported: AuditedRegion[];
  try {
    reported = await auditRegions(regions, { compiled, who, behind: format === 'html', journal }, io);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(`interrupted; the finished regions are saved in \`${journalFile}\`. To continue, add \`--resume\``, {
      cause: error,
    });
  }
  const baselineDigest = createHash('sha256').update(renderCompiledBaseline(compiled)).digest('hex');
  const about = { baselineFile: fileName, baselineDigest, at: journal.at };
  const trend = earlier.length === 0 ? undefined : await trendSinceReports(earlier, planJsonOfRegions(reported, about), options, io);
  writeReportOutput(reported, { ...about, trend }, { ...options, format }, io);
  const failed = reported.filter((each) => each.kind === 'failed');
  for (const { label, reason } of failed) io.stderr.write(`portcullis: ${label} was not read: ${reason}\n`);
  const code = auditExitCode(statesOfAuditedRegions(reported), { ...options, failedRegions: failed.length }, io);
  journal.end(failed.filter(({ isPermanent = false }) => !isPermanent).length, io);
  return failed.length > 0 ? 1 : code;
}

interface About {
  readonly baselineFile: string;
  /** SHA-256 of the compiled baselines and limits. With this hash, a later report finds out whether the baselines or limits changed. */
  readonly baselineDigest: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

function writeReportOutput(
  reported: readonly AuditedRegion[],
  { trend, ...about }: About & { readonly trend: Trend | undefined },
  { format, out, allGroups = false }: ReportOptions & { readonly format: (typeof FORMATS)[number] | undefined },
  io: Io,
): void {
  const since = (): string => (trend === undefined ? '' : `\n${trendText(trend, io.stdout)}`);
  const text = (): string => reportText(reported, allGroups, io.now(), io.stdout) + since();
  if (format === undefined) {
    io.stdout.write(text());
    return;
  }
  const regions = reported.filter((each) => each.kind === 'read');
  const unreadRegions = reported.filter((each) => each.kind === 'failed');
  const page = (): string =>
    htmlPage({ ...pageOfGroupStates({ ...about, regions, unreadRegions }), ...(trend !== undefined && { since: trend }) });
  const json = (): object => ({ ...planJsonOfRegions(reported, about), ...(trend !== undefined && { since: trendJson(trend) }) });
  const rendered = { json: () => indentedTerminalJson(json()), html: page, ocsf: () => reportOcsf(regions, new Date(about.at)) };
  const isFile = writeFileOrStdout(rendered[format](), out, io);
  if (isFile) io.stdout.write(text());
}

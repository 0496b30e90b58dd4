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
import { trendJson, trendText } from './trend.js';
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
  const requested = await findRequestedAccountRegions(options, io);
  const journal = openJournalFile<ReadRegion>('report', journalFile, request, { resume, restart }, io);
  let reported: AuditedRegion[];
  try {
    reported = await auditRegions(requested, { compiled, who, behind: format === 'html', journal }, io);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(`interrupted; the finished regions are saved in \`${journalFile}\`. To continue, add \`--resume\``, {
      cause: error,
    });
  }
  // With this hash, a later report finds out whether the baselines or limits changed.
  const baselineDigest = createHash('sha256').update(renderCompiledBaseline(compiled)).digest('hex');
  const about = { baselineFile: fileName, baselineDigest, at: journal.at };
  const trend = earlier.length === 0 ? undefined : await trendSinceReports(earlier, planJsonOfRegions(reported, about), options, io);
  const regions = reported.filter((each) => each.kind === 'read');
  const failed = reported.filter((each) => each.kind === 'failed');
  const rendered = {
    json: () => indentedTerminalJson({ ...planJsonOfRegions(reported, about), ...(trend !== undefined && { since: trendJson(trend) }) }),
    html: () =>
      htmlPage({ ...pageOfGroupStates({ ...about, regions, unreadRegions: failed }), ...(trend !== undefined && { since: trend }) }),
    ocsf: () => reportOcsf(regions, new Date(about.at)),
  };
  if (format === undefined || writeFileOrStdout(rendered[format](), options.out, io)) {
    io.stdout.write(reportText(reported, options.allGroups === true, io.now(), io.stdout));
    if (trend !== undefined) io.stdout.write(`\n${trendText(trend, io.stdout)}`);
  }
  for (const { label, reason } of failed) io.stderr.write(`portcullis: ${label} was not read: ${reason}\n`);
  const code = auditExitCode(statesOfAuditedRegions(reported), { ...options, failedRegions: failed.length }, io);
  journal.end(failed.filter(({ isPermanent = false }) => !isPermanent).length, io);
  return failed.length > 0 ? 1 : code;
}

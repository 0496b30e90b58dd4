/** `portcullis plan [FILE]`: shows how the live groups differ from their baselines, and which changes would restore the groups. */
import { auditRegions, statesOfAuditedRegions } from './audit-regions.js';
import { auditExitCode } from './audit-totals.js';
import { findRequestedAccountRegions, accountRegionOptionProblems, type RegionsOptions } from '../aws/account-regions.js';
import { groupOptionProblems } from '../command-line/group-option.js';
import { loadBaselineFile, warnOfExposuresInBaselineFile } from '../files/load-baseline.js';
import { writeFileOrStdout } from '../files/write-file.js';
import { Failure } from '../command-line/failure.js';
import type { ExitCode, Io } from '../command-line/io.js';
import { cannotCombineOptions, chosenOutputFormat, type FormatOptions } from '../command-line/output-format.js';
import { pageOfGroupStates } from '../page/from-states.js';
import { htmlPage } from '../page/page.js';
import { planJson, planJsonOfRegions } from './plan-json.js';
import { planText } from './plan-text.js';
import { planSarif } from './plan-sarif.js';
import { indentedTerminalJson } from '../command-line/printable.js';
import { countUnreadRegions } from '../render/unread-regions.js';

const FORMATS = ['json', 'sarif', 'html'] as const;

export interface PlanOptions extends RegionsOptions, FormatOptions<(typeof FORMATS)[number]> {
  /** Whether to ask CloudTrail who changed the rules. @default true only with `html` */
  readonly who?: boolean;
  readonly allowAbsent?: boolean;
  /** The ids of the only groups to compare. @default all guarded groups */
  readonly group?: readonly string[];
}

/** @throws {Failure | Interrupted} */
export async function planCommand(fileName: string, options: PlanOptions, io: Io): Promise<ExitCode> {
  const { group, out } = options;
  const several = (['organization', 'aggregator', 'regions', 'profiles'] as const).find((name) => options[name] !== undefined);
  const isOne = several === undefined;
  const format = chosenOutputFormat(FORMATS, options, [
    ...groupOptionProblems(group),
    several !== undefined && group !== undefined && cannotCombineOptions('--group', `--${several}`),
    ...accountRegionOptionProblems(options),
  ]);
  const loaded = await loadBaselineFile(fileName, io);
  warnOfExposuresInBaselineFile(loaded, io);
  const isHtml = format === 'html';
  const reading = { compiled: loaded.compiled, who: options.who ?? isHtml, behind: isHtml, alias: true, only: group };
  const audited = await auditRegions(await findRequestedAccountRegions(options, io), reading, io);
  const failed = audited.filter((each) => each.kind === 'failed');
  if (isOne && failed[0] !== undefined) throw new Failure(failed[0].reason);
  const planned = audited.filter((each) => each.kind === 'read');
  const [only] = planned;
  const about = { baselineFile: loaded.fileName, at: io.now().toISOString() };
  const rendered = {
    json: () => indentedTerminalJson(isOne && only !== undefined ? planJson(only.states, only, about) : planJsonOfRegions(audited, about)),
    sarif: () => indentedTerminalJson(planSarif(planned, loaded, io.version)),
    html: () => htmlPage(pageOfGroupStates({ ...about, regions: planned, unreadRegions: failed })),
  };
  if (format === undefined || writeFileOrStdout(rendered[format](), out, io))
    io.stdout.write(planText(planned, io.now(), io.stdout, countUnreadRegions(failed)));
  for (const { label, reason } of failed) io.stderr.write(`portcullis: ${label} was not read: ${reason}\n`);
  const code = auditExitCode(statesOfAuditedRegions(audited), { ...options, failedRegions: failed.length }, io);
  return failed.length > 0 ? 1 : code;
}

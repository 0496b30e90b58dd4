/** `report --since FILE …`: reads the earlier reports and, with `--guard-name`, the logs of the deployment. */
import { requestedAccountRegionLabel, requestedProfileRegions, type RegionsOptions } from '../aws/account-regions.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { Failure, failCommandOnProblems } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { readReportSnapshot, reportSnapshot, type ReportSnapshot } from './snapshot.js';
import { readReactionsForReport, reportReactionTimes, type LoggedEvent } from './times.js';
import { reportTrend, type Trend } from './trend.js';

export interface SinceOptions extends RegionsOptions {
  /** The files of earlier reports. */
  readonly since?: readonly string[];
  /** The name of the deployment whose logs are read. */
  readonly guardName?: string;
}

/**
 * Returns the earlier reports, oldest first.
 *
 * @throws {Failure} with the problems of all files.
 */
export async function readEarlierReports({ since = [] }: SinceOptions, io: Pick<Io, 'cwd' | 'now'>): Promise<ReportSnapshot[]> {
  const problems: string[] = [];
  const reports: ReportSnapshot[] = [];
  for (const fileName of since) {
    try {
      const report = await readReportSnapshot(fileName, io);
      if (Date.parse(report.at) > io.now().getTime())
        problems.push(`\`${fileName}\` was made at ${report.at}, which is in the future; expected an earlier report`);
      reports.push(report);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push(error.message);
    }
  }
  failCommandOnProblems(problems);
  return reports.sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** @param report the JSON of the current report */
export async function trendSinceReports(earlier: readonly ReportSnapshot[], report: object, options: SinceOptions, io: Io): Promise<Trend> {
  const trend = reportTrend([...earlier, reportSnapshot(report, null)]);
  const { guardName } = options;
  const [oldest] = earlier;
  if (guardName === undefined || oldest === undefined) return trend;
  const read = new Map<string, readonly LoggedEvent[]>();
  const notes = [...trend.notes];
  for (const requested of requestedProfileRegions(options)) {
    io.progress.show(`reading the logs of ${requestedAccountRegionLabel(requested)} …`);
    try {
      await inAccountRegion(requested, io, async (accountRegion) => {
        const key = `${await accountRegion.accountId()}/${accountRegion.region}`;
        if (!read.has(key)) read.set(key, await readReactionsForReport(accountRegion, guardName, new Date(oldest.at), io.signal));
      });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // This becomes a note instead of an error, because the deployment possibly does not guard this region.
      notes.push(`The times do not include the logs of ${requestedAccountRegionLabel(requested)}: ${error.message}.`);
    }
  }
  if (read.size === 0) return { ...trend, notes };
  return { ...trend, notes, times: reportReactionTimes([...read.values()].flat()) };
}

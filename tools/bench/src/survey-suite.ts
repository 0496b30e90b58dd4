import { DRIFT_EVERY, INTERFACES, PORTS } from './bench-fleet.js';
import { countFigure, type BenchOptions, type BenchReport } from './bench-report.js';
import { benchFleetReport, measureBenchFleetCommand, type FleetUsage } from './fleet-usage.js';

const PROMISED = { milliseconds: 12_000, megabytes: 300 };

export default async function benchSurvey({ quick }: BenchOptions): Promise<BenchReport> {
  const groups = quick ? 1000 : 10_000;
  const tenth = await measureBenchSurvey(groups / 10);
  const all = await measureBenchSurvey(groups);
  const what = `survey of ${countFigure(groups).text} groups`;
  return benchFleetReport(
    `${PORTS.length} rules and ${INTERFACES} network interfaces in each group, one group in ${DRIFT_EVERY} open to the internet`,
    what,
    [
      [`survey of ${countFigure(groups / 10).text} groups`, tenth],
      [what, all],
    ],
    PROMISED,
  );
}

function measureBenchSurvey(groups: number): Promise<FleetUsage> {
  return measureBenchFleetCommand(groups, `SSH is open to the internet on ${groups / DRIFT_EVERY} groups`, () => ['survey']);
}

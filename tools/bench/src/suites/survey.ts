import { DRIFT_EVERY, INTERFACES, PORTS } from '../fleet.js';
import { count, type Options, type Report } from '../harness.js';
import { fleetReport, spentOn, type SpentOnFleet } from '../spent-on-fleet.js';

const PROMISED = { milliseconds: 12_000, megabytes: 300 };

export async function survey({ quick }: Options): Promise<Report> {
  const groups = quick ? 1000 : 10_000;
  const tenth = await surveyOf(groups / 10);
  const all = await surveyOf(groups);
  const what = `survey of ${count(groups).text} groups`;
  return fleetReport(
    `${PORTS.length} rules and ${INTERFACES} network interfaces in each group, one group in ${DRIFT_EVERY} open to the internet`,
    what,
    [
      [`survey of ${count(groups / 10).text} groups`, tenth],
      [what, all],
    ],
    PROMISED,
  );
}

function surveyOf(groups: number): Promise<SpentOnFleet> {
  return spentOn(groups, `SSH is open to the internet on ${groups / DRIFT_EVERY} groups`, () => ['survey']);
}

import { DRIFT_EVERY, INTERFACES, PORTS } from '../fleet.js';
import { atMost, count, duration, ratio, type Options, type Report } from '../harness.js';
import { spentOn, type SpentOnFleet } from '../spent-on-fleet.js';

const PROMISED_MILLISECONDS = 12_000;
const PROMISED_MEGABYTES = 300;

export async function survey({ quick }: Options): Promise<Report> {
  const groups = quick ? 1000 : 10_000;
  const tenth = await surveyOf(groups / 10);
  const all = await surveyOf(groups);
  const row = (of: number, { milliseconds, megabytes, calls }: SpentOnFleet) => ({
    'of the first': ratio(milliseconds / tenth.milliseconds),
    what: `survey of ${count(of).text} groups`,
    CPU: duration(milliseconds),
    memory: count(megabytes, 'MB'),
    calls: count(calls),
  });
  const what = `survey of ${count(groups).text} groups`;
  return {
    tables: {
      [`${PORTS.length} rules and ${INTERFACES} network interfaces in each group, one group in ${DRIFT_EVERY} open to the world`]: [
        row(groups / 10, tenth),
        row(groups, all),
      ],
    },
    promises: [
      atMost(`${what}, CPU`, duration(all.milliseconds), duration(PROMISED_MILLISECONDS)),
      atMost(`${what}, memory`, count(all.megabytes, 'MB'), count(PROMISED_MEGABYTES, 'MB')),
    ],
    notes: ['Memory is the sum of the peaks of all processes, which need not occur at the same time.'],
  };
}

function surveyOf(groups: number): Promise<SpentOnFleet> {
  return spentOn(groups, `SSH is open to the internet on ${groups / DRIFT_EVERY} groups`, () => ['survey']);
}

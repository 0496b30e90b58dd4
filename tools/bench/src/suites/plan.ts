import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRIFT_EVERY, PORTS } from '../fleet.js';
import { atMost, count, duration, ratio, type Options, type Report } from '../harness.js';
import { spentOn, type SpentOnFleet } from '../spent-on-fleet.js';

const PROMISED_MILLISECONDS = 15_000;
const PROMISED_MEGABYTES = 300;

export async function plan({ quick }: Options): Promise<Report> {
  const groups = quick ? 1000 : 10_000;
  const tenth = await planOf(groups / 10, 'tag');
  const byTag = await planOf(groups, 'tag');
  const byId = await planOf(groups, 'id');
  const row = (what: string, { milliseconds, megabytes, calls }: SpentOnFleet) => ({
    'of the first': ratio(milliseconds / tenth.milliseconds),
    what,
    CPU: duration(milliseconds),
    memory: count(megabytes, 'MB'),
    calls: count(calls),
  });
  const what = `plan of ${count(groups).text} groups`;
  return {
    tables: {
      [`${PORTS.length} rules in each group, one group in ${DRIFT_EVERY} drifted`]: [
        row(`plan of ${count(groups / 10).text} groups, by tag`, tenth),
        row(`${what}, by tag`, byTag),
        row(`${what}, by id`, byId),
      ],
    },
    promises: [
      atMost(`${what}, CPU`, duration(Math.max(byTag.milliseconds, byId.milliseconds)), duration(PROMISED_MILLISECONDS)),
      atMost(`${what}, memory`, count(Math.max(byTag.megabytes, byId.megabytes), 'MB'), count(PROMISED_MEGABYTES, 'MB')),
    ],
    notes: ['Memory is the sum of the peaks of all processes, which need not occur at the same time.'],
  };
}

/** Runs `portcullis plan` of a fleet. */
async function planOf(groups: number, by: 'tag' | 'id'): Promise<SpentOnFleet> {
  return spentOn(groups, `in ${Math.floor(groups / DRIFT_EVERY)} of ${groups} guarded groups`, (folder, ids) => {
    const baseline = join(folder, 'baseline.yaml');
    writeFileSync(baseline, baselineOf(by === 'tag' ? '{ tags: { Tier: service } }' : `{ ids: [${ids.join(', ')}] }`));
    return ['plan', baseline];
  });
}

function baselineOf(groups: string): string {
  const ingress = PORTS.map(
    (port) => `      - { IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }\n`,
  );
  return `version: 1\nbaselines:\n  - name: service\n    groups: ${groups}\n    ingress:\n${ingress.join('')}`;
}

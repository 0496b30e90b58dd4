import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRIFT_EVERY, PORTS } from '../fleet.js';
import { count, type Options, type Report } from '../harness.js';
import { fleetReport, spentOn, type SpentOnFleet } from '../spent-on-fleet.js';

const PROMISED = { milliseconds: 15_000, megabytes: 300 };

export async function plan({ quick }: Options): Promise<Report> {
  const groups = quick ? 1000 : 10_000;
  const tenth = await planOf(groups / 10, 'tag');
  const byTag = await planOf(groups, 'tag');
  const byId = await planOf(groups, 'id');
  const what = `plan of ${count(groups).text} groups`;
  return fleetReport(
    `${PORTS.length} rules in each group, one group in ${DRIFT_EVERY} drifted`,
    what,
    [
      [`plan of ${count(groups / 10).text} groups, by tag`, tenth],
      [`${what}, by tag`, byTag],
      [`${what}, by id`, byId],
    ],
    PROMISED,
  );
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

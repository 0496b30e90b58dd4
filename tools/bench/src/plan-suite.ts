import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRIFT_EVERY, PORTS } from './bench-fleet.js';
import { countFigure, type BenchOptions, type BenchReport } from './bench-report.js';
import { benchFleetReport, measureBenchFleetCommand, type FleetUsage } from './fleet-usage.js';

const PROMISED = { milliseconds: 15_000, megabytes: 300 };

export default async function benchPlan({ quick }: BenchOptions): Promise<BenchReport> {
  const groups = quick ? 1000 : 10_000;
  const tenth = await measureBenchPlan(groups / 10, 'tag');
  const byTag = await measureBenchPlan(groups, 'tag');
  const byId = await measureBenchPlan(groups, 'id');
  const what = `plan of ${countFigure(groups).text} groups`;
  return benchFleetReport(
    `${PORTS.length} rules in each group, one group in ${DRIFT_EVERY} drifted`,
    what,
    [
      [`plan of ${countFigure(groups / 10).text} groups, by tag`, tenth],
      [`${what}, by tag`, byTag],
      [`${what}, by id`, byId],
    ],
    PROMISED,
  );
}

async function measureBenchPlan(groups: number, by: 'tag' | 'id'): Promise<FleetUsage> {
  return measureBenchFleetCommand(groups, `in ${Math.floor(groups / DRIFT_EVERY)} of ${groups} guarded groups`, (folder, ids) => {
    const baseline = join(folder, 'baseline.yaml');
    writeFileSync(baseline, benchPlanBaseline(by === 'tag' ? '{ tags: { Tier: service } }' : `{ ids: [${ids.join(', ')}] }`));
    return ['plan', baseline];
  });
}

function benchPlanBaseline(groups: string): string {
  const ingress = PORTS.map(
    (port) => `      - { IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }\n`,
  );
  return `version: 1\nbaselines:\n  - name: service\n    groups: ${groups}\n    ingress:\n${ingress.join('')}`;
}

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DRIFT_EVERY, PORTS, serveFleet } from '../fleet.js';
import { atMost, count, duration, ratio, type Options, type Report } from '../harness.js';
import { WORKSPACE } from '../measure.js';

const PROMISED_MILLISECONDS = 15_000;
const PROMISED_MEGABYTES = 300;

/** Each Node process of the command writes what it spent when it ends. There are two: the one that is called and the one it starts. */
const WRITE_SPENT = `
import { appendFileSync } from 'node:fs';
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  appendFileSync(process.env.BENCH_SPENT, JSON.stringify({ milliseconds: (userCPUTime + systemCPUTime) / 1000, megabytes: maxRSS / 1024 }) + '\\n');
});
`;
interface Spent {
  readonly milliseconds: number;
  readonly megabytes: number;
}

export async function plan({ quick }: Options): Promise<Report> {
  const groups = quick ? 1000 : 10_000;
  const tenth = await planOf(groups / 10, 'tag');
  const byTag = await planOf(groups, 'tag');
  const byId = await planOf(groups, 'id');
  const row = (what: string, { milliseconds, megabytes, calls }: Awaited<ReturnType<typeof planOf>>) => ({
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

/** Runs `portcullis plan` of a fleet. Resolves to what all its processes spent. */
async function planOf(groups: number, by: 'tag' | 'id'): Promise<Spent & { readonly calls: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-plan-'));
  const fleet = await serveFleet(groups);
  try {
    const baseline = join(folder, 'baseline.yaml');
    const spent = join(folder, 'spent.jsonl');
    writeFileSync(baseline, baselineOf(by === 'tag' ? '{ tags: { Tier: service } }' : `{ ids: [${fleet.ids.join(', ')}] }`));
    const { stdout } = spawn(process.execPath, [join(WORKSPACE, 'tools/cli/bin/portcullis.mjs'), 'plan', baseline], {
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: fleet.endpoint,
        AWS_REGION: 'eu-west-1',
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'bench',
        AWS_SECRET_ACCESS_KEY: 'bench',
        AWS_EC2_METADATA_DISABLED: 'true',
        BENCH_SPENT: spent,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(WRITE_SPENT)}`,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const output = await text(stdout);
    if (!output.includes(`in ${Math.floor(groups / DRIFT_EVERY)} of ${groups} guarded groups`)) {
      throw new Error(`the plan is not the expected one: …${output.slice(-200)}`);
    }
    const processes = readFileSync(spent, 'utf8').trim().split('\n');
    const total = processes.map((line) => JSON.parse(line) as Spent).reduce(sum);
    return { ...total, calls: fleet.calls() };
  } finally {
    fleet.stop();
    rmSync(folder, { recursive: true });
  }
}

function sum(a: Spent, b: Spent): Spent {
  return { milliseconds: a.milliseconds + b.milliseconds, megabytes: a.megabytes + b.megabytes };
}

function baselineOf(groups: string): string {
  const ingress = PORTS.map(
    (port) => `      - { IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }\n`,
  );
  return `version: 1\nbaselines:\n  - name: service\n    groups: ${groups}\n    ingress:\n${ingress.join('')}`;
}

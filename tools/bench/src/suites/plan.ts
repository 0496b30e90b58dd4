import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { declaredPorts, serveFleet, type Fleet, type FleetOptions } from '../fleet.js';
import { count, duration, ratio, type Suite } from '../report.js';
import { ROOT } from '../root.js';

const BIN = join(ROOT, '..', 'cli', 'bin', 'portcullis.mjs');
const PROMISED = { cpuSeconds: 15, megabytes: 300 };
const SHAPE = { rules: 6, driftEvery: 20 };

/** What each Node process of the command writes when it ends: there are two, the one that is called and the one it starts. */
const SPENT_BY_NODE = `
import { appendFileSync } from 'node:fs';
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  appendFileSync(process.env.BENCH_SPENT, JSON.stringify({ ms: (userCPUTime + systemCPUTime) / 1000, megabytes: maxRSS / 1024 }) + '\\n');
});
`;
interface Spent {
  readonly ms: number;
  readonly megabytes: number;
}

interface Measured extends Spent {
  readonly calls: number;
}

export const plan: Suite = {
  name: 'plan',
  about: '`portcullis plan` of a fleet on the wire: CPU time and memory of all its processes',
  run: async ({ quick }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-plan-'));
    try {
      return await report(folder, quick ? 1000 : 10_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function report(folder: string, groups: number): Promise<Awaited<ReturnType<Suite['run']>>> {
  const tenth = await planOf({ ...SHAPE, groups: groups / 10 }, 'tags', folder);
  const byTags = await planOf({ ...SHAPE, groups }, 'tags', folder);
  const byIds = await planOf({ ...SHAPE, groups }, 'ids', folder);
  const rows: [string, Measured][] = [
    [`plan of ${count(groups / 10)} groups, by tag`, tenth],
    [`plan of ${count(groups)} groups, by tag`, byTags],
    [`plan of ${count(groups)} groups, by id`, byIds],
  ];
  const worst = { ms: Math.max(byTags.ms, byIds.ms), megabytes: Math.max(byTags.megabytes, byIds.megabytes) };
  return {
    tables: [
      {
        title: `${SHAPE.rules} rules in each group, one in ${SHAPE.driftEvery} drifted`,
        head: ['CPU', 'of the first', 'memory', 'calls', 'what'],
        rows: rows.map(([what, { ms, megabytes, calls }]) => [
          duration(ms),
          ratio(ms / tenth.ms),
          `${megabytes.toFixed(0)} MB`,
          String(calls),
          what,
        ]),
      },
    ],
    promises: [
      {
        promise: `plan of ${count(groups)} groups takes at most ${PROMISED.cpuSeconds} s of CPU`,
        measured: duration(worst.ms),
        kept: worst.ms <= PROMISED.cpuSeconds * 1000,
      },
      {
        promise: `plan of ${count(groups)} groups takes at most ${PROMISED.megabytes} MB`,
        measured: `${worst.megabytes.toFixed(0)} MB`,
        kept: worst.megabytes <= PROMISED.megabytes,
      },
    ],
    notes: ['Memory is the sum of what each process had at most, whether or not at the same time.'],
    figures: Object.fromEntries(rows),
  };
}

async function planOf(options: FleetOptions, by: 'tags' | 'ids', folder: string): Promise<Measured> {
  const fleet = await serveFleet(options);
  try {
    const file = join(folder, 'baseline.yaml');
    const spentFile = join(folder, `${by}-${options.groups}.jsonl`);
    writeFileSync(file, baselineOf(fleet, options, by));
    const output = await run(process.execPath, [BIN, 'plan', file], {
      ...awsVariables(fleet),
      BENCH_SPENT: spentFile,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SPENT_BY_NODE)}`,
    });
    const drifted = Math.floor(options.groups / options.driftEvery);
    if (!output.includes(`in ${drifted} of ${options.groups} guarded groups`))
      throw new Error(`the plan is not the expected one: …${output.slice(-200)}`);
    const spent = readFileSync(spentFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Spent);
    return {
      ms: spent.reduce((sum, { ms }) => sum + ms, 0),
      megabytes: spent.reduce((sum, { megabytes }) => sum + megabytes, 0),
      calls: [...fleet.calls.values()].reduce((sum, calls) => sum + calls, 0),
    };
  } finally {
    await fleet.stop();
  }
}

function baselineOf(fleet: Fleet, options: FleetOptions, by: 'tags' | 'ids'): string {
  const groups = by === 'tags' ? '{ tags: { Tier: service } }' : `{ ids: [${fleet.ids.join(', ')}] }`;
  const ingress = declaredPorts(options).map(
    (port) => `      - { IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }\n`,
  );
  return `version: 1\nbaselines:\n  - name: service\n    groups: ${groups}\n    ingress:\n${ingress.join('')}`;
}

function awsVariables({ endpoint }: Fleet): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

async function run(program: string, args: readonly string[], variables: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...variables }, stdio: ['ignore', 'pipe', 'ignore'] });
  return text(child.stdout);
}

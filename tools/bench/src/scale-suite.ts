import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '@portcullis/cli/run';
import { promiseAtMost, countFigure, durationFigure, type BenchOptions, type BenchReport, type Row } from './bench-report.js';
import { LATENCY_MILLISECONDS, OPEN_EVERY, benchOrganization, type Size } from './bench-organization.js';

const SIZE: Size = { accounts: 300, regions: 5, groups: 200 };
const PROMISED = { megabytes: 1500, minutes: 30 };

const BASELINE = `version: 1
baselines:
  - name: service
    groups: { tags: { Tier: service } }
    ingress:
${[0, 1, 2, 3, 4, 5].map((port) => `      - { IpProtocol: tcp, FromPort: ${8000 + port}, ToPort: ${8000 + port}, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }`).join('\n')}
`;

const COMMANDS: readonly (readonly [what: string, args: readonly string[]])[] = [
  ['report, aggregator without EC2', ['report', '--aggregator', 'a']],
  ['report, aggregator', ['report', '--aggregator', 'a', '--role', 'r']],
  ['report, EC2', ['report', '--organization', '--role', 'r']],
  ['survey, aggregator', ['survey', '--no-who', '--aggregator', 'a', '--role', 'r']],
  ['survey, EC2', ['survey', '--no-who', '--organization', '--role', 'r']],
  ['survey, EC2 and CloudTrail', ['survey', '--organization', '--role', 'r']],
];

export default async function benchScale({ quick }: BenchOptions): Promise<BenchReport> {
  const size = quick ? { ...SIZE, accounts: SIZE.accounts / 10 } : SIZE;
  const rows: Row[] = [];
  let [megabytes, minutes] = [0, 0];
  for (const [what, args] of COMMANDS) {
    const spent = await measureBenchScaleCommand(args, size);
    megabytes = Math.max(megabytes, spent.megabytes);
    minutes = Math.max(minutes, spent.elapsed / 60_000);
    const of = (...names: readonly string[]) => countFigure(names.reduce((sum, name) => sum + (spent.calls.get(name) ?? 0), 0));
    rows.push({
      what,
      EC2: of('DescribeSecurityGroups', 'DescribeSecurityGroupRules', 'DescribeNetworkInterfaces', 'DescribeTags', 'DescribeRegions'),
      CloudTrail: of('LookupEvents'),
      'AWS Config': of('SelectAggregateResourceConfig', 'DescribeConfigurationAggregatorSourcesStatus'),
      'STS, Organizations': of('AssumeRole', 'ListAccounts'),
      'simulated time': { value: spent.elapsed, text: `${(spent.elapsed / 60_000).toFixed(1)} min` },
      CPU: durationFigure(spent.milliseconds),
      memory: countFigure(spent.megabytes, 'MB'),
    });
  }
  const { accounts, regions, groups } = size;
  const title = `${accounts} accounts × ${regions} regions × ${groups} groups, one group in ${OPEN_EVERY} open to the internet: calls, time and memory`;
  return {
    tables: { [title]: rows },
    promises: [
      promiseAtMost('memory', countFigure(megabytes, 'MB'), countFigure(PROMISED.megabytes, 'MB')),
      promiseAtMost(
        'simulated time',
        { value: minutes, text: `${minutes.toFixed(1)} min` },
        { value: PROMISED.minutes, text: `${PROMISED.minutes} min` },
      ),
    ],
    notes: [
      `The simulated time assumes ${LATENCY_MILLISECONDS} ms for each call, and the CLI's request rates for each account and region. CPU time and memory do not include the SDK's parsing of responses, which the suite \`survey\` measures. Memory is the largest resident size of the process, including the benchmark itself.`,
    ],
  };
}

interface Spent {
  readonly calls: ReadonlyMap<string, number>;
  readonly elapsed: number;
  readonly milliseconds: number;
  readonly megabytes: number;
}

async function measureBenchScaleCommand(args: readonly string[], size: Size): Promise<Spent> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scale-'));
  const organization = benchOrganization(size);
  let output = '';
  const before = process.cpuUsage();
  try {
    writeFileSync(join(folder, 'baseline.yaml'), BASELINE);
    await runCommandLine(args, {
      stdout: { write: (text) => (output += text) },
      stderr: { write: (text) => (output += text) },
      command: 'portcullis',
      version: '0',
      env: {},
      cwd: folder,
      now: () => new Date(),
      wait: () => Promise.resolve(),
      signal: new AbortController().signal,
      openAccountRegion: organization.openAccountRegion,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
  const open = size.accounts * size.regions * Math.ceil(size.groups / OPEN_EVERY);
  const expected = args[0] === 'survey' ? `SSH is open to the internet on ${open} groups` : `${open} to revoke`;
  if (!output.includes(expected)) throw new Error(`expected the output to contain \`${expected}\`: ${output.slice(-500)}`);
  const { user, system } = process.cpuUsage(before);
  return {
    calls: organization.calls,
    elapsed: organization.elapsed(),
    milliseconds: (user + system) / 1000,
    megabytes: organization.peakMegabytes(),
  };
}

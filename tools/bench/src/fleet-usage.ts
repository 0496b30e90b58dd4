/** Runs a CLI command against the server of `bench-fleet.ts`, and measures the command's CPU time, memory and requests. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { serveBenchFleet } from './bench-fleet.js';
import { promiseAtMost, countFigure, durationFigure, ratioFigure, type BenchReport } from './bench-report.js';
import { WORKSPACE } from './measure.js';

/** The totals of all processes of a command. */
export interface FleetUsage extends Spent {
  /** The number of requests to AWS. */
  readonly calls: number;
}

interface Spent {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/**
 * A module that appends the resource usage of its Node.js process to a file at exit. The command has two processes, and both load this
 * module.
 */
const WRITE_SPENT = `
import { appendFileSync } from 'node:fs';
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  appendFileSync(process.env.BENCH_SPENT, JSON.stringify({ milliseconds: (userCPUTime + systemCPUTime) / 1000, megabytes: maxRSS / 1024 }) + '\\n');
});
`;

/**
 * Runs the command on a fleet with the given number of groups.
 *
 * @param expected a text that the output must contain
 * @param command returns the arguments of `portcullis`, given a folder for files and the ids of the groups
 * @throws {Error} if the output does not contain `expected`
 */
export async function measureBenchFleetCommand(
  groups: number,
  expected: string,
  command: (folder: string, ids: readonly string[]) => readonly string[],
): Promise<FleetUsage> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
  const fleet = await serveBenchFleet(groups);
  try {
    const spent = join(folder, 'spent.jsonl');
    const { stdout } = spawn(process.execPath, [join(WORKSPACE, 'tools/cli/bin/portcullis.mjs'), ...command(folder, fleet.ids)], {
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
    if (!output.includes(expected))
      throw new Error(`expected the output to contain \`${expected}\`: ${output.slice(0, 200)} … ${output.slice(-200)}`);
    const processes = readFileSync(spent, 'utf8').trim().split('\n');
    const total = processes.map((line) => JSON.parse(line) as Spent).reduce(sumBenchUsage);
    return { ...total, calls: fleet.calls() };
  } finally {
    fleet.stop();
    rmSync(folder, { recursive: true });
  }
}

/**
 * Returns the report of a command that ran on fleets of different sizes. The promises apply to every run except the first, with which the
 * table compares the other runs.
 *
 * @param what the subject of the promises
 * @param runs the name and the usage of each run
 */
export function benchFleetReport(
  title: string,
  what: string,
  runs: readonly [first: readonly [string, FleetUsage], ...others: (readonly [string, FleetUsage])[]],
  promised: Spent,
): BenchReport {
  const [[, first], ...others] = runs;
  const most = (of: keyof Spent): number => Math.max(...others.map(([, spent]) => spent[of]));
  return {
    tables: {
      [title]: runs.map(([run, { milliseconds, megabytes, calls }]) => ({
        'of the first': ratioFigure(milliseconds / first.milliseconds),
        what: run,
        CPU: durationFigure(milliseconds),
        memory: countFigure(megabytes, 'MB'),
        calls: countFigure(calls),
      })),
    },
    promises: [
      promiseAtMost(`${what}, CPU`, durationFigure(most('milliseconds')), durationFigure(promised.milliseconds)),
      promiseAtMost(`${what}, memory`, countFigure(most('megabytes'), 'MB'), countFigure(promised.megabytes, 'MB')),
    ],
    notes: ['Memory is the sum of the peaks of all processes, which can occur at different times.'],
  };
}

function sumBenchUsage(a: Spent, b: Spent): Spent {
  return { milliseconds: a.milliseconds + b.milliseconds, megabytes: a.megabytes + b.megabytes };
}

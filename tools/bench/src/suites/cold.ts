import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderCompiledBaseline } from '@portcullis/baseline';
import { count, duration, ratio, type Promised, type Suite } from '../report.js';
import { ROOT } from '../root.js';

const WORKSPACE = join(ROOT, '..', '..');
const BARE = 'a bare Node.js process';
const PYTHON = '`import boto3` and two clients';
/** CPU time beside a bare Node.js process and beside Python. */
const PROMISED_RATIOS = { [BARE]: 1.4, [PYTHON]: 0.35 };
const PROMISED_BYTES = { 'config-remediator': 250_000, 'cloudtrail-detector': 220_000 };

const PRINT_CPU_TIME = 'const { user, system } = process.cpuUsage(); console.log(`\\n${user + system}`);';
/** What the published Python rule loads before its handler runs. */
const PYTHON_SCRIPT = `
import time, boto3
boto3.client('ec2', region_name='eu-west-1')
boto3.client('config', region_name='eu-west-1')
print('\\n%d' % (time.process_time() * 1e6))
`;

export const cold: Suite = {
  name: 'cold',
  about: 'what a cold start of the functions costs: CPU time of loading the built bundle',
  run: ({ quick }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-cold-'));
    try {
      const baseline = join(folder, 'baseline.json');
      writeFileSync(baseline, renderCompiledBaseline({ baselines: [] }));
      return Promise.resolve(report(baseline, quick ? 3 : 30));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function report(baseline: string, rounds: number): Awaited<ReturnType<Suite['run']>> {
  const bundles = Object.entries(PROMISED_BYTES).map(([name, most]) => ({ name, most, file: bundled(name) }));
  const spent = cpuTimes(
    new Map([
      [BARE, [process.execPath, '--eval', PRINT_CPU_TIME]],
      ...bundles.map(({ name, file }): [string, string[]] => {
        const load = `await import('${pathToFileURL(file).href}'); ${PRINT_CPU_TIME}`;
        return [name, [process.execPath, '--input-type=module', '--eval', load]];
      }),
      [PYTHON, ['python3', '-c', PYTHON_SCRIPT]],
    ]),
    baseline,
    rounds,
  );
  const beside = (name: string, other: string): number => (spent.get(name) ?? NaN) / (spent.get(other) ?? NaN);
  const promises = bundles.flatMap(({ name, most, file }): Promised[] => [
    ...Object.entries(PROMISED_RATIOS)
      .filter(([other]) => spent.has(other))
      .map(([other, limit]) => ({
        promise: `loading ${name} takes at most ${limit}× of ${other}`,
        measured: `${beside(name, other).toFixed(2)}×`,
        kept: beside(name, other) <= limit,
      })),
    {
      promise: `${name} is at most ${count(most)} bytes`,
      measured: `${count(statSync(file).size)} bytes`,
      kept: statSync(file).size <= most,
    },
  ]);
  return {
    tables: [
      {
        title: `CPU time, the median of ${rounds}`,
        head: ['of bare Node.js', 'of Python', 'what', 'CPU time'],
        rows: [...spent].map(([name, ms]) => [
          ratio(beside(name, BARE)),
          spent.has(PYTHON) ? ratio(beside(name, PYTHON)) : '–',
          name,
          duration(ms),
        ]),
      },
    ],
    promises,
    notes: spent.has(PYTHON) ? [] : ['python3 with boto3 is not there: the Python rule was not measured.'],
    figures: { spent: Object.fromEntries(spent) },
  };
}

/** Builds the bundle as it is deployed, and returns where it is. */
function bundled(app: string): string {
  const folder = join(WORKSPACE, 'apps', app);
  const bin = join(WORKSPACE, 'tools', 'bundle', 'bin', 'bundle-lambda.mjs');
  const { status, stderr } = spawnSync(process.execPath, [bin], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the bundle of ${app} could not be built: ${stderr}`);
  return join(folder, 'dist', 'main.mjs');
}

/** The median CPU time of each in milliseconds, run in turn so that what else the machine does falls on all alike. */
function cpuTimes(commands: ReadonlyMap<string, readonly string[]>, baseline: string, rounds: number): Map<string, number> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, [program = '', ...parameters]] of commands) {
      const env = { ...process.env, AWS_REGION: 'eu-west-1', BASELINE_PATH: baseline };
      const { error, status, stdout, stderr } = spawnSync(program, parameters, { env, encoding: 'utf8' });
      if (error === undefined && status === 0) {
        const microseconds = Number(stdout.trim().split('\n').at(-1));
        times.set(name, [...(times.get(name) ?? []), microseconds / 1000]);
      } else if (name !== PYTHON) throw new Error(`${name} ended with ${String(status)}: ${stderr}`);
    }
  }
  return new Map([...times].map(([name, all]) => [name, all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN]));
}

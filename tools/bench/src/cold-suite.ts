import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderCompiledBaseline } from '@portcullis/baseline';
import { promiseAtMost, countFigure, durationFigure, ratioFigure, type BenchOptions, type BenchReport } from './bench-report.js';
import { benchMedian, WORKSPACE } from './measure.js';

const BARE = 'bare Node.js';
const PYTHON = '`import boto3` and two clients';
const PROMISED_RATIOS = { [BARE]: 1.4, [PYTHON]: 0.35 };
const PROMISED_BYTES = { 'config-remediator': 250_000, 'cloudtrail-detector': 220_000 };

const PRINT_CPU_TIME = 'const { user, system } = process.cpuUsage(); console.log(`\\n${user + system}`);';
/** The modules that the published Python rule loads before its handler runs. */
const PYTHON_SCRIPT = `
import time, boto3
boto3.client('ec2', region_name='eu-west-1')
boto3.client('config', region_name='eu-west-1')
print('\\n%d' % (time.process_time() * 1e6))
`;

export default function benchColdStart({ quick }: BenchOptions): BenchReport {
  const bundles = Object.entries(PROMISED_BYTES).map(([name, budget]) => ({ name, budget, file: buildBenchBundle(name) }));
  const loading = bundles.map(({ name, file }): [string, string[]] => [
    name,
    [process.execPath, '--input-type=module', '--eval', `await import('${pathToFileURL(file).href}'); ${PRINT_CPU_TIME}`],
  ]);
  const commands: [string, string[]][] = [
    [BARE, [process.execPath, '--eval', PRINT_CPU_TIME]],
    ...loading,
    [PYTHON, ['python3', '-c', PYTHON_SCRIPT]],
  ];
  const spent = benchMedianCpuTimes(new Map(commands), quick ? 3 : 30);
  const against = (name: string, other: string) => ratioFigure((spent.get(name) ?? NaN) / (spent.get(other) ?? NaN));
  return {
    tables: {
      'CPU time, median': [...spent].map(([what, milliseconds]) => ({
        'of bare Node.js': against(what, BARE),
        'of Python': spent.has(PYTHON) ? against(what, PYTHON) : '–',
        what,
        'CPU time': durationFigure(milliseconds),
      })),
    },
    promises: bundles.flatMap(({ name, budget, file }) => [
      ...Object.entries(PROMISED_RATIOS)
        .filter(([other]) => spent.has(other))
        .map(([other, limit]) => promiseAtMost(`CPU time to load ${name} relative to ${other}`, against(name, other), ratioFigure(limit))),
      promiseAtMost(name, countFigure(statSync(file).size, 'bytes'), countFigure(budget, 'bytes')),
    ]),
    notes: spent.has(PYTHON) ? [] : ['Python was not measured, because this machine has no python3 with boto3.'],
  };
}

/** Builds the function's bundle, and returns the path of the bundle. */
function buildBenchBundle(app: string): string {
  const folder = join(WORKSPACE, 'apps', app);
  const bin = join(WORKSPACE, 'tools/bundle/bin/bundle-lambda.mjs');
  const { status, stderr } = spawnSync(process.execPath, [bin], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot build the bundle of ${app}: ${stderr}`);
  return join(folder, 'dist/main.mjs');
}

/**
 * Returns each command's median CPU time in milliseconds. Every round runs all commands, so that other work on the machine slows all
 * commands equally.
 */
function benchMedianCpuTimes(commands: ReadonlyMap<string, readonly string[]>, rounds: number): ReadonlyMap<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cold-'));
  const env = { ...process.env, AWS_REGION: 'eu-west-1', BASELINE_PATH: join(folder, 'baseline.json') };
  const times = new Map<string, number[]>();
  try {
    writeFileSync(env.BASELINE_PATH, renderCompiledBaseline({ baselines: [] }));
    for (let round = 0; round < rounds; round++) {
      for (const [name, [program = '', ...parameters]] of commands) {
        const { error, status, stdout, stderr } = spawnSync(program, parameters, { env, encoding: 'utf8' });
        if (error === undefined && status === 0) {
          const microseconds = Number(stdout.trim().split('\n').at(-1));
          times.set(name, [...(times.get(name) ?? []), microseconds / 1000]);
        } else if (name !== PYTHON) throw new Error(`${name} ended with ${String(status)}: ${stderr}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return new Map([...times].map(([name, all]) => [name, benchMedian(all)]));
}

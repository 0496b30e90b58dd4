import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderCompiledBaseline } from '@portcullis/baseline';
import { promiseAtMost, countFigure, durationFigure, ratioFigure, type BenchOptions, type BenchReport } from '../bench-report.js';
import { median, WORKSPACE } from '../measure.js';

const BARE = 'bare Node.js';
const PROMISED_RATIO = 1.4;
const PROMISED_BYTES = { 'config-remediator': 250_000, 'cloudtrail-detector': 220_000 };

const PRINT_CPU_TIME = 'const { user, system } = process.cpuUsage(); console.log(`\\n${user + system}`);';

export function benchColdStart({ quick }: BenchOptions): BenchReport {
  const bundles = Object.entries(PROMISED_BYTES).map(([name, budget]) => ({ name, budget, file: buildLambdaBundle(name) }));
  const programs = new Map([[BARE, PRINT_CPU_TIME]]);
  for (const { name, file } of bundles) programs.set(name, `await import('${pathToFileURL(file).href}'); ${PRINT_CPU_TIME}`);
  const spent = medianCpuTimes(programs, quick ? 3 : 30);
  const againstBare = (name: string) => ratioFigure((spent.get(name) ?? NaN) / (spent.get(BARE) ?? NaN));
  return {
    tables: {
      'CPU time, median': [...spent].map(([what, milliseconds]) => ({
        'of bare Node.js': againstBare(what),
        what,
        'CPU time': durationFigure(milliseconds),
      })),
    },
    promises: bundles.flatMap(({ name, budget, file }) => [
      promiseAtMost(`CPU time to load ${name} against ${BARE}`, againstBare(name), ratioFigure(PROMISED_RATIO)),
      promiseAtMost(name, countFigure(statSync(file).size, 'bytes'), countFigure(budget, 'bytes')),
    ]),
  };
}

/** Builds the bundle as it is deployed, and returns its path. */
function buildLambdaBundle(app: string): string {
  const folder = join(WORKSPACE, 'apps', app);
  const bin = join(WORKSPACE, 'tools/bundle/bin/bundle-lambda.mjs');
  const { status, stderr } = spawnSync(process.execPath, [bin], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot build the bundle of ${app}: ${stderr}`);
  return join(folder, 'dist/main.mjs');
}

/** Returns the median CPU time of each program in milliseconds. Alternates between them, so that other work slows all equally. */
function medianCpuTimes(programs: ReadonlyMap<string, string>, rounds: number): ReadonlyMap<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cold-'));
  const env = { ...process.env, AWS_REGION: 'eu-west-1', BASELINE_PATH: join(folder, 'baseline.json') };
  const times = new Map<string, number[]>();
  try {
    writeFileSync(env.BASELINE_PATH, renderCompiledBaseline({ baselines: [] }));
    for (let round = 0; round < rounds; round++) {
      for (const [name, program] of programs) {
        const options = ['--input-type=module', '--eval', program];
        const { status, stdout, stderr } = spawnSync(process.execPath, options, { env, encoding: 'utf8' });
        if (status !== 0) throw new Error(`${name} ended with ${String(status)}: ${stderr}`);
        const microseconds = Number(stdout.trim().split('\n').at(-1));
        times.set(name, [...(times.get(name) ?? []), microseconds / 1000]);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderCompiledBaseline } from '@portcullis/baseline';
import { ROOT } from '../root.js';
import { count, duration, ratio, type Suite } from '../report.js';

const WORKSPACE = join(ROOT, '..', '..');
const GUARDS = ['config-remediator', 'cloudtrail-detector'] as const;

const BUDGET_BYTES = 340_000;
const PROMISED = { bare: 1.7, python: 0.35 };

const SPENT_BY_NODE = 'const { user, system } = process.cpuUsage(); console.log(`\\n${user + system}`);';
/** What the published Python rule loads before its handler runs. */
const PYTHON = `
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
  const bundles = GUARDS.map((name) => ({ name, file: bundled(name) }));
  const commands = new Map<string, readonly string[]>([
    ['a bare Node.js process', [process.execPath, '--eval', SPENT_BY_NODE]],
    ...bundles.map(({ name, file }): [string, readonly string[]] => [
      name,
      [process.execPath, '--input-type=module', '--eval', `await import('${pathToFileURL(file).href}'); ${SPENT_BY_NODE}`],
    ]),
    ['import boto3 and two clients', ['python3', '-c', PYTHON]],
  ]);
  const spent = spentByEach(commands, baseline, rounds);
  const of = (name: string): number => spent.get(name) ?? NaN;
  const bare = of('a bare Node.js process');
  const python = spent.get('import boto3 and two clients');
  const bytes = bundles.map(({ name, file }) => ({ name, bytes: statSync(file).size }));
  return {
    tables: [
      {
        title: `CPU time, the median of ${rounds}`,
        head: ['of bare Node.js', 'of Python', 'what', 'CPU time'],
        rows: [...spent].map(([name, ms]) => [ratio(ms / bare), python === undefined ? '–' : ratio(ms / python), name, duration(ms)]),
      },
      {
        title: 'bytes of a bundle, the AWS SDK included',
        head: ['of budget', 'what', 'bytes'],
        rows: bytes.map(({ name, bytes: size }) => [ratio(size / BUDGET_BYTES), name, count(size)]),
      },
    ],
    promises: [
      ...GUARDS.flatMap((name) => [
        promise(`loading ${name} takes at most`, of(name) / bare, PROMISED.bare, 'a bare Node.js process'),
        ...(python === undefined
          ? []
          : [promise(`loading ${name} takes at most`, of(name) / python, PROMISED.python, '`import boto3` and two clients')]),
      ]),
      ...bytes.map(({ name, bytes: size }) => ({
        promise: `${name} is at most ${count(BUDGET_BYTES)} bytes`,
        measured: `${count(size)} bytes`,
        kept: size <= BUDGET_BYTES,
      })),
    ],
    notes: python === undefined ? ['python3 with boto3 is not there: the Python rule was not measured.'] : [],
    figures: { spent: Object.fromEntries(spent), bytes },
  };
}

function promise(what: string, measured: number, most: number, than: string) {
  return { promise: `${what} ${most}× of ${than}`, measured: ratio(measured), kept: measured <= most };
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
function spentByEach(commands: ReadonlyMap<string, readonly string[]>, baseline: string, rounds: number): Map<string, number> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, [program = '', ...parameters]] of commands) {
      const env = { ...process.env, AWS_REGION: 'eu-west-1', BASELINE_PATH: baseline };
      const { error, status, stdout } = spawnSync(program, parameters, { env, encoding: 'utf8' });
      // Nothing was printed where the program could not be started.
      const microseconds = error === undefined ? Number(stdout.trim().split('\n').at(-1)) : NaN;
      if (status === 0 && microseconds > 0) times.set(name, [...(times.get(name) ?? []), microseconds / 1000]);
      else if (program !== 'python3') throw new Error(`${name} ended with ${String(status)}`);
    }
  }
  return new Map([...times].map(([name, all]) => [name, all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN]));
}

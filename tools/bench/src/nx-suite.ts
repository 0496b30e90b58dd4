import { spawnSync } from 'node:child_process';
import { promiseAtMost, durationFigure, type BenchOptions, type BenchReport } from './bench-report.js';
import { makeBenchList } from './bench-inputs.js';
import { benchMedian, WORKSPACE } from './measure.js';

const PROMISED_MILLISECONDS = 1200;

export default function benchNxAffected({ quick }: BenchOptions): BenchReport {
  // The first run may compute the project graph, so its time does not count.
  timeNxAffected();
  const measured = makeBenchList(quick ? 2 : 10, timeNxAffected);
  return {
    tables: {
      'elapsed time, without the daemon': [
        { median: durationFigure(benchMedian(measured)), fastest: durationFigure(Math.min(...measured)) },
      ],
    },
    promises: [
      promiseAtMost(
        'nx affected without an affected project',
        durationFigure(benchMedian(measured)),
        durationFigure(PROMISED_MILLISECONDS),
      ),
    ],
  };
}

/** Runs `nx affected` without changes, and returns the elapsed milliseconds. */
function timeNxAffected(): number {
  const start = performance.now();
  const { stdout, stderr } = spawnSync('npx', ['nx', 'affected', '-t', 'test', '--base=HEAD', '--head=HEAD'], {
    cwd: WORKSPACE,
    env: { ...process.env, NX_DAEMON: 'false' },
    encoding: 'utf8',
  });
  if (!stdout.includes('No tasks were run')) throw new Error(`nx affected ran a task, or failed: ${stdout}${stderr}`);
  return performance.now() - start;
}

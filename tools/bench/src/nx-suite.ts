import { spawnSync } from 'node:child_process';
import { promiseAtMost, durationFigure, type BenchOptions, type BenchReport } from './bench-report.js';
import { makeList } from './bench-inputs.js';
import { median, WORKSPACE } from './measure.js';

const PROMISED_MILLISECONDS = 1200;

export function benchNx({ quick }: BenchOptions): BenchReport {
  // The first run is not measured: it may have to compute the project graph.
  timeNxAffected();
  const measured = makeList(quick ? 2 : 10, timeNxAffected);
  return {
    tables: {
      'elapsed time, without the daemon': [{ median: durationFigure(median(measured)), fastest: durationFigure(Math.min(...measured)) }],
    },
    promises: [promiseAtMost('nx affected with nothing affected', durationFigure(median(measured)), durationFigure(PROMISED_MILLISECONDS))],
  };
}

/** Returns the elapsed time in milliseconds. */
function timeNxAffected(): number {
  const start = performance.now();
  const { stdout, stderr } = spawnSync('npx', ['nx', 'affected', '-t', 'test', '--base=HEAD', '--head=HEAD'], {
    cwd: WORKSPACE,
    env: { ...process.env, NX_DAEMON: 'false' },
    encoding: 'utf8',
  });
  if (!stdout.includes('No tasks were run')) throw new Error(`nx affected ran something, or failed: ${stdout}${stderr}`);
  return performance.now() - start;
}

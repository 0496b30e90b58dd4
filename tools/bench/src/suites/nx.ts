import { spawnSync } from 'node:child_process';
import { atMost, duration, type Options, type Report } from '../harness.js';
import { times } from '../inputs.js';
import { median, WORKSPACE } from '../measure.js';

const PROMISED_MILLISECONDS = 1200;

export function nx({ quick }: Options): Report {
  // The first run is not measured: it may have to compute the project graph.
  affected();
  const measured = times(quick ? 2 : 10, affected);
  return {
    tables: { 'elapsed time, without the daemon': [{ median: duration(median(measured)), fastest: duration(Math.min(...measured)) }] },
    promises: [atMost('nx affected with nothing affected', duration(median(measured)), duration(PROMISED_MILLISECONDS))],
  };
}

/** Returns the elapsed time in milliseconds. */
function affected(): number {
  const start = performance.now();
  const { stdout, stderr } = spawnSync('npx', ['nx', 'affected', '-t', 'test', '--base=HEAD', '--head=HEAD'], {
    cwd: WORKSPACE,
    env: { ...process.env, NX_DAEMON: 'false' },
    encoding: 'utf8',
  });
  if (!stdout.includes('No tasks were run')) throw new Error(`nx affected ran something, or failed: ${stdout}${stderr}`);
  return performance.now() - start;
}

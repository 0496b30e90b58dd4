import { play, schedules } from '@portcullis/guard/testing';
import { assert, asyncProperty } from 'fast-check';
import { countFigure, promiseNone, type BenchOptions, type BenchReport } from './bench-report.js';

export default async function benchEnvelope({ quick }: BenchOptions): Promise<BenchReport> {
  const numRuns = quick ? 1_000 : 100_000;
  const violations: string[] = [];
  let calls = 0;
  const property = asyncProperty(schedules, async (schedule) => {
    const played = await play(schedule);
    calls += played.calls;
    for (const violation of played.violations) violations.push(`${violation}: ${JSON.stringify(schedule)}`);
  });
  await assert(property, { numRuns, seed: 1 });
  return {
    tables: {
      'fault schedules': [
        { schedules: countFigure(numRuns), 'calls to EC2': countFigure(calls), violations: countFigure(violations.length) },
      ],
    },
    promises: [
      promiseNone(
        `violation of the safety envelope, and no group that differs from its baseline after the faults stop, in ${countFigure(numRuns).text} schedules`,
        violations,
      ),
    ],
    notes: violations.slice(0, 3),
  };
}

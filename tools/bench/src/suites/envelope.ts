import { count, type Suite } from '../report.js';

export const envelope: Suite = {
  name: 'envelope',
  about: 'the real `config-remediator` handler on a simulated EC2 where anything may go wrong at any call',
  run: async ({ quick }) => {
    const { schedules, violations, calls } = await explore(quick ? 1_000 : 100_000);
    return {
      tables: [
        {
          title: 'fault schedules',
          head: ['schedules', 'calls', 'steps outside the envelope'],
          rows: [[count(schedules), count(calls), count(violations.length)]],
        },
      ],
      promises: [
        {
          promise: `${count(schedules)} fault schedules without one step outside the envelope, and at the baseline once the faults stop`,
          measured: `${count(violations.length)} violations`,
          kept: violations.length === 0,
        },
      ],
      notes: violations.slice(0, 3),
      figures: { schedules, calls, violations: violations.length },
    };
  },
};

/** Plays so many schedules at random, each told in words with what would repeat it when it broke the law. */
async function explore(
  schedules: number,
): Promise<{ readonly schedules: number; readonly calls: number; readonly violations: readonly string[] }> {
  // Loaded here and not with the others: the AWS SDK comes along, which their measurements had better be without.
  const { play, schedules: arbitrary } = await import('@portcullis/guard/testing');
  const { check, asyncProperty } = await import('fast-check');
  const violations: string[] = [];
  let calls = 0;
  const property = asyncProperty(arbitrary, async (schedule) => {
    const played = await play(schedule);
    calls += played.calls;
    for (const violation of played.violations) violations.push(`${violation}: ${JSON.stringify(schedule)}`);
  });
  await check(property, { numRuns: schedules, seed: 1 });
  return { schedules, calls, violations };
}

import * as fc from 'fast-check';
import { play, schedules } from '../../testing/envelope.js';

/** `npm run bench -- envelope` plays many more schedules of faults. */
const SCHEDULES = 1_000;

it('6. At every step of a thousand schedules of faults, a group lets in only traffic that was open before or is declared, keeps all traffic that was open before and is declared or within its limits, and reaches its baseline and its limits after the faults stop', async () => {
  let calls = 0;

  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const { violations, calls: made } = await play(schedule);
      calls += made;
      expect(violations).toEqual([]);
    }),
    { numRuns: SCHEDULES },
  );

  // If most schedules made only a few calls, the test would prove little.
  expect(calls).toBeGreaterThan(4 * SCHEDULES);
});

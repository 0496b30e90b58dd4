import * as fc from 'fast-check';
import { play, schedules } from '../../testing/envelope.js';

/** `npm run bench -- envelope` runs many more schedules of faults. */
const SCHEDULES = 1_000;

it('6. In a thousand schedules of faults, no step opens undeclared traffic or cuts declared or allowed traffic, and the group reaches its baseline and its limits after the faults', async () => {
  let calls = 0;

  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const { violations, calls: made } = await play(schedule);
      calls += made;
      expect(violations).toEqual([]);
    }),
    { numRuns: SCHEDULES },
  );

  // The test proves little if most schedules lead to only a few calls.
  expect(calls).toBeGreaterThan(4 * SCHEDULES);
});

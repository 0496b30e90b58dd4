import * as fc from 'fast-check';
import { play, schedules } from '../../testing/envelope.js';

/** `npm run bench -- envelope` plays far more. */
const SCHEDULES = 1_000;

describe('6. The safety envelope', () => {
  it(`holds at every step of ${SCHEDULES.toLocaleString('en')} schedules of faults: never wider than before or declared, never narrower than before and declared, and at the baseline once the faults stop`, async () => {
    let calls = 0;

    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const { violations, calls: made } = await play(schedule);
        calls += made;
        expect(violations).toEqual([]);
      }),
      { numRuns: SCHEDULES },
    );

    // Each schedule made several calls, or nothing was explored.
    expect(calls).toBeGreaterThan(4 * SCHEDULES);
  });
});

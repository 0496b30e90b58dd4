import { invocationTimeLimits } from './time-limits.js';

function invocation(...remaining: number[]) {
  return { awsRequestId: 'request-1', getRemainingTimeInMillis: () => remaining.shift() ?? 0 };
}

it.each([
  ['twenty seconds', [120_000, 60_000, 19_000], [40_000, -1_000]],
  ['a quarter of the time when little time is left', [8_000, 8_000], [6_000]],
])('`invocationTimeLimits` reserves %s for reports', (_, remaining, left) => {
  const { timeLeft } = invocationTimeLimits(invocation(...remaining));

  expect(left.map(() => timeLeft())).toEqual(left);
});

it('`invocationTimeLimits` returns a signal that aborts AWS calls when no time is left', () => {
  expect(invocationTimeLimits(invocation(0)).signal).toBeInstanceOf(AbortSignal);
});

it('outside of Lambda there is no time limit', () => {
  const { timeLeft, signal } = invocationTimeLimits(undefined);

  expect([timeLeft(), signal]).toEqual([Infinity, undefined]);
});

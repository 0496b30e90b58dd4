import { invocationTimeLimits } from './time-limits.js';

const invocation = (...remaining: number[]) => ({
  awsRequestId: 'request-1',
  getRemainingTimeInMillis: () => remaining.shift() ?? 0,
});

it('keeps twenty seconds for reporting', () => {
  const { timeLeft } = invocationTimeLimits(invocation(120_000, 60_000, 19_000));

  expect([timeLeft(), timeLeft()]).toEqual([40_000, -1_000]);
});

it('keeps a quarter of the time for reporting when little time is left', () => {
  expect(invocationTimeLimits(invocation(8_000, 8_000)).timeLeft()).toBe(6_000);
});

it('aborts calls in progress when the time is up', () => {
  expect(invocationTimeLimits(invocation(0)).signal).toBeInstanceOf(AbortSignal);
});

it('has no time limit outside of Lambda', () => {
  const { timeLeft, signal } = invocationTimeLimits(undefined);

  expect([timeLeft(), signal]).toEqual([Infinity, undefined]);
});

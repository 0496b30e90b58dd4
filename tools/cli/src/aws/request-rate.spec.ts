import { EC2_RATE, LOOKUP_RATE, requestRateLimiter } from './request-rate.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it.each([
  ['EC2', EC2_RATE],
  ["CloudTrail's event history", LOOKUP_RATE],
])('`requestRateLimiter` never exceeds the request rate of %s', async (_service, rate) => {
  const turn = requestRateLimiter(rate);
  let passed = 0;
  for (let i = 0; i < rate.limit * 2; i += 1)
    void turn().then(() => {
      passed += 1;
    });

  await jest.advanceTimersByTimeAsync(rate.interval - 1);
  expect(passed).toBe(rate.limit);
  await jest.advanceTimersByTimeAsync(rate.interval + 1);
  expect(passed).toBe(rate.limit * 2);
});

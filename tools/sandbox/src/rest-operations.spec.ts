import { functionNameOf } from './rest-operations.js';

describe('the function that a path names', () => {
  it.each([
    ['by name', '/2015-03-31/functions/guard/invocations'],
    ['by name and qualifier', '/2015-03-31/functions/guard:live/invocations'],
    ['by ARN', '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aguard/invocations'],
    ['by partial ARN', '/2015-03-31/functions/123456789012:function:guard:live'],
  ])('%s is found', (_how, url) => {
    expect(functionNameOf(url)).toBe('guard');
  });
});

import { MAX_EVENT_PATTERN_LENGTH } from '@portcullis/cloudtrail';
import { AWS_LIMITS, type AwsLimit, type LimitedResource, type Measure } from './limits.js';
import { findAwsLimitExcesses } from './measure.js';

it.each(Object.entries<AwsLimit>(AWS_LIMITS))(
  'the limit %s allows its maximum, refuses more, and has a URL of the AWS documentation',
  (_, limit) => {
    expect(limit.source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
    for (const resource of limit.appliesTo) {
      const isExceeded = (measured: number): boolean =>
        findAwsLimitExcesses('stack', resourcesOf(limit, resource, measured), { limits: [limit], sizeOfFile: () => measured }).length > 0;

      expect([resource, isExceeded(limit.maximum)]).toEqual([resource, false]);
      expect([resource, isExceeded(limit.maximum + 1)]).toEqual([resource, true]);
    }
  },
);

it('the limit on event patterns is `MAX_EVENT_PATTERN_LENGTH` of the cloudtrail library', () => {
  expect(AWS_LIMITS.eventPattern.maximum).toBe(MAX_EVENT_PATTERN_LENGTH);
});

/** Makes resources with exactly the given number of characters, bytes or entries. */
function resourcesOf({ measure }: AwsLimit, { type, attribute }: LimitedResource, measured: number) {
  const one = nested(attribute?.split('.') ?? [], valueOf(measure, measured)) as Readonly<Record<string, unknown>>;
  const count = measure === 'resources' ? measured : 1;
  return { [type]: Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${i}`, one])) };
}

function valueOf(measure: Measure, measured: number): unknown {
  switch (measure) {
    case 'characters':
      return 'x'.repeat(measured);
    case 'policy characters':
      // `<` counts as six characters.
      return '<'.repeat(Math.floor(measured / 6)) + 'x'.repeat(measured % 6);
    case 'characters that are not allowed':
      return `ok${'\u2717'.repeat(measured)}`;
    case 'bytes':
      // The JSON text `{"k":""}` has eight bytes, and `é` has two.
      return { k: 'é'.repeat(Math.floor((measured - 8) / 2)) + 'x'.repeat(measured % 2) };
    case 'entries':
      return Object.fromEntries(Array.from({ length: measured }, (_, i) => [`k${i}`, 'v']));
    case 'statement bytes':
      return { k: 'x'.repeat(measured - 8 - 576) };
    case 'rules':
      return [...Array.from({ length: measured }, () => ({ source: { kind: 'ipv6' } })), { source: { kind: 'ipv4' } }];
    case 'resources':
    case 'file bytes':
    case 'unzipped bytes':
      return {};
  }
}

/** Makes an object with the value at the path. If the path ends with `keys`, the value is a key of the object. */
function nested([step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  return step === 'keys' ? { [String(value)]: '' } : { [step === '*' ? 'k' : step]: nested(rest, value) };
}

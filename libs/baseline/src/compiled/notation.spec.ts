import * as fc from 'fast-check';
import { BASELINE_NAME, DESCRIPTION_PREFIX, GROUP_ID, isCalendarDate, PREFIX_LIST_ID, REASON } from './notation.js';

it.each([
  ['2024-02-29', true], // divisible by 4
  ['2000-02-29', true], // and by 400
  ['1900-02-29', false], // by 100 only
  ['2027-1-31', false], // would not sort as text
  ['2027-01-31T00:00:00Z', false], // a time, not a day
  [' 2027-01-31', false],
  ['２０２７-01-31', false], // digits outside ASCII
])('reports whether %j is a day of the calendar: %s', (text, is) => {
  expect(isCalendarDate(text)).toBe(is);
});

it('isCalendarDate accepts exactly the days of the calendar', () => {
  const number = (digits: number) => fc.nat(10 ** digits - 1).map((n) => String(n).padStart(digits, '0'));
  fc.assert(
    fc.property(number(4), fc.nat(13), fc.nat(32), (year, month, day) => {
      const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
      const date = new Date(`${text}T00:00:00Z`);

      const there = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);

      expect(isCalendarDate(text)).toBe(there);
    }),
  );
});
it.each([
  ['a group id', GROUP_ID, 'sg-abc12345', true],
  ['a group id', GROUP_ID, 'sg-0123456789abcdef0', true],
  ['a group id', GROUP_ID, 'sg-0123456789', false], // has neither of the two valid lengths
  ['a group id', GROUP_ID, 'sg-ABC12345', false], // EC2's ids are lower case
  ['a group id', GROUP_ID, 'sg-abc12345\n', false],
  ['a group id', GROUP_ID, 'pl-abc12345', false],
  ['a prefix list id', PREFIX_LIST_ID, 'pl-63a5400a', true],
  ['a prefix list id', PREFIX_LIST_ID, 'com.amazonaws.eu-west-1.s3', false],
  ['a name', BASELINE_NAME, 'public-web', true],
  ['a name', BASELINE_NAME, 'team/web_2.1', true],
  ['a name', BASELINE_NAME, '-web', false],
  ['a name', BASELINE_NAME, 'a'.repeat(65), false],
  ['the beginning of a description', DESCRIPTION_PREFIX, 'elbv2.k8s.aws/', true],
  ['the beginning of a description', DESCRIPTION_PREFIX, 'R&D: ', true],
  ['the beginning of a description', DESCRIPTION_PREFIX, 'caf\u00e9', false], // EC2 refuses it
  ['the beginning of a description', DESCRIPTION_PREFIX, '', false], // would match every description
  ['a reason', REASON, 'CHG-1234 migration, “until further notice”', true],
  ['a reason', REASON, 'two\nlines', false],
])('decides whether %s (%j) can be %j: %s', (_, form, text, fits) => {
  expect(form.test(text)).toBe(fits);
});

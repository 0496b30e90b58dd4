import * as fc from 'fast-check';
import { BASELINE_NAME, DESCRIPTION_PREFIX, GROUP_ID, isPermitEndDay, PREFIX_LIST_ID, REASON } from './notation.js';

it.each([
  ['2024-02-29', true, '2024 is a leap year'],
  ['2000-02-29', true, '2000 is a leap year'],
  ['1900-02-29', false, '1900 is not a leap year'],
  ['2027-1-31', false, 'the month has only one digit'],
  ['2027-01-31T00:00:00Z', false, 'the text contains a time'],
  [' 2027-01-31', false, 'the text begins with a space'],
  ['２０２７-01-31', false, 'the digits are not ASCII digits'],
])('isPermitEndDay(%j) is %s, because %s', (text, is) => {
  expect(isPermitEndDay(text)).toBe(is);
});

it('isPermitEndDay accepts exactly the days of the calendar', () => {
  const number = (digits: number) => fc.nat(10 ** digits - 1).map((n) => String(n).padStart(digits, '0'));
  fc.assert(
    fc.property(number(4), fc.nat(13), fc.nat(32), (year, month, day) => {
      const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
      const date = new Date(`${text}T00:00:00Z`);

      const there = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);

      expect(isPermitEndDay(text)).toBe(there);
    }),
  );
});
it.each([
  ['a group id', 'sg-abc12345', true, GROUP_ID],
  ['a group id', 'sg-0123456789abcdef0', true, GROUP_ID],
  ['a group id', 'sg-0123456789', false, GROUP_ID],
  ['a group id', 'sg-ABC12345', false, GROUP_ID],
  ['a group id', 'sg-abc12345\n', false, GROUP_ID],
  ['a group id', 'pl-abc12345', false, GROUP_ID],
  ['a prefix list id', 'pl-63a5400a', true, PREFIX_LIST_ID],
  ['a prefix list id', 'com.amazonaws.eu-west-1.s3', false, PREFIX_LIST_ID],
  ['a name', 'public-web', true, BASELINE_NAME],
  ['a name', 'team/web_2.1', true, BASELINE_NAME],
  ['a name', '-web', false, BASELINE_NAME],
  ['a name', 'a'.repeat(65), false, BASELINE_NAME],
  ['the beginning of a description', 'elbv2.k8s.aws/', true, DESCRIPTION_PREFIX],
  ['the beginning of a description', 'R&D: ', true, DESCRIPTION_PREFIX],
  ['the beginning of a description', 'caf\u00e9', false, DESCRIPTION_PREFIX], // EC2 refuses letters outside ASCII
  ['the beginning of a description', '', false, DESCRIPTION_PREFIX],
  ['a reason', 'CHG-1234 migration, “until further notice”', true, REASON],
  ['a reason', 'two\nlines', false, REASON],
])('reports whether %s can be %j: %s', (_, text, fits, form) => {
  expect(form.test(text)).toBe(fits);
});

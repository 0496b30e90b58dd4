import { stripVTControlCharacters } from 'node:util';
import { atLeast, atMost, count, duration, formatPromise, formatTable, none, ratio } from './harness.js';

it.each([
  [ratio(0.1234), '0.12×'],
  [ratio(3.456), '3.46×'],
  [ratio(456.7), '457×'],
  [duration(0.0123), '12.3 µs'],
  [duration(12.345), '12.3 ms'],
  [duration(1234.5), '1.23 s'],
  [count(1234567.8), '1,234,568'],
  [count(1234, 'bytes'), '1,234 bytes'],
])('prints the figure %o as %s', ({ text }, expected) => {
  expect(text).toBe(expected);
});

it('aligns the columns of a table, with figures on the right and without trailing spaces', () => {
  const table = formatTable('Title', [
    { ratio: ratio(1), what: 'ours', bytes: count(9) },
    { ratio: ratio(10), what: 'theirs', bytes: count(1000) },
  ]);

  // In a terminal the title is bold.
  const plain = stripVTControlCharacters(table);
  expect(plain).toBe(['Title', 'ratio  what    bytes', '1.00×  ours        9', '10.0×  theirs  1,000'].join('\n'));
});

it.each([
  [atMost('load', duration(2), duration(2)), 'PROMISE ok      load: at most 2.0 ms: 2.0 ms'],
  [atMost('load', duration(2.1), duration(2)), 'PROMISE BROKEN  load: at most 2.0 ms: 2.1 ms'],
  [atLeast('speed', count(2), count(2)), 'PROMISE ok      speed: at least 2: 2'],
  [atLeast('speed', count(1), count(2)), 'PROMISE BROKEN  speed: at least 2: 1'],
  [none('errors', []), 'PROMISE ok      no errors: 0'],
  [none('errors', ['one']), 'PROMISE BROKEN  no errors: 1'],
])('prints whether a promise was kept: %#', (promised, line) => {
  expect(stripVTControlCharacters(formatPromise(promised))).toBe(line);
});

import { stripVTControlCharacters } from 'node:util';
import {
  promiseAtLeast,
  promiseAtMost,
  countFigure,
  durationFigure,
  formatBenchPromise,
  formatBenchTable,
  promiseNone,
  ratioFigure,
} from './bench-report.js';

it.each([
  [ratioFigure(0.1234), '0.12×'],
  [ratioFigure(3.456), '3.46×'],
  [ratioFigure(456.7), '457×'],
  [durationFigure(0.0123), '12.3 µs'],
  [durationFigure(12.345), '12.3 ms'],
  [durationFigure(1234.5), '1.23 s'],
  [countFigure(1234567.8), '1,234,568'],
  [countFigure(1234, 'bytes'), '1,234 bytes'],
])('`ratioFigure`, `durationFigure` and `countFigure` return a short text with a unit: %j', ({ text }, expected) => {
  expect(text).toBe(expected);
});

it('`formatBenchTable` aligns text to the left and figures to the right, and writes no trailing spaces', () => {
  const table = formatBenchTable('Title', [
    { ratio: ratioFigure(1), what: 'ours', bytes: countFigure(9) },
    { ratio: ratioFigure(10), what: 'theirs', bytes: countFigure(1000) },
  ]);

  // The title has a control sequence for bold text.
  const plain = stripVTControlCharacters(table);
  expect(plain).toBe(['Title', 'ratio  what    bytes', '1.00×  ours        9', '10.0×  theirs  1,000'].join('\n'));
});

it.each([
  [promiseAtMost('load', durationFigure(2), durationFigure(2)), 'PROMISE ok      load: at most 2.0 ms: 2.0 ms'],
  [promiseAtMost('load', durationFigure(2.1), durationFigure(2)), 'PROMISE BROKEN  load: at most 2.0 ms: 2.1 ms'],
  [promiseAtLeast('speed', countFigure(2), countFigure(2)), 'PROMISE ok      speed: at least 2: 2'],
  [promiseAtLeast('speed', countFigure(1), countFigure(2)), 'PROMISE BROKEN  speed: at least 2: 1'],
  [promiseNone('errors', []), 'PROMISE ok      no errors: 0'],
  [promiseNone('errors', ['one']), 'PROMISE BROKEN  no errors: 1'],
])('`formatBenchPromise` writes one line with the promise and its outcome: case %#', (promised, line) => {
  expect(stripVTControlCharacters(formatBenchPromise(promised))).toBe(line);
});

import { stripVTControlCharacters } from 'node:util';
import { count, duration, formatTable, ratio } from './report.js';

describe('figures', () => {
  it.each([
    [0.1234, '0.12×'],
    [3.456, '3.5×'],
    [23.45, '23.4×'],
    [456.7, '457×'],
  ])('a ratio of %d is %s', (value, text) => {
    expect(ratio(value)).toBe(text);
  });

  it.each([
    [0.0123, '12.3 µs'],
    [12.345, '12.3 ms'],
    [1234.5, '1.23 s'],
  ])('%d ms are %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('counts have their thousands parted', () => {
    expect(count(1234567.8)).toBe('1,234,568');
  });
});

it('a table has its columns aligned, figures to the right, and no space at the end of a line', () => {
  const table = formatTable({
    title: 'Title',
    head: ['ratio', 'what', 'bytes'],
    rows: [
      ['1.0×', 'ours', '9'],
      ['10×', 'theirs', '1,000'],
    ],
  });

  // In a terminal the title is bold.
  const plain = stripVTControlCharacters(table);
  expect(plain).toBe(['Title', 'ratio  what    bytes', ' 1.0×  ours        9', '  10×  theirs  1,000'].join('\n'));
});

import pc from 'picocolors';
import { readBaselineFile } from '@portcullis/baseline/file';
import { renderReport } from './problem-report.js';

const report = (text: string): string[] => {
  const read = readBaselineFile(text);
  if (read.ok) throw new Error('there was no problem');
  return renderReport({ fileName: 'f', text, problems: read.problems }, pc.createColors(false)).split('\n');
};

/** Returns what the carets point at: the text of the line above them. */
const pointedAt = (text: string): string[] => {
  const lines = report(text);
  return lines.flatMap((line, i) => {
    const at = line.indexOf('^');
    return at === -1 ? [] : [String(lines[i - 1]).slice(at, line.length)];
  });
};

it.each([
  ['a value', 'version: 2\nbaselines: x', ['2', 'x']],
  ['a key', 'version: 1\nbaselines: {}\nfoo: 1', ['{}', 'foo']],
  ['a value after a tab', '{"version":\t"1","baselines": [\t7 ]}', ['"1"', '7']],
  ['a value after Windows line ends', 'version: 1\r\nbaselines: x\r\nfoo: 1\r\n', ['x', 'foo']],
  ['the first character where something is missing', 'version: 1', ['v']],
  ['what follows a byte order mark', '\uFEFFversion: 2\nbaselines: x', ['2', 'x']],
])('points at %s', (_, text, expected) => {
  expect(pointedAt(text)).toEqual(expected);
});

it.each([0, 1, 30, 60, 90, 150, 400])('shows of a long line what is around the place, %i characters on', (blanks) => {
  const text = `{ "version": 1, ${' '.repeat(blanks)}"baselines": 7, ${' '.repeat(300)}"x": 1 }`;

  const lines = report(text);

  expect(pointedAt(text)).toEqual(['7', '"x"']);
  for (const line of lines.filter((each) => /^ .*\|/.test(each))) expect(line.length).toBeLessThan(110);
});

it('shows no line where there is nothing to see', () => {
  expect(report('\n\n')).toEqual([
    'f:1:1  empty-file  the file is empty; expected an object with `version` and `baselines`',
    'f: 1 problem',
    '',
  ]);
});

it('hands nothing of the file to the terminal that the terminal would obey', () => {
  const text = 'version: 1\nbaselines: "\u001b[2Jx\u0007\u009b1m"';

  expect(report(text).join('')).not.toMatch(/[\p{Cc}]/u);
  expect(pointedAt(text)).toEqual(['"\uFFFD[2Jx\uFFFD\uFFFD1m"']);
});

it('keeps its lines aligned under numbers of different widths', () => {
  const text = `version: 2\n${'\n'.repeat(20)}baselines: x`;

  const gutters = report(text).flatMap((line) => (line.startsWith(' ') ? [line.indexOf('|')] : []));

  expect(new Set(gutters)).toEqual(new Set([5]));
});

it('shows thousands of problems', () => {
  const text = Array.from({ length: 150_000 }, () => 'x').join('\n');
  const problem = { code: 'bad-value', path: '', line: 1, column: 1, text: 'x', message: 'm', expected: 'e' } as const;
  const problems = Array.from({ length: 150_000 }, (_, i) => ({ ...problem, line: i + 1 }));

  expect(renderReport({ fileName: 'f', text, problems }, pc.createColors(false))).toContain('f: 150000 problems');
});

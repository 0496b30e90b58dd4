import { readBaselineFile } from '@portcullis/baseline/file';
import { terminalColours } from '../command-line/colours.js';
import { colouredFileProblems } from './file-problems-text.js';

const plain = terminalColours({ write: () => true }, {});
const linesFor = (text: string): string[] => {
  const read = readBaselineFile(text);
  if (read.ok) throw new Error('the file is valid');
  return colouredFileProblems({ fileName: 'f', text, problems: read.problems }, plain).split('\n');
};

/** Returns the underlined texts. */
const underlined = (text: string): string[] => {
  const lines = linesFor(text);
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
  ['the first character if something is missing', 'version: 1', ['v']],
  ['a value after a byte order mark', '\uFEFFversion: 2\nbaselines: x', ['2', 'x']],
  [
    'a value with control characters, which are replaced',
    'version: 1\nbaselines: "\u001b[2Jx\u0007\u009b1m"',
    ['"\uFFFD[2Jx\uFFFD\uFFFD1m"'],
  ],
])('the excerpt of a file underlines %s', (_what, text, expected) => {
  expect(underlined(text)).toEqual(expected);
  expect(linesFor(text).join('')).not.toMatch(/\p{Cc}/u);
});

it.each([0, 1, 30, 60, 90, 150, 400])(
  '`colouredFileProblems` shows only the text around a problem that is %i characters into a long line',
  (blanks) => {
    const text = `{ "version": 1, ${' '.repeat(blanks)}"baselines": 7, ${' '.repeat(300)}"x": 1 }`;

    expect(underlined(text)).toEqual(['7', '"x"']);
    for (const line of linesFor(text).filter((each) => /^ .*\|/.test(each))) expect(line.length).toBeLessThan(110);
  },
);

it('`colouredFileProblems` shows no excerpt of an empty line', () => {
  expect(linesFor('\n\n')).toEqual([expect.stringMatching(/^f:1:1 {2}empty-file {2}/), 'f: 1 problem', '']);
});

it('`colouredFileProblems` aligns line numbers of different widths', () => {
  const gutters = linesFor(`version: 2\n${'\n'.repeat(20)}baselines: x`).flatMap((line) =>
    line.startsWith(' ') ? [line.indexOf('|')] : [],
  );

  expect(new Set(gutters)).toEqual(new Set([5]));
});

it('`colouredFileProblems` shows 150,000 problems', () => {
  const problem = { code: 'bad-value', path: '', column: 1, text: 'x', message: 'm', expected: 'e' } as const;
  const problems = Array.from({ length: 150_000 }, (_, i) => ({ ...problem, line: i + 1 }));

  expect(colouredFileProblems({ fileName: 'f', text: 'x\n'.repeat(150_000), problems }, plain)).toContain('f: 150000 problems');
});

import * as fc from 'fast-check';
import { coversName, matchesName, patternsMeet } from './name-pattern.js';

const character = fc.constantFrom('a', 'b', '.', '-');
const name = fc.string({ unit: character, maxLength: 6 });
const pattern = fc.string({ unit: fc.oneof(character, fc.constant('*')), maxLength: 6 });

/** The same by a regular expression, which may take a very long time for some patterns, but not for such short ones. */
const byExpression = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map((piece) => piece.replace(/[.\-]/g, '\\$&'))
      .join('[^]*')}$`,
  );

it('a name is like a pattern exactly when a regular expression says so', () => {
  fc.assert(
    fc.property(pattern, name, (like, text) => {
      expect(matchesName(like, text)).toBe(byExpression(like).test(text));
    }),
    { numRuns: 2_000 },
  );
});

it('a pattern of many stars takes no time to speak of', () => {
  expect(matchesName(`${'*a'.repeat(100)}b`, 'a'.repeat(255))).toBe(false);
});

it('a name like a narrower pattern is like the wider one', () => {
  fc.assert(
    fc.property(pattern, pattern, name, (wide, narrow, text) => {
      fc.pre(coversName(wide, narrow) && matchesName(narrow, text));
      expect(matchesName(wide, text)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

const letters = fc.stringMatching(/^[ab*]{1,6}$/);

it.each([
  ['web-*', '*-prod', true],
  ['a*b', 'ac*db', true],
  ['a*', 'b*', false],
  ['*a', '*b', false],
  ['web', 'w*b', true],
  ['web', 'db', false],
])('some name is like both %s and %s: %s', (a, b, meet) => {
  expect([patternsMeet(a, b), patternsMeet(b, a)]).toEqual([meet, meet]);
});

it('two patterns meet exactly where there is a name that is like both', () => {
  // Any name that both are like can be had in this length: each of the letters of either once, in some order.
  const names = Array.from({ length: 12 }, (_, length) =>
    Array.from({ length: 2 ** length }, (_, n) =>
      n.toString(2).padStart(length, '0').slice(0, length).replaceAll('0', 'a').replaceAll('1', 'b'),
    ),
  ).flat();
  fc.assert(
    fc.property(letters, letters, (a, b) => {
      expect(patternsMeet(a, b)).toBe(names.some((name) => matchesName(a, name) && matchesName(b, name)));
    }),
    { numRuns: 150 },
  );
});

import * as fc from 'fast-check';
import { coversNamePattern, matchesGroupName, namePatternsOverlap } from './name-pattern.js';

const character = fc.constantFrom('a', 'b', '.', '-');
const name = fc.string({ unit: character, maxLength: 6 });
const pattern = fc.string({ unit: fc.oneof(character, fc.constant('*')), maxLength: 6 });

/**
 * Returns a regular expression that matches the same names as the pattern. Such an expression can be slow for a long pattern, but this test
 * uses only short patterns.
 */
const byExpression = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map((piece) => piece.replace(/[.\-]/g, '\\$&'))
      .join('[^]*')}$`,
  );

it('a group name matches a pattern exactly when the equivalent regular expression matches the name', () => {
  fc.assert(
    fc.property(pattern, name, (like, text) => {
      expect(matchesGroupName(like, text)).toBe(byExpression(like).test(text));
    }),
    { numRuns: 2_000 },
  );
});

it('a name pattern with many stars is matched quickly', () => {
  expect(matchesGroupName(`${'*a'.repeat(100)}b`, 'a'.repeat(255))).toBe(false);
});

it('a group name that matches a narrower pattern also matches the wider pattern', () => {
  fc.assert(
    fc.property(pattern, pattern, name, (wide, narrow, text) => {
      fc.pre(coversNamePattern(wide, narrow) && matchesGroupName(narrow, text));
      expect(matchesGroupName(wide, text)).toBe(true);
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
])('namePatternsOverlap says whether some name matches both %s and %s: %s', (a, b, meet) => {
  expect([namePatternsOverlap(a, b), namePatternsOverlap(b, a)]).toEqual([meet, meet]);
});

it('namePatternsOverlap returns true exactly if some name matches both patterns', () => {
  // `names` contains every name of at most 11 letters `a` and `b`. If two patterns of at most 6 characters overlap, some name of at most 10
  // letters matches both patterns.
  const names = Array.from({ length: 12 }, (_, length) =>
    Array.from({ length: 2 ** length }, (_, n) =>
      n.toString(2).padStart(length, '0').slice(0, length).replaceAll('0', 'a').replaceAll('1', 'b'),
    ),
  ).flat();
  fc.assert(
    fc.property(letters, letters, (a, b) => {
      expect(namePatternsOverlap(a, b)).toBe(names.some((name) => matchesGroupName(a, name) && matchesGroupName(b, name)));
    }),
    { numRuns: 150 },
  );
});

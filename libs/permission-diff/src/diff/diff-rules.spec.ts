import { diffRules } from './diff-rules.js';
import { matchRules } from './match-rules.js';
import { permissionsOf } from './permissions-of.js';
import { compareRules, formatRule, type Direction, type Rule } from '../rules/rule.js';
import { rulesFromWords } from '../testing/notation.js';

const rules = (direction: Direction, ...lines: string[]): readonly Rule[] => rulesFromWords(lines, direction);
const words = (list: readonly Rule[]): string[] => list.map(formatRule);

describe('one list can contain ingress and egress rules', () => {
  const text = 'tcp 22 from 10.0.0.0/8';
  let into: readonly Rule[];
  let outOf: readonly Rule[];

  beforeAll(() => {
    [into, outOf] = [rules('ingress', text), rules('egress', text)];
  });

  it('rules of different directions are never equal', () => {
    const { missing, excess, kept } = diffRules(into, outOf);

    expect([words(missing), words(excess), kept]).toEqual([['tcp/22 from 10.0.0.0/8'], ['tcp/22 to 10.0.0.0/8'], []]);
  });

  it('rules of different directions are never equal, even if both are for all traffic', () => {
    const both = [...rules('ingress', '-1 from 10.0.0.0/8'), ...rules('egress', '-1 from 10.0.0.0/8', '-1 from 10.0.0.0/9')];

    expect(words(diffRules(both, []).missing)).toEqual([
      'all traffic from 10.0.0.0/8',
      'all traffic to 10.0.0.0/8',
      'all traffic to 10.0.0.0/9',
    ]);
  });

  it('diffRules compares rules only with rules of the same direction, in any order of the rules', () => {
    const both = [...into, ...outOf, ...rules('ingress', 'udp 53 from 10.0.0.0/8'), ...rules('egress', 'udp 53 from 10.0.0.0/8')];
    const { missing, excess, kept } = diffRules(both, [...both].reverse());

    expect([missing, excess]).toEqual([[], []]);
    expect(words(kept)).toEqual(words(both).reverse());
  });

  it('diffRules compares rules only with rules of the same direction, even if one list has only egress rules', () => {
    const { missing, excess, kept } = diffRules([...into, ...outOf], [...outOf, ...outOf]);

    expect([words(missing), words(excess), words(kept)]).toEqual([['tcp/22 from 10.0.0.0/8'], [], ['tcp/22 to 10.0.0.0/8']]);
  });

  it('matchRules visits ingress rules first, and passes the index of each rule in both lists', () => {
    const visited: (readonly [number, number])[] = [];
    matchRules([...outOf, ...into], [...into, ...into], (wanted, found) => visited.push([wanted, found]));

    expect(visited).toEqual([
      [1, 0],
      [0, -1],
    ]);
  });

  it('ingress rules come first in the canonical order', () => {
    expect(words([...outOf, ...into].sort(compareRules))).toEqual(['tcp/22 from 10.0.0.0/8', 'tcp/22 to 10.0.0.0/8']);
    expect(words([...into, ...outOf].sort(compareRules))).toEqual(['tcp/22 from 10.0.0.0/8', 'tcp/22 to 10.0.0.0/8']);
  });

  it('permissionsOf refuses rules of both directions, because permissions have no direction', () => {
    expect(() => permissionsOf([...into, ...outOf])).toThrow(
      new RangeError('both ingress and egress rules: permissions have no direction, so write each direction separately'),
    );
  });
});

it('diffRules returns a repeated excess rule once', () => {
  const stray = rules('ingress', 'tcp 22 from 10.0.0.0/8');

  expect(diffRules([], [...stray, ...stray]).excess).toEqual(stray);
});

it('diffRules returns the first of equal rules, even if many rules have the same ports', () => {
  const blocks = Array.from({ length: 40 }, (_, i) => `tcp 22 from 10.0.${(i * 7) % 40}.0/24`);
  const [first, second] = [rules('ingress', ...blocks), rules('ingress', ...[...blocks].reverse())];
  const { missing, excess, kept } = diffRules([...first, ...second], [...second.slice(1), ...first.slice(0, -1)]);

  expect(missing).toEqual([first[39]]);
  expect(missing[0]).toBe(first[39]);
  expect(excess).toEqual([]);
  expect(kept).toEqual(second.slice(1));
});

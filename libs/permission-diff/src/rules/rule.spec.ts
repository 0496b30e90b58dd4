import { rulesFromWords } from '../testing/notation.js';
import { compareRules, formatRule, ruleCovers, rulesOverlap, type Direction, type Rule } from './rule.js';

function ruleFrom(line: string, direction?: Direction): Rule {
  const [rule] = rulesFromWords([line], direction);
  if (rule === undefined) throw new Error(`no rule: ${line}`);
  return rule;
}

describe('two rules overlap', () => {
  it.each([
    ['two rules overlap if their ports have one in common', 'tcp 80-443 from 10.0.0.0/8', 'tcp 443-500 from 10.0.0.0/8', true],
    ['two rules do not overlap if their ports are adjacent', 'tcp 80-442 from 10.0.0.0/8', 'tcp 443-500 from 10.0.0.0/8', false],
    ['two rules do not overlap if their blocks are disjoint', 'tcp 80 from 10.0.0.0/9', 'tcp 80 from 10.128.0.0/9', false],
    ['two rules overlap if one rule is for all traffic', '-1 from 0.0.0.0/0', 'icmp 8/0 from 10.0.0.0/8', true],
    ['two rules do not overlap if their protocols differ', 'udp 53 from 0.0.0.0/0', 'tcp 53 from 0.0.0.0/0', false],
    ['two rules overlap if one ICMP rule allows any code', 'icmp 8/-1 from 0.0.0.0/0', 'icmp 8/3 from 0.0.0.0/0', true],
    ['two rules overlap if one ICMP rule allows any type', 'icmp from 0.0.0.0/0', 'icmp 3/4 from 0.0.0.0/0', true],
    ['two rules do not overlap if their ICMP types differ', 'icmp 8/-1 from 0.0.0.0/0', 'icmp 0/-1 from 0.0.0.0/0', false],
    ['two rules overlap if both are for the same protocol without ports', '50 from 0.0.0.0/0', '50 from 10.0.0.0/8', true],
    ['two rules overlap if both are for the same group', '-1 from sg-1', 'tcp 22 from sg-1@111122223333', true],
    // The addresses of the group are unknown, so they count as different from the addresses of the block.
    ['two rules do not overlap if one is for a group and one for a block', '-1 from sg-1', '-1 from 0.0.0.0/0', false],
  ])('%s', (_name, a, b, expected) => {
    expect(rulesOverlap(ruleFrom(a), ruleFrom(b))).toBe(expected);
    expect(rulesOverlap(ruleFrom(b), ruleFrom(a))).toBe(expected);
  });

  it('two rules overlap or cover each other only if they have the same direction', () => {
    const [ingress, egress] = [ruleFrom('-1 from 0.0.0.0/0'), ruleFrom('-1 from 0.0.0.0/0', 'egress')];

    expect(rulesOverlap(ingress, egress)).toBe(false);
    expect(ruleCovers(ingress, egress)).toBe(false);
  });
});

it.each([
  ['a rule covers itself', 'tcp 80 from sg-1', 'tcp 80 from sg-1', true],
  ['a rule covers a rule with fewer ports and a narrower block', 'tcp 80-443 from 10.0.0.0/8', 'tcp 80-100 from 10.0.0.0/9', true],
  ['a rule does not cover a rule that begins at a lower port', 'tcp 80-443 from 10.0.0.0/8', 'tcp 79-443 from 10.0.0.0/8', false],
  ['a rule does not cover a rule that ends at a higher port', 'tcp 80-443 from 10.0.0.0/8', 'tcp 80-444 from 10.0.0.0/8', false],
  ['a rule does not cover a rule for a wider block', 'tcp 80 from 10.0.0.0/9', 'tcp 80 from 10.0.0.0/8', false],
  ['a rule for a block does not cover a rule for a group', '-1 from 0.0.0.0/0', 'tcp 80 from sg-1', false],
  ['a rule for a prefix list does not cover a rule for another prefix list', '-1 from pl-1', '-1 from pl-2', false],
])('%s', (_name, wide, narrow, expected) => {
  expect(ruleCovers(ruleFrom(wide), ruleFrom(narrow))).toBe(expected);
});

it('compareRules orders rules by direction, then by traffic, then by source', () => {
  const inOrder = [
    ...rulesFromWords(['tcp 22 from 10.0.0.0/8 10.0.0.0/9 sg-1', 'tcp 22-23 from 9.0.0.0/8', 'tcp 23 from 9.0.0.0/8']),
    ...rulesFromWords(['-1 from 9.0.0.0/8', 'tcp 22 from 9.0.0.0/8'], 'egress'),
  ];
  const words = inOrder.map(formatRule);

  expect([...inOrder].reverse().sort(compareRules).map(formatRule)).toEqual(words);
  expect([...inOrder].sort(compareRules).map(formatRule)).toEqual(words);
});

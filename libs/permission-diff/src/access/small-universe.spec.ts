import { readRules } from '../rules/read-rules.js';
import { ruleCovers, rulesOverlap } from '../rules/rule.js';
import { bitmapOf, bitmapOfRanges, RULES, setsOfRules } from '../testing/small-universe.js';
import { compareAccess } from './compare-access.js';
import { covers, overlaps } from './covers.js';

const pairs = setsOfRules(2).map((set) => ({ set, bitmap: bitmapOf(set) }));

it('each of the 30 rules has its own bitmap, with at least one packet', () => {
  expect(RULES).toHaveLength(30);
  expect(pairs).toHaveLength(1 + 30 + 435);
  // If two rules had the same bitmap, or if a bitmap were empty, the other tests could miss errors.
  const bitmaps = RULES.map((rule) => bitmapOf([rule]));
  expect(new Set(bitmaps).size).toBe(RULES.length);
  expect(bitmaps).not.toContain(0n);
});

it('compareAccess and bitmaps of all packets give the same differences, for any two sets of at most two rules', () => {
  const different: unknown[] = [];
  for (const required of pairs) {
    for (const actual of pairs) {
      const { missing, excess, equal } = compareAccess(required.set, actual.set);
      const expected = { missing: required.bitmap & ~actual.bitmap, excess: actual.bitmap & ~required.bitmap };
      const isRight =
        bitmapOfRanges(missing) === expected.missing &&
        bitmapOfRanges(excess) === expected.excess &&
        equal === (required.bitmap === actual.bitmap);
      if (!isRight) different.push({ required: required.set, actual: actual.set, missing, excess, equal });
    }
  }
  expect(different).toEqual([]);
});

it('covers and overlaps agree with bitmaps of all packets, for any set of at most two rules and any set of at most one rule', () => {
  const different: unknown[] = [];
  const check = (a: (typeof pairs)[number], b: (typeof pairs)[number]): void => {
    const isRight = covers(a.set, b.set) === ((b.bitmap & ~a.bitmap) === 0n) && overlaps(a.set, b.set) === ((a.bitmap & b.bitmap) !== 0n);
    if (!isRight) different.push([a.set, b.set]);
  };
  for (const pair of pairs) {
    for (const single of pairs.filter(({ set }) => set.length < 2)) {
      check(pair, single);
      check(single, pair);
    }
  }
  expect(different).toEqual([]);
});

it('if two sets of at most three rules let in the same traffic, compareAccess returns the same ranges for both sets', () => {
  const forms = new Map<bigint, Set<string>>();
  for (const set of setsOfRules(3)) {
    const bitmap = bitmapOf(set);
    const form = JSON.stringify(compareAccess(set, []).missing);
    forms.set(bitmap, (forms.get(bitmap) ?? new Set()).add(form));
  }
  const severalForms = [...forms.values()].filter((known) => known.size > 1);

  expect(severalForms).toEqual([]);
  expect(forms.size).toBeLessThan(setsOfRules(3).length);
});

it('ruleCovers and rulesOverlap agree with bitmaps of all packets, for any two rules', () => {
  const rules = RULES.map((permission) => {
    const read = readRules([permission], { direction: 'ingress' });
    if (!read.ok || read.value[0] === undefined) throw new Error('not a rule');
    return { rule: read.value[0], bitmap: bitmapOf([permission]) };
  });
  const answers = rules.flatMap((a) => rules.map((b) => [ruleCovers(a.rule, b.rule), rulesOverlap(a.rule, b.rule)]));

  expect(answers).toEqual(rules.flatMap((a) => rules.map((b) => [(b.bitmap & ~a.bitmap) === 0n, (a.bitmap & b.bitmap) !== 0n])));
});

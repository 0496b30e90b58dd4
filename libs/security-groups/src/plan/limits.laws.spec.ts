import type { Declaration, Limit } from '@portcullis/baseline';
import { accessBeyond, compareRuleAccess, diffRules, formatRule, type Addresses, type Rule } from '@portcullis/permission-diff';
import * as fc from 'fast-check';
import { enforcedPartOfPlan, isAtBaseline, planRuleChanges, rulesOfPlannedChanges, type Plan } from './plan-rule-changes.js';
import type { LiveRule } from '../ec2/port.js';
import { baseline, limit, liveRules, rule, type BoundNotation } from '../testing/notation.js';

const UNIVERSE = [
  'tcp 22 from 10.0.0.0/8',
  'tcp 22 from 10.0.0.0/9',
  'tcp 22-80 from 10.128.0.0/9',
  'tcp 22 from 0.0.0.0/0',
  'tcp 20-30 from 0.0.0.0/0',
  'tcp 20-30 from 0.0.0.0/0 # ours',
  'tcp 443 from 0.0.0.0/0',
  'tcp 443 from 11.0.0.0/8 # ours',
  'udp 0-100 from 0.0.0.0/1',
  'tcp 0-65535 from 10.0.0.0/7',
  '-1 from 10.64.0.0/10',
  '-1 from 11.0.0.0/8',
  '-1 from ::/0',
  'tcp 22 from 2001:db8::/32',
  '-1 from sg-2',
  'tcp 22 from sg-3 # ours',
  'tcp 22 from pl-1',
  'tcp 20-80 from pl-1',
  'icmp 8 from 0.0.0.0/0',
  'tcp 22 to 0.0.0.0/0',
  '-1 to 10.0.0.0/8',
];
const rules = fc.uniqueArray(fc.constantFrom(...UNIVERSE), { maxLength: 7, selector: (text) => text.replace(/ #.*/, '') });

const bound: fc.Arbitrary<BoundNotation> = fc.record({
  services: fc.constantFrom(['tcp 22'], ['tcp 22', 'tcp 443'], ['-1'], ['udp 53', 'icmp 8'], ['tcp 0-1023']),
  onlyFrom: fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '10.64.0.0/10', '0.0.0.0/2', 'sg-2', 'pl-1', '::/1'), { maxLength: 2 }),
  groups: fc.constantFrom('none', 'ownAccount', 'any'),
  notWiderThan: fc.constantFrom({}, { ipv4: 8 }, { ipv4: 9, ipv6: 32 }, { ipv4: 32 }),
});
const limits = fc
  .array(
    fc.record({
      mode: fc.constantFrom<Limit['mode'][]>('enforce', 'enforce', 'report'),
      repair: fc.constantFrom<Limit['repair'][]>('revoke', 'narrow', 'narrow'),
      otherwise: fc.constantFrom<Limit['otherwise'][]>('report', 'revoke'),
      bounds: fc.array(bound, { minLength: 1, maxLength: 2 }),
      toEgress: fc.boolean(),
      permit: fc.array(fc.constantFrom({ rule: 'tcp 22 from 0.0.0.0/1' }, { rule: 'tcp 22 from 10.0.0.0/8', until: '2026-01-01' }), {
        maxLength: 1,
      }),
    }),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map(({ bounds, toEgress, ...rest }, i) => limit(bounds, { name: `limit-${i}`, ...(toEgress && { egress: bounds }), ...rest })),
  );
const OURS = { descriptionPrefix: 'ours' };
const baselines = fc
  .record({
    declared: rules,
    compare: fc.constantFrom('rules' as const, 'access' as const),
    mode: fc.constantFrom('enforce' as const, 'report' as const),
    ignore: fc.constantFrom([], [OURS], [{ ...OURS, within: [rule('tcp 0-100 from 10.0.0.0/8'), rule('tcp 22 from pl-1')] }]),
    permit: fc.array(fc.constantFrom({ rule: 'tcp 20-30 from 0.0.0.0/0' }, { rule: '-1 from 10.64.0.0/10' }), { maxLength: 1 }),
  })
  .map(({ declared, ...rest }) => {
    const egress = declared.filter((text) => text.includes(' to '));
    return baseline(
      declared.filter((text) => !text.includes(' to ')),
      { ...rest, ...(egress.length > 0 && { egress }) },
    );
  });
const addresses: fc.Arbitrary<Addresses> = fc.constantFrom(
  new Map(),
  new Map([['pl-1', [rule('-1 from 10.0.0.0/8').source]]]),
  new Map([['pl-1', [rule('-1 from 0.0.0.0/0').source, rule('-1 from 2001:db8::/32').source]]]),
);
const worlds = fc.record({
  declaration: fc.record({ baseline: fc.option(baselines, { nil: undefined }), limits }),
  live: rules.map((texts) => liveRules(...texts)),
  addresses,
});

function enforced(declaration: Declaration, live: readonly LiveRule[], lists: Addresses): Plan {
  return enforcedPartOfPlan(planRuleChanges(declaration, live, { today: '2026-11-23', addresses: lists }), declaration);
}

function applied({ authorize, revoke }: Plan, live: readonly LiveRule[]): readonly LiveRule[] {
  const revoked = new Set<Rule>(rulesOfPlannedChanges(revoke));
  const added = rulesOfPlannedChanges(authorize).map((each, i) => ({ ...each, ruleId: `sgr-new-${i}`, tags: {} }));
  return [...live.filter((each) => !revoked.has(each)), ...added];
}

const inDirection = <R extends Rule>(list: readonly R[], direction: Rule['direction']): R[] =>
  list.filter((each) => each.direction === direction);
const words = (list: readonly Rule[]): string[] => list.map(formatRule);

it('after a plan was applied, the next plan is empty', () => {
  fc.assert(
    fc.property(worlds, ({ declaration, live, addresses: lists }) => {
      const after = applied(enforced(declaration, live, lists), live);
      const again = enforced(declaration, after, lists);

      expect([words(rulesOfPlannedChanges(again.authorize)), words(rulesOfPlannedChanges(again.revoke))]).toEqual([[], []]);
    }),
    { numRuns: 400 },
  );
});

it('a plan authorizes no rule that exists, and revokes each rule at most once', () => {
  fc.assert(
    fc.property(worlds, ({ declaration, live, addresses: lists }) => {
      const plan = planRuleChanges(declaration, live, { today: '2026-11-23', addresses: lists });

      expect(words(diffRules(rulesOfPlannedChanges(plan.authorize), live).kept)).toEqual([]);
      expect(new Set(rulesOfPlannedChanges(plan.revoke)).size).toBe(plan.revoke.length);
      expect(new Set(words(rulesOfPlannedChanges(plan.authorize))).size).toBe(plan.authorize.length);
      const all = [...rulesOfPlannedChanges(plan.revoke), ...rulesOfPlannedChanges(plan.tolerated), ...plan.kept];
      expect(new Set(all).size).toBe(all.length);
    }),
    { numRuns: 300 },
  );
});

it('a repair without a baseline keeps exactly the traffic that the limits allow, if every rule can be narrowed', () => {
  let narrowed = 0;
  fc.assert(
    fc.property(worlds, ({ declaration, live, addresses: lists }) => {
      const enforcing = declaration.limits
        .filter(({ mode }) => mode === 'enforce')
        .map((each) => ({ ...each, repair: 'narrow' as const, otherwise: 'report' as const }));
      const plan = enforced({ limits: enforcing }, live, lists);
      const all = planRuleChanges({ limits: enforcing }, live, { today: '2026-11-23', addresses: lists });
      fc.pre(all.revoke.length === plan.revoke.length);
      fc.pre(lists.size > 0);
      narrowed += plan.authorize.length;
      const after = applied(plan, live);
      for (const direction of ['ingress', 'egress'] as const) {
        const [was, is] = [inDirection(live, direction), inDirection(after, direction)];
        expect(compareRuleAccess(was, is, lists).excess).toEqual([]);
        const lost = compareRuleAccess(is, was, lists).excess;
        const revoked = inDirection(rulesOfPlannedChanges(plan.revoke), direction);
        if (revoked.length === 0) expect(lost).toEqual([]);
        for (const { ingress, egress = [], permit } of enforcing) {
          const permitted = inDirection(
            permit.flatMap(({ until, rules: some }) => (until === undefined ? some : [])),
            direction,
          );
          const bounds = direction === 'ingress' ? ingress : egress;
          expect(accessBeyond(is, bounds, { addresses: lists, permitted }).ranges).toEqual([]);
        }
        if (enforcing.length !== 1) continue;
        const [only] = enforcing;
        const permitted = inDirection(only?.permit.flatMap(({ until, rules: some }) => (until === undefined ? some : [])) ?? [], direction);
        const bounds = (direction === 'ingress' ? only?.ingress : only?.egress) ?? [];
        // With `notWiderThan`, the group can lose less traffic than `accessBeyond` returns, because a rule with a narrow block stays even
        // if a rule with a wider block is revoked.
        if (bounds.some(({ notWiderThan }) => notWiderThan?.ipv4 !== undefined || notWiderThan?.ipv6 !== undefined)) continue;
        const isKept = plan.revoke.every(({ reason }) => reason.startsWith('broken')) && plan.authorize.length > 0;
        if (isKept) expect(lost).toEqual(accessBeyond(was, bounds, { addresses: lists, permitted }).ranges);
      }
    }),
    { numRuns: 400 },
  );
  expect(narrowed).toBeGreaterThan(20);
});

it('if prefix lists are unread, a plan never authorizes new traffic that an enforced limit forbids', () => {
  fc.assert(
    fc.property(worlds, ({ declaration, live, addresses: lists }) => {
      const isNew = (each: Rule): boolean => compareRuleAccess(inDirection(live, each.direction), [each]).excess.length > 0;
      const authorized = rulesOfPlannedChanges(enforced(declaration, live, new Map()).authorize).filter(isNew);
      for (const { mode, ingress, egress = [], permit } of declaration.limits) {
        if (mode === 'report' || lists.size === 0) continue;
        const permitted = permit.flatMap(({ until, rules: some }) => (until === undefined ? some : []));
        for (const direction of ['ingress', 'egress'] as const) {
          const options = { addresses: lists, permitted: inDirection(permitted, direction) };
          expect(
            words(accessBeyond(inDirection(authorized, direction), direction === 'ingress' ? ingress : egress, options).rules),
          ).toEqual([]);
        }
      }
    }),
    { numRuns: 400 },
  );
});

it('a limit in mode `report` never changes a group', () => {
  fc.assert(
    fc.property(worlds, ({ declaration, live, addresses: lists }) => {
      const reported = declaration.limits.map((each) => ({ ...each, mode: 'report' as const }));
      const plan = enforced({ ...declaration, limits: reported }, live, lists);
      const without = enforced({ ...declaration, limits: [] }, live, lists);

      expect([plan.authorize, plan.revoke]).toEqual([without.authorize, without.revoke]);
      expect(isAtBaseline(enforced({ limits: reported }, live, lists))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

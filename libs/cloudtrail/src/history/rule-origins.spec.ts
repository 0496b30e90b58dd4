import type { Rule } from '@portcullis/permission-diff';
import * as fc from 'fast-check';
import type { ApiCall } from '../event/parse-cloudtrail-event.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { block, GROUP, history, ingressRule, played, type Act, type ModelRule, type Turn } from '../testing/played-history.js';
import { callOf } from '../testing/summary.js';
import { ruleOrigins, type ExistingRule } from './rule-origins.js';

function live(rule: ModelRule): ExistingRule {
  return { ...ingressRule(rule), ruleId: rule.ruleId };
}

function namesOf(rules: readonly ModelRule[], calls: readonly ApiCall[]): (string | null | undefined)[] {
  const origins = ruleOrigins(rules.map(live), calls);
  return rules.map(({ ruleId }) => origins.get(ruleId)?.call.actor.userName);
}

it('in random histories of calls by several people, `ruleOrigins` names the person who gave each rule its current content', () => {
  fc.assert(
    fc.property(history, (acts) => {
      const { rules, calls } = played(acts);

      expect(namesOf(rules, [...calls].reverse())).toEqual(rules.map(({ madeBy }) => madeBy));
      expect([...ruleOrigins(rules.map(live), calls).values()].every(({ certain }) => certain)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

it('if the oldest calls are missing, `ruleOrigins` never returns the wrong person with `certain: true`', () => {
  fc.assert(
    fc.property(history, fc.nat(25), (acts, dropped) => {
      const { rules, calls } = played(acts);
      const origins = ruleOrigins(rules.map(live), calls.slice(dropped));

      for (const { ruleId, madeBy } of rules) {
        const origin = origins.get(ruleId);
        if (origin?.certain === true) expect(origin.call.actor.userName).toBe(madeBy);
      }
    }),
    { numRuns: 400 },
  );
});

it('if all calls have the same time, `ruleOrigins` does not throw, and names only people who made a call', () => {
  fc.assert(
    fc.property(history, (acts) => {
      const { rules, calls } = played(acts, 0);
      const people = new Set(calls.map(({ actor }) => actor.userName));

      expect(namesOf(rules, calls).every((name) => name === undefined || people.has(name ?? null))).toBe(true);
    }),
  );
});

/** Simulates these calls, one second apart. Returns the origin that `ruleOrigins` finds for the only live rule, in words. */
function origin(acts: readonly Turn[]): string {
  const { rules, calls } = played(acts);
  const [found] = ruleOrigins(rules.map(live), calls).values();
  return found === undefined
    ? 'unknown'
    : `${found.call.eventName} by ${String(found.call.actor.userName)}${found.certain ? '' : ', perhaps'}`;
}

const open = (cidr = '0.0.0.0/0', withIds = true): Act => ({ do: 'authorize', port: 22, cidr, withIds });
const move = (cidr: string): Act => ({ do: 'modify', nth: 0, port: 22, cidr });

it.each<[string, readonly Turn[], string]>([
  ['a rule whose record lacks its id', [['ana', open('0.0.0.0/0', false)]], 'AuthorizeSecurityGroupIngress by ana'],
  [
    'a rule whose record lacks its id, and that somebody else added again',
    [
      ['ana', open('0.0.0.0/0', false)],
      ['ben', { do: 'revoke by value', nth: 0 }],
      ['chloe', open('0.0.0.0/0', false)],
    ],
    'AuthorizeSecurityGroupIngress by chloe',
  ],
  [
    'a rule whose record lacks its id, and that somebody else widened',
    [
      ['ana', open('10.0.0.0/8', false)],
      ['ben', move('0.0.0.0/0')],
    ],
    'ModifySecurityGroupRules by ben, perhaps',
  ],
])('`ruleOrigins` finds the origin of %s', (_, acts, expected) => {
  expect(origin(acts)).toBe(expected);
});

const RULE_1: ModelRule = { ruleId: 'sgr-00000000000000001', port: 22, cidr: '0.0.0.0/0', madeBy: '' };

function callsOf(...acts: readonly Act[]): readonly ApiCall[] {
  return played(acts.map((act) => ['ana', act] as const)).calls;
}

it.each<[string, ModelRule, readonly ApiCall[]]>([
  ['was changed after the last recorded call', RULE_1, callsOf(open('10.0.0.0/8'))],
  ['has another id than the rule that was added with its content', { ...RULE_1, ruleId: 'sgr-00000000000000002' }, callsOf(open())],
  [
    'has the content of a revoked rule, if no recorded call added the content again',
    RULE_1,
    callsOf(open('0.0.0.0/0', false), { do: 'revoke by value', nth: 0 }),
  ],
])('`ruleOrigins` returns no origin for a rule that %s', (_, rule, calls) => {
  expect(ruleOrigins([live(rule)], calls).size).toBe(0);
});

it('`ruleOrigins` returns no origin for a rule if every call that added such a rule concerned another group', () => {
  expect(ruleOrigins([{ ...live(RULE_1), groupId: 'sg-0b0b0b0b0b0b0b0b2' }], callsOf(open('0.0.0.0/0', false))).size).toBe(0);
});

it('if calls on a rule have the same time, `ruleOrigins` puts the Authorize call first and the call with the live content last', () => {
  const acts = [open('10.0.0.0/8'), move('192.0.2.0/24'), move('0.0.0.0/0')].map((act, i) => [`person ${i}`, act] as const);
  const { rules, calls } = played(acts, 0);

  for (const order of [calls, [...calls].reverse()]) expect(namesOf(rules, order)).toEqual(['person 2']);
});

it('`ruleOrigins` returns the CreateSecurityGroup call as the origin of the egress rule that EC2 adds to a new group', () => {
  const created = callOf(
    cloudTrailEvent({ eventName: 'CreateSecurityGroup', requestParameters: { groupName: 'web' }, responseElements: { groupId: GROUP } }),
  );
  const egress: Rule = { direction: 'egress', traffic: { kind: 'all' }, source: block('0.0.0.0/0') };

  expect(ruleOrigins([{ ...egress, groupId: GROUP, ruleId: 'sgr-1' }], [created]).get('sgr-1')?.call).toBe(created);
  expect(ruleOrigins([{ ...egress, direction: 'ingress', groupId: GROUP, ruleId: 'sgr-1' }], [created]).size).toBe(0);
});

import { readCidr, type Rule, type Source } from '@portcullis/permission-diff';
import * as fc from 'fast-check';
import type { ApiCall } from '../call/parse-cloudtrail-event.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { callOf } from '../testing/summary.js';
import { ruleOrigins, type LiveRule } from './rule-origins.js';

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';

/** A rule in EC2, with what a person has to know about it: who made it as it is. */
interface ModelRule {
  readonly ruleId: string;
  readonly port: number;
  readonly cidr: string;
  readonly madeBy: string;
}

/** What a person does. Numbers choose among the rules that are there. */
type Act =
  | { readonly do: 'authorize'; readonly port: number; readonly cidr: string; readonly withIds: boolean }
  | { readonly do: 'modify'; readonly nth: number; readonly port: number; readonly cidr: string }
  | { readonly do: 'describe' | 'revoke by id' | 'revoke by value'; readonly nth: number }
  | { readonly do: 'refused'; readonly port: number; readonly cidr: string };

const content = { port: fc.constantFrom(22, 80, 443), cidr: fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '192.0.2.0/24') };
const nth = fc.nat(5);
const act = fc.oneof<fc.Arbitrary<Act>[]>(
  fc.record({ do: fc.constant('authorize' as const), ...content, withIds: fc.constant(true) }),
  fc.record({ do: fc.constant('modify' as const), nth, ...content }),
  fc.record({ do: fc.constantFrom('describe' as const, 'revoke by id' as const, 'revoke by value' as const), nth }),
  fc.record({ do: fc.constant('refused' as const), ...content }),
);
const person = fc.constantFrom('ana', 'ben', 'chloe', 'dan');
const history = fc.array(fc.record({ who: person, act }), { minLength: 1, maxLength: 25 });

const FIELDS = (port: number) => ({ ipProtocol: 'tcp', fromPort: port, toPort: port });

/** Plays the acts on one group, and returns its rules and the calls that CloudTrail recorded, oldest first. */
function played(acts: readonly { readonly who: string; readonly act: Act }[], secondsBetween = 1) {
  const rules: ModelRule[] = [];
  const calls: ApiCall[] = [];
  let [time, ids] = [Date.parse('2026-01-15T09:30:00Z'), 0];
  for (const { who, act } of acts) {
    time += secondsBetween * 1000;
    const record = (eventName: string, requestParameters: object, rest: object = {}): void => {
      const userIdentity = { type: 'IAMUser', userName: who, arn: `arn:aws:iam::111122223333:user/${who}` };
      const eventTime = new Date(time).toISOString();
      calls.push(
        callOf(cloudTrailEvent({ eventName, requestParameters, userIdentity, eventTime, eventID: `event-${calls.length}`, ...rest })),
      );
    };
    const permission = (port: number, cidr: string) => ({
      groupId: GROUP,
      ipPermissions: { items: [{ ...FIELDS(port), ipRanges: { items: [{ cidrIp: cidr }] } }] },
    });
    const modified = (rule: ModelRule, description: string) => {
      record('ModifySecurityGroupRules', {
        ModifySecurityGroupRulesRequest: {
          GroupId: GROUP,
          SecurityGroupRule: {
            SecurityGroupRuleId: rule.ruleId,
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort: rule.port, ToPort: rule.port, CidrIpv4: rule.cidr, Description: description },
          },
        },
      });
    };
    const isDuplicate = (port: number, cidr: string) => rules.some((rule) => rule.port === port && rule.cidr === cidr);
    const at = 'nth' in act && rules.length > 0 ? act.nth % rules.length : -1;
    const rule = rules[at];
    if (act.do === 'refused') {
      record('AuthorizeSecurityGroupIngress', permission(act.port, act.cidr), { errorCode: 'Client.UnauthorizedOperation' });
    } else if (act.do === 'authorize') {
      if (isDuplicate(act.port, act.cidr)) continue;
      const ruleId = `sgr-${String((ids += 1)).padStart(17, '0')}`;
      rules.push({ ruleId, port: act.port, cidr: act.cidr, madeBy: who });
      const item = { groupId: GROUP, securityGroupRuleId: ruleId, isEgress: false, ...FIELDS(act.port), cidrIpv4: act.cidr };
      const responseElements = act.withIds ? { securityGroupRuleSet: { items: [item] } } : { _return: true };
      record('AuthorizeSecurityGroupIngress', permission(act.port, act.cidr), { responseElements });
    } else if (rule === undefined) {
      continue;
    } else if (act.do === 'modify') {
      if (isDuplicate(act.port, act.cidr)) continue;
      rules[at] = { ...rule, port: act.port, cidr: act.cidr, madeBy: who };
      modified(rules[at], 'moved');
    } else if (act.do === 'describe') {
      modified(rule, `by ${who}`);
    } else {
      rules.splice(at, 1);
      const byId = { groupId: GROUP, securityGroupRuleIds: { items: [{ securityGroupRuleId: rule.ruleId }] } };
      record('RevokeSecurityGroupIngress', act.do === 'revoke by id' ? byId : permission(rule.port, rule.cidr));
    }
  }
  return { rules, calls };
}

function live({ ruleId, port, cidr }: ModelRule): LiveRule {
  return {
    groupId: GROUP,
    ruleId,
    direction: 'ingress',
    traffic: { kind: 'ports', protocol: 'tcp', fromPort: port, toPort: port },
    source: block(cidr),
  };
}

function block(cidr: string): Source {
  const read = readCidr(cidr, 'cidr');
  if (!read.ok) throw new Error(`not a block: ${cidr}`);
  return read.value;
}

function namesOf(rules: readonly ModelRule[], calls: readonly ApiCall[]): (string | null | undefined)[] {
  const origins = ruleOrigins(rules.map(live), calls);
  return rules.map(({ ruleId }) => origins.get(ruleId)?.call.actor.userName);
}

it('names the person who made each rule as it is, in every history of several people', () => {
  fc.assert(
    fc.property(history, (acts) => {
      const { rules, calls } = played(acts);

      expect(namesOf(rules, [...calls].reverse())).toEqual(rules.map(({ madeBy }) => madeBy));
      expect([...ruleOrigins(rules.map(live), calls).values()].every(({ certain }) => certain)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

it('names nobody wrongly with certainty when the history does not reach back to the first call', () => {
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

it('does not throw and names each rule at most once when calls share a second', () => {
  fc.assert(
    fc.property(history, (acts) => {
      const { rules, calls } = played(acts, 0);
      const people = new Set(calls.map(({ actor }) => actor.userName));

      expect(namesOf(rules, calls).every((name) => name === undefined || people.has(name ?? null))).toBe(true);
    }),
  );
});

type Turn = readonly [who: string, act: Act];

/** Plays these acts one second apart and returns the only live rule's origin in words. */
function origin(acts: readonly Turn[]): string {
  const { rules, calls } = played(acts.map(([who, act]) => ({ who, act })));
  const [found] = ruleOrigins(rules.map(live), calls).values();
  return found === undefined
    ? 'unknown'
    : `${found.call.eventName} by ${String(found.call.actor.userName)}${found.certain ? '' : ', perhaps'}`;
}

const open = (cidr = '0.0.0.0/0', withIds = true): Act => ({ do: 'authorize', port: 22, cidr, withIds });
const move = (cidr: string): Act => ({ do: 'modify', nth: 0, port: 22, cidr });

it.each<[string, readonly Turn[], string]>([
  ['a rule that was added once', [['ana', open()]], 'AuthorizeSecurityGroupIngress by ana'],
  [
    'a rule that was widened later',
    [
      ['ana', open('10.0.0.0/8')],
      ['ben', move('0.0.0.0/0')],
    ],
    'ModifySecurityGroupRules by ben',
  ],
  [
    'a rule whose description was changed later',
    [
      ['ana', open()],
      ['ben', { do: 'describe', nth: 0 }],
    ],
    'AuthorizeSecurityGroupIngress by ana',
  ],
  [
    'a rule that was revoked and added again',
    [
      ['ana', open()],
      ['ben', { do: 'revoke by id', nth: 0 }],
      ['chloe', open()],
    ],
    'AuthorizeSecurityGroupIngress by chloe',
  ],
  [
    'a rule that was narrowed and widened again',
    [
      ['ana', open()],
      ['ben', move('10.0.0.0/8')],
      ['chloe', move('0.0.0.0/0')],
    ],
    'ModifySecurityGroupRules by chloe',
  ],
  ['a rule whose record lacks its id', [['ana', open('0.0.0.0/0', false)]], 'AuthorizeSecurityGroupIngress by ana'],
  [
    'a rule whose record lacks its id, added again by somebody else',
    [
      ['ana', open('0.0.0.0/0', false)],
      ['ben', { do: 'revoke by value', nth: 0 }],
      ['chloe', open('0.0.0.0/0', false)],
    ],
    'AuthorizeSecurityGroupIngress by chloe',
  ],
  [
    'a rule whose record lacks its id, widened later',
    [
      ['ana', open('10.0.0.0/8', false)],
      ['ben', move('0.0.0.0/0')],
    ],
    'ModifySecurityGroupRules by ben, perhaps',
  ],
])('finds the origin of %s', (_, acts, expected) => {
  expect(origin(acts)).toBe(expected);
});

const RULE_1: ModelRule = { ruleId: 'sgr-00000000000000001', port: 22, cidr: '0.0.0.0/0', madeBy: '' };

function callsOf(...acts: readonly Act[]): ApiCall[] {
  return played(acts.map((each) => ({ who: 'ana', act: each }))).calls;
}

it.each<[string, ModelRule, readonly ApiCall[]]>([
  ['was changed after the last recorded call', RULE_1, callsOf(open('10.0.0.0/8'))],
  ['has another id than the rule that was added with its content', { ...RULE_1, ruleId: 'sgr-00000000000000002' }, callsOf(open())],
  [
    'has the content of a rule that was revoked, and no recorded call added it again',
    RULE_1,
    callsOf(open('0.0.0.0/0', false), { do: 'revoke by value', nth: 0 }),
  ],
])('finds nobody for a rule that %s', (_, rule, calls) => {
  expect(ruleOrigins([live(rule)], calls).size).toBe(0);
});

it('finds nobody for a rule of another group with the same content', () => {
  expect(ruleOrigins([{ ...live(RULE_1), groupId: 'sg-0b0b0b0b0b0b0b0b2' }], callsOf(open('0.0.0.0/0', false))).size).toBe(0);
});

it('orders calls of one second so that a rule is added first and ends as it is', () => {
  const acts = [open('10.0.0.0/8'), move('192.0.2.0/24'), move('0.0.0.0/0')].map((each, i) => ({ who: `person ${i}`, act: each }));
  const { rules, calls } = played(acts, 0);

  for (const order of [calls, [...calls].reverse()]) expect(namesOf(rules, order)).toEqual(['person 2']);
});

it('names the creator of a group for the egress to anywhere that EC2 gives a new group', () => {
  const created = callOf(
    cloudTrailEvent({ eventName: 'CreateSecurityGroup', requestParameters: { groupName: 'web' }, responseElements: { groupId: GROUP } }),
  );
  const egress: Rule = { direction: 'egress', traffic: { kind: 'all' }, source: block('0.0.0.0/0') };

  expect(ruleOrigins([{ ...egress, groupId: GROUP, ruleId: 'sgr-1' }], [created]).get('sgr-1')?.call).toBe(created);
  expect(ruleOrigins([{ ...egress, direction: 'ingress', groupId: GROUP, ruleId: 'sgr-1' }], [created]).size).toBe(0);
});

import { parseCloudTrailEvent, type ApiCall } from '@portcullis/cloudtrail';
import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { readCidr } from '@portcullis/permission-diff';
import { callHistory } from '../testing/call-history.js';
import { findWhoOpenedRules, type AskedRule } from './find-origins.js';
import type { HistoryPage } from './history-reader.js';

const GROUP = 'sg-0000000a';

function rule(n: number, cidr = '0.0.0.0/0', direction: AskedRule['direction'] = 'ingress'): AskedRule {
  const source = readCidr(cidr, 'cidr');
  if (!source.ok) throw new Error(cidr);
  return {
    groupId: GROUP,
    ruleId: `sgr-${n}`,
    direction,
    traffic: { kind: 'ports', protocol: 'tcp', fromPort: 22, toPort: 22 },
    source: source.value,
  };
}

/** @param at the minute of the call, from 0 to 59 */
function call(eventName: string, who: string, at: number, n: number, cidr = '0.0.0.0/0'): ApiCall {
  const item = { groupId: GROUP, securityGroupRuleId: `sgr-${n}`, ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIpv4: cidr };
  const content = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: cidr };
  const modify = { GroupId: GROUP, SecurityGroupRule: { SecurityGroupRuleId: `sgr-${n}`, SecurityGroupRule: content } };
  const parsed = parseCloudTrailEvent(
    cloudTrailEvent({
      eventName,
      eventTime: `2026-01-15T09:${String(at).padStart(2, '0')}:00Z`,
      userIdentity: { type: 'IAMUser', userName: who },
      requestParameters:
        eventName === 'ModifySecurityGroupRules' ? { ModifySecurityGroupRulesRequest: modify } : { groupId: GROUP, ipPermissions: {} },
      responseElements: eventName.startsWith('Authorize') ? { securityGroupRuleSet: { items: [item] } } : { _return: true },
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const AUTHORIZE = 'AuthorizeSecurityGroupIngress';
const MODIFY = 'ModifySecurityGroupRules';

async function named(rules: readonly AskedRule[], lookUp: Parameters<typeof findWhoOpenedRules>[1]) {
  const { byRuleId, since } = await findWhoOpenedRules(rules, lookUp);
  return {
    who: Object.fromEntries(
      [...byRuleId].map(
        ([
          id,
          {
            call: { actor },
          },
        ]) => [id, actor.userName],
      ),
    ),
    since,
  };
}

it('findWhoOpenedRules stops reading when it has found the call that added the oldest rule', async () => {
  const { lookUp, asked } = callHistory([
    ...[1, 2, 3, 4].map((n) => call(AUTHORIZE, `person ${n}`, n, n)),
    call(MODIFY, 'ben', 10, 4, '10.0.0.0/8'),
    call(MODIFY, 'chloe', 11, 4),
  ]);

  expect(await named([rule(3), rule(4)], lookUp)).toEqual({ who: { 'sgr-3': 'person 3', 'sgr-4': 'chloe' }, since: null });
  expect(asked).toEqual({ [AUTHORIZE]: 2, [MODIFY]: 2 });
});

it('findWhoOpenedRules looks up only calls that can add rules in the direction of the given rules', async () => {
  const { lookUp, asked } = callHistory([call('AuthorizeSecurityGroupEgress', 'ana', 1, 1), call(AUTHORIZE, 'ben', 2, 2)]);

  expect((await named([rule(1, '0.0.0.0/0', 'egress')], lookUp)).who).toEqual({ 'sgr-1': 'ana' });
  expect(asked).toEqual({ AuthorizeSecurityGroupEgress: 1 });
});

it('findWhoOpenedRules stops after 200 requests, and returns the time of the oldest call that it has read', async () => {
  const many = Array.from({ length: 59 * 4 }, (_, i) => call(AUTHORIZE, 'somebody', 59 - Math.floor(i / 4), 1000 + i));
  const { lookUp, asked } = callHistory([...many, call(AUTHORIZE, 'ana', 0, 1)]);

  expect(await named([rule(1)], lookUp)).toEqual({ who: {}, since: '2026-01-15T09:10:00Z' });
  expect(asked).toEqual({ [AUTHORIZE]: 200 });
});

it('findWhoOpenedRules ignores calls that are older than the oldest Modify call that it has read', async () => {
  const modifies = Array.from({ length: 58 * 2 }, (_, i) => call(MODIFY, 'somebody', 59 - Math.floor(i / 2), 1000 + i));
  // Ben modified rule 1, but his call is not among the 100 Modify calls that are read. Therefore, Ana's older call does not prove who
  // opened the rule.
  const { lookUp } = callHistory([...modifies, call(MODIFY, 'ben', 1, 1), call(AUTHORIZE, 'ana', 0, 1), call(AUTHORIZE, 'dan', 59, 2)]);

  expect(await named([rule(1), rule(2)], lookUp)).toEqual({ who: { 'sgr-2': 'dan' }, since: '2026-01-15T09:10:00Z' });
});

it('findWhoOpenedRules returns the origins that it found before a request to CloudTrail failed', async () => {
  const { lookUp } = callHistory([call(AUTHORIZE, 'ana', 9, 1), call(AUTHORIZE, 'ben', 1, 2)]);
  const throttled = new Error('throttled');
  async function* failing(eventName: string): AsyncGenerator<HistoryPage> {
    for await (const page of lookUp(eventName)) {
      yield page;
      throw throttled;
    }
  }

  const { byRuleId, failure } = await findWhoOpenedRules([rule(1), rule(2)], failing);

  expect([...byRuleId.keys()]).toEqual(['sgr-1']);
  expect(failure).toBe(throttled);
});

it('after each request, findWhoOpenedRules reports the number of rules whose origin it has found', async () => {
  const seen: number[] = [];
  const { lookUp } = callHistory([call(MODIFY, 'ana', 3, 9), call(AUTHORIZE, 'ana', 2, 1), call(AUTHORIZE, 'ana', 1, 2)]);

  await findWhoOpenedRules([rule(1), rule(2)], lookUp, (explained) => seen.push(explained));

  expect(seen).toEqual([0, 1, 2]);
});

import * as fc from 'fast-check';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { history, ingressRule, played, type ModelRule, type Turn } from '../testing/played-history.js';
import { callOf } from '../testing/summary.js';
import { ruleRemovals } from './rule-removals.js';

it('in random histories of calls by several people, `ruleRemovals` names the person who removed each missing rule', () => {
  fc.assert(
    fc.property(history, (acts) => {
      const { lost, calls } = played(acts);
      const missing = lost.map((rule) => ({ ...ingressRule(rule), removedBy: rule.removedBy }));
      const removals = ruleRemovals(missing, [...calls].reverse());

      const named = missing.map((rule) => removals.get(rule)).map((found) => [found?.call.actor.userName, found?.certain]);
      expect(named).toEqual(lost.map(({ removedBy }) => [removedBy, true]));
    }),
    { numRuns: 400 },
  );
});

it('if the oldest calls or all Authorize calls are missing, `ruleRemovals` never returns the wrong person with `certain: true`', () => {
  fc.assert(
    fc.property(history, fc.nat(25), fc.boolean(), (acts, dropped, withoutAdding) => {
      const { lost, calls } = played(acts);
      const missing = lost.map((rule) => ({ ...ingressRule(rule), removedBy: rule.removedBy }));
      const known = calls.slice(dropped).filter(({ change }) => !withoutAdding || change.kind !== 'authorize');

      for (const [rule, { call, certain }] of ruleRemovals(missing, known)) if (certain) expect(call.actor.userName).toBe(rule.removedBy);
    }),
    { numRuns: 400 },
  );
});

const SSH: ModelRule = { ruleId: 'sgr-00000000000000001', port: 22, cidr: '10.0.0.0/8', madeBy: '' };
const OPEN: Turn = ['ana', { do: 'authorize', port: 22, cidr: '10.0.0.0/8', withIds: true }];
const OPEN_WEB: Turn = ['ana', { do: 'authorize', port: 443, cidr: '10.0.0.0/8', withIds: true }];
const DROP = { do: 'revoke by id', nth: 0 } as const;

it.each<[string, readonly Turn[], string]>([
  ['one rule was revoked by its id', [OPEN, ['ben', DROP]], 'RevokeSecurityGroupIngress by ben, perhaps'],
  ['two rules were revoked by their ids', [OPEN, OPEN_WEB, ['ben', DROP], ['chloe', DROP]], 'unknown'],
  [
    "EC2's response names the revoked rules",
    [OPEN, OPEN_WEB, ['ben', { do: 'revoke by id, answered', nth: 0 }], ['chloe', { do: 'revoke by id, answered', nth: 0 }]],
    'RevokeSecurityGroupIngress by ben',
  ],
])('if the list lacks the Authorize calls, `ruleRemovals` uses only the Revoke calls: %s', (_, acts, expected) => {
  const { calls } = played(acts);

  expect(removalOf(calls.filter(({ change }) => change.kind !== 'authorize'))).toBe(expected);
});

it('`ruleRemovals` returns `certain: false` if the record of a later Revoke call is unreadable', () => {
  const { calls } = played([OPEN, ['ben', DROP]]);
  const unreadable = callOf(
    cloudTrailEvent({
      eventName: 'RevokeSecurityGroupIngress',
      requestParameters: { groupId: ingressRule(SSH).groupId, ipPermissions: { items: [{ ipProtocol: 'tcp', fromPort: 'many' }] } },
      eventTime: '2026-01-16T09:30:00Z',
    }),
  );

  expect(removalOf([...calls, unreadable])).toBe('RevokeSecurityGroupIngress by ben, perhaps');
});

it('`ruleRemovals` returns no removal for a rule that nobody added, or that somebody removed only in another direction or group', () => {
  expect(removalOf(played([OPEN_WEB, ['ben', DROP]]).calls)).toBe('unknown');
  const { calls } = played([OPEN, ['ben', DROP]]);
  const rule = ingressRule(SSH);

  expect(
    ruleRemovals(
      [
        { ...rule, direction: 'egress' as const },
        { ...rule, groupId: 'sg-0b0b0b0b0b0b0b0b2' },
      ],
      calls,
    ).size,
  ).toBe(0);
});

/** Returns the removal that `ruleRemovals` finds for the rule `SSH`, in words. */
function removalOf(calls: Parameters<typeof ruleRemovals>[1]): string {
  const [removal] = ruleRemovals([ingressRule(SSH)], calls).values();
  if (removal === undefined) return 'unknown';
  const { call, certain } = removal;
  return `${call.eventName} by ${String(call.actor.userName)}${certain ? '' : ', perhaps'}`;
}

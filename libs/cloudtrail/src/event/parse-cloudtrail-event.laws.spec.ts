import { isDeepStrictEqual } from 'node:util';
import { readRules, ruleKey, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { pathsIn, replacedAt } from '@portcullis/permission-diff/testing';
import * as fc from 'fast-check';
import type { Change } from './change.js';
import { mutatedEvent, permissions, readableEvent } from '../testing/arbitraries.js';
import * as callForms from '../testing/call-forms.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { itemsForm, ruleSetForm, wrappedForm } from '../testing/recorded-forms.js';
import { callOf, summaryOf } from '../testing/summary.js';
import { parseCloudTrailEvent, type ApiCall } from './parse-cloudtrail-event.js';

const anyParameters = fc.record({ requestParameters: fc.anything(), responseElements: fc.anything() });

it.each<[string, fc.Arbitrary<unknown>, number]>([
  ['any value', fc.anything(), 1_000],
  ['any JSON', fc.jsonValue(), 1_000],
  ['a record with any part replaced', mutatedEvent, 5_000],
  [
    'any parameters and answer of any call',
    fc.tuple(readableEvent, anyParameters).map(([event, rest]) => cloudTrailEvent({ eventName: callOf(event).eventName, ...rest })),
    1_000,
  ],
])(
  '`parseCloudTrailEvent` reads %s without throwing, and returns either a call with its ids or at least one problem',
  (_, events, numRuns) => {
    fc.assert(
      fc.property(events, (event) => {
        const parsed = parseCloudTrailEvent(event);
        if (!parsed.ok) return parsed.problems.length > 0;
        const { eventId, eventName, eventTime, accountId, region } = parsed.value;
        return ![eventId, eventName, eventTime, accountId, region].includes('');
      }),
      { numRuns },
    );
  },
);

/**
 * Splits the summary of a change into its parts. The parts lack rule ids and accounts of groups, because only EC2's response contains them.
 */
function essenceOf(change: Change): readonly string[] {
  return summaryOf(change)
    .replaceAll(/sgr-\w+ | \(account \d+\)/g, '')
    .split(/(?<=:) |, /)
    .sort();
}

function isNoticed(before: ApiCall, after: ApiCall): boolean {
  return (
    after.unreadable.length > 0 ||
    (after.change.kind === 'revoke' && after.change.undescribedRuleIds.length > 0) ||
    (isDeepStrictEqual(essenceOf(after.change), essenceOf(before.change)) &&
      (isDeepStrictEqual(after.target.groupIds, before.target.groupIds) || after.target.groupName !== null))
  );
}

it.each(Object.entries(callForms).filter(([, event]) => callOf(event).unreadable.length === 0))(
  '`parseCloudTrailEvent` reports every unexpected value in the request or response that changes the result: %s',
  (_, event) => {
    const unnoticed = [{ unexpected: ['garbage'] }, [{ unexpected: true }]].flatMap((garbage) =>
      pathsIn(event)
        .filter(([, part]) => part === 'requestParameters' || part === 'responseElements')
        // Do not replace a whole response with an object. `parseCloudTrailEvent` would accept the object, because for most calls no field
        // of the response is required.
        .filter((path) => path.length > 2 || path[1] === 'requestParameters' || Array.isArray(garbage))
        .filter((path) => !isNoticed(callOf(event), callOf(replacedAt(event, path, garbage)))),
    );

    expect(unnoticed).toEqual([]);
  },
);

function keysOf(rules: readonly Rule[]): readonly string[] {
  return [...new Set(rules.map(ruleKey))].sort();
}

function rulesOf(list: readonly IpPermission[], direction: 'ingress' | 'egress' = 'ingress'): readonly Rule[] {
  const read = readRules(list, { direction });
  if (!read.ok) throw new Error('the generator made a permission that EC2 would refuse');
  return read.value;
}

function withTextForNumbers(value: object): unknown {
  return JSON.parse(JSON.stringify(value), (_key, each: unknown) => (typeof each === 'number' ? String(each) : each));
}

const UPDATE = 'UpdateSecurityGroupRuleDescriptionsIngress';
const AUTHORIZE = 'AuthorizeSecurityGroupIngress';

it.each<[string, string, (list: IpPermission[]) => object]>([
  [
    'a request in the camelCase encoding',
    'RevokeSecurityGroupEgress',
    (list) => ({ requestParameters: { groupId: 'sg-1', ipPermissions: itemsForm(list) } }),
  ],
  [
    'a request in the PascalCase encoding',
    UPDATE,
    (list) => ({ requestParameters: { [`${UPDATE}Request`]: { GroupId: 'sg-1', IpPermissions: wrappedForm(list) } } }),
  ],
  [
    'a request with ports as text',
    AUTHORIZE,
    (list) => ({ requestParameters: { groupId: 'sg-1', ipPermissions: withTextForNumbers(itemsForm(list)) } }),
  ],
  [
    'a response',
    AUTHORIZE,
    (list) => ({
      requestParameters: { groupId: 'sg-1', ipPermissions: itemsForm(list) },
      responseElements: { _return: true, securityGroupRuleSet: ruleSetForm(rulesOf(list)) },
    }),
  ],
])('from %s, `parseCloudTrailEvent` reads the same rules that `readRules` reads from the permissions', (_, eventName, fields) => {
  fc.assert(
    fc.property(permissions, (list) => {
      const { change, target, unreadable } = callOf(cloudTrailEvent({ eventName, ...fields(list) }));
      const expected = rulesOf(list, eventName.endsWith('Egress') ? 'egress' : 'ingress');

      expect(unreadable).toEqual([]);
      expect(keysOf('direction' in change ? change.rules : [])).toEqual(keysOf(expected));
      if ('responseElements' in fields(list)) expect(target.ruleIds).toEqual(expected.map((_rule, index) => `sgr-${index}`));
    }),
  );
});

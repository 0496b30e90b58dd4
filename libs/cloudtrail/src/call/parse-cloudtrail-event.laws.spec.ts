import { isDeepStrictEqual } from 'node:util';
import { readRules, ruleKey, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { pathsIn, replacedAt } from '@portcullis/permission-diff/testing';
import * as fc from 'fast-check';
import type { ApiCall, ParsedCloudTrailEvent } from './parse-cloudtrail-event.js';
import type { Change } from '../change/change.js';
import { parseCloudTrailEvent } from './parse-cloudtrail-event.js';
import { mutatedEvent, permissions, readableEvent } from '../testing/arbitraries.js';
import * as callForms from '../testing/call-forms.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { itemsForm, ruleSetForm, wrappedForm } from '../testing/recorded-forms.js';
import { callOf, summaryOf } from '../testing/summary.js';

/** Reports what holds of every answer: a failure has reasons, and an identified call says by what it is identified. */
function isAnswer(parsed: ParsedCloudTrailEvent): boolean {
  if (!parsed.ok) return parsed.problems.length > 0;
  const { eventId, eventName, eventTime, accountId, region } = parsed.value;
  return ![eventId, eventName, eventTime, accountId, region].includes('');
}

describe('any value at all', () => {
  it('is answered, never thrown at', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => isAnswer(parseCloudTrailEvent(event))),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), (event) => isAnswer(parseCloudTrailEvent(event))),
      { numRuns: 1000 },
    );
  });

  it('in place of any part of a record is answered, never thrown at', () => {
    fc.assert(
      fc.property(mutatedEvent, (event) => isAnswer(parseCloudTrailEvent(event))),
      { numRuns: 5000 },
    );
  });

  it('as request and answer of any call is answered, never thrown at', () => {
    const parts = fc.record({ requestParameters: fc.anything(), responseElements: fc.anything() });
    fc.assert(
      fc.property(readableEvent, parts, (event, fields) => {
        const { eventName } = callOf(event);

        return isAnswer(parseCloudTrailEvent(cloudTrailEvent({ eventName, ...fields })));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a part of the request or answer that is not what it should be', () => {
  const garbages: readonly unknown[] = [{ unexpected: ['garbage'] }, [{ unexpected: true }]];
  // Ids of rules and owners of groups are known from the answer alone: to lose them is not to lose what was let in.
  const essence = (change: Change): readonly string[] =>
    summaryOf(change)
      .replaceAll(/sgr-\w+ | \(account \d+\)/g, '')
      .split(/(?<=:) |, /)
      .sort();
  const isTold = (before: ApiCall, after: ApiCall): boolean =>
    after.unreadable.length > 0 ||
    (after.change.kind === 'revoke' && after.change.undescribedRuleIds.length > 0) ||
    (isDeepStrictEqual(essence(after.change), essence(before.change)) &&
      (isDeepStrictEqual(after.target.groupIds, before.target.groupIds) || after.target.groupName !== null));

  it.each(Object.entries(callForms).filter(([, event]) => callOf(event).unreadable.length === 0))(
    'is told, unless all else still tells the same: %s',
    (_name, event) => {
      const untold = garbages.flatMap((garbage) =>
        pathsIn(event)
          .filter(([, part]) => part === 'requestParameters' || part === 'responseElements')
          // An answer that holds none of the fields looked for is what most answers are.
          .filter((path) => path.length > 2 || path[1] === 'requestParameters' || Array.isArray(garbage))
          .filter((path) => !isTold(callOf(event), callOf(replacedAt(event, path, garbage)))),
      );

      expect(untold).toEqual([]);
    },
  );
});

describe('permissions', () => {
  const keys = (rules: readonly Rule[]): readonly string[] => [...new Set(rules.map(ruleKey))].sort();
  const rulesOf = (list: readonly IpPermission[], direction: 'ingress' | 'egress' = 'ingress'): readonly Rule[] => {
    const read = readRules(list, { direction });
    if (!read.ok) throw new Error('the generator made a permission that EC2 would refuse');
    return read.value;
  };
  const rulesRead = (event: unknown): readonly Rule[] => {
    const { change, unreadable } = callOf(event);
    expect(unreadable).toEqual([]);
    return change.kind === 'authorize' || change.kind === 'revoke' || change.kind === 'descriptions' ? change.rules : [];
  };

  it('mean the same rules in a request of the older encoding', () => {
    fc.assert(
      fc.property(permissions, (list) => {
        const requestParameters = { groupId: 'sg-1', ipPermissions: itemsForm(list) };
        const event = cloudTrailEvent({ eventName: 'RevokeSecurityGroupEgress', requestParameters });

        expect(keys(rulesRead(event))).toEqual(keys(rulesOf(list, 'egress')));
      }),
    );
  });

  it('mean the same rules in a request of the newer encoding', () => {
    fc.assert(
      fc.property(permissions, (list) => {
        const eventName = 'UpdateSecurityGroupRuleDescriptionsIngress';
        const requestParameters = { [`${eventName}Request`]: { GroupId: 'sg-1', IpPermissions: wrappedForm(list) } };

        expect(keys(rulesRead(cloudTrailEvent({ eventName, requestParameters })))).toEqual(keys(rulesOf(list)));
      }),
    );
  });

  it('mean the same rules in the answer, of which each has its id', () => {
    fc.assert(
      fc.property(permissions, (list) => {
        const rules = rulesOf(list);
        const responseElements = { _return: true, securityGroupRuleSet: ruleSetForm(rules) };
        const requestParameters = { groupId: 'sg-1', ipPermissions: itemsForm(list) };
        const event = cloudTrailEvent({
          eventName: 'AuthorizeSecurityGroupIngress',
          requestParameters,
          responseElements,
        });

        expect(keys(rulesRead(event))).toEqual(keys(rules));
        expect(callOf(event).target.ruleIds).toEqual(rules.map((_, index) => `sgr-${index}`));
      }),
    );
  });

  it('mean the same rules with their ports as text', () => {
    fc.assert(
      fc.property(permissions, (list) => {
        const asText: unknown = JSON.parse(JSON.stringify(itemsForm(list)), (_key, value: unknown) =>
          typeof value === 'number' ? String(value) : value,
        );
        const requestParameters = { groupId: 'sg-1', ipPermissions: asText };
        const event = cloudTrailEvent({ eventName: 'AuthorizeSecurityGroupIngress', requestParameters });

        expect(keys(rulesRead(event))).toEqual(keys(rulesOf(list)));
      }),
    );
  });
});

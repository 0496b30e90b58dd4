import { watchedEventNames } from '../change/read-change.js';
import { eventPattern, MAX_EVENT_PATTERN_LENGTH } from './event-pattern.js';
import { matchesPattern } from './matching.js';
import * as callForms from '../testing/call-forms.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';

describe('eventPattern', () => {
  it('names source, call and group', () => {
    expect(eventPattern(['sg-2', 'sg-1', 'sg-2'])).toEqual({
      source: ['aws.ec2'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        eventSource: ['ec2.amazonaws.com'],
        eventName: [
          'AuthorizeSecurityGroupIngress',
          'AuthorizeSecurityGroupEgress',
          'RevokeSecurityGroupIngress',
          'RevokeSecurityGroupEgress',
          'ModifySecurityGroupRules',
          'UpdateSecurityGroupRuleDescriptionsIngress',
          'UpdateSecurityGroupRuleDescriptionsEgress',
          'CreateSecurityGroup',
          'DeleteSecurityGroup',
          'AssociateSecurityGroupVpc',
          'DisassociateSecurityGroupVpc',
          'ModifyManagedPrefixList',
          'RestoreManagedPrefixListVersion',
        ],
        requestParameters: { groupId: ['sg-1', 'sg-2', { exists: false }] },
      },
    });
  });

  it('does not narrow by id when baselines select otherwise', () => {
    expect(eventPattern([GROUP], { byIdOnly: false }).detail.requestParameters).toBeUndefined();
    expect(eventPattern([GROUP], { byIdOnly: true }).detail.requestParameters).toBeDefined();
  });

  // The default of the quota "Event pattern size": https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
  it('takes the quota of an account that asked for no more', () => {
    expect(MAX_EVENT_PATTERN_LENGTH).toBe(2_048);
  });

  it('is never longer than EventBridge accepts, and narrows as long as that lets it', () => {
    const ids = Array.from({ length: 200 }, (_, i) => `sg-${String(i).padStart(17, '0')}`);
    const patterns = ids.map((_, count) => eventPattern(ids.slice(0, count)));

    expect(Math.max(...patterns.map((pattern) => JSON.stringify(pattern).length))).toBeLessThanOrEqual(MAX_EVENT_PATTERN_LENGTH);
    const narrowed = patterns.filter(({ detail }) => detail.requestParameters !== undefined).length;
    // One more id, its quotes and its comma would be too many.
    expect(JSON.stringify(patterns[narrowed - 1]).length + `"${String(ids[0])}",`.length).toBeGreaterThan(MAX_EVENT_PATTERN_LENGTH);
    expect(patterns.slice(narrowed).every(({ detail }) => detail.requestParameters === undefined)).toBe(true);
  });
});

describe('where tags matter', () => {
  const pattern = eventPattern([GROUP], { tagsMatter: true });
  const tagging = (eventName: string, ...resourceIds: string[]) =>
    cloudTrailEvent({
      eventName,
      requestParameters: {
        resourcesSet: { items: resourceIds.map((resourceId) => ({ resourceId })) },
        tagSet: { items: [{ key: 'Tier', value: 'web' }] },
      },
    });

  it.each(['CreateTags', 'DeleteTags'])('%s is delivered when it tags a group, or a rule, or both among others', (name) => {
    expect(matchesPattern(pattern, tagging(name, 'sg-1'))).toBe(true);
    expect(matchesPattern(pattern, tagging(name, 'sgr-1'))).toBe(true);
    expect(matchesPattern(pattern, tagging(name, 'i-1', 'vol-1', 'sg-1'))).toBe(true);
  });

  it('tags on anything else are dropped: machines are tagged all day', () => {
    expect(matchesPattern(pattern, tagging('CreateTags', 'i-1', 'vol-1'))).toBe(false);
  });

  it('a record whose parameters were left out for their size is delivered', () => {
    for (const requestParameters of [null, {}, { omitted: true }, undefined])
      expect(matchesPattern(pattern, cloudTrailEvent({ eventName: 'CreateTags', requestParameters }))).toBe(true);
  });

  it('every other call is delivered as without', () => {
    for (const [name, event] of Object.entries(callForms).filter(([each]) => !each.endsWith('Tags'))) {
      for (const id of [GROUP, 'sg-1']) {
        const [without, withTags] = [eventPattern([id]), eventPattern([id], { tagsMatter: true })];
        expect([name, matchesPattern(withTags, event)]).toEqual([name, matchesPattern(without, event)]);
      }
    }
  });

  it('the pattern is no longer than EventBridge accepts either', () => {
    const ids = Array.from({ length: 200 }, (_, i) => `sg-${String(i).padStart(17, '0')}`);
    const lengths = ids.map((_, count) => JSON.stringify(eventPattern(ids.slice(0, count), { tagsMatter: true })).length);

    expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_EVENT_PATTERN_LENGTH);
    expect(eventPattern(ids, { tagsMatter: true }).detail.requestParameters).toEqual({
      resourcesSet: { items: { resourceId: [{ prefix: 'sg-' }, { prefix: 'sgr-' }, { exists: false }] } },
    });
  });
});

describe('an event of a guarded group', () => {
  const watched = Object.entries(callForms).filter(([, { detail }]) => watchedEventNames.includes(detail.eventName));

  it.each(watched)('is delivered: %s', (_name, event) => {
    expect(matchesPattern(eventPattern([GROUP]), event)).toBe(true);
    expect(matchesPattern(eventPattern([GROUP], { byIdOnly: false }), event)).toBe(true);
  });

  it('is delivered when its parameters were left out for their size', () => {
    for (const requestParameters of [null, {}, { omitted: true }, undefined]) {
      const event = cloudTrailEvent({ eventName: 'RevokeSecurityGroupIngress', requestParameters });

      expect(matchesPattern(eventPattern([GROUP]), event)).toBe(true);
    }
  });
});

describe('an event of another group', () => {
  const dropped = new Set<keyof typeof callForms>([
    'authorizeIngress',
    'authorizeIngressFlat',
    'authorizeIngressBeforeRuleSets',
    'authorizeIngressFromGroup',
    'authorizeEgress',
    'authorizeIngressRefused',
    'authorizeIngressDryRun',
    'revokeIngressFlat',
    'revokeIngressByValues',
    'revokeIngressById',
    'revokeIngressByIdAnswered',
    'revokeIngressUnmatched',
    'revokeEgressRefused',
    'deleteGroup',
    'createTags', // the last three are calls that are not watched
    'deleteTags',
    'modifyInstance',
  ]);

  it.each(Object.entries(callForms))('is dropped only where the request says so: %s', (name, event) => {
    expect(matchesPattern(eventPattern(['sg-1']), event)).toBe(!dropped.has(name as keyof typeof callForms));
  });
});

it('an event of another service or kind is not delivered', () => {
  const event = callForms.authorizeIngress;
  const pattern = eventPattern([GROUP]);

  expect(matchesPattern(pattern, { ...event, source: 'aws.rds' })).toBe(false);
  expect(matchesPattern(pattern, { ...event, 'detail-type': 'AWS Service Event via CloudTrail' })).toBe(false);
  expect(matchesPattern(pattern, cloudTrailEvent({ ...event.detail, eventName: 'DescribeSecurityGroups' }))).toBe(false);
});

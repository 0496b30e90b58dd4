import { eventPattern, watchedEventNames } from './event-pattern.js';
import * as callForms from './testing/call-forms.js';
import { cloudTrailEvent } from './testing/cloudtrail-event.js';
import { matchesPattern } from './testing/matches-pattern.js';

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

  it('is never longer than EventBridge accepts, and narrows as long as that lets it', () => {
    const ids = Array.from({ length: 200 }, (_, i) => `sg-${String(i).padStart(17, '0')}`);
    const patterns = ids.map((_, count) => eventPattern(ids.slice(0, count)));

    expect(Math.max(...patterns.map((pattern) => JSON.stringify(pattern).length))).toBeLessThanOrEqual(4096);
    const narrowed = patterns.filter(({ detail }) => detail.requestParameters !== undefined).length;
    // One more id, its quotes and its comma would be too many.
    expect(JSON.stringify(patterns[narrowed - 1]).length + `"${String(ids[0])}",`.length).toBeGreaterThan(4096);
    expect(patterns.slice(narrowed).every(({ detail }) => detail.requestParameters === undefined)).toBe(true);
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
  expect(matchesPattern(pattern, cloudTrailEvent({ ...event.detail, eventName: 'DescribeSecurityGroups' }))).toBe(
    false,
  );
});

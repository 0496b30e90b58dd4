import { watchedEventNames } from '../event/read-change.js';
import * as callForms from '../testing/call-forms.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { eventPattern, MAX_EVENT_PATTERN_LENGTH, type EventPatternOptions } from './event-pattern.js';
import { matchesPattern } from './matching.js';

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';
const OMITTED_PARAMETERS = [null, {}, { omitted: true }, undefined];
const ids = Array.from({ length: 200 }, (_, i) => `sg-${String(i).padStart(17, '0')}`);
const forms = Object.entries(callForms);
const isTagged = { resourcesSet: { items: { resourceId: [{ prefix: 'sg-' }, { prefix: 'sgr-' }, { exists: false }] } } };

it('`eventPattern` writes a pattern that names the event source, the calls and the ids of the guarded groups', () => {
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

it.each<[string, EventPatternOptions, object | undefined]>([
  ['by default', {}, undefined],
  ['with `tagsMatter`', { tagsMatter: true }, isTagged],
])('the pattern contains all group ids, or no group id if the pattern would be too long for EventBridge: %s', (_, options, widest) => {
  // The default quota for "Event pattern size": https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
  expect(MAX_EVENT_PATTERN_LENGTH).toBe(2_048);
  const patterns = ids.map((_id, count) => eventPattern(ids.slice(0, count), options));
  const isNarrow = patterns.map(({ detail }) => detail.requestParameters?.groupId !== undefined);
  const lengths = patterns.map((pattern) => JSON.stringify(pattern).length);

  expect(Math.max(...lengths)).toBeLessThanOrEqual(2_048);
  const longest = isNarrow.lastIndexOf(true);
  expect(isNarrow.slice(0, longest)).not.toContain(false);
  expect((lengths[longest] ?? 0) + `"${String(ids[0])}",`.length).toBeGreaterThan(2_048);
  expect(patterns.at(-1)?.detail.requestParameters).toEqual(widest);
});

const watched = forms.filter(([, { detail }]) => watchedEventNames.includes(detail.eventName));

it.each(watched)('the pattern matches a call on a guarded group: %s', (_, event) => {
  expect(matchesPattern(eventPattern([GROUP]), event)).toBe(true);
  expect(matchesPattern(eventPattern(['sg-1'], { byIdOnly: false }), event)).toBe(true);
});

it('the pattern matches a record whose parameters CloudTrail omitted because they were too large', () => {
  for (const requestParameters of OMITTED_PARAMETERS) {
    const event = cloudTrailEvent({ eventName: 'RevokeSecurityGroupIngress', requestParameters });
    const tags = cloudTrailEvent({ eventName: 'CreateTags', requestParameters });

    expect(matchesPattern(eventPattern([GROUP]), event)).toBe(true);
    expect(matchesPattern(eventPattern([GROUP], { tagsMatter: true }), tags)).toBe(true);
  }
});

const dropped = new Set<keyof typeof callForms>([
  ...(['authorizeIngress', 'authorizeIngressFlat', 'authorizeIngressBeforeRuleSets', 'authorizeIngressFromGroup'] as const),
  ...(['authorizeEgress', 'authorizeIngressRefused', 'authorizeIngressDryRun', 'revokeIngressFlat', 'revokeIngressByValues'] as const),
  ...(['revokeIngressById', 'revokeIngressByIdAnswered', 'revokeIngressUnmatched', 'revokeEgressRefused', 'deleteGroup'] as const),
  // Without `tagsMatter`, the pattern matches no call that changes tags. No pattern matches a call that changes an instance.
  ...(['createTags', 'deleteTags', 'modifyInstance'] as const),
]);

it.each(forms)('the pattern excludes a call only if the request contains the id of an unguarded group: %s', (name, event) => {
  expect(matchesPattern(eventPattern(['sg-1']), event)).toBe(!dropped.has(name as keyof typeof callForms));
});

it('the pattern does not match an event of another service, an event of another detail type, or a read call', () => {
  const event = callForms.authorizeIngress;
  const others = [
    { ...event, source: 'aws.rds' },
    { ...event, 'detail-type': 'AWS Service Event via CloudTrail' },
    cloudTrailEvent({ ...event.detail, eventName: 'DescribeSecurityGroups' }),
  ];

  expect(others.map((other) => matchesPattern(eventPattern([GROUP]), other))).toEqual([false, false, false]);
});

it.each(['CreateTags', 'DeleteTags'])(
  'with `tagsMatter`, the pattern matches a %s call on groups and rules, but not a call on other resources',
  (eventName) => {
    const isMatched = (...resourceIds: string[]): boolean => {
      const requestParameters = {
        resourcesSet: { items: resourceIds.map((resourceId) => ({ resourceId })) },
        tagSet: { items: [{ key: 'Tier', value: 'web' }] },
      };
      return matchesPattern(eventPattern([GROUP], { tagsMatter: true }), cloudTrailEvent({ eventName, requestParameters }));
    };

    expect([isMatched('sg-1'), isMatched('sgr-1'), isMatched('i-1', 'vol-1', 'sg-1')]).toEqual([true, true, true]);
    expect(isMatched('i-1', 'vol-1')).toBe(false);
  },
);

it.each(forms.filter(([name]) => !name.endsWith('Tags')))('`tagsMatter` has no effect on a call that changes no tags: %s', (_, event) => {
  for (const id of [GROUP, 'sg-1'])
    expect(matchesPattern(eventPattern([id], { tagsMatter: true }), event)).toBe(matchesPattern(eventPattern([id]), event));
});

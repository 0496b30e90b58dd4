import type { Baseline } from '@portcullis/baseline';
import { formatRule } from '@portcullis/permission-diff';
import { isAtBaseline, planRuleChanges, type Plan } from './plan-rule-changes.js';
import type { LiveRule } from '../ec2/port.js';
import { baseline, liveRules } from '../testing/notation.js';

const TODAY = '2026-11-23';
const planOf = (declared: Baseline, live: readonly LiveRule[]): Plan =>
  planRuleChanges({ baseline: declared, limits: [] }, live, { today: TODAY, addresses: new Map() });
const SSH = 'tcp 22 from 198.51.100.0/24';

const words = ({ authorize, revoke, tolerated }: Plan) => ({
  authorize: authorize.map(({ rule, reason }) => `${formatRule(rule)}: ${reason}`),
  revoke: revoke.map(({ rule, reason }) => `${rule.ruleId} ${formatRule(rule)}: ${reason}`),
  tolerated: tolerated.map(({ rule, reason }) => `${formatRule(rule)}: ${reason}`),
});
type Declared = Parameters<typeof baseline>;

it.each<[string, Declared, string[], Partial<ReturnType<typeof words>>]>([
  [
    'plans no change for a group at its baseline, regardless of the spelling of its rules',
    [['tcp 80 from 0.0.0.0/0', '6 22 from 10.1.2.3/8']],
    ['tcp 22 from 10.0.0.0/8', 'tcp 80 from 0.0.0.0/0'],
    {},
  ],
  [
    'authorizes missing declared rules, and revokes undeclared rules by id',
    [['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0']],
    ['tcp 445 from 0.0.0.0/0', 'tcp 80 from 0.0.0.0/0'],
    { authorize: ['tcp/443 from 0.0.0.0/0: declared by `web`'], revoke: ['sgr-1 tcp/445 from 0.0.0.0/0: not declared by `web`'] },
  ],
  [
    'revokes only the undeclared sources of a port',
    [['tcp 22 from 10.0.0.0/8']],
    ['tcp 22 from 10.0.0.0/8', 'tcp 22 from 203.0.113.7/32', 'tcp 22 from ::/0'],
    { revoke: ['sgr-2 tcp/22 from 203.0.113.7/32: not declared by `web`', 'sgr-3 tcp/22 from ::/0: not declared by `web`'] },
  ],
  [
    'closes a group whose baseline is empty',
    [[]],
    ['tcp 80 from 0.0.0.0/0'],
    { revoke: ['sgr-1 tcp/80 from 0.0.0.0/0: not declared by `web`'] },
  ],
  ['does not touch egress that the baseline does not declare', [[]], ['-1 to 0.0.0.0/0'], {}],
  [
    'restores declared egress, and does not confuse the directions',
    [['tcp 443 from 10.0.0.0/8'], { egress: ['tcp 443 to 10.0.0.0/8'] }],
    ['tcp 443 from 10.0.0.0/8', '-1 to 0.0.0.0/0'],
    { authorize: ['tcp/443 to 10.0.0.0/8: declared by `web`'], revoke: ['sgr-2 all traffic to 0.0.0.0/0: not declared by `web`'] },
  ],
  [
    'tolerates an existing permitted rule',
    [[], { permit: [{ rule: SSH, reason: 'CHG-1234' }] }],
    [SSH],
    { tolerated: ['tcp/22 from 198.51.100.0/24: permitted: CHG-1234'] },
  ],
  ['does not authorize a permitted rule', [[], { permit: [{ rule: SSH }] }], [], {}],
  [
    'tolerates a permitted rule on the last day of its permit',
    [[], { permit: [{ rule: SSH, until: TODAY }] }],
    [SSH],
    { tolerated: ['tcp/22 from 198.51.100.0/24: permitted until 2026-11-23'] },
  ],
  [
    'revokes a permitted rule on the day after its permit ended',
    [[], { permit: [{ rule: SSH, until: '2026-11-22' }] }],
    [SSH],
    { revoke: ['sgr-1 tcp/22 from 198.51.100.0/24: permitted only until 2026-11-22'] },
  ],
  [
    'keeps a declared rule that also matches an `ignore` clause',
    [['tcp 22 from 10.0.0.0/8'], { ignore: [{ descriptionPrefix: 'elbv2' }] }],
    ['tcp 22 from 10.0.0.0/8 # elbv2.k8s.aws/target'],
    {},
  ],
  [
    'if access is compared, revokes a rule that lets in more than the declared access, and authorizes the declared rule that depended on it',
    [['tcp 80 from 0.0.0.0/0'], { compare: 'access' }],
    ['tcp 80-81 from 0.0.0.0/0'],
    { authorize: ['tcp/80 from 0.0.0.0/0: declared by `web`'], revoke: ['sgr-1 tcp/80-81 from 0.0.0.0/0: not declared by `web`'] },
  ],
  [
    'if access is compared, does not confuse the directions',
    [[], { compare: 'access', egress: ['tcp 443 to 10.0.0.0/8'] }],
    ['tcp 443 from 10.0.0.0/8', 'tcp 443 to 10.0.0.0/8', 'tcp 80 to 10.0.0.0/8'],
    { revoke: ['sgr-1 tcp/443 from 10.0.0.0/8: not declared by `web`', 'sgr-3 tcp/80 to 10.0.0.0/8: not declared by `web`'] },
  ],
  [
    'if access is compared, tolerates a part of the permitted access and names the permit',
    [[], { compare: 'access', permit: [{ rule: 'tcp 20-29 from 198.51.100.0/24', until: TODAY, reason: 'CHG-1' }] }],
    ['tcp 22 from 198.51.100.7/32'],
    { tolerated: ['tcp/22 from 198.51.100.7/32: permitted until 2026-11-23: CHG-1'] },
  ],
  [
    'if access is compared, revokes a part of the access of an expired permit',
    [[], { compare: 'access', permit: [{ rule: 'tcp 20-29 from 198.51.100.0/24', until: '2026-11-22' }] }],
    ['tcp 22 from 198.51.100.7/32'],
    { revoke: ['sgr-1 tcp/22 from 198.51.100.7/32: permitted only until 2026-11-22'] },
  ],
  [
    'if access is compared, tolerates a rule with one declared half and one permitted half',
    [['tcp 22 from 10.0.0.0/8'], { compare: 'access', permit: [{ rule: 'tcp 23 from 10.0.0.0/8' }] }],
    ['tcp 22-23 from 10.0.0.0/8'],
    { tolerated: ['tcp/22-23 from 10.0.0.0/8: permitted'] },
  ],
  [
    'if access is compared, does not count an ignored rule as declared access',
    [['tcp 22 from 10.0.0.0/8'], { compare: 'access', ignore: [{ descriptionPrefix: 'elb' }] }],
    ['tcp 22-23 from 10.0.0.0/8 # elb'],
    {
      authorize: ['tcp/22 from 10.0.0.0/8: declared by `web`'],
      tolerated: ['tcp/22-23 from 10.0.0.0/8: ignored: its description begins with `elb`'],
    },
  ],
])('%s', (_, declared, live, expected) => {
  expect(words(planOf(baseline(...declared), liveRules(...live)))).toEqual({
    authorize: [],
    revoke: [],
    tolerated: [],
    ...expected,
  });
});

it('with `compare: access`, a plan keeps undeclared rules that together allow exactly the declared traffic', () => {
  const declared = baseline(['tcp 22 from 10.0.0.0/8', 'tcp 80-81 from 0.0.0.0/0'], { compare: 'access' });
  const live = liveRules('tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9', 'tcp 80 from 0.0.0.0/0', 'tcp 81 from 0.0.0.0/0');

  const plan = planOf(declared, live);

  expect([isAtBaseline(plan), plan.kept.length]).toEqual([true, 4]);
});

const owned = { owner: 'fms', empty: '' };
it.each([
  [
    'ignores a rule if the clause matches the beginning of its description',
    { descriptionPrefix: 'elbv2' },
    '-1 from sg-2 # elbv2.k8s.aws',
    {},
    true,
  ],
  [
    'does not ignore a rule if the clause matches only the middle of its description',
    { descriptionPrefix: 'k8s' },
    '-1 from sg-2 # elbv2.k8s.aws',
    {},
    false,
  ],
  ['ignores a rule by a tag and its value', { tag: { key: 'owner', value: 'fms' } }, '-1 from sg-2', owned, true],
  ['ignores a rule by a tag key with any value', { tag: { key: 'owner' } }, '-1 from sg-2', owned, true],
  ['ignores a rule by a tag without a value', { tag: { key: 'empty' } }, '-1 from sg-2', owned, true],
  ['does not ignore a rule whose tag has another value', { tag: { key: 'owner', value: 'lbc' } }, '-1 from sg-2', owned, false],
  ['does not ignore a rule by a tag key that is a property of every object', { tag: { key: 'constructor' } }, '-1 from sg-2', owned, false],
  ['ignores a rule by its source group', { sourceGroup: 'sg-2' }, '-1 from sg-2', {}, true],
  ['does not ignore a rule with another source group', { sourceGroup: 'sg-3' }, '-1 from sg-2', {}, false],
  ['ignores a rule by its prefix list', { prefixList: 'pl-1' }, '-1 from pl-1', {}, true],
  ['does not ignore a rule with another prefix list', { prefixList: 'pl-2' }, '-1 from pl-1', {}, false],
])('%s', (_, clause, rule, tags, ignored) => {
  const live = liveRules(rule).map((each) => ({ ...each, tags }));

  expect(isAtBaseline(planOf(baseline([], { ignore: [clause] }), live))).toBe(ignored);
});

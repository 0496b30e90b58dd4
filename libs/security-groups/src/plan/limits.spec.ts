import type { Declaration } from '@portcullis/baseline';
import { formatRule, type Addresses } from '@portcullis/permission-diff';
import { planRuleChanges } from './plan-rule-changes.js';
import type { LiveRule } from '../ec2/port.js';
import { baseline, limit, liveRules, rule } from '../testing/notation.js';

const ssh = [{ services: ['tcp 22'], onlyFrom: ['10.0.0.0/8'] }];
const narrowing = limit(ssh, { repair: 'narrow' });
const PART = 'the part of a wider rule that the limits allow';

const planned = (declaration: Declaration, live: readonly LiveRule[], lists: Addresses = new Map()): string[] => {
  const { authorize, revoke, tolerated } = planRuleChanges(declaration, live, {
    today: '2026-11-23',
    accountId: '111122223333',
    addresses: lists,
  });
  return [
    ...authorize.map(({ rule: each, reason, mode }) => `+ ${formatRule(each)}: ${reason} (${mode})`),
    ...revoke.map(({ rule: each, reason, mode }) => `- ${formatRule(each)}: ${reason} (${mode})`),
    ...tolerated.map(({ rule: each, reason }) => `= ${formatRule(each)}: ${reason}`),
  ];
};

it.each<[string, Declaration, string[], string[]]>([
  [
    'leaves a group without a baseline alone within its limits',
    { limits: [narrowing] },
    ['tcp 22 from 10.1.0.0/16', '-1 to 0.0.0.0/0'],
    [],
  ],
  [
    'narrows a rule to its allowed part',
    { limits: [narrowing] },
    ['tcp 22 from 0.0.0.0/0'],
    [`+ tcp/22 from 10.0.0.0/8: ${PART} (enforce)`, '- tcp/22 from 0.0.0.0/0: broken limit `no-admin` (enforce)'],
  ],
  [
    'authorizes no part that another rule carries',
    { limits: [narrowing] },
    ['tcp 22 from 0.0.0.0/0', 'tcp 0-100 from 10.0.0.0/8'],
    ['- tcp/22 from 0.0.0.0/0: broken limit `no-admin` (enforce)'],
  ],
  [
    'revokes a rule whole if one of its broken limits says so',
    { limits: [narrowing, limit([{ services: ['tcp 22'] }], { name: 'none' })] },
    ['tcp 22 from 0.0.0.0/0'],
    ['- tcp/22 from 0.0.0.0/0: broken limits `no-admin`, `none` (enforce)'],
  ],
  [
    'only reports a rule that would need more than 60 rules instead',
    { limits: [narrowing] },
    ['-1 from 0.0.0.0/0'],
    ['- all traffic from 0.0.0.0/0: broken limit `no-admin` (report)'],
  ],
  [
    'revokes such a rule if the limit says so',
    { limits: [{ ...narrowing, otherwise: 'revoke' }] },
    ['-1 from 0.0.0.0/0'],
    ['- all traffic from 0.0.0.0/0: broken limit `no-admin` (enforce)'],
  ],
  ['allows groups of the own account', { limits: [limit([{ groups: 'ownAccount' }])] }, ['tcp 22 from sg-2'], []],
  [
    'only reports what breaks a limit in report mode, with the part that would remain',
    { limits: [{ ...narrowing, mode: 'report' }] },
    ['tcp 22 from 0.0.0.0/0'],
    [`+ tcp/22 from 10.0.0.0/8: ${PART} (report)`, '- tcp/22 from 0.0.0.0/0: broken limit `no-admin` (report)'],
  ],
  [
    'drops a declared rule that cannot be narrowed and does not exist',
    { baseline: baseline(['-1 from 0.0.0.0/0']), limits: [narrowing] },
    [],
    [],
  ],
  [
    'authorizes the allowed part of a missing declared rule',
    { baseline: baseline(['tcp 22 from 0.0.0.0/0']), limits: [narrowing] },
    [],
    ['+ tcp/22 from 10.0.0.0/8: the part of a rule declared by `web` that the limits allow (enforce)'],
  ],
  [
    'keeps the allowed part of a permitted rule',
    { baseline: baseline([], { permit: [{ rule: 'tcp 22 from 0.0.0.0/0' }] }), limits: [narrowing] },
    ['tcp 22 from 10.0.0.0/8'],
    ['= tcp/22 from 10.0.0.0/8: permitted'],
  ],
  [
    'says that a rule is beyond the bounds of its owner',
    { baseline: baseline([], { ignore: [{ descriptionPrefix: 'elb', within: [rule('tcp 30000-32767 from sg-2')] }] }), limits: [] },
    ['tcp 31000 from sg-2 # elb', 'tcp 22 from 0.0.0.0/0 # elb'],
    [
      '- tcp/22 from 0.0.0.0/0: beyond the bounds of its `ignore` clause: its description begins with `elb` (enforce)',
      '= tcp/31000 from sg-2: ignored: its description begins with `elb`',
    ],
  ],
])('%s', (_, declaration, live, expected) => {
  expect(planned(declaration, liveRules(...live))).toEqual(expected);
});

it.each(['tcp 20-80 from pl-1', 'tcp 24-80 from pl-1'])(
  'the revoked rule `%s` gets no narrower replacement if another rule already allows the permitted traffic from the same prefix list',
  (revoked) => {
    const permitted = limit([{ services: ['-1'] }], { repair: 'narrow', permit: [{ rule: 'tcp 20-25 from 0.0.0.0/1' }] });
    const lists: Addresses = new Map([['pl-1', [rule('-1 from 10.0.0.0/8').source]]]);

    expect(planned({ limits: [permitted] }, liveRules('tcp 20-25 from pl-1', revoked), lists)).toEqual([
      `- ${revoked.replace(' ', '/')}: broken limit \`no-admin\` (enforce)`,
    ]);
  },
);

it('narrowing authorizes a new rule even if a rule with a prefix list already allows the same traffic, because the list can change', () => {
  const lists = new Map([['pl-1', [rule('-1 from 10.0.0.0/8').source]]]);

  expect(planned({ limits: [narrowing] }, liveRules('tcp 22 from 0.0.0.0/0', 'tcp 22 from pl-1'), lists)).toContain(
    `+ tcp/22 from 10.0.0.0/8: ${PART} (enforce)`,
  );
});

it('a rule that `ignore` selects by tag is not narrowed, because a narrower rule would not have the tag', () => {
  const ignoring = baseline([], { ignore: [{ tag: { key: 'owner' } }] });
  const live = liveRules('tcp 22 from 0.0.0.0/0').map((each) => ({ ...each, tags: { owner: 'fms' } }));

  expect(planned({ baseline: ignoring, limits: [narrowing] }, live)).toEqual(['- tcp/22 from 0.0.0.0/0: broken limit `no-admin` (report)']);
});

it.each<[string, Addresses, string]>([
  ['only reports a rule with a prefix list whose entries are unknown', new Map(), 'report'],
  [
    'enforces a limit on a rule with a prefix list whose entries are known',
    new Map([['pl-1', [rule('-1 from 0.0.0.0/0').source]]]),
    'enforce',
  ],
])('%s', (_, lists, mode) => {
  const within = [rule('tcp 22 from 10.0.0.0/8')];
  const ignoring = baseline([], { ignore: [{ prefixList: 'pl-1', within }] });

  expect(planned({ limits: [limit(ssh)] }, liveRules('tcp 22 from pl-1'), lists)).toEqual([
    `- tcp/22 from pl-1: broken limit \`no-admin\` (${mode})`,
  ]);
  expect(planned({ baseline: ignoring, limits: [] }, liveRules('tcp 22 from pl-1'), lists)).toEqual([
    `- tcp/22 from pl-1: beyond the bounds of its \`ignore\` clause: its source is \`pl-1\` (${mode})`,
  ]);
});

describe('A narrow rule lies within a wider rule that breaks a limit', () => {
  const ours = 'tcp 22 from 203.0.113.0/24';
  const notWider = limit([{ services: ['tcp 22'], notWiderThan: { ipv4: 16 } }]);
  const revoked = '- tcp/22 from 0.0.0.0/0: broken limit `no-admin` (enforce)';

  it.each(['revoke', 'narrow'] as const)('the narrow rule stays after the wide rule is revoked or narrowed (`repair: %s`)', (repair) => {
    expect(planned({ limits: [{ ...notWider, repair }] }, liveRules(ours, 'tcp 22 from 0.0.0.0/0'))).toEqual([revoked]);
  });

  it('the narrow rule stays if the wide rule cannot be narrowed', () => {
    expect(planned({ limits: [{ ...notWider, repair: 'narrow' }] }, liveRules(ours, '-1 from 0.0.0.0/0'))).toEqual([
      '- all traffic from 0.0.0.0/0: broken limit `no-admin` (report)',
    ]);
  });

  it('the narrow rule is narrowed if this rule breaks another bound of the limit', () => {
    const bounds = [{ services: ['tcp 22'], notWiderThan: { ipv4: 8 } }, { onlyFrom: ['10.64.0.0/10'] }];

    expect(planned({ limits: [limit(bounds, { repair: 'narrow' })] }, liveRules('tcp 22 from 0.0.0.0/0', '-1 from 10.0.0.0/8'))).toEqual([
      `+ all traffic from 10.64.0.0/10: ${PART} (enforce)`,
      '- all traffic from 10.0.0.0/8: broken limit `no-admin` (enforce)',
      revoked,
    ]);
  });

  it('two narrow rules are revoked if their blocks together are wider than the limit allows', () => {
    expect(
      planned({ limits: [notWider] }, liveRules(ours, 'tcp 22 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/16', 'tcp 22 from 10.1.0.0/16')),
    ).toEqual([
      revoked,
      '- tcp/22 from 10.0.0.0/16: broken limit `no-admin` (enforce)',
      '- tcp/22 from 10.1.0.0/16: broken limit `no-admin` (enforce)',
    ]);
  });
});

describe('A plan with an unreadable prefix list', () => {
  const toList = limit([{ services: ['tcp 22'], onlyFrom: ['pl-1'] }], { repair: 'narrow' });
  const doubt = '+ tcp/22 from 10.0.0.0/8: declared by `web`, but may break a limit: a prefix list could not be read (report)';

  it.each(['rules', 'access'] as const)(
    'if a limit depends on the list, only reports the missing declared rule and the live rules within this rule (`compare: %s`)',
    (compare) => {
      const declaration = { baseline: baseline(['tcp 22 from 10.0.0.0/8'], { compare }), limits: [toList] };
      const lists = new Map([['pl-1', [rule('-1 from 10.1.0.0/16').source]]]);
      const part = liveRules('tcp 22 from 10.1.0.0/16');

      expect(planned(declaration, part, lists)).toEqual([]);
      expect(planned(declaration, part)).toEqual([doubt, '- tcp/22 from 10.1.0.0/16: broken limit `no-admin` (report)']);
      expect(planned(declaration, [])).toEqual([doubt]);
    },
  );

  const within = [rule('tcp 443 from pl-1')];
  const ignoring = baseline([], { ignore: [{ descriptionPrefix: 'elb', within }] });
  const enforced = ': beyond the bounds of its `ignore` clause: its description begins with `elb` (enforce)';

  it('revokes a rule that matches an `ignore` clause, if the clause does not allow the port of the rule', () => {
    expect(planned({ baseline: ignoring, limits: [] }, liveRules('tcp 22 from 0.0.0.0/0 # elb'))).toEqual([
      `- tcp/22 from 0.0.0.0/0${enforced}`,
    ]);
  });

  it('narrows an ignored rule that breaks a limit, even if the `ignore` clause refers to the unread prefix list', () => {
    const limits = [limit([{ services: ['tcp 443'], onlyFrom: ['10.0.0.0/8'] }], { repair: 'narrow' })];

    expect(planned({ baseline: ignoring, limits }, liveRules('tcp 443 from 0.0.0.0/0 # elb'))).toEqual([
      '+ tcp/443 from 10.0.0.0/8: the part of a wider rule that the limits allow (enforce)',
      '- tcp/443 from 0.0.0.0/0: broken limit `no-admin` (enforce)',
    ]);
  });
});

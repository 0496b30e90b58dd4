import type { Declaration } from '@portcullis/baseline';
import { formatRule, type Addresses } from '@portcullis/permission-diff';
import { planFor } from './plan.js';
import type { LiveRule } from './port.js';
import { baseline, limit, liveRules, rule } from './testing/notation.js';

const ssh = [{ services: ['tcp 22'], onlyFrom: ['10.0.0.0/8'] }];
const narrowing = limit(ssh, { repair: 'narrow' });
const PART = 'the part of a wider rule that the limits allow';

const planned = (declaration: Declaration, live: readonly LiveRule[], lists: Addresses = new Map()): string[] => {
  const { authorize, revoke, tolerated } = planFor(declaration, live, { today: '2026-11-23', accountId: '111122223333', addresses: lists });
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
      '- tcp/22 from 0.0.0.0/0: beyond the bounds of rules that are ignored: its description begins with `elb` (enforce)',
      '= tcp/31000 from sg-2: ignored: its description begins with `elb`',
    ],
  ],
])('%s', (_, declaration, live, expected) => {
  expect(planned(declaration, liveRules(...live))).toEqual(expected);
});

it('cannot narrow a rule that is ignored by its tag, because a new rule has no tag', () => {
  const ignoring = baseline([], { ignore: [{ tag: { key: 'owner' } }] });
  const live = liveRules('tcp 22 from 0.0.0.0/0').map((each) => ({ ...each, tags: { owner: 'fms' } }));

  expect(planned({ baseline: ignoring, limits: [narrowing] }, live)).toEqual(['- tcp/22 from 0.0.0.0/0: broken limit `no-admin` (report)']);
});

it.each<[string, Addresses, string]>([
  ['reports on a guess', new Map(), 'report'],
  ['enforces by the entries', new Map([['pl-1', [rule('-1 from 0.0.0.0/0').source]]]), 'enforce'],
])('%s, if a rule refers to a prefix list', (_, lists, mode) => {
  const within = [rule('tcp 22 from 10.0.0.0/8')];
  const ignoring = baseline([], { ignore: [{ prefixList: 'pl-1', within }] });

  expect(planned({ limits: [limit(ssh)] }, liveRules('tcp 22 from pl-1'), lists)).toEqual([
    `- tcp/22 from pl-1: broken limit \`no-admin\` (${mode})`,
  ]);
  expect(planned({ baseline: ignoring, limits: [] }, liveRules('tcp 22 from pl-1'), lists)).toEqual([
    `- tcp/22 from pl-1: beyond the bounds of rules that are ignored: its source is \`pl-1\` (${mode})`,
  ]);
});

import { settingsSchema, type SettingsInput } from '@portcullis/settings';
import type { Limit } from '@portcullis/baseline';
import { limitOf, NOTHING } from '../testing/limits.js';
import { synthLimitNotes } from './limit-notes.js';

const EVERY_GROUP = 'every security group of the account and region';
const IDS = ['sg-00000001', 'sg-00000002', 'sg-00000003', 'sg-00000004', 'sg-00000005', 'sg-00000006', 'sg-00000007'];

function notesOf(limits: readonly Limit[], settings: Partial<SettingsInput> = {}): readonly string[] {
  return synthLimitNotes(
    'baseline.yaml',
    { baselines: [], limits },
    settingsSchema.parse({ region: 'eu-west-1', baseline: 'baseline.yaml', ...settings }),
  );
}

it.each<[string, Partial<Limit>, string]>([
  ['every group', {}, `lets the remediator revoke ingress rules of ${EVERY_GROUP}`],
  ['both directions', { egress: [NOTHING] }, `lets the remediator revoke ingress and egress rules of ${EVERY_GROUP}`],
  [
    'a limit that narrows listed groups',
    { groups: { ids: IDS }, repair: 'narrow' },
    'lets the remediator authorize, modify and revoke ingress rules of sg-00000001, sg-00000002, sg-00000003, sg-00000004, sg-00000005 and 2 more',
  ],
  [
    'exceptions',
    { groups: { all: true, ids: [], except: { ids: ['sg-00000001'], tags: { Bastion: 'yes' } } } },
    `lets the remediator revoke ingress rules of ${EVERY_GROUP}, except sg-00000001 and groups with the tag \`Bastion: yes\``,
  ],
  [
    'selected tags and VPCs',
    { groups: { ids: [], tags: { A: 'a', B: 'b' }, vpcs: ['vpc-00000001'] } },
    'lets the remediator revoke ingress rules of groups with the tags `A: a` and `B: b` in vpc-00000001',
  ],
  [
    'selected names, which IAM cannot check',
    { groups: { ids: ['sg-00000001'], names: ['db-*'] } },
    `lets the remediator revoke ingress rules of sg-00000001 and groups named \`db-*\`; IAM cannot check names, so the role can also change ${EVERY_GROUP}`,
  ],
  [
    'excepted names, which IAM cannot check',
    { groups: { all: true, ids: [], except: { ids: ['sg-00000001'], vpcs: ['vpc-00000001'], names: ['b-*', 'c'] } } },
    `lets the remediator revoke ingress rules of ${EVERY_GROUP}, except sg-00000001 and groups in vpc-00000001 named \`b-*\` and \`c\`; IAM cannot check names, so the role can also change groups in vpc-00000001 named \`b-*\` and \`c\``,
  ],
])('a note says which groups a limit lets the remediator change, and how: %s', (_, more, rights) => {
  expect(notesOf([limitOf('closed', more)])[0]).toBe(`baseline.yaml: the limit \`closed\` ${rights}`);
});

it('limits that let the remediator make the same changes share a note', () => {
  const limits = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => limitOf(name));

  expect(notesOf([...limits, limitOf('g', { groups: { ids: ['sg-00000001'] } })]).slice(0, 2)).toEqual([
    `baseline.yaml: the limits \`a\`, \`b\`, \`c\`, \`d\`, \`e\` and 1 more let the remediator revoke ingress rules of ${EVERY_GROUP}`,
    'baseline.yaml: the limit `g` lets the remediator revoke ingress rules of sg-00000001',
  ]);
});

it('a note says that IAM cannot check ports and addresses', () => {
  const note = (verbs: string, what = 'ports and addresses'): string =>
    `baseline.yaml: IAM cannot check ${what}, so the remediator's role can ${verbs} any rule of these groups; only the function's code enforces the limits`;
  const groups = { ids: ['sg-00000001'] };

  expect(notesOf([limitOf('a', { groups })])[1]).toBe(note('revoke'));
  expect(notesOf([limitOf('a', { groups }), limitOf('b', { groups, repair: 'narrow' })])[2]).toBe(
    note('authorize, modify and revoke', 'ports, addresses and the direction of a modified rule'),
  );
});

it('a note says that a limit in report mode gives the remediator no permission', () => {
  const groups = { ids: ['sg-00000001'] };

  expect(notesOf([limitOf('a', { groups, mode: 'report' })])).toEqual([
    'baseline.yaml: the limit `a` gives the remediator no permission, because of `mode: report`',
  ]);
  expect(notesOf([limitOf('a', { groups }), limitOf('b', { groups })], { mode: 'report' })).toEqual([
    'baseline.yaml: the limits `a` and `b` give the remediator no permission, because of `mode: report`',
  ]);
});

describe('a note about the scope of the AWS Config rule', () => {
  const scopeOf = (limits: readonly Limit[], settings: Partial<SettingsInput> = {}) =>
    notesOf(limits, settings).filter((note) => note.includes('AWS Config'));
  const cost =
    'An evaluation costs $0.001 in us-east-1, and less after the first 100,000 of a month (https://aws.amazon.com/config/pricing/)';
  const always = 'when the group changes and when a deployment creates or updates the rule';

  it('if a limit covers every group, a note says when AWS Config evaluates the groups, and what an evaluation costs', () => {
    expect(scopeOf([limitOf('a'), limitOf('b', { mode: 'report' }), limitOf('c', { groups: { ids: ['sg-00000001'] } })])).toEqual([
      `baseline.yaml: the limits \`a\` and \`b\` cover groups that are not listed by id, so the AWS Config rule evaluates ${EVERY_GROUP} ${always}. ${cost}`,
    ]);
    expect(scopeOf([limitOf('a', { groups: { ids: [], tags: { Tier: 'web' } } })])).toHaveLength(1);
  });

  it('a note says how often AWS Config evaluates every group, if the settings have a schedule or a permit has a last day', () => {
    const permit = [{ rules: [], until: '2027-01-31' }];

    expect(scopeOf([limitOf('a', { permit })])[0]).toContain(', when a deployment creates or updates the rule and once a day. ');
    expect(scopeOf([limitOf('a')], { schedule: 'Three_Hours' })[0]).toContain(' and every 3 hours. ');
  });

  it('a note says that AWS Config evaluates the groups of every account in an organization', () => {
    const organization = { id: 'o-exampleorgid', members: ['444455556666'] };

    expect(scopeOf([limitOf('a')], { organization })[0]).toContain(
      `${EVERY_GROUP}, in each account of the organization that is not excluded, ${always}. `,
    );
  });

  it('there is no note about the scope of the AWS Config rule if every limit lists its groups by id', () => {
    expect(scopeOf([limitOf('a', { groups: { ids: ['sg-00000001'], except: { ids: [], tags: { A: 'a' } } } })])).toEqual([]);
  });
});

import { selectBaseline, type Baseline, type GroupSelection, type Limit, type SelectableGroup } from '@portcullis/baseline';
import fc from 'fast-check';
import { limitOf, NOTHING } from '../testing/limits.js';
import { restoreBaselinesStatements, tagKeysIamCannotName } from './may-restore.js';
import { iamActionsOfLimit, type Condition, type Statement } from './statements.js';

const deployment = { name: 'portcullis', region: 'eu-west-1', accountId: '111122223333', partition: 'aws' };
const [WEB, DB, BASTION] = ['sg-00000001', 'sg-00000002', 'sg-00000003'];
const [VPC, SHARED] = ['vpc-00000001', 'vpc-00000002'];
const REVOKE = ['ec2:RevokeSecurityGroupIngress'];
const NARROW = ['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules', 'ec2:RevokeSecurityGroupIngress'];
const REVOKE_EGRESS = 'ec2:RevokeSecurityGroupEgress';
const NARROW_EGRESS = ['ec2:AuthorizeSecurityGroupEgress', REVOKE_EGRESS];
const arnOf = (vpc: string): string => `arn:aws:ec2:eu-west-1:*:vpc/${vpc}`;

function baselineWith(name: string, more: Partial<Baseline>): Baseline {
  return { name, groups: { ids: [] }, mode: 'enforce', compare: 'rules', ingress: [], permit: [], ignore: [], ...more };
}

function statementsFor(limits: readonly Limit[], baselines: readonly Baseline[] = []): readonly Statement[] {
  return restoreBaselinesStatements({ baselines, limits }, deployment);
}

/** Returns the actions and the condition of each statement whose resource is a security group. */
function rightsFor(...args: Parameters<typeof statementsFor>): readonly unknown[] {
  return statementsFor(...args)
    .filter(({ Sid }) => Sid !== 'ReplaceRules')
    .map(({ Effect, Action, Condition }) => [...(Effect === 'Deny' ? [Effect] : []), Action, ...(Condition ? [Condition] : [])]);
}

describe('the statements of a limit', () => {
  it.each<[string, Partial<Limit>, readonly unknown[]]>([
    ['allow no change if the limit is in report mode', { mode: 'report', repair: 'narrow' }, []],
    ['allow to revoke ingress rules of every group of the account and region', {}, [[REVOKE]]],
    ['allow to revoke egress rules only if the limit bounds egress', { egress: [NOTHING] }, [[[...REVOKE, REVOKE_EGRESS]]]],
    ['allow no change of ingress if the limit bounds only egress', { ingress: [], egress: [NOTHING] }, [[[REVOKE_EGRESS]]]],
    ['allow no change if the limit has no bounds', { ingress: [], repair: 'narrow' }, []],
    [
      'allow to authorize, modify and revoke egress rules if the limit narrows only egress',
      { ingress: [], egress: [NOTHING], repair: 'narrow' },
      [[['ec2:ModifySecurityGroupRules', ...NARROW_EGRESS]]],
    ],
    ['allow to authorize, modify and revoke rules if the limit narrows', { repair: 'narrow' }, [[NARROW]]],
    [
      'have a condition for the listed groups, and one for the selected tags and VPCs',
      { groups: { ids: [WEB], tags: { Tier: 'web' }, vpcs: [VPC] } },
      [
        [REVOKE, { StringEquals: { 'ec2:SecurityGroupID': [WEB] } }],
        [REVOKE, { StringEquals: { 'aws:ResourceTag/Tier': 'web' }, ArnLike: { 'ec2:Vpc': [arnOf(VPC)] } }],
      ],
    ],
    [
      'have one variant for each criterion of an `except`, because only a group that meets all criteria is excepted',
      { groups: { all: true, ids: [], except: { ids: [BASTION], tags: { A: 'a', B: '${b}' }, vpcs: [SHARED] } } },
      [
        [REVOKE, { StringNotEquals: { 'ec2:SecurityGroupID': [BASTION], 'aws:ResourceTag/A': 'a' } }],
        [REVOKE, { StringNotEquals: { 'ec2:SecurityGroupID': [BASTION], 'aws:ResourceTag/B': '$${$}{b}' } }],
        [REVOKE, { StringNotEquals: { 'ec2:SecurityGroupID': [BASTION] }, ArnNotLike: { 'ec2:Vpc': [arnOf(SHARED)] } }],
      ],
    ],
  ])('the statements of a limit %s', (_, more, rights) => {
    expect(rightsFor([limitOf('limit', more)])).toEqual(rights);
  });

  it('the statements of a limit name all security groups of the account and region; if the limit narrows rules, the statements also name all security group rules', () => {
    const resourcesFor = (repair: Limit['repair']) => statementsFor([limitOf('limit', { repair })]).map(({ Resource }) => Resource);
    const [anyGroup, anyRule] = ['security-group', 'security-group-rule'].map((type) => [`arn:aws:ec2:eu-west-1:111122223333:${type}/*`]);

    expect(resourcesFor('revoke')).toEqual([anyGroup]);
    expect(resourcesFor('narrow')).toEqual([anyGroup, anyRule]);
  });

  it('several limits that need the same actions on the same groups share one statement', () => {
    const limits = ['a', 'b', 'c'].map((name) => limitOf(name));

    expect(rightsFor([...limits, limitOf('d', { repair: 'narrow' })])).toEqual([[REVOKE], [NARROW]]);
  });
});

describe('a baseline in report mode', () => {
  const tagged = baselineWith('tagged', { groups: { ids: [], tags: { Tier: 'web' } } });
  const watched = baselineWith('watched', { groups: { ids: [WEB, DB] }, mode: 'report' });
  const denialsFor = (...limits: readonly Limit[]) =>
    rightsFor(limits, [tagged, watched]).filter((right) => JSON.stringify(right).startsWith('["Deny"'));
  const naming = (...ids: readonly string[]) => ({ StringEquals: { 'ec2:SecurityGroupID': ids } });
  const rest = (...needed: readonly string[]) => [...NARROW, ...NARROW_EGRESS].filter((action) => !needed.includes(action));

  it('for the groups of a baseline in report mode, the policy denies every action that no enforced limit needs', () => {
    expect(denialsFor()).toEqual([['Deny', rest(), naming(WEB, DB)]]);
    expect(denialsFor(limitOf('reporting', { mode: 'report' }))).toEqual([['Deny', rest(), naming(WEB, DB)]]);
    expect(denialsFor(limitOf('all'))).toEqual([['Deny', rest(...REVOKE), naming(WEB, DB)]]);
    expect(denialsFor(limitOf('all', { repair: 'narrow', egress: [NOTHING] }))).toEqual([]);
  });

  it('if an enforced limit covers a group of a baseline in report mode, the policy does not deny the actions that the limit needs', () => {
    const both = [
      ['Deny', rest(...REVOKE), naming(WEB)],
      ['Deny', rest(), naming(DB)],
    ];

    expect(denialsFor(limitOf('listed', { groups: { ids: [WEB] } }))).toEqual(both);
    expect(denialsFor(limitOf('excepting', { groups: { all: true, ids: [], except: { ids: [DB] } } }))).toEqual(both);
  });
});

it('`tagKeysIamCannotName` reports a tag key with `${` by which an enforced limit selects or excepts groups', () => {
  const tags = { '${x}': 'y' };
  const limits = [
    limitOf('a', { groups: { ids: [], tags } }),
    limitOf('b', { groups: { all: true, ids: [], except: { ids: [], tags } } }),
    limitOf('c', { groups: { ids: [], tags }, mode: 'report' }),
  ];

  expect(tagKeysIamCannotName({ baselines: [], limits })).toEqual([
    expect.stringMatching(/^the limit `a` selects by the tag `\$\{x\}`, but IAM reads/),
    expect.stringMatching(/^the limit `b` excepts by the tag `\$\{x\}`, but IAM reads/),
  ]);
});

/**
 * Evaluates a condition as IAM does: the condition of every key must be true, and a negated operator is also true for a group without the
 * key.
 */
function holds(condition: Condition = {}, { id, vpcId, tags }: SelectableGroup): boolean {
  const context: Readonly<Record<string, string | undefined>> = {
    'ec2:SecurityGroupID': id,
    'ec2:Vpc': `arn:aws:ec2:eu-west-1:*:vpc/${String(vpcId)}`,
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
  };
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const value = context[key];
      const isOneOf = value !== undefined && [values].flat().includes(value);
      return operator.includes('Not') ? !isOneOf : isOneOf;
    }),
  );
}

describe('the IAM policy of the remediator', () => {
  const ids = fc.uniqueArray(fc.constantFrom(WEB, DB, BASTION), { maxLength: 2 });
  const tags = fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('x', 'y'), { minKeys: 1, noNullPrototype: true });
  const vpcs = fc.uniqueArray(fc.constantFrom(VPC, SHARED), { minLength: 1 });
  const names = fc.constant(['db-*']);
  const selection = (criteria: object): fc.Arbitrary<GroupSelection> => fc.record({ ids, ...criteria }, { requiredKeys: ['ids'] });
  const limitWith = (criteria: object): fc.Arbitrary<Limit> =>
    fc
      .record({
        name: fc.constant('limit'),
        groups: fc
          .record({ selected: selection(criteria), except: fc.option(selection(criteria), { nil: undefined }), all: fc.boolean() })
          .map(({ selected, except, all }) => ({ ...(all ? { all, ids: [] } : selected), ...(except && { except }) })),
        repair: fc.constantFrom('revoke' as const, 'narrow' as const),
        mode: fc.constantFrom('enforce' as const, 'report' as const),
        egress: fc.constantFrom([], [NOTHING]),
      })
      .map(({ name, ...more }) => limitOf(name, more));
  const group: fc.Arbitrary<SelectableGroup> = fc.record({
    id: fc.constantFrom(WEB, DB, BASTION),
    name: fc.constantFrom('db-1', 'web'),
    vpcId: fc.constantFrom(VPC, SHARED),
    tags: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('x', 'y'), { noNullPrototype: true }),
  });
  const allowed = (limits: readonly Limit[], to: SelectableGroup): ReadonlySet<string> =>
    new Set(
      statementsFor(limits)
        .filter(({ Sid, Condition }) => Sid !== 'ReplaceRules' && holds(Condition, to))
        .flatMap(({ Action }) => Action),
    );
  const needed = (limits: readonly Limit[], to: SelectableGroup): ReadonlySet<string> => {
    const selection = selectBaseline({ baselines: [], limits: limits.filter(({ mode }) => mode === 'enforce') }, to);
    return new Set(selection.kind === 'unguarded' ? [] : selection.limits.flatMap(iamActionsOfLimit));
  };

  it('the policy allows on each group exactly the actions that the enforced limits of the group need, unless a limit selects groups by name', () => {
    fc.assert(
      fc.property(fc.array(limitWith({ tags, vpcs }), { maxLength: 3 }), group, (limits, to) => {
        expect(allowed(limits, to)).toEqual(needed(limits, to));
      }),
      { numRuns: 2_000 },
    );
  });

  it('if limits select groups by name, the policy allows on each group at least the actions that the enforced limits of the group need', () => {
    fc.assert(
      fc.property(fc.array(limitWith({ tags, vpcs, names }), { maxLength: 3 }), group, (limits, to) => {
        expect([...needed(limits, to)].filter((action) => !allowed(limits, to).has(action))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

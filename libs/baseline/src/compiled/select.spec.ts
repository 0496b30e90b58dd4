import type { Baseline, CompiledBaseline, GroupSelection, Limit, LimitedGroups } from './baseline.js';
import {
  baselineGroupIds,
  ignoresRulesByTag,
  limitsEveryGroup,
  selectionNeedsGroupFacts,
  baselinePermitEndDays,
  selectBaseline,
  selectBaselineById,
  selectsByCriteria,
  baselineDependsOnTags,
  type SelectableGroup,
} from './select.js';

const baseline = (name: string, groups: Partial<GroupSelection>): Baseline => ({
  name,
  groups: { ids: [], ...groups },
  mode: 'enforce',
  compare: 'rules',
  ingress: [],
  permit: [],
  ignore: [],
});

const limit = (name: string, groups: Partial<LimitedGroups>): Limit => ({
  name,
  groups: { ids: [], ...groups },
  mode: 'report',
  repair: 'revoke',
  otherwise: 'report',
  ingress: [],
  permit: [],
});

const compiled = (...baselines: Baseline[]): CompiledBaseline => ({
  baselines,
});

const group = (known: Partial<SelectableGroup>): SelectableGroup => ({
  id: 'sg-00000009',
  name: null,
  vpcId: null,
  tags: {},
  ...known,
});

const web = baseline('web', { ids: ['sg-00000002', 'sg-00000001'] });
const data = baseline('data', { ids: ['sg-00000003', 'sg-00000001'] });

describe('a group', () => {
  it.each([
    ['has the baseline that names its id', [web, data], 'sg-00000003', { kind: 'guarded', baseline: data, limits: [] }],
    ['is unguarded instead of closed when no baseline selects it', [web, data], 'sg-00000009', { kind: 'unguarded' }],
    ['is not selected by the beginning of its id', [web], 'sg-0000000', { kind: 'unguarded' }],
    [
      'has no baseline when several baselines name its id',
      [web, data],
      'sg-00000001',
      { kind: 'ambiguous', names: ['data', 'web'], limits: [] },
    ],
    [
      'has no baseline when several baselines name its id, in any order',
      [data, web],
      'sg-00000001',
      { kind: 'ambiguous', names: ['data', 'web'], limits: [] },
    ],
  ])('a group %s', (_, baselines, id, selection) => {
    expect(selectBaseline(compiled(...baselines), group({ id }))).toEqual(selection);
  });
});

describe('a baseline can select groups by criteria', () => {
  const tagged: GroupSelection = { ids: [], tags: { Tier: 'web', App: 'shop' } };
  const named: GroupSelection = { ids: [], names: ['web-*', 'default'] };
  const placed: GroupSelection = { ids: [], vpcs: ['vpc-11111111', 'vpc-22222222'] };
  const all: GroupSelection = { ids: [], tags: { Tier: 'web' }, names: ['web-*'], vpcs: ['vpc-11111111'] };

  it.each<[string, GroupSelection, Partial<SelectableGroup>]>([
    ['the group has every required tag and other tags', tagged, { tags: { Tier: 'web', App: 'shop', Owner: 'x' } }],
    ['the name of the group matches one of the patterns', named, { name: 'web-1' }],
    ['the name of the group is one of the names', named, { name: 'default' }],
    ['the group is in one of the VPCs', placed, { vpcId: 'vpc-22222222' }],
    ['the group meets all criteria', all, { tags: { Tier: 'web' }, name: 'web-', vpcId: 'vpc-11111111' }],
  ])('a baseline that does not list the id of a group selects the group if %s', (_, groups, known) => {
    expect(selectBaseline(compiled(baseline('a', groups)), group(known)).kind).toBe('guarded');
  });

  it.each<[string, GroupSelection, Partial<SelectableGroup>]>([
    ['the group lacks one of the tags', tagged, { tags: { Tier: 'web' } }],
    ['the tag of the group has another value', tagged, { tags: { Tier: 'Web', App: 'shop' } }],
    ['the name of the group matches no pattern', named, { name: 'my-web-1' }],
    ['the group has no name', named, {}],
    ['the group is in another VPC', placed, { vpcId: 'vpc-33333333' }],
    ['the VPC of the group is unknown', placed, {}],
    ['the group does not meet one of the criteria', all, { tags: { Tier: 'web' }, name: 'db', vpcId: 'vpc-11111111' }],
    ['the tag key is a property that every object inherits', { ids: [], tags: { constructor: '' } }, {}],
    ['the baseline has no criteria', { ids: ['sg-00000001'] }, { name: 'web' }],
  ])('a baseline that does not list the id of a group leaves the group unselected if %s', (_, groups, known) => {
    expect(selectBaseline(compiled(baseline('a', groups)), group(known)).kind).toBe('unguarded');
  });

  it('selectBaseline reports a group as ambiguous if the group meets the criteria of several baselines', () => {
    const both = compiled(baseline('tagged', { tags: { a: 'x' } }), baseline('named', { names: ['web'] }));

    expect(selectBaseline(both, group({ name: 'web', tags: { a: 'x' } }))).toEqual({
      kind: 'ambiguous',
      names: ['named', 'tagged'],
      limits: [],
    });
  });
});

it('a baseline that lists the id of a group takes precedence over baselines whose criteria the group meets', () => {
  const exception = baseline('exception', { ids: ['sg-00000001'] });
  const rest = baseline('rest', { vpcs: ['vpc-11111111'] });

  expect(selectBaseline(compiled(exception, rest), group({ id: 'sg-00000001', vpcId: 'vpc-11111111' }))).toEqual({
    kind: 'guarded',
    baseline: exception,
    limits: [],
  });
});

it('returns the ids of the groups that all baselines list, sorted and without duplicates', () => {
  expect(baselineGroupIds(compiled(web, data))).toEqual(['sg-00000001', 'sg-00000002', 'sg-00000003']);
});

it('reports whether any baseline selects groups by criteria', () => {
  expect(selectsByCriteria(compiled(web, data))).toBe(false);
  expect(selectsByCriteria(compiled(web, baseline('a', { names: ['x'] })))).toBe(true);
});

describe('a baseline can depend on the tags of groups and rules', () => {
  const ignoring = (ignore: Baseline['ignore']): Baseline => ({ ...web, ignore });

  it.each<[string, Baseline, { ignores: boolean; matters: boolean }]>([
    ['groups are selected by tags', baseline('a', { tags: { Tier: 'web' } }), { ignores: false, matters: true }],
    ['rules are ignored by tags', ignoring([{ tag: { key: 'Managed' } }]), { ignores: true, matters: true }],
    [
      'groups are selected and rules are ignored only by other properties',
      {
        ...ignoring([{ descriptionPrefix: 'a' }, { prefixList: 'pl-1' }]),
        groups: { ids: [], names: ['*'], vpcs: ['v'] },
      },
      { ignores: false, matters: false },
    ],
  ])('ignoresRulesByTag and baselineDependsOnTags report whether tags matter if %s', (_, one, { ignores, matters }) => {
    expect([ignoresRulesByTag(compiled(data, one)), baselineDependsOnTags(compiled(data, one))]).toEqual([ignores, matters]);
  });
});

it('returns the last days of all permits, sorted and without duplicates', () => {
  const permitting = (...days: readonly (string | undefined)[]): Baseline => ({
    ...web,
    permit: days.map((until) => ({ rules: [], ...(until !== undefined && { until }) })),
  });

  expect(baselinePermitEndDays(compiled(permitting(undefined)))).toEqual([]);
  expect(baselinePermitEndDays(compiled(permitting('2027-01-31', undefined), permitting('2026-12-31', '2027-01-31')))).toEqual([
    '2026-12-31',
    '2027-01-31',
  ]);
});

describe('a group can have limits', () => {
  const tagged: GroupSelection = { ids: ['sg-00000002'], tags: { Bastion: 'yes' } };

  it.each<[string, Partial<LimitedGroups>, Partial<SelectableGroup>]>([
    ['the limit has `all`', { all: true }, {}],
    ['the limit lists the id of the group', { ids: ['sg-00000009'] }, {}],
    ['the group meets the criteria of the limit', { names: ['web*'] }, { name: 'web-1' }],
    [
      'the limit has `all`, and the group meets only one criterion of `except`',
      { all: true, except: { ...tagged, names: ['x'] } },
      { name: 'x' },
    ],
  ])('a limit applies to a group if %s', (_, groups, known) => {
    const one = limit('a', groups);

    expect(selectBaseline({ baselines: [], limits: [one] }, group(known))).toEqual({ kind: 'limited', limits: [one] });
  });

  it.each<[string, Partial<LimitedGroups>, Partial<SelectableGroup>]>([
    ['the limit lists only another id', { ids: ['sg-00000001'] }, {}],
    ['the group does not meet the criteria of the limit', { names: ['web*'] }, { name: 'db' }],
    ['`except` lists the id of the group', { all: true, except: tagged }, { id: 'sg-00000002' }],
    ['the group meets the criteria of `except`', { all: true, except: tagged }, { tags: { Bastion: 'yes' } }],
    [
      'the group meets the criteria of the limit and also the criteria of `except`',
      { names: ['*'], except: tagged },
      { name: 'a', tags: { Bastion: 'yes' } },
    ],
  ])('a limit does not apply to a group if %s', (_, groups, known) => {
    expect(selectBaseline({ baselines: [], limits: [limit('a', groups)] }, group(known))).toEqual({ kind: 'unguarded' });
  });

  it('all limits that select a group apply, whether or not one baseline selects the group', () => {
    const limits = [limit('a', { all: true }), limit('b', { ids: ['sg-00000001', 'sg-00000003'] }), limit('c', { names: ['x'] })];
    const select = (id: string) => selectBaseline({ baselines: [web, data], limits }, group({ id }));

    expect(select('sg-00000001')).toEqual({ kind: 'ambiguous', names: ['data', 'web'], limits: limits.slice(0, 2) });
    expect(select('sg-00000003')).toEqual({ kind: 'guarded', baseline: data, limits: limits.slice(0, 2) });
    expect(select('sg-00000009')).toEqual({ kind: 'limited', limits: limits.slice(0, 1) });
  });

  it('selectBaselineById finds only the limits that apply to a group regardless of its tags, name and VPC', () => {
    const limits = [
      limit('all', { all: true }),
      limit('all-except-ids', { all: true, except: { ids: ['sg-00000002'] } }),
      limit('all-except-tags', { all: true, except: tagged }),
      limit('by-name', { names: ['*'] }),
      limit('one', { ids: ['sg-00000001'] }),
    ];
    const namesOf = (id: string): string[] => {
      const selection = selectBaselineById({ baselines: [], limits }, id);
      return selection.kind === 'limited' ? selection.limits.map(({ name }) => name) : [];
    };

    expect(namesOf('sg-00000001')).toEqual(['all', 'all-except-ids', 'one']);
    expect(namesOf('sg-00000002')).toEqual(['all']);
  });

  it.each<[string, Partial<LimitedGroups>, { every: boolean; facts: boolean }]>([
    ['has `all`', { all: true }, { every: true, facts: false }],
    ['has `all` except ids', { all: true, except: { ids: ['sg-00000002'] } }, { every: true, facts: false }],
    ['has `all` except tags', { all: true, except: tagged }, { every: true, facts: true }],
    ['lists ids', { ids: ['sg-00000002'] }, { every: false, facts: false }],
    ['selects groups by VPC', { vpcs: ['vpc-11111111'] }, { every: false, facts: true }],
  ])('limitsEveryGroup and selectionNeedsGroupFacts classify a limit that %s', (_, groups, { every, facts }) => {
    const both: CompiledBaseline = { baselines: [web], limits: [limit('a', groups)] };

    expect([limitsEveryGroup(both), selectionNeedsGroupFacts(both)]).toEqual([every, facts]);
  });

  it('finds group ids, tags and the last days of permits in limits as well as in baselines', () => {
    const limits = [
      { ...limit('a', { ids: ['sg-00000004'] }), permit: [{ rules: [], until: '2026-01-31' }] },
      limit('b', { all: true, except: tagged }),
    ];

    expect(baselineGroupIds({ baselines: [web], limits })).toEqual(['sg-00000001', 'sg-00000002', 'sg-00000004']);
    expect(baselinePermitEndDays({ baselines: [web], limits })).toEqual(['2026-01-31']);
    expect(baselineDependsOnTags({ baselines: [web], limits })).toBe(true);
    expect(baselineDependsOnTags({ baselines: [web], limits: limits.slice(0, 1) })).toBe(false);
  });
});

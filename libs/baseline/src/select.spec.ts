import type { Baseline, CompiledBaseline, GroupSelection } from './baseline.js';
import {
  guardedGroupIds,
  ignoresByTag,
  permitEnds,
  selectBaseline,
  selectsByCriteria,
  tagsMatter,
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
    ['has the baseline that names its id', [web, data], 'sg-00000003', { kind: 'guarded', baseline: data }],
    ['is unguarded instead of closed when no baseline selects it', [web, data], 'sg-00000009', { kind: 'unguarded' }],
    ['is not selected by the beginning of its id', [web], 'sg-0000000', { kind: 'unguarded' }],
    ['has no baseline when several baselines name its id', [web, data], 'sg-00000001', { kind: 'ambiguous', names: ['data', 'web'] }],
    [
      'has no baseline when several baselines name its id, in any order',
      [data, web],
      'sg-00000001',
      { kind: 'ambiguous', names: ['data', 'web'] },
    ],
  ])('a group %s', (_, baselines, id, selection) => {
    expect(selectBaseline(compiled(...baselines), group({ id }))).toEqual(selection);
  });
});

describe('a group that no baseline names', () => {
  const tagged: GroupSelection = { ids: [], tags: { Tier: 'web', App: 'shop' } };
  const named: GroupSelection = { ids: [], names: ['web-*', 'default'] };
  const placed: GroupSelection = { ids: [], vpcs: ['vpc-11111111', 'vpc-22222222'] };
  const all: GroupSelection = { ids: [], tags: { Tier: 'web' }, names: ['web-*'], vpcs: ['vpc-11111111'] };

  it.each<[string, GroupSelection, Partial<SelectableGroup>]>([
    ['it has every required tag and other tags', tagged, { tags: { Tier: 'web', App: 'shop', Owner: 'x' } }],
    ['its name matches one of the patterns', named, { name: 'web-1' }],
    ['its name is one of the names', named, { name: 'default' }],
    ['it is in one of the VPCs', placed, { vpcId: 'vpc-22222222' }],
    ['it meets all the criteria', all, { tags: { Tier: 'web' }, name: 'web-', vpcId: 'vpc-11111111' }],
  ])('a group that no baseline names has a baseline if %s', (_, groups, known) => {
    expect(selectBaseline(compiled(baseline('a', groups)), group(known)).kind).toBe('guarded');
  });

  it.each<[string, GroupSelection, Partial<SelectableGroup>]>([
    ['it lacks one of the tags', tagged, { tags: { Tier: 'web' } }],
    ['its tag has another value', tagged, { tags: { Tier: 'Web', App: 'shop' } }],
    ['its name matches no pattern', named, { name: 'my-web-1' }],
    ['it has no name', named, {}],
    ['it is in another VPC', placed, { vpcId: 'vpc-33333333' }],
    ['its VPC is unknown', placed, {}],
    ['it fails one criterion', all, { tags: { Tier: 'web' }, name: 'db', vpcId: 'vpc-11111111' }],
    ['the tag key is a property that every object inherits', { ids: [], tags: { constructor: '' } }, {}],
    ['the baselines have no criteria', { ids: ['sg-00000001'] }, { name: 'web' }],
  ])('a group that no baseline names is unguarded if %s', (_, groups, known) => {
    expect(selectBaseline(compiled(baseline('a', groups)), group(known)).kind).toBe('unguarded');
  });

  it('a group has no baseline when it meets the criteria of several baselines', () => {
    const both = compiled(baseline('tagged', { tags: { a: 'x' } }), baseline('named', { names: ['web'] }));

    expect(selectBaseline(both, group({ name: 'web', tags: { a: 'x' } }))).toEqual({
      kind: 'ambiguous',
      names: ['named', 'tagged'],
    });
  });
});

it('a baseline that lists the id of a group takes precedence over baselines whose criteria the group meets', () => {
  const exception = baseline('exception', { ids: ['sg-00000001'] });
  const rest = baseline('rest', { vpcs: ['vpc-11111111'] });

  expect(selectBaseline(compiled(exception, rest), group({ id: 'sg-00000001', vpcId: 'vpc-11111111' }))).toEqual({
    kind: 'guarded',
    baseline: exception,
  });
});

it('returns the groups of all baselines, in order and without duplicates', () => {
  expect(guardedGroupIds(compiled(web, data))).toEqual(['sg-00000001', 'sg-00000002', 'sg-00000003']);
});

it('reports that ids alone do not determine the guarded groups if one baseline has criteria', () => {
  expect(selectsByCriteria(compiled(web, data))).toBe(false);
  expect(selectsByCriteria(compiled(web, baseline('a', { names: ['x'] })))).toBe(true);
});

describe('the tags of groups and rules', () => {
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
  ])('reports whether tags affect a decision: %s', (_, one, { ignores, matters }) => {
    expect([ignoresByTag(compiled(data, one)), tagsMatter(compiled(data, one))]).toEqual([ignores, matters]);
  });
});

it('returns the last days of all permits, in order and without duplicates', () => {
  const permitting = (...days: readonly (string | undefined)[]): Baseline => ({
    ...web,
    permit: days.map((until) => ({ rules: [], ...(until !== undefined && { until }) })),
  });

  expect(permitEnds(compiled(permitting(undefined)))).toEqual([]);
  expect(permitEnds(compiled(permitting('2027-01-31', undefined), permitting('2026-12-31', '2027-01-31')))).toEqual([
    '2026-12-31',
    '2027-01-31',
  ]);
});

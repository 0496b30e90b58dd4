import type { CompiledBaseline } from '@portcullis/baseline';
import { formatRule } from '@portcullis/permission-diff';
import { baseline, compiled, limit, type LimitNotation } from '@portcullis/security-groups/testing';
import { block, plan, resource, state, vpcRule, type PlannedChange } from '../testing/terraform.js';
import { judgeTerraformPlan } from './plan-verdict.js';

const SG = 'sg-0a1b2c3d4e5f60718';
const LIST = 'pl-0000000a';
const web = 'aws_security_group.web';
const rule = 'aws_vpc_security_group_ingress_rule.a';

/** Returns the values of a group resource with `ingress` blocks. */
function group(ingress: readonly object[], more: object = {}): Readonly<Record<string, unknown>> {
  return { id: SG, name: 'web', vpc_id: 'vpc-1', tags_all: {}, ingress, egress: [], ...more };
}

/** Returns a change that creates a group whose id is known only after apply. */
function newGroup(ingress: readonly object[], more: object = {}, unknown: object = {}): PlannedChange {
  const { id, ...after } = group(ingress, more);
  return { address: web, after, unknown: { id: true, ...unknown } };
}

const from = (cidr: string, port = 22): object => block({ from_port: port, to_port: port, cidr_blocks: [cidr] });
const sshRule = (values: object) => vpcRule(SG, { from_port: 22, to_port: 22, ...values });
const existing: PlannedChange = { address: web, before: group([]), after: group([]), actions: ['no-op'] };

const noAdmin = (options: LimitNotation = {}) => limit([{ services: ['tcp 22'], onlyFrom: ['10.0.0.0/8'], groups: 'ownAccount' }], options);

/** Returns a line for each broken limit, each change that the guard would revert, and each fact that the plan does not show. */
function judge(changes: readonly PlannedChange[], declared: CompiledBaseline = compiled(noAdmin()), more: object = {}): string[] {
  const { groups, unknown } = judgeTerraformPlan(plan(changes, { ...more }), declared, '2026-11-23');
  return [
    ...groups.flatMap(({ address, reversals, broken }) => [
      ...broken.map(({ words, addresses }) => `${address}: ${words} (${addresses.join(', ')})`),
      ...reversals.map(({ action, mode, rule: each }) => `${mode}: ${action} ${formatRule(each)}`),
    ]),
    ...unknown.map(({ address, text }) => `unknown: ${address}: ${text}`),
  ];
}

const BROKEN = [`${web}: broken limit no-admin: SSH from 0.0.0.0/0 minus 10.0.0.0/8 (${web})`, 'enforce: revoke tcp/22 from 0.0.0.0/0'];

it.each<[string, PlannedChange[], string[]]>([
  ['adds a block to a group without a baseline', [{ address: web, before: group([]), after: group([from('0.0.0.0/0')]) }], BROKEN],
  ['creates a group', [newGroup([from('0.0.0.0/0')])], BROKEN],
  [
    'adds a rule resource to a group that Terraform does not manage',
    [{ address: rule, after: sshRule({ cidr_ipv4: '11.0.0.0/16' }) }],
    [`${SG}: broken limit no-admin: SSH from 11.0.0.0/16 (${rule})`, 'enforce: revoke tcp/22 from 11.0.0.0/16'],
  ],
  [
    'adds a rule resource to a group that is known only after apply',
    [{ address: rule, after: sshRule({ cidr_ipv4: '11.0.0.0/16', security_group_id: undefined }), unknown: { security_group_id: true } }],
    [`${rule}: broken limit no-admin: SSH from 11.0.0.0/16 (${rule})`, 'enforce: revoke tcp/22 from 11.0.0.0/16'],
  ],
  ['stays within the limits', [newGroup([from('10.1.0.0/16'), from('0.0.0.0/0', 443)])], []],
  [
    'allows traffic from the group itself',
    [{ address: web, before: group([]), after: group([block({ from_port: 22, to_port: 22, self: true })]) }],
    [],
  ],
  [
    'does not change a rule that breaks the limit',
    [{ address: web, before: group([from('0.0.0.0/0')]), after: group([from('0.0.0.0/0'), from('10.0.0.0/9')]) }],
    [],
  ],
  ['removes a rule that breaks the limit', [{ address: web, before: group([from('0.0.0.0/0')]), after: group([]) }], []],
])('judgeTerraformPlan returns the broken limits of a plan that %s', (_, changes, expected) => {
  expect(judge(changes)).toEqual(expected);
});

it('judgeTerraformPlan returns the narrower rules that the guard would authorize', () => {
  expect(judge([newGroup([from('10.0.0.0/7')])], compiled(noAdmin({ repair: 'narrow' })))).toEqual([
    `${web}: broken limit no-admin: SSH from 10.0.0.0/7 minus 10.0.0.0/8 (${web})`,
    'enforce: authorize tcp/22 from 10.0.0.0/8',
    'enforce: revoke tcp/22 from 10.0.0.0/7',
  ]);
});

it('judgeTerraformPlan also reports a broken limit in mode `report`', () => {
  expect(judge([newGroup([from('0.0.0.0/0')])], compiled(noAdmin({ mode: 'report' })))).toEqual([
    BROKEN[0],
    'report: revoke tcp/22 from 0.0.0.0/0',
  ]);
});

it('judgeTerraformPlan checks the limits of a group that also has a baseline', () => {
  const declared = compiled(baseline(['tcp 22 from 11.0.0.0/16'], { groups: { ids: [SG] } }), noAdmin({ mode: 'report' }));
  expect(judge([{ address: web, before: group([]), after: group([from('11.0.0.0/16'), from('0.0.0.0/0', 80)]) }], declared)).toEqual([
    `${web}: broken limit no-admin: SSH from 11.0.0.0/16 (${web})`,
    'report: revoke tcp/22 from 11.0.0.0/16',
    'enforce: revoke tcp/80 from 0.0.0.0/0',
  ]);
});

it('if a limit applies to a group only after the plan, judgeTerraformPlan also reports unchanged rules that break the limit', () => {
  const declared = compiled(noAdmin({ groups: { ids: [], tags: { Tier: 'web' } } }));
  const changed = { address: web, before: group([from('0.0.0.0/0')]), after: group([from('0.0.0.0/0')], { tags_all: { Tier: 'web' } }) };
  expect(judge([changed], declared)).toEqual(BROKEN);
});

it.each<[string, LimitNotation['groups'], object, object, string[]]>([
  ['a name that the limit selects', { ids: [], names: ['web'] }, {}, {}, BROKEN],
  ['tags that the limit selects', { ids: [], tags: { Tier: 'web' } }, { tags_all: { Tier: 'web' } }, {}, BROKEN],
  ['a name that the limit does not select', { ids: [], names: ['db'] }, {}, {}, []],
  ['a name that the limit excepts', { ids: [], all: true, except: { ids: [], names: ['web'] } }, {}, {}, []],
  [
    'an unknown name',
    { ids: [], names: ['web'] },
    { name: undefined },
    {},
    [`unknown: ${web}: its name is known only after apply, so the group may break limit no-admin`],
  ],
  [
    'an unknown name, although the limit excepts a name',
    { ids: [], all: true, except: { ids: [], names: ['bastion'] } },
    { name: undefined },
    {},
    [`unknown: ${web}: its name is known only after apply, so the group may break limit no-admin`],
  ],
  [
    'unknown tags, although the limit excepts tags',
    { ids: [], all: true, except: { ids: [], tags: { Bastion: 'yes' } } },
    { tags_all: {} },
    { tags_all: true },
    [`unknown: ${web}: its tags are known only after apply, so the group may break limit no-admin`],
  ],
  ['an unknown name, in a VPC that the limit does not select', { ids: [], names: ['web'], vpcs: ['vpc-2'] }, { name: undefined }, {}, []],
])('judgeTerraformPlan decides whether a limit applies to a new group with %s', (_, groups, facts, unknown, expected) => {
  expect(judge([newGroup([from('0.0.0.0/0')], facts, unknown)], compiled(noAdmin({ groups })))).toEqual(expected);
});

it.each<[string, PlannedChange, string[]]>([
  [
    'the source',
    { address: rule, after: sshRule({}), unknown: { cidr_ipv4: true } },
    [`unknown: ${rule}: cidr_ipv4: known only after apply; limit no-admin applies to the group`],
  ],
  ['the source of traffic that no limit forbids', { address: rule, after: vpcRule(SG, {}), unknown: { cidr_ipv4: true } }, []],
  [
    'the port',
    { address: rule, after: vpcRule(SG, { from_port: undefined, cidr_ipv4: '0.0.0.0/0' }), unknown: { from_port: true } },
    [`unknown: ${rule}: from_port: known only after apply; limit no-admin applies to the group`],
  ],
])(
  'if %s is known only after apply, judgeTerraformPlan reports a rule as unknown only if the rule may break a limit',
  (_, change, expected) => {
    expect(judge([existing, change])).toEqual(expected);
  },
);

describe('a rule from a prefix list', () => {
  const change: PlannedChange = { address: rule, after: sshRule({ prefix_list_id: LIST }) };
  const list = (address: string, entries: object): object => ({
    prior_state: { values: state(resource(address, { id: LIST, ...entries })) },
  });

  it.each<[string, object, string[]]>([
    [
      'is unknown if the plan does not show the list',
      {},
      [`unknown: ${SG}: the plan does not show the entries of ${LIST}, so ingress tcp/22 from ${LIST} may break limit no-admin`],
    ],
    ['is compared by the entries of a data source', list('data.aws_ec2_managed_prefix_list.a', { entries: [{ cidr: '10.0.0.0/9' }] }), []],
    [
      'is compared by the entries of a resource',
      list('aws_ec2_managed_prefix_list.a', { entry: [{ cidr: '11.0.0.0/9' }] }),
      [`${SG}: broken limit no-admin: SSH from ${LIST} (${rule})`, `enforce: revoke tcp/22 from ${LIST}`],
    ],
  ])('judgeTerraformPlan compares a rule from a prefix list with the limits: the rule %s', (_, more, expected) => {
    expect(judge([change], compiled(noAdmin()), more)).toEqual(expected);
  });

  it('judgeTerraformPlan reports a broken limit if the plan adds entries to the prefix list of a rule', () => {
    const change = (entry: object[]) => ({ id: LIST, entry });
    const widened = { address: 'aws_ec2_managed_prefix_list.a', before: change([]), after: change([{ cidr: '0.0.0.0/0' }]) };
    const rules = block({ from_port: 22, to_port: 22, prefix_list_ids: [LIST] });
    expect(judge([{ ...existing, before: group([rules]), after: group([rules]) }, widened])).toEqual([
      `${web}: broken limit no-admin: SSH from ${LIST} (${web})`,
      `enforce: revoke tcp/22 from ${LIST}`,
    ]);
  });

  it('judgeTerraformPlan reports a rule as unknown if the limit allows only a prefix list whose entries the plan does not show', () => {
    const declared = compiled(limit([{ services: ['tcp 22'], onlyFrom: [LIST] }]));
    expect(judge([newGroup([from('11.0.0.0/16')])], declared)).toEqual([
      `unknown: ${web}: the plan does not show the entries of ${LIST}, so ingress tcp/22 from 11.0.0.0/16 may break limit no-admin`,
    ]);
  });
});

import { formatRule } from '@portcullis/permission-diff';
import { baseline, compiled } from '@portcullis/security-groups/testing';
import { block, plan, resource, state, vpcRule, type PlannedChange } from '../testing/terraform.js';
import { judgeTerraformPlan } from './plan-verdict.js';

const SG = 'sg-0a1b2c3d4e5f60718';
const HTTPS = 'tcp 443 from 0.0.0.0/0';
const SSH = 'tcp 22 from 10.0.0.0/8';

const https = block({ cidr_blocks: ['0.0.0.0/0'] });
const ssh = block({ from_port: 22, to_port: 22, cidr_blocks: ['10.0.0.0/8'] });

/** Returns the values of a group resource with `ingress` blocks. */
function group(ingress: readonly object[], more: object = {}): Readonly<Record<string, unknown>> {
  return { id: SG, name: 'web', vpc_id: 'vpc-1', tags_all: {}, ingress, egress: [], ...more };
}

/** Returns a change that creates a group whose id and rules are known only after apply. */
function newGroup(more: object): Pick<PlannedChange, 'after' | 'unknown'> {
  const { id, ingress, egress, ...after } = group([], more);
  return { after, unknown: { id: true, ingress: true, egress: true } };
}

const byId = compiled(baseline([HTTPS], { groups: { ids: [SG] } }));
const byName = compiled(baseline([HTTPS], { groups: { ids: [], names: ['web*'] } }));

/** Returns a line for each change that the guard would revert, each fact that the plan does not show, and each note. */
function judge(changes: readonly PlannedChange[], baselines = byId, more: Readonly<Record<string, unknown>> = {}): string[] {
  const { groups, unknown, notes } = judgeTerraformPlan(plan(changes, more), baselines, '2026-11-23');
  return [
    ...groups.flatMap(({ mode, reversals }) =>
      reversals.map(({ action, rule, addresses }) => `${mode}: ${action} ${formatRule(rule)} (${addresses.join(', ')})`),
    ),
    ...unknown.map(({ address, text }) => `unknown: ${address}: ${text}`),
    ...notes.map(({ address, text }) => `note: ${address}: ${text}`),
  ];
}

const web = 'aws_security_group.web';
const rule = 'aws_vpc_security_group_ingress_rule.a';
const unchanged: PlannedChange = { address: web, before: group([https]), after: group([https]), actions: ['no-op'] };
const sshRule = { from_port: 22, to_port: 22, cidr_ipv4: '10.0.0.0/8' };

it.each<[string, PlannedChange[], string[]]>([
  [
    'adds an undeclared block',
    [{ address: web, before: group([https]), after: group([https, ssh]) }],
    ['enforce: revoke tcp/22 from 10.0.0.0/8 (aws_security_group.web)'],
  ],
  [
    'removes a declared block',
    [{ address: web, before: group([https]), after: group([]) }],
    ['enforce: authorize tcp/443 from 0.0.0.0/0 (aws_security_group.web)'],
  ],
  ['does not change an existing undeclared rule', [{ ...unchanged, before: group([https, ssh]), after: group([https, ssh]) }], []],
  ['removes an undeclared rule', [{ address: web, before: group([https, ssh]), after: group([https]) }], []],
  ['adds a declared rule', [{ address: web, before: group([]), after: group([https]) }], []],
  [
    'adds an undeclared rule resource',
    [unchanged, { address: rule, after: vpcRule(SG, sshRule) }],
    ['enforce: revoke tcp/22 from 10.0.0.0/8 (aws_vpc_security_group_ingress_rule.a)'],
  ],
  [
    'removes the resource of a declared rule, although the blocks of the group still contain the rule',
    [unchanged, { address: rule, before: vpcRule(SG, { cidr_ipv4: '0.0.0.0/0' }) }],
    ['enforce: authorize tcp/443 from 0.0.0.0/0 (aws_vpc_security_group_ingress_rule.a)'],
  ],
  [
    'moves a declared rule from one resource to another',
    [
      unchanged,
      { address: rule, before: vpcRule(SG, { cidr_ipv4: '0.0.0.0/0' }) },
      { address: 'aws_security_group_rule.b["x"]', after: { ...https, type: 'ingress', security_group_id: SG } },
    ],
    [],
  ],
  [
    'removes a declared rule from the state, but not from the group',
    [unchanged, { address: rule, before: vpcRule(SG, { cidr_ipv4: '0.0.0.0/0' }), actions: ['forget'] }],
    [],
  ],
  [
    'adds an undeclared rule to a group that Terraform does not manage',
    [{ address: rule, after: vpcRule(SG, sshRule) }],
    ['enforce: revoke tcp/22 from 10.0.0.0/8 (aws_vpc_security_group_ingress_rule.a)'],
  ],
  [
    'changes a group that no baseline selects',
    [{ address: web, before: group([], { id: 'sg-0000000b' }), after: group([ssh], { id: 'sg-0000000b' }) }],
    [],
  ],
  [
    'replaces the group',
    [{ address: web, before: group([https]), ...newGroup({}), actions: ['delete', 'create'] }],
    [`note: ${web}: the plan deletes ${SG}, which baseline web guards; the detector reports the deletion, and a new group has another id`],
  ],
  [
    'adds a rule whose address is known only after apply',
    [unchanged, { address: rule, after: vpcRule(SG, { cidr_ipv4: undefined }), unknown: { cidr_ipv4: true } }],
    [`unknown: ${rule}: cidr_ipv4: known only after apply; baseline web guards the group`],
  ],
  [
    'adds a block with two sources, one of which is known only after apply',
    [
      {
        ...unchanged,
        actions: ['update'],
        after: group([https, { ...ssh, cidr_blocks: ['10.0.0.0/8', null] }]),
        unknown: { ingress: [{}, { cidr_blocks: [false, true] }] },
      },
    ],
    [
      'enforce: revoke tcp/22 from 10.0.0.0/8 (aws_security_group.web)',
      `unknown: ${web}: cidr_blocks: known only after apply; baseline web guards the group`,
    ],
  ],
  [
    'makes all blocks known only after apply',
    [{ ...unchanged, actions: ['update'], unknown: { ingress: true } }],
    [`unknown: ${web}: ingress: known only after apply; baseline web guards the group`],
  ],
  [
    'adds a rule to a group that is known only after apply',
    [{ address: rule, after: vpcRule(undefined, sshRule), unknown: { security_group_id: true } }],
    [`unknown: ${rule}: its group is known only after apply`],
  ],
])('judgeTerraformPlan returns what the guard would revert and what is unknown if a plan %s', (_, changes, expected) => {
  expect(judge(changes)).toEqual(expected);
});

const refersTo = (attribute: string, ...references: string[]): object => ({
  type: 'aws_vpc_security_group_ingress_rule',
  name: 'a',
  expressions: { [attribute]: { references } },
});

it.each<[string, PlannedChange[], object, string[]]>([
  [
    'a rule refers to',
    [
      { address: web, ...newGroup({}) },
      { address: rule, after: vpcRule(undefined, sshRule), unknown: { security_group_id: true } },
    ],
    { root_module: { resources: [refersTo('security_group_id', 'aws_security_group.web.id', 'aws_security_group.web')] } },
    ['enforce: authorize tcp/443 from 0.0.0.0/0 ()', `enforce: revoke tcp/22 from 10.0.0.0/8 (${rule})`],
  ],
  [
    'a rule in a module refers to through a variable and an output',
    [
      { address: 'module.group.aws_security_group.g', ...newGroup({}) },
      { address: `module.rules[0].${rule}`, after: vpcRule(undefined, sshRule), unknown: { security_group_id: true } },
    ],
    {
      root_module: {
        module_calls: {
          rules: {
            expressions: { sg: { references: ['module.group.id', 'module.group'] } },
            module: { resources: [refersTo('security_group_id', 'var.sg')] },
          },
          group: { module: { outputs: { id: { expression: { references: ['aws_security_group.g.id', 'aws_security_group.g'] } } } } },
        },
      },
    },
    ['enforce: authorize tcp/443 from 0.0.0.0/0 ()', `enforce: revoke tcp/22 from 10.0.0.0/8 (module.rules[0].${rule})`],
  ],
  [
    'a rule of a `for_each` refers to by its key',
    [
      { address: 'aws_security_group.g["a.b"]', ...newGroup({}) },
      { address: 'aws_security_group.g["c"]', ...newGroup({ name: 'other' }) },
      { address: `${rule}["c"]`, after: vpcRule(undefined, sshRule), unknown: { security_group_id: true } },
      { address: `${rule}["a.b"]`, after: vpcRule(undefined, { cidr_ipv4: '0.0.0.0/0' }), unknown: { security_group_id: true } },
    ],
    { root_module: { resources: [refersTo('security_group_id', 'aws_security_group.g', 'each.key')] } },
    [],
  ],
  [
    'is the source of a rule in a guarded group',
    [
      { ...unchanged, before: group([https], { name: 'web-db' }), after: group([https], { name: 'web-db' }) },
      { address: 'aws_security_group.app', ...newGroup({ name: 'app' }) },
      { address: rule, after: vpcRule(SG, { referenced_security_group_id: undefined }), unknown: { referenced_security_group_id: true } },
    ],
    { root_module: { resources: [refersTo('referenced_security_group_id', 'aws_security_group.app.id', 'aws_security_group.app')] } },
    [`enforce: revoke tcp/443 from sg-fffffffff00000000 (${rule})`],
  ],
])('judgeTerraformPlan finds the new group that %s', (_, changes, configuration, expected) => {
  const found = judge(changes, byName, { configuration });
  expect(found).toEqual(expected);
});

const REVERTED = ['authorize tcp/443 from 0.0.0.0/0 ()', `revoke tcp/22 from 10.0.0.0/8 (${web})`];

it.each<[string, Parameters<typeof baseline>[1], object, string[]]>([
  [
    'the baseline selects a name that the provider makes from a prefix',
    { groups: { ids: [], names: ['web-*'] } },
    { name: undefined, name_prefix: 'web-' },
    REVERTED.map((line) => `enforce: ${line}`),
  ],
  [
    'the baseline selects tags',
    { groups: { ids: [], tags: { Tier: 'web' } } },
    { tags_all: { Tier: 'web' } },
    REVERTED.map((line) => `enforce: ${line}`),
  ],
  [
    'the baseline is in mode `report`',
    { groups: { ids: [], names: ['web'] }, mode: 'report' },
    {},
    REVERTED.map((line) => `report: ${line}`),
  ],
  [
    'the name of the group is known only after apply',
    { groups: { ids: [], names: ['web'], vpcs: ['vpc-1'] } },
    { name: undefined },
    [`unknown: ${web}: its name is known only after apply, so baseline web may guard the group`],
  ],
  ['no baseline selects the VPC of the group', { groups: { ids: [], names: ['web'], vpcs: ['vpc-2'] } }, { name: undefined }, []],
])('judgeTerraformPlan finds the baseline that guards a new group: %s', (_, options, facts, expected) => {
  const { id, ...after } = group([ssh], facts);
  expect(judge([{ address: web, after, unknown: { id: true } }], compiled(baseline([HTTPS], options)))).toEqual(expected);
});

it.each<[string, readonly string[], Parameters<typeof baseline>[1], string[]]>([
  ['permitted', [HTTPS], { permit: [{ rule: SSH, until: '2026-11-23' }] }, []],
  ['no longer permitted', [HTTPS], { permit: [{ rule: SSH, until: '2026-11-22' }] }, [`enforce: revoke tcp/22 from 10.0.0.0/8 (${rule})`]],
  ['ignored by its description', [HTTPS], { ignore: [{ descriptionPrefix: 'eks' }] }, []],
  ['ignored by its tag', [HTTPS], { ignore: [{ tag: { key: 'Owner' } }] }, []],
  ['part of the declared access', [HTTPS, 'tcp 1-1024 from 10.0.0.0/7'], { compare: 'access' }, []],
])('judgeTerraformPlan decides whether the guard would revert a planned rule that is %s', (_, declared, options, expected) => {
  const live = group([https, block({ from_port: 1, to_port: 1024, cidr_blocks: ['10.0.0.0/7'] })]);
  const after = { ...vpcRule(SG, sshRule), description: 'eks: ssh', tags_all: { Owner: 'eks' } };
  const changes = [
    { ...unchanged, before: live, after: live },
    { address: rule, after },
  ];
  expect(judge(changes, compiled(baseline(declared, { groups: { ids: [SG] }, ...options })))).toEqual(expected);
});

it('if a plan with `-target` does not mention a resource, judgeTerraformPlan reads the resource from the prior state', () => {
  const prior = state(resource(web, group([https])), resource(rule, vpcRule(SG, { cidr_ipv4: '0.0.0.0/0' })));
  expect(judge([{ address: `${rule}b`, after: vpcRule(SG, sshRule) }], byId, { prior_state: { values: prior } })).toEqual([
    `enforce: revoke tcp/22 from 10.0.0.0/8 (${rule}b)`,
  ]);
});

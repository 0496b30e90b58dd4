import { formatRule, type Rule } from '@portcullis/permission-diff';
import { block, resource, state, vpcRule } from '../testing/terraform.js';
import { rulesDeclaredInTerraform, groupsInTerraformState } from './state-groups.js';

const SG = 'sg-0a1b2c3d4e5f60718';
const OTHER = 'sg-0b1b2c3d4e5f60718';

function words(rules: readonly Rule[]): string[] {
  return rules.map(formatRule);
}

it.each<[string, object, string[]]>([
  [
    'a block with several sources',
    resource('aws_security_group.x', {
      id: SG,
      ingress: [
        block({ cidr_blocks: ['0.0.0.0/0', '10.0.0.0/8'], ipv6_cidr_blocks: ['::/0'], prefix_list_ids: ['pl-0a1b2c3d'], self: true }),
      ],
    }),
    ['tcp/443 from 0.0.0.0/0', 'tcp/443 from 10.0.0.0/8', 'tcp/443 from ::/0', 'tcp/443 from pl-0a1b2c3d', `tcp/443 from ${SG}`],
  ],
  [
    'a block of a default group, for all traffic to everybody',
    resource('aws_default_security_group.x', {
      id: SG,
      egress: [block({ protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'] })],
    }),
    ['all traffic to 0.0.0.0/0'],
  ],
  [
    'a block with groups of this and of another account',
    resource('aws_security_group.x', { id: SG, ingress: [block({ security_groups: [OTHER, `444455556666/${OTHER}`] })] }),
    [`tcp/443 from ${OTHER}`, `tcp/443 from ${OTHER} (account 444455556666)`],
  ],
  [
    'a rule resource with the protocol as a number',
    resource('aws_security_group_rule.x', {
      ...block({ cidr_blocks: ['10.0.0.0/8'] }),
      type: 'ingress',
      protocol: '6',
      security_group_id: SG,
    }),
    ['tcp/443 from 10.0.0.0/8'],
  ],
  [
    'a rule resource for the group itself, whose source the provider fills in',
    resource('aws_security_group_rule.x', {
      ...block({ self: true }),
      type: 'egress',
      security_group_id: SG,
      source_security_group_id: SG,
    }),
    [`tcp/443 to ${SG}`],
  ],
  [
    'a rule resource with another group as its source',
    resource('aws_security_group_rule.x', { ...block({}), type: 'ingress', security_group_id: SG, source_security_group_id: OTHER }),
    [`tcp/443 from ${OTHER}`],
  ],
  [
    'a VPC ingress rule for a type of ICMP',
    resource(
      'aws_vpc_security_group_ingress_rule.x',
      vpcRule(SG, { ip_protocol: 'icmp', from_port: 8, to_port: -1, cidr_ipv4: '10.0.0.0/8' }),
    ),
    ['icmp type 8 from 10.0.0.0/8'],
  ],
  [
    'a VPC egress rule for all traffic, which has no ports',
    resource(
      'aws_vpc_security_group_egress_rule.x',
      vpcRule(SG, { ip_protocol: '-1', from_port: null, to_port: null, referenced_security_group_id: OTHER }),
    ),
    [`all traffic to ${OTHER}`],
  ],
])('reads %s', (_, found, expected) => {
  expect(groupsInTerraformState(state(found)).map((group) => [group.id, words(rulesDeclaredInTerraform(group).declared)])).toEqual([
    [SG, expected],
  ]);
});

it('groupsInTerraformState reads the name, VPC and tags of the groups in all modules, and ignores other resources', () => {
  const group = {
    id: SG,
    name: 'web',
    vpc_id: 'vpc-1',
    owner_id: '111122223333',
    description: 'shop',
    tags: { A: '1' },
    tags_all: { A: '1', B: '2' },
  };
  const nested = {
    address: 'module.a.module.b[0]',
    resources: [resource('aws_security_group.x', group), resource('aws_vpc.x', { id: 'vpc-1' })],
  };
  const values = { root_module: { child_modules: [{ address: 'module.a', child_modules: [nested] }] } };
  const facts = { id: SG, name: 'web', vpcId: 'vpc-1', ownerId: '111122223333', description: 'shop', tags: { A: '1', B: '2' } };
  expect(groupsInTerraformState(values)).toEqual([{ ...facts, address: 'aws_security_group.x', inline: [], separate: [] }]);
});

it('groupsInTerraformState returns a group even if the state contains only the rules of the group', () => {
  const rule = (id: string): object => resource('aws_vpc_security_group_ingress_rule.x', vpcRule(id, { cidr_ipv4: '10.0.0.0/8' }));
  const data = resource('data.aws_security_group.x', { id: SG, name: 'shared' });
  const groups = groupsInTerraformState(state(rule(SG), data, rule(OTHER)));
  expect(groups).toMatchObject([
    { id: SG, name: 'shared', address: null, separate: [{ address: 'aws_vpc_security_group_ingress_rule.x' }] },
    { id: OTHER, name: null, address: null, separate: [{}] },
  ]);
});

it('rulesDeclaredInTerraform ignores the blocks in a direction with rule resources, because these blocks contain all live rules', () => {
  const open = block({ from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'] });
  const group = resource('aws_security_group.x', {
    id: SG,
    ingress: [block({ cidr_blocks: ['10.0.0.0/8'] }), open],
    egress: [block({ cidr_blocks: ['10.0.0.0/8'] })],
  });
  const rule = resource('aws_vpc_security_group_ingress_rule.x', vpcRule(SG, { cidr_ipv4: '10.0.0.0/8' }));
  const [found] = groupsInTerraformState(state(group, rule)).map(rulesDeclaredInTerraform);
  expect(words(found?.declared ?? [])).toEqual(['tcp/443 from 10.0.0.0/8', 'tcp/443 to 10.0.0.0/8']);
  expect(words(found?.undeclared ?? [])).toEqual(['tcp/22 from 0.0.0.0/0']);
});

it('groupsInTerraformState refuses an invalid rule, and names the address of its resource', () => {
  const classic = resource('aws_security_group.x', { id: SG, ingress: [block({ security_groups: ['amazon-elb/amazon-elb-sg'] })] });
  expect(() => groupsInTerraformState(state(classic))).toThrow(
    'invalid rule in Terraform: `aws_security_group.x: GroupId`: found `"amazon-elb/amazon-elb-sg"`, expected',
  );
});

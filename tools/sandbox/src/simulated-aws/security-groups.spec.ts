/**
 * Tests that moto with the patch handles security groups as EC2 does.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  type AuthorizeSecurityGroupIngressCommandInput,
  type IpPermission,
  type SecurityGroupRule,
  type SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import { ANYWHERE, createSecurityGroup, createDemoVpc, demoTcpPermission } from '../demo/groups.js';
import { expectMotoValue } from './moto.js';
import { sandbox, useSandbox } from '../testing/fixture.js';

const UNKNOWN_RULE = 'sgr-0123456789abcdef0';

let vpcId: string;
let subnetId: string;
let prefixList: string;
let groups = 0;

useSandbox(async () => {
  vpcId = await createDemoVpc(ec2());
  subnetId = (await ec2().send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/24' }))).Subnet?.SubnetId ?? '';
  prefixList = await createList('offices', 59);
});

const ec2 = () => sandbox.ec2();

async function createList(PrefixListName: string, MaxEntries: number, AddressFamily = 'IPv4'): Promise<string> {
  const { PrefixList } = await ec2().send(new CreateManagedPrefixListCommand({ PrefixListName, AddressFamily, MaxEntries }));
  return expectMotoValue(PrefixList?.PrefixListId);
}

const newGroup = (): Promise<string> => createSecurityGroup(ec2(), `group-${(groups += 1)}`, vpcId);

const authorize = async (GroupId: string, ...IpPermissions: IpPermission[]): Promise<readonly SecurityGroupRule[]> =>
  (await ec2().send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))).SecurityGroupRules ?? [];

const revoke = (GroupId: string, ...IpPermissions: IpPermission[]) =>
  ec2().send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));

async function rulesOf(groupId: string, isEgress = false): Promise<readonly SecurityGroupRule[]> {
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const { SecurityGroupRules = [] } = await ec2().send(new DescribeSecurityGroupRulesCommand({ Filters }));
  return SecurityGroupRules.filter(({ IsEgress }) => IsEgress === isEgress);
}

const modify = (GroupId: string, updates: Readonly<Record<string, SecurityGroupRuleRequest>>, DryRun = false) => {
  const SecurityGroupRules = Object.entries(updates).map(([id, rule]) => ({ SecurityGroupRuleId: id, SecurityGroupRule: rule }));
  return ec2().send(new ModifySecurityGroupRulesCommand({ GroupId, DryRun, SecurityGroupRules }));
};

const describeById = (GroupId: string, SecurityGroupRuleId: string, Description: string) => {
  const SecurityGroupRuleDescriptions = [{ SecurityGroupRuleId, Description }];
  return ec2().send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, SecurityGroupRuleDescriptions }));
};

const fromGroup = (GroupId: string, port = 22, Description?: string): IpPermission => ({
  ...demoTcpPermission(port),
  UserIdGroupPairs: [{ GroupId, Description }],
});
const fromList = (PrefixListId: string, port = 22, Description?: string): IpPermission => ({
  ...demoTcpPermission(port),
  PrefixListIds: [{ PrefixListId, Description }],
});
const describedAs = (Description: string): IpPermission => ({ ...demoTcpPermission(22), IpRanges: [{ CidrIp: ANYWHERE, Description }] });

const manyCidrs = (count: number): string[] => Array.from({ length: count }, (_, i) => `10.${i}.0.0/16`);
const manyIpv6 = (count: number): string[] => Array.from({ length: count }, (_, i) => `2001:db8:${(i + 1).toString(16)}::/48`);

describe('stored rules', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['100.68.0.18/18', '100.68.0.0/18'],
    ['2001:DB8:0:0::/32', '2001:db8::/32'],
    ['2001:db8::1/64', '2001:db8::/64'],
    ['0::0/0', '::/0'],
  ])('EC2 stores the block %s in its canonical form %s', async (given, stored) => {
    const groupId = await newGroup();

    const [rule] = await authorize(groupId, demoTcpPermission(22, given));

    expect(rule?.CidrIpv4 ?? rule?.CidrIpv6).toBe(stored);
    expect(await rulesOf(groupId)).toEqual([rule]);
  });

  it.each([
    ['6', 'tcp', 443, 443],
    ['TCP', 'tcp', 443, 443],
    ['17', 'udp', 53, 53],
    ['tcp', 'tcp', 0, 65535],
    ['1', 'icmp', 8, -1],
    ['icmp', 'icmp', -1, -1],
    ['icmpv6', 'icmpv6', undefined, undefined],
    ['58', 'icmpv6', 128, 0],
    ['50', '50', undefined, undefined],
    ['50', '50', 22, 22],
    ['all', '-1', undefined, undefined],
    ['-1', '-1', 22, 22],
  ])(
    'EC2 stores the protocol %s as %s, and stores the ports %s to %s only for protocols with ports',
    async (IpProtocol, stored, FromPort, ToPort) => {
      const groupId = await newGroup();
      const permission = { IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
      const hasPorts = /^(tcp|udp|icmp|icmpv6)$/.test(stored);

      await authorize(groupId, permission);

      const ports = hasPorts ? { FromPort: FromPort ?? -1, ToPort: ToPort ?? -1 } : { FromPort: -1, ToPort: -1 };
      expect(await rulesOf(groupId)).toMatchObject([{ IpProtocol: stored, ...ports }]);
      const { SecurityGroups: [group] = [] } = await ec2().send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
      expect(group?.IpPermissions?.map((each) => [each.IpProtocol, 'FromPort' in each])).toEqual([[stored, hasPorts]]);
      await revoke(groupId, permission);
      expect(await rulesOf(groupId)).toEqual([]);
    },
  );

  it('DescribeSecurityGroups returns all rules with the same protocol and ports as one permission, even if several calls created the rules', async () => {
    const groupId = await newGroup();
    const list = fromList(await createList('small', 2), 22, 'offices');
    await authorize(groupId, demoTcpPermission(22, '10.0.0.0/8'), list);
    await authorize(groupId, demoTcpPermission(22, '::/0'), demoTcpPermission(443, ANYWHERE), fromGroup(groupId));

    const { SecurityGroups: [group] = [] } = await ec2().send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));

    expect(group?.IpPermissions).toEqual([
      {
        ...list,
        IpRanges: [{ CidrIp: '10.0.0.0/8' }],
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
        UserIdGroupPairs: [{ GroupId: groupId, UserId: sandbox.accountId }],
      },
      { ...demoTcpPermission(443, ANYWHERE), Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] },
    ]);
  });

  it('EC2 gives each new group an egress rule that allows all IPv4 traffic', async () => {
    const groupId = await newGroup();

    expect(await rulesOf(groupId, true)).toMatchObject([{ IpProtocol: '-1', CidrIpv4: ANYWHERE, FromPort: -1 }]);
  });
});

describe('responses of EC2', () => {
  it('an Authorize call returns a rule with owner and ARN for every source', async () => {
    const groupId = await newGroup();

    const rules = await authorize(groupId, demoTcpPermission(80, ANYWHERE, '::/0'), demoTcpPermission(443, ANYWHERE));

    expect(rules).toMatchObject([
      { FromPort: 80, CidrIpv4: ANYWHERE, GroupId: groupId, GroupOwnerId: sandbox.accountId, IsEgress: false },
      { FromPort: 80, CidrIpv6: '::/0' },
      { FromPort: 443, CidrIpv4: ANYWHERE },
    ]);
    expect(rules.map(({ SecurityGroupRuleArn }) => SecurityGroupRuleArn)).toEqual(
      rules.map(({ SecurityGroupRuleId = '' }) => `arn:aws:ec2:eu-west-1:${sandbox.accountId}:security-group-rule/${SecurityGroupRuleId}`),
    );
  });

  it('a Revoke call returns the removed rules, for ingress and egress', async () => {
    const groupId = await newGroup();
    await authorize(groupId, demoTcpPermission(80, ANYWHERE), fromGroup(groupId, 443));
    const IpPermissions = [demoTcpPermission(443, '2001:db8::/32')];
    await ec2().send(new AuthorizeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions }));

    const ingress = await revoke(groupId, fromGroup(groupId, 443, 'of no matter'));
    const egress = await ec2().send(new RevokeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions }));

    expect(ingress.RevokedSecurityGroupRules).toMatchObject([{ FromPort: 443, ReferencedGroupId: groupId, IsEgress: false }]);
    expect(egress.RevokedSecurityGroupRules).toMatchObject([{ FromPort: 443, CidrIpv6: '2001:db8::/32', IsEgress: true }]);
    expect((await rulesOf(groupId)).map(({ FromPort }) => FromPort)).toEqual([80]);
  });

  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
  it('in the default VPC, a Revoke call with unknown permissions succeeds and returns the unknown permissions', async () => {
    const groupId = await createSecurityGroup(ec2(), 'in-the-default-vpc');
    const before = await authorize(groupId, demoTcpPermission(80, ANYWHERE));

    const { Return, UnknownIpPermissions } = await revoke(groupId, demoTcpPermission(81, ANYWHERE));

    expect(Return).toBe(true);
    expect(UnknownIpPermissions).toMatchObject([demoTcpPermission(81, ANYWHERE)]);
    expect(await rulesOf(groupId)).toEqual(before);
  });

  it('DescribeSecurityGroupRules returns no rules and no error for a group that does not exist', async () => {
    expect(await rulesOf('sg-0123456789abcdef0')).toEqual([]);
  });

  it('DescribeSecurityGroupRules returns pages of MaxResults rules, without duplicates or gaps', async () => {
    const groupId = await newGroup();
    await authorize(groupId, demoTcpPermission(22, ...manyCidrs(11)));
    const Filters = [{ Name: 'group-id', Values: [groupId] }];
    const pages: (string | undefined)[][] = [];
    let NextToken: string | undefined;
    do {
      const answer = await ec2().send(new DescribeSecurityGroupRulesCommand({ Filters, MaxResults: 5, NextToken }));
      pages.push((answer.SecurityGroupRules ?? []).map(({ SecurityGroupRuleId }) => SecurityGroupRuleId));
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);

    expect(pages.map(({ length }) => length)).toEqual([5, 5, 2]);
    expect(new Set(pages.flat()).size).toBe(12);
  });
});

/** Makes a call on a group that has only the rule tcp/443 from 10.0.0.0/8. `rule` is the id of this rule. */
type Play = (groupId: string, rule: string) => Promise<unknown>;

const ingress =
  (...permissions: IpPermission[]): Play =>
  (groupId) =>
    authorize(groupId, demoTcpPermission(9999, ANYWHERE), ...permissions);
const flat =
  (input: Omit<AuthorizeSecurityGroupIngressCommandInput, 'GroupId'>): Play =>
  (GroupId) =>
    ec2().send(new AuthorizeSecurityGroupIngressCommand({ GroupId, ...input }));
const described = (Description: string): Play => ingress(describedAs(Description));
const dryRun = (rule: IpPermission): Play => flat({ DryRun: true, IpPermissions: [rule] });
const revokedById =
  (other: string): Play =>
  (GroupId, rule) =>
    ec2().send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [rule, other] }));
const changed =
  (rule: SecurityGroupRuleRequest): Play =>
  async (groupId, id) => {
    const [other] = await authorize(groupId, demoTcpPermission(80, '10.0.0.0/8'));
    const fine = { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, CidrIpv4: '10.0.0.0/8' };
    await modify(groupId, { [other?.SecurityGroupRuleId ?? '']: fine, [id]: rule }).finally(() =>
      revoke(groupId, demoTcpPermission(80, '10.0.0.0/8')),
    );
  };
const MINE = { ...demoTcpPermission(443), IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'mine' }] };
const to80 = demoTcpPermission(80);
const WIDE = { ...to80, CidrIpv4: ANYWHERE };

it.each<readonly [what: string, code: string, play: Play]>([
  [
    'an existing rule in another form',
    'InvalidPermission.Duplicate',
    ingress({ ...demoTcpPermission(443, '10.9.8.7/8'), IpProtocol: '6' }),
  ],
  ['an existing rule with another description', 'InvalidPermission.Duplicate', ingress(MINE)],
  ['the same rule twice in one call', 'InvalidParameterValue', ingress(demoTcpPermission(80, '::/0'), demoTcpPermission(80, '0::/0'))],
  [
    'a revocation with one unknown rule',
    'InvalidPermission.NotFound',
    (id) => revoke(id, demoTcpPermission(443, '10.0.0.0/8'), demoTcpPermission(22, ANYWHERE)),
  ],
  ['a revocation of a block within the block', 'InvalidPermission.NotFound', (id) => revoke(id, demoTcpPermission(443, '10.0.0.0/9'))],
  ['a revocation with one unknown rule id', 'InvalidSecurityGroupRuleId.NotFound', revokedById(UNKNOWN_RULE)],
  [
    'a revocation of an ingress rule as egress',
    'InvalidSecurityGroupRuleId.NotFound',
    (GroupId, rule) => ec2().send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: [rule] })),
  ],
  ['no protocol', 'InvalidParameterValue', ingress({ IpRanges: [{ CidrIp: ANYWHERE }] })],
  ['an unknown protocol', 'InvalidParameterValue', ingress({ ...demoTcpPermission(1, ANYWHERE), IpProtocol: 'quic' })],
  ['a protocol number above 255', 'InvalidParameterValue', ingress({ ...demoTcpPermission(1, ANYWHERE), IpProtocol: '256' })],
  ['TCP without ports', 'InvalidParameterValue', ingress({ IpProtocol: 'tcp', IpRanges: [{ CidrIp: ANYWHERE }] })],
  ['a port range that ends before it starts', 'InvalidParameterValue', ingress({ ...demoTcpPermission(90, ANYWHERE), ToPort: 9 })],
  ['a port above 65535', 'InvalidParameterValue', ingress({ ...demoTcpPermission(90, ANYWHERE), ToPort: 65536 })],
  ['an ICMP code for every type', 'InvalidParameterValue', ingress({ ...demoTcpPermission(-1, ANYWHERE), IpProtocol: 'icmp', ToPort: 0 })],
  ['an ICMP type above 255', 'InvalidParameterValue', ingress({ ...demoTcpPermission(256, ANYWHERE), IpProtocol: 'icmp' })],
  ['an address without a prefix length', 'InvalidParameterValue', ingress(demoTcpPermission(1, '10.0.0.1'))],
  ['a prefix length above 32', 'InvalidParameterValue', ingress(demoTcpPermission(1, '10.0.0.0/33'))],
  ['an IPv6 block as an IPv4 source', 'InvalidParameterValue', ingress({ ...demoTcpPermission(1), IpRanges: [{ CidrIp: '::/0' }] })],
  ['a description with an apostrophe', 'InvalidParameterValue', described("the office's")],
  ['a description with `<`', 'InvalidParameterValue', described('a < b')],
  ['a description that is not ASCII', 'InvalidParameterValue', described('Büro')],
  ['a description of 256 characters', 'InvalidParameterValue', described('x'.repeat(256))],
  ['an unknown prefix list', 'InvalidPrefixListID.NotFound', ingress(fromList('pl-0123456789abcdef0'))],
  ['an unknown group as a source', 'InvalidGroup.NotFound', ingress(fromGroup('sg-0123456789abcdef0'))],
  ['an unknown group', 'InvalidGroup.NotFound', () => authorize('sg-0123456789abcdef0', demoTcpPermission(1, ANYWHERE))],
  ['an invalid group id', 'InvalidGroupId.Malformed', () => authorize('web', demoTcpPermission(1, ANYWHERE))],
  ['rules of an invalid group id', 'InvalidGroupId.Malformed', () => rulesOf('web')],
  ['pages of 4', 'InvalidParameterValue', () => ec2().send(new DescribeSecurityGroupRulesCommand({ MaxResults: 4 }))],
  ['no rule at all', 'MissingParameter', flat({})],
  [
    'the old and the new parameters in one call',
    'InvalidParameterCombination',
    flat({ IpPermissions: [demoTcpPermission(1, ANYWHERE)], IpProtocol: 'tcp', FromPort: 2, ToPort: 2, CidrIp: ANYWHERE }),
  ],
  ['IPv6 by the old parameters', 'InvalidParameterValue', flat({ IpProtocol: 'tcp', FromPort: 2, ToPort: 2, CidrIp: '::/0' })],
  ['61 rules for IPv4', 'RulesPerSecurityGroupLimitExceeded', (id) => authorize(id, demoTcpPermission(22, ...manyCidrs(60)))],
  ['a change to no source', 'MissingParameter', changed(to80)],
  ['a change to two sources', 'InvalidParameterCombination', changed({ ...WIDE, CidrIpv6: '::/0' })],
  ['a change to another kind of source', 'InvalidParameterValue', changed({ ...to80, CidrIpv6: '::/0' })],
  ['a change to no ports', 'InvalidParameterValue', changed({ IpProtocol: 'tcp', CidrIpv4: ANYWHERE })],
  ['a change that makes two rules equal', 'InvalidPermission.Duplicate', changed({ ...demoTcpPermission(8080), CidrIpv4: '10.0.0.0/8' })],
  ['a change of an unknown rule', 'InvalidSecurityGroupRuleId.NotFound', (id) => modify(id, { [UNKNOWN_RULE]: WIDE })],
  ['a description of an unknown rule', 'InvalidSecurityGroupRuleId.NotFound', (id) => describeById(id, UNKNOWN_RULE, 'x')],
  // A dry run fails with the same error as the call.
  ['a dry run of a duplicate', 'InvalidPermission.Duplicate', dryRun(demoTcpPermission(443, '10.0.0.0/8'))],
  ['a dry run of what would succeed', 'DryRunOperation', dryRun(demoTcpPermission(80, ANYWHERE))],
  ['a dry run of a change', 'DryRunOperation', (id, rule) => modify(id, { [rule]: { ...to80, CidrIpv4: '10.0.0.0/8' } }, true)],
])('EC2 refuses %s with %s, and changes nothing', async (_, code, play) => {
  const groupId = await newGroup();
  const before = await authorize(groupId, demoTcpPermission(443, '10.0.0.0/8'));

  await expect(play(groupId, before[0]?.SecurityGroupRuleId ?? '')).rejects.toMatchObject({ name: code });

  expect(await rulesOf(groupId)).toEqual(before);
});

// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
describe('EC2 limits the number of rules in a group', () => {
  const REFUSED = { name: 'RulesPerSecurityGroupLimitExceeded' };

  it('the quota of 60 rules counts IPv4, IPv6, ingress and egress separately', async () => {
    const groupId = await newGroup();

    expect(await authorize(groupId, demoTcpPermission(22, ...manyCidrs(60), ...manyIpv6(60)))).toHaveLength(120);

    await expect(authorize(groupId, demoTcpPermission(23, ANYWHERE))).rejects.toMatchObject(REFUSED);
    await expect(authorize(groupId, demoTcpPermission(23, '::/0'))).rejects.toMatchObject(REFUSED);
    const IpPermissions = [demoTcpPermission(23, ANYWHERE)];
    await ec2().send(new AuthorizeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions }));
  });

  it('the quota of 60 rules counts a source group once for IPv4 and once for IPv6', async () => {
    const groupId = await newGroup();
    await authorize(groupId, demoTcpPermission(22, ...manyCidrs(59), ...manyIpv6(59)), fromGroup(groupId));

    await expect(authorize(groupId, demoTcpPermission(23, ANYWHERE))).rejects.toMatchObject(REFUSED);
    await expect(authorize(groupId, demoTcpPermission(23, '::/0'))).rejects.toMatchObject(REFUSED);
  });

  it('the quota of 60 rules counts a prefix list as its maximum number of entries, in the address family of the list', async () => {
    const groupId = await newGroup();
    const list = await createList('of-60', 60, 'IPv6');
    await authorize(groupId, fromList(prefixList), demoTcpPermission(22, '10.0.0.0/8'));

    await expect(authorize(groupId, demoTcpPermission(23, '10.0.0.0/8'))).rejects.toMatchObject(REFUSED);
    await authorize(groupId, fromList(list, 24));
    await expect(authorize(groupId, demoTcpPermission(23, '::/0'))).rejects.toMatchObject(REFUSED);
  });

  it('in a group with 60 rules, a rule can be modified, and a new rule can be added after a revocation', async () => {
    const groupId = await newGroup();
    const [first] = await authorize(groupId, demoTcpPermission(22, ...manyCidrs(60)));

    await modify(groupId, { [first?.SecurityGroupRuleId ?? '']: WIDE });

    await expect(authorize(groupId, demoTcpPermission(443, ANYWHERE))).rejects.toMatchObject(REFUSED);
    await revoke(groupId, demoTcpPermission(80, ANYWHERE));
    await authorize(groupId, demoTcpPermission(443, ANYWHERE));
  });
});

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
describe('ModifySecurityGroupRules', () => {
  it.each<readonly [string, (groupId: string) => IpPermission, (groupId: string, list: string) => SecurityGroupRuleRequest]>([
    ['an IPv4 source', () => demoTcpPermission(22, '10.0.0.0/8'), () => ({ ...to80, CidrIpv4: '0.0.0.0/0', Description: 'wide' })],
    ['an IPv6 source', () => demoTcpPermission(22, '2001:db8::/32'), () => ({ ...to80, CidrIpv6: '::/0' })],
    ['a prefix list', () => fromList(prefixList), (_, list) => ({ ...to80, PrefixListId: list, Description: 'another list' })],
    ['the protocol', () => demoTcpPermission(22, '10.0.0.0/8'), () => ({ IpProtocol: '-1', CidrIpv4: '10.0.0.0/8' })],
    [
      'the ports of a group as a source',
      (groupId) => fromGroup(groupId),
      (groupId) => ({ IpProtocol: 'udp', FromPort: 53, ToPort: 53, ReferencedGroupId: groupId }),
    ],
  ])(
    'ModifySecurityGroupRules changes %s and keeps the id of the rule, and the same call succeeds a second time',
    async (_, permission, change) => {
      const groupId = await newGroup();
      const [rule] = await authorize(groupId, permission(groupId));
      const id = rule?.SecurityGroupRuleId ?? '';
      const { ReferencedGroupId, ...wanted } = change(groupId, await createList('another', 2));
      const source = ReferencedGroupId === undefined ? {} : { ReferencedGroupInfo: { GroupId: ReferencedGroupId } };

      for (let times = 0; times < 2; times += 1) {
        await modify(groupId, { [id]: { ...wanted, ReferencedGroupId } });
        expect(await rulesOf(groupId)).toMatchObject([{ SecurityGroupRuleId: id, ...wanted, ...source }]);
      }
    },
  );
});

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
describe('EC2 stores the descriptions of rules', () => {
  it.each<readonly [string, (groupId: string, Description: string) => IpPermission]>([
    ['an IPv4 block', (_, Description) => describedAs(Description)],
    ['an IPv6 block', (_, Description) => ({ ...demoTcpPermission(22), Ipv6Ranges: [{ CidrIpv6: '::/0', Description }] })],
    ['a group', (groupId, Description) => fromGroup(groupId, 22, Description)],
    ['a prefix list', (_, Description) => fromList(prefixList, 22, Description)],
  ])('EC2 stores the description of a rule with %s, and changes the description by rule id and by permission', async (_, permission) => {
    const GroupId = await newGroup();
    const [rule] = await authorize(GroupId, permission(GroupId, 'R&D: a-z A-Z 0-9 ._-:/()#,@[]+=&;{}!$*'));
    const SecurityGroupRuleId = expectMotoValue(rule?.SecurityGroupRuleId);

    expect(rule?.Description).toBe('R&D: a-z A-Z 0-9 ._-:/()#,@[]+=&;{}!$*');
    await describeById(GroupId, SecurityGroupRuleId, 'by id');
    expect(await rulesOf(GroupId)).toMatchObject([{ SecurityGroupRuleId, Description: 'by id' }]);
    const IpPermissions = [permission(GroupId, 'by permission')];
    await ec2().send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, IpPermissions }));
    expect(await rulesOf(GroupId)).toMatchObject([{ SecurityGroupRuleId, Description: 'by permission' }]);
  });
});

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
describe('DeleteSecurityGroup', () => {
  const drop = (GroupId: string, DryRun = false) => ec2().send(new DeleteSecurityGroupCommand({ GroupId, DryRun }));

  it('a group that is the source of a rule can be deleted only if the rule is in the same group', async () => {
    const [groupId, other] = [await newGroup(), await newGroup()];
    const own = fromGroup(groupId);
    await authorize(groupId, own);
    await authorize(other, own);

    await expect(drop(groupId)).rejects.toMatchObject({ name: 'DependencyViolation' });
    await revoke(other, own);
    await expect(drop(groupId, true)).rejects.toMatchObject({ name: 'DryRunOperation' });
    await drop(groupId);
  });

  it('a group that is attached to a network interface cannot be deleted', async () => {
    const groupId = await newGroup();
    await ec2().send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId, Groups: [groupId] }));

    await expect(drop(groupId)).rejects.toMatchObject({ name: 'DependencyViolation' });
  });

  it('the default group of a VPC cannot be deleted', async () => {
    const Filters = [
      { Name: 'group-name', Values: ['default'] },
      { Name: 'vpc-id', Values: [vpcId] },
    ];
    const { SecurityGroups: [group] = [] } = await ec2().send(new DescribeSecurityGroupsCommand({ Filters }));

    await expect(drop(group?.GroupId ?? '')).rejects.toMatchObject({ name: 'CannotDelete' });
  });
});

/** Limits on the sandbox: groups without a baseline, opened in the ways of docs/detection.md, and what the limits leave alone. */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateTagsCommand,
  DescribeSecurityGroupRulesCommand,
  ModifyManagedPrefixListCommand,
  ModifySecurityGroupRulesCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import type { Finding } from '@portcullis/finding';
import { Faults } from '../delivery/faults.js';
import {
  ANYWHERE,
  authorizeIngress,
  createSecurityGroup,
  expectDefined,
  readIngressRules,
  readIngressTexts,
  tcpPermission,
} from '../demo/groups.js';
import { during, deployBaselines, mallory, revoke, sandbox, useSandbox, type Happened } from '../testing/fixture.js';

const OWN = '10.0.0.0/8';
const WEB = [tcpPermission(80, ANYWHERE), tcpPermission(443, ANYWHERE)];
const AT_FIRST = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];
const ELSEWHERE = '999988887777';
const CONTROLLER = 'elbv2.k8s.aws/shop';

const ports = (FromPort: number, ToPort: number, IpProtocol = 'tcp'): IpPermission => ({ IpProtocol, FromPort, ToPort });
const fromWorld = (permission: IpPermission): IpPermission => ({ ...permission, IpRanges: [{ CidrIp: ANYWHERE }] });
const fromList = (PrefixListId: string): IpPermission => ({ ...ports(22, 22), PrefixListIds: [{ PrefixListId }] });

const createList = async (PrefixListName: string, Cidr: string): Promise<string> => {
  const list = { PrefixListName, AddressFamily: 'IPv4', MaxEntries: 9, Entries: [{ Cidr }] };
  return expectDefined((await sandbox.ec2().send(new CreateManagedPrefixListCommand(list))).PrefixList?.PrefixListId);
};
const edit = async (GroupId: string, ...to: readonly (readonly [port: number, CidrIpv4: string])[]): Promise<void> => {
  const rules = await readIngressRules(sandbox.ec2(), GroupId);
  const SecurityGroupRules = to.map(([port, CidrIpv4], i) => ({
    SecurityGroupRuleId: rules[i]?.id,
    SecurityGroupRule: { ...ports(port, port), CidrIpv4 },
  }));
  await mallory().send(new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }));
};
type Act = (groupId: string, name: string) => Promise<unknown>;
/**
 * What mallory does to a group, the rules that stay, and an earlier change for which no event arrives. Evasions without a restoration, and
 * those that need another account, a role or a service, are left out.
 */
type Evasion = readonly [way: string, act: Act, stay?: readonly string[], first?: Act];
const opens = (way: string, ...rules: readonly IpPermission[]): Evasion => [way, (id) => authorizeIngress(mallory(), id, rules)];
const calls = (way: string, input: (GroupId: string, GroupName: string) => object): Evasion => [
  way,
  (id, name) => mallory().send(new AuthorizeSecurityGroupIngressCommand(input(id, name))),
];
const EVASIONS: readonly Evasion[] = [
  calls('names the group by its name', (_, GroupName) => ({ GroupName, IpPermissions: [tcpPermission(22, ANYWHERE)] })),
  ['edits a rule in place', (id) => edit(id, [22, ANYWHERE]), AT_FIRST.slice(1)],
  ['edits several rules in one call', (id) => edit(id, [22, ANYWHERE], [3389, ANYWHERE]), []],
  calls('uses the flat form of the request', (GroupId) => ({ GroupId, ...ports(22, 22), CidrIp: ANYWHERE })),
  opens('opens both halves of the address space', tcpPermission(22, '0.0.0.0/1', '128.0.0.0/1')),
  [
    'opens one half in one call and the other in the next',
    (id) => authorizeIngress(mallory(), id, [tcpPermission(22, '128.0.0.0/1')]),
    AT_FIRST,
    (id) => authorizeIngress(mallory(), id, [tcpPermission(22, '0.0.0.0/1')]),
  ],
  opens('writes the world with host bits', tcpPermission(22, '203.0.113.9/0')),
  opens('hides a port in a range', fromWorld(ports(0, 65_535))),
  opens('opens all protocols, which have no ports', fromWorld({ IpProtocol: '-1' })),
  opens('names the protocol by its number', fromWorld(ports(22, 22, '6'))),
  opens('opens IPv6', tcpPermission(22, '::/0')),
  opens('opens all IPv6 addresses that are in use', tcpPermission(22, '2000::/3')),
  opens(
    'opens all IPv6 blocks of the regional registries',
    tcpPermission(22, '2400::/12', '2600::/12', '2800::/12', '2a00::/12', '2c00::/12'),
  ),
  opens('opens an ICMP type, which records keep in the port field', fromWorld(ports(22, -1, 'icmp'))),
  opens('opens to a group instead of to addresses', {
    ...ports(22, 22),
    UserIdGroupPairs: [{ GroupId: 'sg-0e0e0e0e0e0e0e0e9', UserId: ELSEWHERE }],
  }),
  ['opens to a prefix list', async (id) => authorizeIngress(mallory(), id, [fromList(await createList('world', ANYWHERE))])],
  [
    'lets a prefix list grow',
    async (id) => {
      const lists = await readIngressRules(sandbox.ec2(), id);
      const PrefixListId = expectDefined(
        lists.map(({ rule: { source } }) => ('prefixListId' in source ? source.prefixListId : undefined)).find((id) => id !== undefined),
      );
      const AddEntries = [{ Cidr: '0.0.0.0/1' }, { Cidr: '128.0.0.0/1' }];
      await mallory().send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries }));
    },
    AT_FIRST,
    async (id) => authorizeIngress(mallory(), id, [fromList(await createList('own', OWN))]),
  ],
  [
    'edits a rule to something harmless and then to something else',
    (id) => edit(id, [22, ANYWHERE]),
    AT_FIRST.slice(1),
    (id) => edit(id, [22, OWN]),
  ],
  [
    'is refused, and tries again',
    async (id) => {
      await expect(authorizeIngress(mallory(), id, WEB)).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
      await authorizeIngress(mallory(), id, [tcpPermission(22, ANYWHERE)]);
    },
  ],
  opens("opens a port under another owner's description", {
    ...ports(22, 22),
    IpRanges: [{ CidrIp: ANYWHERE, Description: CONTROLLER }],
  }),
];

const NAMES = ['web', 'balancer', 'bastion', 'excepted', 'reported', 'narrowed', 'mail'] as const;
type Name = (typeof NAMES)[number];
const ids = new Map<string, string>();
const idOf = (name: string): string => expectDefined(ids.get(name));
const rulesOf = (name: string): Promise<string[]> => readIngressTexts(sandbox.ec2(), idOf(name));

/** Tags of the groups that `no-world` excepts, and of those that another limit selects. */
const TAGS: Partial<Record<Name, Readonly<Record<string, string>>>> = {
  excepted: { World: 'allowed' },
  reported: { World: 'allowed', Ssh: 'report' },
  narrowed: { World: 'allowed', Ssh: 'narrow' },
  mail: { Mail: 'none' },
};

useSandbox(async () => {
  // EC2 finds a group by its name only in the default VPC.
  for (const name of [...NAMES, ...EVASIONS.map((_, i) => `evaded-${i}`)])
    ids.set(
      name,
      await createSecurityGroup(sandbox.ec2(), name, undefined, NAMES.some((each) => each === name) && name !== 'web' ? [] : WEB),
    );
  for (const [name, tags] of Object.entries(TAGS))
    await sandbox
      .ec2()
      .send(new CreateTagsCommand({ Resources: [idOf(name)], Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }));
  const nodePorts = { ...ports(30_000, 32_767), UserIdGroupPairs: [{ GroupId: idOf('balancer') }] };
  const ignore = [{ descriptionPrefix: 'elbv2.k8s.aws/', within: [nodePorts] }];
  const ssh = [{ services: ['ssh'], onlyFrom: { IpRanges: [{ CidrIp: OWN }] } }];
  const services = [ports(0, 79), ports(81, 442), ports(444, 65_535), ports(0, 65_535, 'udp'), ports(-1, -1, 'icmp')];
  await deployBaselines([{ name: 'web', groups: { ids: [idOf('web')] }, ingress: WEB, ignore }], { wake: true }, [
    {
      name: 'no-world',
      groups: { all: true, except: { ids: [idOf('bastion')], tags: { World: 'allowed' } } },
      mode: 'enforce',
      ingress: [{ services, onlyFrom: { IpRanges: [{ CidrIp: OWN }], securityGroups: 'ownAccount' } }],
    },
    { name: 'report-ssh', groups: { tags: { Ssh: 'report' } }, ingress: ssh },
    { name: 'narrow-ssh', groups: { tags: { Ssh: 'narrow' } }, mode: 'enforce', repair: 'narrow', ingress: ssh },
    {
      name: 'no-mail-out',
      groups: { tags: { Mail: 'none' } },
      mode: 'enforce',
      ingress: [],
      egress: [{ services: [ports(25, 25)], onlyTo: { IpRanges: [{ CidrIp: OWN }] } }],
    },
  ]);
});

const complianceOf = (name: string): string | undefined =>
  sandbox.evaluations.findLast(({ resourceId }) => resourceId === idOf(name))?.compliance;
const driftsOf = ({ findings }: Happened, name: string): Finding[] =>
  findings.filter(({ kind, group }) => kind === 'drift' && group.id === idOf(name));
const writesIn = ({ byFunctions }: Happened): string[] =>
  byFunctions.map(({ operation }) => operation).filter((operation) => /^(Authorize|Revoke|Modify)/.test(operation));

describe('A group without a baseline that is opened is reported with the limit and the caller, and repaired', () => {
  const evaded = EVASIONS.map(([way, act, stay = AT_FIRST, first], i) => ({ way, act, stay, first, name: `evaded-${i}` }));
  let happened: Happened;

  beforeAll(async () => {
    sandbox.faults = new Faults({ copies: () => 0 });
    for (const { first, name } of evaded) await first?.(idOf(name), name);
    await sandbox.settle();
    // Only the detector hears of mallory's calls. It wakes the remediator.
    sandbox.faults = new Faults({ copies: (kind) => (kind === 'config' ? 0 : 1) });
    happened = await during(() => Promise.all(evaded.map(({ act, name }) => act(idOf(name), name))));
    sandbox.faults = new Faults();
  });

  it.each(evaded)('when Mallory $way', async ({ name, stay }) => {
    expect(driftsOf(happened, name)).toMatchObject([{ actor: { userName: 'mallory' }, baseline: null, limits: ['no-world'] }]);
    expect(await rulesOf(name)).toEqual(stay);
    const restored = happened.findings.filter(({ kind, limits }) => kind === 'restoration' && String(limits) === 'no-world');
    expect(restored.map(({ group }) => group.id)).toContain(idOf(name));
  });

  it('when Mallory opens egress', async () => {
    const smtp = { GroupId: idOf('mail'), IpPermissions: [tcpPermission(25, ANYWHERE)] };
    const happened = await during(() => mallory().send(new AuthorizeSecurityGroupEgressCommand(smtp)));

    expect(driftsOf(happened, 'mail')).toMatchObject([{ limits: ['no-mail-out'] }]);
    const Filters = [{ Name: 'group-id', Values: [idOf('mail')] }];
    const { SecurityGroupRules } = await sandbox.ec2().send(new DescribeSecurityGroupRulesCommand({ Filters }));
    expect(SecurityGroupRules).toEqual([]);
  });
});

it('narrows a rule to its allowed part, which is authorized before the rule is revoked', async () => {
  const rule = { ...ports(20, 30), IpRanges: [{ CidrIp: '10.0.0.0/7', Description: 'the old office' }] };
  const happened = await during(() => authorizeIngress(mallory(), idOf('narrowed'), [rule]));

  expect(driftsOf(happened, 'narrowed')).toMatchObject([{ limits: ['narrow-ssh'] }]);
  expect(writesIn(happened)).toEqual(['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress']);
  expect(await rulesOf('narrowed')).toEqual(['tcp/20-21 from 10.0.0.0/7', 'tcp/20-30 from 10.0.0.0/8', 'tcp/23-30 from 10.0.0.0/7']);
  expect(complianceOf('narrowed')).toBe('COMPLIANT');
});

describe('The rules of a controller', () => {
  const from = (rule: IpPermission, ...cidrs: readonly string[]): IpPermission => ({
    ...rule,
    IpRanges: cidrs.map((CidrIp) => ({ CidrIp, Description: CONTROLLER })),
  });

  it('stay within its bounds', async () => {
    const nodePort = { ...ports(30_080, 30_080), UserIdGroupPairs: [{ GroupId: idOf('balancer'), Description: CONTROLLER }] };
    const happened = await during(() => authorizeIngress(sandbox.ec2(), idOf('web'), [nodePort]));

    expect(writesIn(happened)).toEqual([]);
    expect(await rulesOf('web')).toContainEqual(expect.stringContaining(`tcp/30080 from ${idOf('balancer')}`));
    await during(() => revoke(sandbox.ec2(), idOf('web'), [nodePort]));
  });

  it('do not stay beyond its bounds, although mallory forges its description', async () => {
    const forged = [from(ports(22, 22), ANYWHERE), from(ports(30_080, 30_080), OWN)];
    const happened = await during(() => authorizeIngress(mallory(), idOf('web'), forged));

    expect(driftsOf(happened, 'web')).toMatchObject([{ baseline: 'web', limits: ['no-world'] }]);
    expect(await rulesOf('web')).toEqual(AT_FIRST);
  });
});

it.each([
  ['a group that a limit excepts by id', 'bastion', [], 'NOT_APPLICABLE'],
  ['a group that a limit excepts by tag', 'excepted', [], 'NOT_APPLICABLE'],
  ['a group that breaks a limit in report mode', 'reported', ['mallory report-ssh', ' report-ssh'], 'NON_COMPLIANT'],
] as const)('leaves %s alone, which the role of the remediator may not change either', async (_, name, found, compliance) => {
  const happened = await during(() => authorizeIngress(mallory(), idOf(name), [tcpPermission(22, ANYWHERE)]));

  expect(driftsOf(happened, name).map(({ actor, limits }) => `${actor?.userName ?? ''} ${String(limits)}`)).toEqual(found);
  expect(writesIn(happened)).toEqual([]);
  expect(complianceOf(name)).toBe(compliance);
  const role = expectDefined(sandbox.deployments[0]?.roles.find(({ arn }) => arn.endsWith('portcullis-config-remediator-eu-west-1')));
  const asRemediator = sandbox.ec2(sandbox.identities.session(role.arn, 'somebody'));
  const refused = { name: 'UnauthorizedOperation' };
  await expect(revoke(asRemediator, idOf(name), [tcpPermission(22, ANYWHERE)])).rejects.toMatchObject(refused);
  // The limit of this group only revokes.
  await expect(authorizeIngress(asRemediator, idOf('balancer'), [tcpPermission(22, ANYWHERE)])).rejects.toMatchObject(refused);
  await sandbox.settle();
  expect(await rulesOf(name)).toEqual(['tcp/22 from 0.0.0.0/0']);
});

/**
 * Tests limits on the sandbox. Mallory opens groups without a baseline, with calls that EC2 or CloudTrail treats in a special way. Mallory
 * also opens groups that no limit repairs.
 */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateTagsCommand,
  DescribeSecurityGroupRulesCommand,
  ModifyManagedPrefixListCommand,
  ModifySecurityGroupRulesCommand,
  type AuthorizeSecurityGroupIngressCommandInput,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import type { Finding } from '@portcullis/finding';
import { Faults } from '../delivery/faults.js';
import {
  ANYWHERE,
  authorizeIngress,
  createSecurityGroup,
  readDemoGroupRules,
  readDemoGroupRuleTexts,
  demoTcpPermission,
} from '../demo/groups.js';
import { expectMotoValue } from '../simulated-aws/moto.js';
import { during, deployBaselines, mallory, revoke, sandbox, useSandbox, type Happened } from '../testing/fixture.js';

const OWN = '10.0.0.0/8';
const WEB = [demoTcpPermission(80, ANYWHERE), demoTcpPermission(443, ANYWHERE)];
const AT_FIRST = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];

const ports = (FromPort: number, ToPort: number, IpProtocol = 'tcp'): IpPermission => ({ IpProtocol, FromPort, ToPort });
const authorize = (input: AuthorizeSecurityGroupIngressCommandInput) => mallory().send(new AuthorizeSecurityGroupIngressCommand(input));

let PrefixListId: string;
const ids = new Map<string, string>();
const idOf = (name: string): string => expectMotoValue(ids.get(name));
const rulesOf = (name: string): Promise<string[]> => readDemoGroupRuleTexts(sandbox.ec2(), idOf(name));

/**
 * How mallory opens a group, and which rules stay after the repair. The tests of libs/guard cover the other attacks in docs/detection.md.
 */
const EVASIONS: Readonly<Record<string, { act(GroupId: string, GroupName: string): Promise<unknown>; stay?: readonly string[] }>> = {
  'names the group by its name': { act: (_, GroupName) => authorize({ GroupName, IpPermissions: [demoTcpPermission(22, ANYWHERE)] }) },
  'edits several rules in one call': {
    act: async (GroupId) => {
      const rules = await readDemoGroupRules(sandbox.ec2(), GroupId);
      const SecurityGroupRules = rules.map(({ id }, i) => ({
        SecurityGroupRuleId: id,
        SecurityGroupRule: { ...ports(22 + i, 22 + i), CidrIpv4: ANYWHERE },
      }));
      await mallory().send(new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }));
    },
    stay: [],
  },
  'writes the rule in top-level fields of the request': { act: (GroupId) => authorize({ GroupId, ...ports(22, 22), CidrIp: ANYWHERE }) },
  'writes the protocol as its number, and the world with host bits': {
    act: (GroupId) => authorize({ GroupId, IpPermissions: [{ ...demoTcpPermission(22, '203.0.113.9/0'), IpProtocol: '6' }] }),
  },
  'lets a prefix list grow': {
    act: () => {
      const AddEntries = [{ Cidr: '0.0.0.0/1' }, { Cidr: '128.0.0.0/1' }];
      return mallory().send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries }));
    },
  },
};
const evaded = Object.entries(EVASIONS).map(([way, evasion], i) => ({ way, stay: AT_FIRST, ...evasion, name: `evaded-${i}` }));

/** The tags of groups that the limit `no-world` does not repair, or that another limit selects. */
const TAGGED = {
  bastion: {},
  excepted: { World: 'allowed' },
  reported: { World: 'allowed', Ssh: 'report' },
  mail: { Mail: 'none' },
};

useSandbox(async () => {
  const ec2 = sandbox.ec2();
  const list = { PrefixListName: 'own', AddressFamily: 'IPv4', MaxEntries: 9, Entries: [{ Cidr: OWN }] };
  PrefixListId = expectMotoValue((await ec2.send(new CreateManagedPrefixListCommand(list))).PrefixList?.PrefixListId);
  // The groups are in the default VPC, because EC2 finds groups by name only in the default VPC.
  for (const { name, way } of evaded) {
    const fromList = { ...ports(22, 22), PrefixListIds: [{ PrefixListId }] };
    ids.set(name, await createSecurityGroup(ec2, name, undefined, way.includes('prefix list') ? [...WEB, fromList] : WEB));
  }
  for (const [name, tags] of Object.entries(TAGGED)) {
    ids.set(name, await createSecurityGroup(ec2, name));
    const Tags = Object.entries({ Name: name, ...tags }).map(([Key, Value]) => ({ Key, Value }));
    await ec2.send(new CreateTagsCommand({ Resources: [idOf(name)], Tags }));
  }
  const services = [ports(0, 79), ports(81, 442), ports(444, 65_535), ports(0, 65_535, 'udp'), ports(-1, -1, 'icmp')];
  const fromOwn = { IpRanges: [{ CidrIp: OWN }] };
  await deployBaselines([], { wake: true }, [
    {
      name: 'no-world',
      groups: { all: true, except: { ids: [idOf('bastion')], tags: { World: 'allowed' } } },
      mode: 'enforce',
      ingress: [{ services, onlyFrom: { ...fromOwn, securityGroups: 'ownAccount' } }],
    },
    { name: 'report-ssh', groups: { tags: { Ssh: 'report' } }, ingress: [{ services: ['ssh'], onlyFrom: fromOwn }] },
    {
      name: 'no-mail-out',
      groups: { tags: { Mail: 'none' } },
      mode: 'enforce',
      ingress: [],
      egress: [{ services: [ports(25, 25)], onlyTo: fromOwn }],
    },
  ]);
});

const complianceOf = (name: string): string | undefined =>
  sandbox.evaluations.findLast(({ resourceId }) => resourceId === idOf(name))?.compliance;
const driftsOf = ({ findings }: Happened, name: string): Finding[] =>
  findings.filter(({ kind, group }) => kind === 'drift' && group.id === idOf(name));
const writesIn = ({ byFunctions }: Happened): string[] =>
  byFunctions.map(({ operation }) => operation).filter((operation) => /^(Authorize|Revoke|Modify)/.test(operation));

describe('a limit applies to groups without a baseline', () => {
  let happened: Happened;

  beforeAll(async () => {
    // AWS Config sends no events. The detector gets the CloudTrail events of mallory's calls, and invokes the remediator.
    sandbox.faults = new Faults({ copies: (kind) => (kind === 'config' ? 0 : 1) });
    happened = await during(() => Promise.all(evaded.map((evasion) => evasion.act(idOf(evasion.name), evasion.name))));
    sandbox.faults = new Faults();
  });

  it.each(evaded)(
    'Portcullis reports the limit and the caller, and repairs a group without a baseline, if mallory $way',
    async ({ name, stay }) => {
      expect(driftsOf(happened, name)).toMatchObject([{ actor: { userName: 'mallory' }, baseline: null, limits: ['no-world'] }]);
      expect(await rulesOf(name)).toEqual(stay);
      const restored = happened.findings.filter(({ kind, limits }) => kind === 'restoration' && String(limits) === 'no-world');
      expect(restored.map(({ group }) => group.id)).toContain(idOf(name));
    },
  );

  it('Portcullis reports the limit, and repairs a group without a baseline, if mallory opens egress', async () => {
    const smtp = { GroupId: idOf('mail'), IpPermissions: [demoTcpPermission(25, ANYWHERE)] };
    const happened = await during(() => mallory().send(new AuthorizeSecurityGroupEgressCommand(smtp)));

    expect(driftsOf(happened, 'mail')).toMatchObject([{ limits: ['no-mail-out'] }]);
    const Filters = [{ Name: 'group-id', Values: [idOf('mail')] }];
    const { SecurityGroupRules } = await sandbox.ec2().send(new DescribeSecurityGroupRulesCommand({ Filters }));
    expect(SecurityGroupRules).toEqual([]);
  });
});

it.each([
  ['a group that a limit excepts by id', 'bastion', [], 'NOT_APPLICABLE'],
  ['a group that a limit excepts by tag', 'excepted', [], 'NOT_APPLICABLE'],
  ['a group that breaks a limit in report mode', 'reported', ['mallory report-ssh', ' report-ssh'], 'NON_COMPLIANT'],
] as const)(
  'the remediator does not change %s, and the role of the remediator does not allow the change',
  async (_, name, found, compliance) => {
    const happened = await during(() => authorizeIngress(mallory(), idOf(name), [demoTcpPermission(22, ANYWHERE)]));

    expect(driftsOf(happened, name).map(({ actor, limits }) => `${actor?.userName ?? ''} ${String(limits)}`)).toEqual(found);
    expect(writesIn(happened)).toEqual([]);
    expect(complianceOf(name)).toBe(compliance);
    const role = expectMotoValue(sandbox.deployments[0]?.roles.find(({ arn }) => arn.endsWith('portcullis-config-remediator-eu-west-1')));
    const asRemediator = sandbox.ec2(sandbox.identities.session(role.arn, 'somebody'));
    const refused = { name: 'UnauthorizedOperation' };
    await expect(revoke(asRemediator, idOf(name), [demoTcpPermission(22, ANYWHERE)])).rejects.toMatchObject(refused);
    // A repair of this group never calls AuthorizeSecurityGroupIngress, so the role does not allow this action.
    await expect(authorizeIngress(asRemediator, idOf('evaded-0'), [demoTcpPermission(22, ANYWHERE)])).rejects.toMatchObject(refused);
    await sandbox.settle();
    expect(await rulesOf(name)).toEqual(['tcp/22 from 0.0.0.0/0']);
  },
);

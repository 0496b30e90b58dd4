/** The security groups of the demo's scenarios, and the baselines that guard these groups. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
  type EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { compareRules, formatRule, readRules, readSecurityGroupRule, type Rule } from '@portcullis/permission-diff';
import type { Sandbox } from '../sandbox.js';
import { expectMotoValue } from '../simulated-aws/moto.js';

export const ANYWHERE = '0.0.0.0/0';

const WEB = [demoTcpPermission(80, ANYWHERE), demoTcpPermission(443, ANYWHERE)];
const OFFICE = [demoTcpPermission(22, '10.0.0.0/8')];

/** The limit that applies to all groups. */
export const LIMITS = [
  {
    name: 'no-admin-from-outside',
    groups: { all: true },
    mode: 'enforce',
    ingress: [{ services: ['ssh', 'rdp'], onlyFrom: { IpRanges: [{ CidrIp: '10.0.0.0/8' }], securityGroups: 'ownAccount' } }],
  },
];

/** For each group, the rules that its baseline declares, and the rules that the group has at first. `lab` has no baseline. */
const GROUPS = {
  web: { baseline: 'public-web', mode: 'enforce', declared: WEB, atFirst: WEB },
  shop: { baseline: 'shop', mode: 'report', declared: WEB, atFirst: [] },
  office: { baseline: 'office-ssh', mode: 'enforce', declared: OFFICE, atFirst: OFFICE },
  lab: { baseline: undefined, mode: undefined, declared: [], atFirst: [demoTcpPermission(443, '10.0.0.0/8')] },
} as const;

/** The id of each group, by its name in `GROUPS`. */
export type ScenarioGroups = Readonly<Record<keyof typeof GROUPS, string>>;

export function demoTcpPermission(port: number, ...cidrs: readonly string[]): IpPermission {
  const [ipv4, ipv6] = [cidrs.filter((cidr) => !cidr.includes(':')), cidrs.filter((cidr) => cidr.includes(':'))];
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    ...(ipv4.length > 0 && { IpRanges: ipv4.map((CidrIp) => ({ CidrIp })) }),
    ...(ipv6.length > 0 && { Ipv6Ranges: ipv6.map((CidrIpv6) => ({ CidrIpv6 })) }),
  };
}

/** Creates a VPC, and returns its id. */
export async function createDemoVpc(ec2: EC2Client): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  return expectMotoValue(Vpc?.VpcId);
}

/** Creates a group with these rules, and returns its id. Without `VpcId`, the group is in the default VPC. */
export async function createSecurityGroup(
  ec2: EC2Client,
  GroupName: string,
  VpcId?: string,
  ingress: readonly IpPermission[] = [],
): Promise<string> {
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId }));
  if (ingress.length > 0) await authorizeIngress(ec2, expectMotoValue(GroupId), ingress);
  return expectMotoValue(GroupId);
}

/** Returns the ingress rules that the group's baseline declares. */
export function declaredDemoRules(group: keyof ScenarioGroups): readonly Rule[] {
  const read = readRules(GROUPS[group].declared, { direction: 'ingress', descriptions: 'trusted' });
  return read.ok ? read.value : [];
}

/** Creates the groups in a new VPC. Returns their ids. */
export async function createScenarioGroups(sandbox: Sandbox): Promise<ScenarioGroups> {
  const ec2 = sandbox.ec2();
  const vpcId = await createDemoVpc(ec2);
  const ids: Record<string, string> = {};
  for (const [name, { atFirst }] of Object.entries(GROUPS)) ids[name] = await createSecurityGroup(ec2, name, vpcId, atFirst);
  return ids as ScenarioGroups;
}

/** Runs an instance with this name in the group, and returns its public address. */
export async function runInstanceInGroup(ec2: EC2Client, name: string, groupId: string): Promise<string> {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
  const VpcId = expectMotoValue(SecurityGroups?.[0]?.VpcId);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }));
  const subnet = Subnets[0] ?? (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }))).Subnet;
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-12345678',
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnet?.SubnetId, Groups: [groupId], AssociatePublicIpAddress: true }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: name }] }],
    }),
  );
  return expectMotoValue(Instances?.[0]?.NetworkInterfaces?.[0]?.Association?.PublicIp);
}

/** Returns the baselines of these groups. */
export function demoScenarioBaselines(ids: Partial<ScenarioGroups>): readonly object[] {
  return Object.entries(GROUPS).flatMap(([group, { baseline: name, mode, declared }]) => {
    const id = ids[group as keyof ScenarioGroups];
    return id === undefined || name === undefined ? [] : [{ name, groups: { ids: [id] }, mode, ingress: declared }];
  });
}

/** Returns the text of a baseline file in JSON, which is also valid YAML. */
export function demoBaselineFile(baselines: readonly object[], limits?: readonly object[]): string {
  return JSON.stringify({ version: 1, baselines, limits }, null, 2);
}

/** A baseline file for groups in the sandbox. `called` is the group's id in the user's baseline file, or the name of the example group. */
export interface SandboxBaseline {
  readonly text: string;
  readonly groups: readonly { readonly called: string; readonly id: string }[];
}

/** Creates a group `web` that allows tcp 80 and 443, and returns a baseline that declares both rules. */
export async function createExampleGroup(sandbox: Sandbox): Promise<SandboxBaseline> {
  const web = await createSecurityGroup(sandbox.ec2(), 'web', undefined, WEB);
  return { text: demoBaselineFile(demoScenarioBaselines({ web })), groups: [{ called: 'web', id: web }] };
}

/**
 * Creates an empty group for each group id in the text. Replaces the id in the text with the id of the new group, because EC2 chooses the
 * ids.
 */
export async function createBaselineGroups(sandbox: Sandbox, text: string): Promise<SandboxBaseline> {
  const ids = new Map<string, string>();
  for (const called of text.match(GROUP_ID) ?? [])
    if (!ids.has(called)) ids.set(called, await createSecurityGroup(sandbox.ec2(), `was-${called.slice('sg-'.length)}`));
  return {
    text: text.replace(GROUP_ID, (called) => ids.get(called) ?? called),
    groups: [...ids].map(([called, id]) => ({ called, id })),
  };
}

const GROUP_ID = /\bsg-[0-9a-z]+\b/g;

export async function authorizeIngress(ec2: EC2Client, GroupId: string, permissions: readonly IpPermission[]): Promise<void> {
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [...permissions] }));
}

/** Returns the current ingress rules of the group in canonical order. */
export async function readDemoGroupRules(
  ec2: EC2Client,
  groupId: string,
): Promise<readonly { readonly id: string; readonly rule: Rule }[]> {
  const command = new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] });
  const { SecurityGroupRules = [] } = await ec2.send(command);
  const listed = SecurityGroupRules.map((item) => {
    const { SecurityGroupRuleId: id = '' } = item;
    const read = readSecurityGroupRule(item, id);
    if (!read.ok) throw new Error(`EC2 lists a rule that cannot be read: ${read.problems.map(({ path }) => path).join(', ')}`);
    return { id, rule: read.value };
  });
  return listed.filter(({ rule }) => rule.direction === 'ingress').sort((a, b) => compareRules(a.rule, b.rule));
}

/** Returns the ingress rules as texts: `tcp/80 from 0.0.0.0/0`. */
export async function readDemoGroupRuleTexts(ec2: EC2Client, groupId: string): Promise<string[]> {
  return (await readDemoGroupRules(ec2, groupId)).map(({ rule }) => formatRule(rule));
}

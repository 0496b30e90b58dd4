/** The groups that the scenarios play on, and the baseline that guards them. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  RunInstancesCommand,
  type EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { compareRules, formatRule, readRules, readSecurityGroupRule, type Rule } from '@portcullis/permission-diff';
import type { Sandbox } from '../sandbox.js';

export const ANYWHERE = '0.0.0.0/0';

const WEB = [tcp(80, ANYWHERE), tcp(443, ANYWHERE)];
const OFFICE = [tcp(22, '10.0.0.0/8')];

/** The groups: what their baselines declare, and what each lets in at first. */
const GROUPS = {
  web: { baseline: 'public-web', mode: 'enforce', declared: WEB, atFirst: WEB },
  shop: { baseline: 'shop', mode: 'report', declared: WEB, atFirst: [] },
  office: { baseline: 'office-ssh', mode: 'enforce', declared: OFFICE, atFirst: OFFICE },
} as const;

/** The ids of the groups. */
export type ScenarioGroups = Readonly<Record<keyof typeof GROUPS, string>>;

export function tcp(port: number, ...cidrs: readonly string[]): IpPermission {
  const [ipv4, ipv6] = [cidrs.filter((cidr) => !cidr.includes(':')), cidrs.filter((cidr) => cidr.includes(':'))];
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    ...(ipv4.length > 0 && { IpRanges: ipv4.map((CidrIp) => ({ CidrIp })) }),
    ...(ipv6.length > 0 && { Ipv6Ranges: ipv6.map((CidrIpv6) => ({ CidrIpv6 })) }),
  };
}

/** Returns what creates groups in a new VPC, each with its ingress. */
async function groupCreator(sandbox: Sandbox): Promise<(name: string, ingress: readonly IpPermission[]) => Promise<string>> {
  const ec2 = sandbox.ec2();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  return async (GroupName, ingress) => {
    const command = new CreateSecurityGroupCommand({ GroupName, Description: `${GroupName}, made by the sandbox`, VpcId: Vpc?.VpcId });
    const { GroupId } = await ec2.send(command);
    if (GroupId === undefined) throw new Error(`EC2 created the group ${GroupName} without an id`);
    if (ingress.length > 0) await authorize(ec2, GroupId, [...ingress]);
    return GroupId;
  };
}

/** Returns the ingress rules that the group's baseline declares. */
export function declaredRules(group: keyof ScenarioGroups): readonly Rule[] {
  const read = readRules(GROUPS[group].declared, { direction: 'ingress', descriptions: 'trusted' });
  return read.ok ? read.value : [];
}

/** Creates the groups, as their owners would have long before. */
export async function createGroups(sandbox: Sandbox): Promise<ScenarioGroups> {
  const create = await groupCreator(sandbox);
  const { web, shop, office } = GROUPS;
  return {
    web: await create('web', web.atFirst),
    shop: await create('shop', shop.atFirst),
    office: await create('office', office.atFirst),
  };
}

/** Runs an instance with a public address in each group, with the group's name. */
export async function runInstances(sandbox: Sandbox, groups: ScenarioGroups): Promise<void> {
  const ec2 = sandbox.ec2();
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groups.web] }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: SecurityGroups?.[0]?.VpcId, CidrBlock: '10.0.1.0/24' }));
  for (const [name, id] of Object.entries<string>(groups))
    await ec2.send(
      new RunInstancesCommand({
        ImageId: 'ami-12345678',
        MinCount: 1,
        MaxCount: 1,
        NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: Subnet?.SubnetId, Groups: [id], AssociatePublicIpAddress: true }],
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: `${name}-1` }] }],
      }),
    );
}

/** Returns the baselines of the groups: of one play of the scenarios, or of several side by side. */
export function baselinesOf(...plays: readonly Partial<ScenarioGroups>[]): readonly object[] {
  return plays.flatMap((ids, index) =>
    Object.entries(GROUPS).flatMap(([group, { baseline, mode, declared }]) => {
      const id = ids[group as keyof ScenarioGroups];
      const name = index === 0 ? baseline : `${baseline}-${index + 1}`;
      return id === undefined ? [] : [{ name, groups: { ids: [id] }, mode, ingress: declared }];
    }),
  );
}

/** Returns the text of a baseline file; JSON is YAML. */
export function baselineFile(baselines: readonly object[]): string {
  return JSON.stringify({ version: 1, baselines }, null, 2);
}

/** A baseline file of groups that exist in the sandbox; what the file called each, and its id. */
export interface PlayableBaseline {
  readonly text: string;
  readonly groups: readonly { readonly called: string; readonly id: string }[];
}

/** A group `web` that lets in tcp 80 and 443, and the baseline which declares just that. */
export async function exampleBaseline(sandbox: Sandbox): Promise<PlayableBaseline> {
  const create = await groupCreator(sandbox);
  const web = await create('web', WEB);
  return { text: baselineFile(baselinesOf({ web })), groups: [{ called: 'web', id: web }] };
}

/** The baseline with every group id replaced by that of an empty group made for it, since EC2 chooses the ids. */
export async function playableBaseline(sandbox: Sandbox, text: string): Promise<PlayableBaseline> {
  const create = await groupCreator(sandbox);
  const ids = new Map<string, string>();
  for (const called of text.match(GROUP_ID) ?? [])
    if (!ids.has(called)) ids.set(called, await create(`was-${called.slice('sg-'.length)}`, []));
  return {
    text: text.replace(GROUP_ID, (called) => ids.get(called) ?? called),
    groups: [...ids].map(([called, id]) => ({ called, id })),
  };
}

const GROUP_ID = /\bsg-[0-9a-z]+\b/g;

export async function authorize(ec2: EC2Client, GroupId: string, IpPermissions: IpPermission[]): Promise<void> {
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

/** Returns the ingress rules that the group has now, in canonical order. */
export async function ingressOf(ec2: EC2Client, groupId: string): Promise<readonly { readonly id: string; readonly rule: Rule }[]> {
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

/** Returns the ingress rules in words: `tcp/80 from 0.0.0.0/0`. */
export async function ingressWords(ec2: EC2Client, groupId: string): Promise<string[]> {
  return (await ingressOf(ec2, groupId)).map(({ rule }) => formatRule(rule));
}

/** The groups that the scenarios play on, and the baseline that guards them. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { compareRules, formatRule, readSecurityGroupRule, type Rule } from '@portcullis/permission-diff';
import type { Sandbox } from '../sandbox.js';

export interface ScenarioGroups {
  /** Declared as 80 and 443, and so at first. Enforced. */
  readonly web: string;
  /** Declared as 80 and 443, without any ingress at first. Only reported on. */
  readonly shop: string;
  /** Declared as SSH from 10.0.0.0/8, and so at first. Enforced. */
  readonly office: string;
  /** Selected by no baseline. */
  readonly stranger: string;
}

export const ANYWHERE = '0.0.0.0/0';

const WEB = [80, 443].map((port) => tcp(port, ANYWHERE));
const OFFICE = [tcp(22, '10.0.0.0/8')];

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
async function groupCreator(sandbox: Sandbox): Promise<(name: string, ingress: IpPermission[]) => Promise<string>> {
  const ec2 = sandbox.ec2();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  return async (GroupName, ingress) => {
    const command = new CreateSecurityGroupCommand({ GroupName, Description: `${GroupName}, made by the sandbox`, VpcId: Vpc?.VpcId });
    const { GroupId } = await ec2.send(command);
    if (GroupId === undefined) throw new Error(`EC2 created the group ${GroupName} without an id`);
    if (ingress.length > 0) await authorize(ec2, GroupId, ingress);
    return GroupId;
  };
}

/** Creates the groups, as their owners would have long before. */
export async function createGroups(sandbox: Sandbox): Promise<ScenarioGroups> {
  const create = await groupCreator(sandbox);
  return {
    web: await create('web', WEB),
    shop: await create('shop', []),
    office: await create('office', OFFICE),
    stranger: await create('stranger', []),
  };
}

/** A baseline file of groups that exist in the sandbox; what the file called each, and its id. */
export interface PlayableBaseline {
  readonly text: string;
  readonly groups: readonly { readonly called: string; readonly id: string }[];
}

/** A group `web` that lets in tcp 80 and 443, and the baseline which declares just that. */
export async function exampleBaseline(sandbox: Sandbox): Promise<PlayableBaseline> {
  const id = await (await groupCreator(sandbox))('web', WEB);
  return { text: `version: 1\nbaselines:\n${baselineOf('public-web', id, WEB)}`, groups: [{ called: 'web', id }] };
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

/** Returns the baseline file for the groups: of one play of the scenarios, or of several side by side. */
export function baselineFor(...plays: readonly ScenarioGroups[]): string {
  const baselines = plays.flatMap(({ web, shop, office }, index) => {
    const suffix = index === 0 ? '' : `-${index + 1}`;
    return [
      baselineOf(`public-web${suffix}`, web, WEB),
      baselineOf(`shop${suffix}`, shop, WEB, '    mode: report\n'),
      baselineOf(`office-ssh${suffix}`, office, OFFICE),
    ];
  });
  return `version: 1\nbaselines:\n${baselines.join('')}`;
}

const baselineOf = (name: string, id: string, ingress: readonly IpPermission[], mode = ''): string =>
  `  - name: ${name}\n    groups: { ids: [${id}] }\n${mode}    ingress:\n${ingress.map(ruleLine).join('')}`;

const ruleLine = ({ IpProtocol, FromPort, ToPort, IpRanges = [] }: IpPermission): string =>
  `      - { IpProtocol: ${IpProtocol}, FromPort: ${FromPort}, ToPort: ${ToPort}, IpRanges: [{ CidrIp: ${IpRanges[0]?.CidrIp} }] }\n`;

export async function authorize(ec2: EC2Client, GroupId: string, IpPermissions: IpPermission[]): Promise<void> {
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

export async function revoke(ec2: EC2Client, GroupId: string, IpPermissions: IpPermission[]): Promise<void> {
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
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

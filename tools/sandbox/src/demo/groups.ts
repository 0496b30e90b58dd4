/** The groups that the scenarios play on, and the baseline that guards them. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
  type IpPermission,
  type SecurityGroupRule,
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

export function tcp(port: number, ...cidrs: readonly string[]): IpPermission {
  const [ipv4, ipv6] = [cidrs.filter((cidr) => !cidr.includes(':')), cidrs.filter((cidr) => cidr.includes(':'))];
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    ...(ipv4.length > 0 ? { IpRanges: ipv4.map((CidrIp) => ({ CidrIp })) } : {}),
    ...(ipv6.length > 0 ? { Ipv6Ranges: ipv6.map((CidrIpv6) => ({ CidrIpv6 })) } : {}),
  };
}

/** Creates the groups, as their owners would have long before. */
export async function createGroups(sandbox: Sandbox): Promise<ScenarioGroups> {
  const ec2 = sandbox.ec2();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const create = async (GroupName: string, permissions: IpPermission[]): Promise<string> => {
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName, Description: `${GroupName} of the scenarios`, VpcId: Vpc?.VpcId }),
    );
    if (GroupId === undefined) throw new Error(`EC2 created the group ${GroupName} without an id`);
    if (permissions.length > 0) await authorize(ec2, GroupId, permissions);
    return GroupId;
  };
  return {
    web: await create('web', [tcp(80, ANYWHERE), tcp(443, ANYWHERE)]),
    shop: await create('shop', []),
    office: await create('office', [tcp(22, '10.0.0.0/8')]),
    stranger: await create('stranger', []),
  };
}

/** Returns the baseline file for the groups: of one play of the scenarios, or of several side by side. */
export function baselineFor(...plays: readonly ScenarioGroups[]): string {
  const baselines = plays.map((groups, index) => baselinesOf(groups, index === 0 ? '' : `-${index + 1}`));
  return `version: 1\nbaselines:\n${baselines.join('')}`;
}

function baselinesOf({ web, shop, office }: ScenarioGroups, suffix: string): string {
  const open = `
      - { IpProtocol: tcp, FromPort: 80,  ToPort: 80,  IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }`;
  return `  - name: public-web${suffix}
    groups: { ids: [${web}] }
    ingress:${open}
  - name: shop${suffix}
    groups: { ids: [${shop}] }
    mode: report
    ingress:${open}
  - name: office-ssh${suffix}
    groups: { ids: [${office}] }
    ingress:
      - { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }
`;
}

export async function authorize(ec2: EC2Client, GroupId: string, IpPermissions: IpPermission[]): Promise<void> {
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

export async function revoke(ec2: EC2Client, GroupId: string, IpPermissions: IpPermission[]): Promise<void> {
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

export interface ListedRule {
  readonly id: string;
  readonly rule: Rule;
}

/** Returns the ingress rules that the group has now, in canonical order. */
export async function ingressOf(ec2: EC2Client, groupId: string): Promise<readonly ListedRule[]> {
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] }),
  );
  return SecurityGroupRules.map(listed)
    .filter(({ rule }) => rule.direction === 'ingress')
    .sort((a, b) => compareRules(a.rule, b.rule));
}

/** Returns the ingress rules in words: `tcp/80 from 0.0.0.0/0`. */
export async function ingressWords(ec2: EC2Client, groupId: string): Promise<string[]> {
  return (await ingressOf(ec2, groupId)).map(({ rule }) => formatRule(rule));
}

function listed(item: SecurityGroupRule): ListedRule {
  const read = readSecurityGroupRule(item, item.SecurityGroupRuleId ?? 'rule');
  if (!read.ok) throw new Error(`EC2 lists a rule that cannot be read: ${read.problems.map(({ path }) => path).join(', ')}`);
  return { id: item.SecurityGroupRuleId ?? '', rule: read.value };
}

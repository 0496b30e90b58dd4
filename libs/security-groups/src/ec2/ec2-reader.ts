/** The reading half of the EC2 adapter: the SDK's describe calls, and nothing that could change a group. */
import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type DescribeSecurityGroupsCommandInput,
  type EC2Client,
  type SecurityGroup,
  type SecurityGroupRule,
  type Tag,
} from '@aws-sdk/client-ec2';
import { readSecurityGroupRule, type PermissionProblem } from '@portcullis/permission-diff';
import { SecurityGroupCallError, UnreadableRuleError } from '../errors.js';
import type { GroupFacts, LiveRule } from '../live-rule.js';
import type { SecurityGroupReader } from '../port.js';
import { translated } from './call-error.js';

/** Returns the reading port over the client. */
export function ec2Reader(client: EC2Client): SecurityGroupReader {
  return {
    readRules: async (groupId) => liveRules(groupId, await describeRules(client, groupId)),
    describeGroup: async (groupId) => {
      try {
        const [group] = await describeGroups(client, { GroupIds: [groupId] });
        return group === undefined ? undefined : factsOf(group, groupId);
      } catch (error) {
        if (error instanceof SecurityGroupCallError && error.kind === 'group-not-found') return undefined;
        throw error;
      }
    },
    findGroupIds: async (groupName) => {
      const groups = await describeGroups(client, { Filters: [{ Name: 'group-name', Values: [groupName] }] });
      return groups.flatMap(({ GroupId }) => GroupId ?? []);
    },
  };
}

async function describeRules(client: EC2Client, groupId: string): Promise<SecurityGroupRule[]> {
  const rules: SecurityGroupRule[] = [];
  let NextToken: string | undefined;
  do {
    const command = new DescribeSecurityGroupRulesCommand({
      Filters: [{ Name: 'group-id', Values: [groupId] }],
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    const page = await translated('DescribeSecurityGroupRules', client.send(command));
    rules.push(...(page.SecurityGroupRules ?? []));
    NextToken = page.NextToken === '' ? undefined : page.NextToken;
  } while (NextToken !== undefined);
  return rules;
}

async function describeGroups(client: EC2Client, input: DescribeSecurityGroupsCommandInput): Promise<SecurityGroup[]> {
  const groups: SecurityGroup[] = [];
  let NextToken: string | undefined;
  do {
    const command = new DescribeSecurityGroupsCommand({ ...input, ...(NextToken === undefined ? {} : { NextToken }) });
    const page = await translated('DescribeSecurityGroups', client.send(command));
    groups.push(...(page.SecurityGroups ?? []));
    NextToken = page.NextToken === '' ? undefined : page.NextToken;
  } while (NextToken !== undefined);
  return groups;
}

function liveRules(groupId: string, items: readonly SecurityGroupRule[]): LiveRule[] {
  const rules: LiveRule[] = [];
  const problems: PermissionProblem[] = [];
  for (const item of items) {
    const ruleId = item.SecurityGroupRuleId;
    const read = readSecurityGroupRule(item, ruleId ?? 'rule');
    if (!read.ok) problems.push(...read.problems);
    else if (ruleId === undefined) {
      problems.push({
        code: 'wrong-type',
        path: 'rule.SecurityGroupRuleId',
        text: 'absent',
        expected: 'the id of the rule, `sgr-…`',
      });
    } else rules.push({ ...read.value, ruleId, tags: tagsOf(item.Tags) });
  }
  if (problems.length > 0) throw new UnreadableRuleError(groupId, problems);
  return rules;
}

function factsOf(group: SecurityGroup, groupId: string): GroupFacts {
  const { GroupName, VpcId, OwnerId, Tags } = group;
  return { groupId, name: GroupName ?? null, vpcId: VpcId ?? null, ownerId: OwnerId ?? null, tags: tagsOf(Tags) };
}

function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));
}

/** Reads security groups from EC2. This module imports no EC2 command that can change a group. */
import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  GetManagedPrefixListEntriesCommand,
  type DescribeSecurityGroupsCommandInput,
  type EC2Client,
  type Filter,
  type SecurityGroup,
  type SecurityGroupRule,
  type Tag,
} from '@aws-sdk/client-ec2';
import { readSecurityGroupRule, type PermissionProblem } from '@portcullis/permission-diff';
import { chunksOf } from './chunks.js';
import { isReadError, SecurityGroupCallError, UnreadableRuleError, type ReadError } from './errors.js';
import type { GroupFacts, LiveRule, SecurityGroupReader } from './port.js';
import { ec2FiltersInChunks, MAX_FILTER_VALUES, MAX_RESULTS, readAllEc2Pages } from './pages.js';

export interface ReaderOptions {
  /**
   * The id of the account whose groups are read, or a function that returns the id. The function is called only when the id is needed.
   *
   * @default reads the groups of every account
   */
  readonly ownerId?: string | (() => Promise<string>) | undefined;
  /** Aborts the current call. The aborted call fails with the kind `transient`. */
  readonly signal?: AbortSignal | undefined;
}

/** Returns a reader that calls EC2 with the client. */
export function ec2Reader(client: EC2Client, { ownerId, signal }: ReaderOptions = {}): SecurityGroupReader {
  const send = { abortSignal: signal };
  const owner = (): Promise<string | undefined> => Promise.resolve(typeof ownerId === 'function' ? ownerId() : ownerId);

  const describeRules = async (filter: 'group-id' | 'security-group-rule-id', ids: readonly string[]): Promise<SecurityGroupRule[]> => {
    // For one group, a request without `MaxResults` usually returns all rules in one page.
    const input = { Filters: [{ Name: filter, Values: [...ids] }], ...(ids.length > 1 && { MaxResults: MAX_RESULTS }) };
    const items = await readAllEc2Pages(
      'DescribeSecurityGroupRules',
      (page) => client.send(new DescribeSecurityGroupRulesCommand({ ...input, ...page }), send),
      ({ SecurityGroupRules }) => SecurityGroupRules,
    );
    // DescribeSecurityGroupRules has no filter for the owner, so this code removes the rules of other accounts:
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html
    const own = await owner();
    return items.filter(({ GroupOwnerId = own }) => GroupOwnerId === own || own === undefined);
  };

  /**
   * Returns only groups that the account `ownerId` owns. Source:
   * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html (filter `owner-id`).
   */
  const describeOwn = async (filters: readonly Filter[], input: DescribeSecurityGroupsCommandInput = {}): Promise<SecurityGroup[]> => {
    const own = await owner();
    const Filters = [...filters, ...(own === undefined ? [] : [{ Name: 'owner-id', Values: [own] }])];
    return describeGroups({ ...(Filters.length > 0 && { Filters }), ...input });
  };

  const describeGroups = (input: DescribeSecurityGroupsCommandInput): Promise<SecurityGroup[]> =>
    readAllEc2Pages(
      'DescribeSecurityGroups',
      (page) => client.send(new DescribeSecurityGroupsCommand({ ...input, ...page }), send),
      ({ SecurityGroups }) => SecurityGroups,
    );

  const readChunk = async (groupIds: readonly string[]): Promise<[string, readonly LiveRule[] | ReadError][]> => {
    try {
      const items = await describeRules('group-id', groupIds);
      const itemsOf = (id: string): SecurityGroupRule[] => items.filter(({ GroupId }) => GroupId === id);
      return groupIds.map((id) => [id, parseLiveRulesOrError(id, itemsOf(id))]);
    } catch (error) {
      if (!isReadError(error)) throw error;
      return groupIds.map((id) => [id, error]);
    }
  };

  return {
    readRules: async (groupId) => parseLiveRules(groupId, await describeRules('group-id', [groupId])),
    readRulesOf: async (groupIds) => {
      const read = new Map<string, readonly LiveRule[] | ReadError>();
      for (const chunk of chunksOf(groupIds, MAX_FILTER_VALUES)) {
        for (const [id, rules] of await readChunk(chunk)) read.set(id, rules);
      }
      return read;
    },
    describeGroup: async (groupId) => {
      try {
        const [group] = await describeGroups({ GroupIds: [groupId] });
        if (group === undefined) return undefined;
        const own = await owner();
        return own === undefined || (group.OwnerId ?? own) === own ? groupFacts(group, groupId) : undefined;
      } catch (error) {
        if (error instanceof SecurityGroupCallError && error.kind === 'group-not-found') return undefined;
        throw error;
      }
    },
    listGroups: async (groupIds) => {
      // Filters by id, because a call with `GroupIds` fails if one of the groups does not exist.
      const groups: GroupFacts[] = [];
      for (const filter of ec2FiltersInChunks('group-id', groupIds))
        groups.push(...ec2GroupsFacts(await describeOwn(filter, { MaxResults: MAX_RESULTS })));
      return groups;
    },
    findGroupIdsOfRules: async (ruleIds) => {
      const groupIds = new Set<string>();
      for (const chunk of chunksOf(ruleIds, MAX_FILTER_VALUES)) {
        // Filters by id, because a call with `SecurityGroupRuleIds` fails if one of the rules does not exist.
        for (const { GroupId } of await describeRules('security-group-rule-id', chunk)) if (GroupId !== undefined) groupIds.add(GroupId);
      }
      return [...groupIds].sort();
    },
    readPrefixList: async (PrefixListId, version) => {
      const input = { PrefixListId, ...(version !== undefined && { TargetVersion: Number(version) }) };
      const entries = await readAllEc2Pages(
        'GetManagedPrefixListEntries',
        (page) => client.send(new GetManagedPrefixListEntriesCommand({ ...input, ...page }), send),
        ({ Entries }) => Entries,
      );
      return entries.flatMap(({ Cidr }) => Cidr ?? []);
    },
    findGroups: async (groupName) => ec2GroupsFacts(await describeOwn([{ Name: 'group-name', Values: [groupName] }])),
  };
}

function ec2GroupsFacts(groups: readonly SecurityGroup[]): GroupFacts[] {
  return groups.flatMap((group) => (group.GroupId === undefined ? [] : groupFacts(group, group.GroupId)));
}

export function groupFacts({ GroupName, VpcId, OwnerId, Tags }: SecurityGroup, id: string): GroupFacts {
  return { id, name: GroupName ?? null, vpcId: VpcId ?? null, ownerId: OwnerId ?? null, tags: ec2TagRecord(Tags) };
}

function ec2TagRecord(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));
}

function parseLiveRulesOrError(groupId: string, items: readonly SecurityGroupRule[]): readonly LiveRule[] | ReadError {
  try {
    return parseLiveRules(groupId, items);
  } catch (error) {
    if (!isReadError(error)) throw error;
    return error;
  }
}

function parseLiveRules(groupId: string, items: readonly SecurityGroupRule[]): LiveRule[] {
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
    } else rules.push({ ...read.value, ruleId, tags: ec2TagRecord(item.Tags) });
  }
  if (problems.length > 0) throw new UnreadableRuleError(groupId, problems);
  return rules;
}

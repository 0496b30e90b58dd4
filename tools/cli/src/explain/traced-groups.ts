/** The port to EC2, which tells what was asked and answered. */
import { describeRules, type Finding } from '@portcullis/finding';
import type { Addresses, Source } from '@portcullis/permission-diff';
import { blocksOf, isReadError, SecurityGroupCallError, type LiveRule, type SecurityGroupReader } from '@portcullis/security-groups';
import { counted } from '../render/counted.js';
import type { Steps } from './steps.js';

/** How a call failed that was not made. */
const NOT_ASKED = 'NotAsked';

export interface TracedGroups {
  readonly reader: SecurityGroupReader;
  /** What was last read of each group. */
  readonly read: ReadonlyMap<string, readonly LiveRule[]>;
  /** The blocks that prefix lists hold now, by id. */
  readonly lists: Addresses;
}

export function tracedGroups(groups: SecurityGroupReader, steps: Steps): TracedGroups {
  const read = new Map<string, readonly LiveRule[]>();
  const lists = new Map<string, readonly Source[]>();
  const told = async <T>(asked: string, call: Promise<T>, words: (answer: T) => string): Promise<T> => {
    const tell = steps.reserve();
    try {
      const answer = await call;
      tell(`${asked}: ${words(answer)}`);
      return answer;
    } catch (error) {
      if (isReadError(error)) tell(`${asked}: ${whyUnanswered(error)}`);
      throw error;
    }
  };
  const rulesWords = (rules: readonly LiveRule[]): string => (rules.length === 0 ? 'none' : describeRules(rules));
  const reader: SecurityGroupReader = {
    readRules: (id) =>
      told(`the live rules of ${id}`, groups.readRules(id), (rules) => {
        read.set(id, rules);
        return rulesWords(rules);
      }),
    readRulesOf: (ids) =>
      told(`the live rules of ${counted(ids.length, 'group')}`, groups.readRulesOf(ids), (answers) => {
        for (const [id, rules] of answers) if (!isReadError(rules)) read.set(id, rules);
        return `${[...answers.values()].filter((rules) => !isReadError(rules)).length} read`;
      }),
    describeGroup: (id) =>
      told(`what EC2 tells of ${id}`, groups.describeGroup(id), (facts) => {
        if (facts === undefined) return 'it does not exist';
        const tags = Object.entries(facts.tags).map(([key, value]) => `${key}=${value}`);
        return `${facts.name ?? 'no name'}, ${facts.vpcId ?? 'no VPC'}, ${tags.length === 0 ? 'no tags' : `tags ${tags.join(', ')}`}`;
      }),
    listGroups: (ids) =>
      told(`which ${ids === undefined ? 'groups' : `of ${counted(ids.length, 'group')}`} exist`, groups.listGroups(ids), (list) =>
        String(list.length),
      ),
    findGroupIds: (name) => told(`groups named \`${name}\``, groups.findGroupIds(name), (ids) => ids.join(', ') || 'none'),
    findGroupIdsOfRules: (ids) =>
      told(`the groups of ${ids.join(', ')}`, groups.findGroupIdsOfRules(ids), (found) => found.join(', ') || 'none'),
    readPrefixList: (id, version) =>
      told(`what ${id} holds${version === undefined ? '' : ` at version ${version}`}`, groups.readPrefixList(id, version), (entries) => {
        const blocks = blocksOf(entries);
        if (version === undefined) lists.set(id, blocks);
        return blocks.map(({ cidr }) => cidr).join(', ') || 'nothing';
      }),
  };
  return { reader, read, lists };
}

function whyUnanswered(error: Error): string {
  if (!(error instanceof SecurityGroupCallError)) return `not answered (${error.message})`;
  return error.code === NOT_ASKED ? 'not asked' : `not answered (${error.code})`;
}

/** Returns the text without our own word for what was not asked. */
export function inPlainWords(text: string): string {
  return text.replace(/(\w+ failed with )?\bNotAsked\b/g, 'EC2 was not asked');
}

/** Returns the finding without our own word for what was not asked. */
export function findingInPlainWords(finding: Finding): Finding {
  return { ...finding, summary: inPlainWords(finding.summary) };
}

/** A reader that asks nobody. */
export function unasked(): SecurityGroupReader {
  const unanswered = (operation: string): SecurityGroupCallError =>
    new SecurityGroupCallError(operation, NOT_ASKED, 'refused', 'EC2 was not asked');
  const refuse = (operation: string) => (): Promise<never> => Promise.reject(unanswered(operation));
  return {
    readRules: refuse('DescribeSecurityGroupRules'),
    readRulesOf: (ids) => Promise.resolve(new Map(ids.map((id) => [id, unanswered('DescribeSecurityGroupRules')]))),
    describeGroup: refuse('DescribeSecurityGroups'),
    listGroups: refuse('DescribeSecurityGroups'),
    findGroupIds: refuse('DescribeSecurityGroups'),
    findGroupIdsOfRules: refuse('DescribeSecurityGroupRules'),
    readPrefixList: refuse('GetManagedPrefixListEntries'),
  };
}

/** Reads groups from EC2, and records each call and its result as a step. */
import { describeRules } from '@portcullis/finding';
import type { Addresses, Source } from '@portcullis/permission-diff';
import {
  parsePrefixListBlocks,
  isReadError,
  SecurityGroupCallError,
  type GroupAttachments,
  type LiveRule,
  type SecurityGroupReader,
} from '@portcullis/security-groups';
import { countWithNoun } from '../render/counted.js';
import type { Steps } from './steps.js';
import { NOT_ASKED } from '../aws/refusing-ec2-reader.js';

export interface TracedGroups {
  readonly reader: SecurityGroupReader;
  /** Adds a step that says what is attached to a group. */
  readonly behind: (groupId: string, answer: Promise<GroupAttachments>) => Promise<GroupAttachments>;
  /** The rules of each group, from the last time that the group was read. */
  readonly read: ReadonlyMap<string, readonly LiveRule[]>;
  /** The current CIDR blocks of prefix lists, by prefix list id. */
  readonly lists: Addresses;
}

export function explainGroupReads(groups: SecurityGroupReader, steps: Steps): TracedGroups {
  const read = new Map<string, readonly LiveRule[]>();
  const lists = new Map<string, readonly Source[]>();
  const traced = async <T>(question: string, call: Promise<T>, answerWords: (answer: T) => string): Promise<T> => {
    const add = steps.reserve();
    try {
      const answer = await call;
      add(`${question}: ${answerWords(answer)}`);
      return answer;
    } catch (error) {
      if (isReadError(error)) add(`${question}: ${explainFailedGroupRead(error)}`);
      throw error;
    }
  };
  const reader: SecurityGroupReader = {
    readRules: (id) =>
      traced(`the live rules of ${id}`, groups.readRules(id), (rules) => {
        read.set(id, rules);
        return describeRules(rules) || 'none';
      }),
    readRulesOf: (ids) =>
      traced(`the live rules of ${countWithNoun(ids.length, 'group')}`, groups.readRulesOf(ids), (answers) => {
        const found = [...answers].flatMap(([id, rules]) => (isReadError(rules) ? [] : [[id, rules] as const]));
        for (const [id, rules] of found) read.set(id, rules);
        return `${found.length} read`;
      }),
    describeGroup: (id) =>
      traced(`EC2's description of ${id}`, groups.describeGroup(id), (facts) => {
        if (facts === undefined) return 'the group does not exist';
        const tags = Object.entries(facts.tags).map(([key, value]) => `${key}=${value}`);
        return `${facts.name ?? 'no name'}, ${facts.vpcId ?? 'no VPC'}, ${tags.length === 0 ? 'no tags' : `tags ${tags.join(', ')}`}`;
      }),
    listGroups: (ids) => {
      const asked = ids === undefined ? 'all groups' : countWithNoun(ids.length, 'group');
      return traced(`how many of ${asked} exist`, groups.listGroups(ids), (list) => String(list.length));
    },
    findGroups: (name) =>
      traced(`groups named \`${name}\``, groups.findGroups(name), (found) => found.map(({ id }) => id).join(', ') || 'none'),
    findGroupIdsOfRules: (ids) =>
      traced(`the groups of ${ids.join(', ')}`, groups.findGroupIdsOfRules(ids), (found) => found.join(', ') || 'none'),
    readPrefixList: (id, version) =>
      traced(
        `the entries of ${id}${version === undefined ? '' : ` at version ${version}`}`,
        groups.readPrefixList(id, version),
        (entries) => {
          const blocks = parsePrefixListBlocks(entries);
          if (version === undefined) lists.set(id, blocks);
          return blocks.map(({ cidr }) => cidr).join(', ') || 'none';
        },
      ),
  };
  const behind: TracedGroups['behind'] = (groupId, answer) =>
    traced(`what is attached to ${groupId}`, answer, ({ interfaces, withPublicAddress }) =>
      interfaces === 0 ? 'nothing' : `${countWithNoun(interfaces, 'network interface')}, ${withPublicAddress} with a public address`,
    );
  return { reader, behind, read, lists };
}

function explainFailedGroupRead(error: Error): string {
  if (!(error instanceof SecurityGroupCallError)) return `not read (${error.message})`;
  return error.code === NOT_ASKED ? 'not read' : `not read (${error.code})`;
}

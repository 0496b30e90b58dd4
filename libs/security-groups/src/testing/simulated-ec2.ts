/**
 * A simulated EC2 for security groups, which replaces the SDK's client. The simulation covers atomic batches, canonical rules, quotas,
 * pages and conflicts. Tests can inject faults. The simulation calls the real `ec2Reader` and `ec2Writer`, so tests also cover how these
 * functions handle responses and errors. Sources: EC2 API reference of each call; VPC user guide, "Amazon VPC quotas", for the quotas.
 */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeTagsCommand,
  GetManagedPrefixListEntriesCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
  type Filter,
  type NetworkInterface,
  type SecurityGroup,
  type SecurityGroupRule,
  type SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import {
  formatRule,
  permissionsOf,
  readRules,
  readSecurityGroupRule,
  ruleKey,
  securityGroupRuleOf,
  type Direction,
  type IpPermission,
  type Rule,
} from '@portcullis/permission-diff';
import { ec2Reader } from '../ec2/ec2-reader.js';
import { ec2Writer } from '../ec2/ec2-writer.js';
import type { CallErrorKind } from '../ec2/errors.js';
import type { GroupFacts, LiveRule, SecurityGroups } from '../ec2/port.js';

/** The client's account. To add a group of another account, call `add` with an `ownerId`. */
const ACCOUNT = '111122223333';

const CODES: Readonly<Record<CallErrorKind, string>> = {
  duplicate: 'InvalidPermission.Duplicate',
  'rule-not-found': 'InvalidSecurityGroupRuleId.NotFound',
  'group-not-found': 'InvalidGroup.NotFound',
  quota: 'RulesPerSecurityGroupLimitExceeded',
  denied: 'UnauthorizedOperation',
  transient: 'RequestLimitExceeded',
  refused: 'InvalidParameterValue',
};

/**
 * How a call fails. With `unsent`, the request is lost. With `unanswered` and `garbled`, the call takes effect, but the response is lost or
 * unreadable. With any other fault, EC2 refuses the call.
 */
export type Fault = CallErrorKind | 'unsent' | 'unanswered' | 'garbled';

export const FAULTS: readonly Fault[] = [...(Object.keys(CODES) as CallErrorKind[]), 'unsent', 'unanswered', 'garbled'];

interface Group {
  readonly facts: GroupFacts;
  rules: readonly LiveRule[];
}

export class SimulatedEc2 implements SecurityGroups {
  /** All calls so far, in order, each as text. */
  readonly calls: string[] = [];
  /** A function that runs before each call. The function can change `rules` like another writer, wait, or return a fault. */
  before: (call: string) => Fault | undefined | Promise<Fault | undefined> = () => undefined;
  /** A function that runs after a call has taken effect and before EC2 responds. */
  after: (call: string) => void = () => undefined;
  /** Returns the rules that a read of the group shows. By default, a read shows the current rules. */
  shown: (groupId: string) => readonly LiveRule[] = (groupId) => this.groups.get(groupId)?.rules ?? [];
  /** The maximum number of IPv4 rules, and also of IPv6 rules, in each direction. Rules with other sources count for both IP versions. */
  quota = 60;
  /** The `MaxEntries` of every prefix list. A rule with a prefix list counts as this many rules. */
  prefixListWeight = 1;
  /** Whether each revocation succeeds but removes no rule. In a default VPC, AWS does this if the rule to revoke does not exist. */
  forgetsToRevoke = false;
  /** Whether a revocation that removes no rule returns `UnknownIpPermissions`. */
  namesWhatItForgot = false;
  /** The CIDR blocks of each prefix list: the first item is version 1, the next item version 2, and so on. */
  readonly prefixLists = new Map<string, readonly (readonly string[])[]>();
  /** The network interfaces of the account. */
  interfaces: readonly NetworkInterface[] = [];
  /** The Name tags of instances, by id. */
  instanceNames: Readonly<Record<string, string>> = {};
  /** The number of rules on a page. */
  pageSize = 1000;
  private readonly groups = new Map<string, Group>();
  private nextId = 100;
  private readonly port: SecurityGroups;
  /** An SDK client that supports only `send`. */
  readonly client: EC2Client;

  /** Creates a simulated EC2 with one group. */
  constructor(rules: readonly LiveRule[], id = 'sg-1') {
    this.add(id, rules);
    // `ec2Reader` and `ec2Writer` call only the method `send` of the SDK's client.
    this.client = { send: (command: unknown) => this.answer(command) } as unknown as EC2Client;
    this.port = { ...ec2Reader(this.client, { ownerId: ACCOUNT }), ...ec2Writer(this.client) };
  }

  add(id: string, rules: readonly LiveRule[], facts: Partial<GroupFacts> = {}): void {
    this.groups.set(id, { facts: { id, name: 'web', vpcId: 'vpc-1', ownerId: ACCOUNT, tags: {}, ...facts }, rules });
  }

  /** Deletes the group. Returns whether the group existed. */
  delete(id: string): boolean {
    return this.groups.delete(id);
  }

  /** The rules of the first group. */
  get rules(): readonly LiveRule[] {
    return this.first?.rules ?? [];
  }

  set rules(rules: readonly LiveRule[]) {
    if (this.first !== undefined) this.first.rules = rules;
  }

  /** The calls without their arguments. */
  get words(): string[] {
    return this.calls.map((call) => call.split(' ')[0] ?? '');
  }

  /** Returns the calls whose text begins with `text`. */
  callsOf(text: string): string[] {
    return this.calls.filter((call) => call.startsWith(text));
  }

  /** Makes the first `times` calls whose text begins with `text` fail. By default, all of these calls fail. */
  fail(text: string, fault: Fault, times = Infinity): this {
    const { before } = this;
    let left = times;
    this.before = (call) => (call.startsWith(text) && left-- > 0 ? fault : before(call));
    return this;
  }

  /**
   * Simulates `reads` stale reads, which return `shown`. By default, the stale reads return the rules that exist when the test calls `lag`.
   */
  lag(reads: number, shown: readonly LiveRule[] = this.rules): this {
    let left = reads;
    this.shown = (id) => (left-- > 0 ? shown : (this.groups.get(id)?.rules ?? []));
    return this;
  }

  /**
   * Simulates another writer: runs `write` after calls whose text begins with `text`, at most `times` times.
   */
  meddle(text: string, write: () => unknown, times = 1): this {
    const { after } = this;
    let left = times;
    this.after = (call) => {
      after(call);
      if (call.startsWith(text) && left-- > 0) write();
    };
    return this;
  }

  /** The current rules of the first group as sorted text. */
  get state(): string[] {
    return this.rules.map(formatRule).sort();
  }

  stateOf(id: string): string[] {
    return (this.groups.get(id)?.rules ?? []).map(formatRule).sort();
  }

  set exists(exists: boolean) {
    if (!exists) this.groups.clear();
  }

  readRules: SecurityGroups['readRules'] = (groupId) => this.port.readRules(groupId);
  readRulesOf: SecurityGroups['readRulesOf'] = (groupIds) => this.port.readRulesOf(groupIds);
  describeGroup: SecurityGroups['describeGroup'] = (groupId) => this.port.describeGroup(groupId);
  listGroups: SecurityGroups['listGroups'] = (groupIds) => this.port.listGroups(groupIds);
  findGroupIdsOfRules: SecurityGroups['findGroupIdsOfRules'] = (ruleIds) => this.port.findGroupIdsOfRules(ruleIds);
  readPrefixList: SecurityGroups['readPrefixList'] = (id, version) => this.port.readPrefixList(id, version);
  findGroups: SecurityGroups['findGroups'] = (groupName) => this.port.findGroups(groupName);
  authorize: SecurityGroups['authorize'] = (...call) => this.port.authorize(...call);
  revoke: SecurityGroups['revoke'] = (...call) => this.port.revoke(...call);
  replace: SecurityGroups['replace'] = (...call) => this.port.replace(...call);

  private get first(): Group | undefined {
    return this.groups.values().next().value;
  }

  private answer(command: unknown): Promise<object> {
    if (command instanceof DescribeSecurityGroupRulesCommand) {
      const { Filters, NextToken } = command.input;
      const ruleIds = valuesOf(Filters, 'security-group-rule-id');
      if (ruleIds.length > 0) return this.call('find rules', () => ({ SecurityGroupRules: this.itemsOf(ruleIds) }));
      const ids = valuesOf(Filters, 'group-id');
      return this.call(this.about('read', ids), () => this.rulesPage(ids, Number(NextToken ?? 0)));
    }
    if (command instanceof DescribeSecurityGroupsCommand) {
      const { GroupIds, Filters } = command.input;
      const [name] = valuesOf(Filters, 'group-name');
      const words = name === undefined ? (GroupIds === undefined ? 'list' : 'describe') : `find ${name}`;
      return this.call(words, () => ({ SecurityGroups: this.describe(GroupIds, Filters) }));
    }
    if (command instanceof DescribeNetworkInterfacesCommand) {
      const ids = valuesOf(command.input.Filters, 'group-id');
      const isIn = ({ Groups = [] }: NetworkInterface): boolean => Groups.some(({ GroupId = '' }) => ids.includes(GroupId));
      return this.call('find interfaces', () => ({ NetworkInterfaces: this.interfaces.filter(isIn) }));
    }
    if (command instanceof DescribeTagsCommand) {
      const ids = valuesOf(command.input.Filters, 'resource-id');
      const named = Object.entries(this.instanceNames).filter(([id]) => ids.includes(id));
      return this.call('find names', () => ({ Tags: named.map(([ResourceId, Value]) => ({ ResourceId, Value })) }));
    }
    if (command instanceof GetManagedPrefixListEntriesCommand) {
      const { PrefixListId = '', TargetVersion } = command.input;
      return this.call(`read the list ${PrefixListId}`, () => {
        const versions = this.prefixLists.get(PrefixListId);
        const entries = versions?.[(TargetVersion ?? versions.length) - 1];
        if (entries === undefined)
          throw Object.assign(new Error('EC2 says no'), {
            name: versions ? 'InvalidPrefixListVersion.NotFound' : 'InvalidPrefixListID.NotFound',
            $metadata: { httpStatusCode: 400 },
          });
        return { Entries: entries.map((Cidr) => ({ Cidr })) };
      });
    }
    if (command instanceof AuthorizeSecurityGroupIngressCommand) return this.authorized('ingress', command.input);
    if (command instanceof AuthorizeSecurityGroupEgressCommand) return this.authorized('egress', command.input);
    if (command instanceof RevokeSecurityGroupIngressCommand) return this.revoked('ingress', command.input);
    if (command instanceof RevokeSecurityGroupEgressCommand) return this.revoked('egress', command.input);
    if (command instanceof ModifySecurityGroupRulesCommand) return this.modified(command.input);
    if (command instanceof CreateSecurityGroupCommand) {
      const { GroupName = '', VpcId = null, TagSpecifications = [] } = command.input;
      return this.call(`create ${GroupName}`, () => {
        const id = `sg-${this.nextId++}`.padEnd(11, '0');
        const tags = Object.fromEntries(TagSpecifications.flatMap(({ Tags = [] }) => Tags.map(({ Key = '', Value = '' }) => [Key, Value])));
        const egress = rulesOf([{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }], 'egress');
        this.add(
          id,
          egress.map((rule) => this.stored(rule)),
          { name: GroupName, vpcId: VpcId, tags },
        );
        return { GroupId: id };
      });
    }
    if (command instanceof DeleteSecurityGroupCommand) {
      const { GroupId = '' } = command.input;
      return this.call(`delete ${GroupId}`, () => {
        if (!this.groups.delete(GroupId)) throw refusal('group-not-found');
        return {};
      });
    }
    throw new Error('the simulated EC2 does not know this call');
  }

  /** Returns `words`, followed by the group ids if the simulated EC2 contains several groups. */
  private about(words: string, ids: readonly string[]): string {
    return this.groups.size > 1 ? `${words} ${ids.join(', ')}` : words;
  }

  private rulesPage(ids: readonly string[], start: number): object {
    const items = ids.flatMap((id) => (this.groups.has(id) ? this.shown(id).map((rule) => this.itemOf(id, rule)) : []));
    const end = start + this.pageSize;
    return { SecurityGroupRules: items.slice(start, end), ...(end < items.length && { NextToken: String(end) }) };
  }

  private itemsOf(ruleIds: readonly string[]): SecurityGroupRule[] {
    return [...this.groups].flatMap(([id, { rules }]) =>
      rules.filter(({ ruleId }) => ruleIds.includes(ruleId)).map((rule) => this.itemOf(id, rule)),
    );
  }

  private itemOf(id: string, rule: LiveRule): SecurityGroupRule {
    return itemOf(id, this.groups.get(id)?.facts.ownerId ?? ACCOUNT, rule);
  }

  private describe(ids: readonly string[] | undefined, filters: readonly Filter[] | undefined): SecurityGroup[] {
    if (ids?.some((id) => !this.groups.has(id)) === true) throw refusal('group-not-found');
    const [names, groupIds] = [valuesOf(filters, 'group-name'), ids ?? valuesOf(filters, 'group-id')];
    return [...this.groups.values()]
      .filter(({ facts: { id } }) => groupIds.length === 0 || groupIds.includes(id))
      .filter(({ facts: { name } }) => names.length === 0 || names.includes(name ?? ''))
      .filter(({ facts }) => meets(facts, filters))
      .map(({ facts: { id, name, vpcId, ownerId, tags } }) => ({
        GroupId: id,
        GroupName: name ?? undefined,
        VpcId: vpcId ?? undefined,
        OwnerId: ownerId ?? undefined,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        Description: `the group ${id}`,
        IpPermissions: permissionsOf(this.shown(id).filter(({ direction }) => direction === 'ingress')),
        IpPermissionsEgress: permissionsOf(this.shown(id).filter(({ direction }) => direction === 'egress')),
      }));
  }

  private authorized(direction: Direction, { GroupId = '', IpPermissions = [] }: WriteInput): Promise<object> {
    const added = rulesOf(IpPermissions, direction);
    return this.call(`${this.about('authorize', [GroupId])} ${added.map(formatRule).join(', ')}`, () => {
      const group = this.groupOf(GroupId);
      const keys = [...group.rules, ...added].map(identity);
      if (new Set(keys).size < keys.length) throw refusal('duplicate');
      const after = [...group.rules, ...added.map((rule) => this.stored(rule))];
      if (this.isOverQuota(after, direction, group.rules)) throw refusal('quota');
      const made = after.slice(group.rules.length);
      group.rules = after;
      return { SecurityGroupRules: made.map((rule) => this.itemOf(GroupId, rule)) };
    });
  }

  private revoked(direction: Direction, { GroupId = '', SecurityGroupRuleIds = [] }: WriteInput): Promise<object> {
    if (SecurityGroupRuleIds.length === 0) throw new Error('EC2 refuses a revocation without rule ids');
    const named = (id: string): LiveRule | undefined =>
      this.groups.get(GroupId)?.rules.find((rule) => rule.ruleId === id && rule.direction === direction);
    const words = SecurityGroupRuleIds.map((id) => named(id)).map((rule) => (rule === undefined ? 'a missing rule' : formatRule(rule)));
    return this.call(`${this.about('revoke', [GroupId])} ${words.join(', ')}`, () => {
      const group = this.groupOf(GroupId);
      if (this.forgetsToRevoke) return { Return: true, ...(this.namesWhatItForgot && { UnknownIpPermissions: [{ IpProtocol: '-1' }] }) };
      if (SecurityGroupRuleIds.some((id) => named(id) === undefined)) throw refusal('rule-not-found');
      group.rules = group.rules.filter((rule) => !SecurityGroupRuleIds.includes(rule.ruleId));
      return { Return: true };
    });
  }

  private modified({ GroupId = '', SecurityGroupRules = [] }: ModifyInput): Promise<object> {
    const [{ SecurityGroupRuleId, SecurityGroupRule: wanted = {} } = {}] = SecurityGroupRules;
    const old = this.groups.get(GroupId)?.rules.find(({ ruleId }) => ruleId === SecurityGroupRuleId);
    const rule = ruleOf(wanted, old?.direction ?? 'ingress');
    const words = `${old === undefined ? 'a missing rule' : formatRule(old)} by ${formatRule(rule)}`;
    return this.call(`${this.about('replace', [GroupId])} ${words}`, () => {
      const group = this.groupOf(GroupId);
      if (old === undefined || !group.rules.includes(old)) throw refusal('rule-not-found');
      if (old.source.kind !== rule.source.kind) throw refusal('refused');
      const others = group.rules.filter((other) => other !== old);
      if (others.some((other) => identity(other) === identity(rule))) throw refusal('duplicate');
      group.rules = [...others, { ...this.stored(rule), ruleId: old.ruleId, tags: old.tags }];
      return { Return: true };
    });
  }

  private groupOf(id: string): Group {
    const group = this.groups.get(id);
    if (group === undefined) throw refusal('group-not-found');
    if (group.facts.ownerId !== ACCOUNT) throw refusal('denied');
    return group;
  }

  /** Returns the rule as EC2 stores it: with an id, and with the account of its source group. */
  private stored(rule: Rule): LiveRule {
    const source = rule.source.kind === 'group' ? { userId: ACCOUNT, ...rule.source } : rule.source;
    return { ...rule, source, ruleId: `sgr-${this.nextId++}`, tags: {} };
  }

  /**
   * Reports whether the change exceeds the quota. If a test has lowered the quota below the number of rules, only a change that adds rules
   * exceeds the quota.
   */
  private isOverQuota(after: readonly LiveRule[], direction: Direction, before: readonly LiveRule[]): boolean {
    return (['ipv4', 'ipv6'] as const).some((family) => {
      const count = (rules: readonly LiveRule[]): number =>
        rules
          .filter((rule) => rule.direction === direction && rule.source.kind !== (family === 'ipv4' ? 'ipv6' : 'ipv4'))
          .reduce((sum, { source }) => sum + (source.kind === 'prefixList' ? this.prefixListWeight : 1), 0);
      return count(after) > Math.max(this.quota, count(before));
    });
  }

  private async call(words: string, run: () => object): Promise<object> {
    this.calls.push(words);
    const fault = await this.before(words);
    if (fault === 'unsent') throw Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' });
    if (fault !== undefined && fault !== 'unanswered' && fault !== 'garbled') throw refusal(fault);
    const answer = run();
    this.after(words);
    if (fault === 'unanswered') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    // The SDK throws this error if a response has a success status, but its body is not XML.
    if (fault === 'garbled') throw Object.assign(new Error('unexpected content'), { $metadata: { httpStatusCode: 200 } });
    return answer;
  }
}

interface WriteInput {
  readonly GroupId?: string;
  readonly IpPermissions?: readonly IpPermission[];
  readonly SecurityGroupRuleIds?: readonly string[];
}

interface ModifyInput {
  readonly GroupId?: string;
  readonly SecurityGroupRules?: readonly {
    readonly SecurityGroupRuleId?: string;
    readonly SecurityGroupRule?: SecurityGroupRuleRequest;
  }[];
}

/** Returns the error that the SDK throws if EC2 responds with an error. */
function refusal(kind: CallErrorKind): Error {
  const httpStatusCode = kind === 'transient' ? 503 : kind === 'denied' ? 403 : 400;
  return Object.assign(new Error('EC2 says no'), { name: CODES[kind], $metadata: { httpStatusCode } });
}

function meets({ vpcId, ownerId, tags }: GroupFacts, filters: readonly Filter[] = []): boolean {
  return filters.every(({ Name = '', Values = [] }) => {
    if (Name === 'vpc-id') return Values.includes(vpcId ?? '');
    if (Name === 'owner-id') return Values.includes(ownerId ?? '');
    return !Name.startsWith('tag:') || Values.includes(tags[Name.slice('tag:'.length)] ?? '');
  });
}

function valuesOf(filters: readonly Filter[] | undefined, name: string): readonly string[] {
  return filters?.find(({ Name }) => Name === name)?.Values ?? [];
}

/**
 * Returns a text that is equal for rules that EC2 considers duplicates. The text contains the id of a source group, but not the group's
 * account.
 */
function identity(rule: Rule): string {
  return rule.source.kind === 'group' ? ruleKey({ ...rule, source: { kind: 'group', groupId: rule.source.groupId } }) : ruleKey(rule);
}

function rulesOf(permissions: readonly IpPermission[], direction: Direction): readonly Rule[] {
  const read = readRules(permissions, { direction });
  if (!read.ok || read.value.length === 0) throw new Error('EC2 refuses a list of permissions that is empty or invalid');
  return read.value;
}

function ruleOf(wanted: SecurityGroupRuleRequest, direction: Direction): Rule {
  const { ReferencedGroupId, ...rest } = wanted;
  const group = ReferencedGroupId === undefined ? {} : { ReferencedGroupInfo: { GroupId: ReferencedGroupId } };
  const read = readSecurityGroupRule({ ...rest, ...group, IsEgress: direction === 'egress' }, 'rule');
  if (!read.ok) throw new Error('EC2 refuses an invalid rule');
  return read.value;
}

/** Returns the rule in the shape of DescribeSecurityGroupRules. */
function itemOf(GroupId: string, GroupOwnerId: string, rule: LiveRule): SecurityGroupRule {
  return {
    SecurityGroupRuleId: rule.ruleId,
    GroupId,
    GroupOwnerId,
    ...securityGroupRuleOf(rule),
    Tags: Object.entries(rule.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

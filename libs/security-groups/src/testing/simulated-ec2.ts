/** EC2 as far as the port can see it: batches all or nothing, a quota, conflicts, and faults where a test wants them. */
import { formatRule, readRules, ruleKey, type Direction, type IpPermission } from '@portcullis/permission-diff';
import { SecurityGroupCallError, type CallErrorKind } from '../errors.js';
import type { GroupFacts, LiveRule } from '../live-rule.js';
import type { SecurityGroups } from '../port.js';

const CODES: Record<CallErrorKind, string> = {
  duplicate: 'InvalidPermission.Duplicate',
  'rule-not-found': 'InvalidSecurityGroupRuleId.NotFound',
  'group-not-found': 'InvalidGroup.NotFound',
  quota: 'RulesPerSecurityGroupLimitExceeded',
  denied: 'UnauthorizedOperation',
  transient: 'RequestLimitExceeded',
  refused: 'InvalidParameterValue',
};

export class SimulatedEc2 implements SecurityGroups {
  /** The calls made, in order, in words. */
  readonly calls: string[] = [];
  /** Called before each call: may change `rules` as another writer would, or return an error to answer with. */
  before: (call: string) => CallErrorKind | undefined = () => undefined;
  /** What a read shows, by default the rules as they are. */
  shown: () => readonly LiveRule[] = () => this.rules;
  quota = 60;
  exists = true;
  private nextId = 100;

  constructor(public rules: readonly LiveRule[]) {}

  /** What the group lets in now, in words, sorted. */
  get state(): string[] {
    return this.rules.map(formatRule).sort();
  }

  readRules(): Promise<readonly LiveRule[]> {
    return this.answer('read', () => (this.exists ? this.shown() : []));
  }

  describeGroup(groupId: string): Promise<GroupFacts | undefined> {
    return this.answer('describe', () =>
      this.exists ? { groupId, name: 'web', vpcId: 'vpc-1', ownerId: '111122223333', tags: {} } : undefined,
    );
  }

  findGroupIds(groupName: string): Promise<readonly string[]> {
    return this.answer(`find ${groupName}`, () => ['sg-1']);
  }

  authorize(_groupId: string, direction: Direction, permissions: readonly IpPermission[]): Promise<void> {
    const read = readRules(permissions, { direction });
    if (!read.ok || read.value.length === 0) throw new Error('EC2 refuses these permissions');
    const added = read.value;
    return this.answer(`authorize ${added.map(formatRule).join(', ')}`, () => {
      if (!this.exists) throw this.error('group-not-found');
      const present = new Set(this.rules.map(ruleKey));
      if (added.some((rule) => present.has(ruleKey(rule)))) throw this.error('duplicate');
      if (this.rules.filter((rule) => rule.direction === direction).length + added.length > this.quota)
        throw this.error('quota');
      this.rules = [...this.rules, ...added.map((rule) => ({ ...rule, ruleId: `sgr-${this.nextId++}`, tags: {} }))];
    });
  }

  revoke(_groupId: string, direction: Direction, ruleIds: readonly string[]): Promise<void> {
    const named = (id: string): LiveRule | undefined =>
      this.rules.find((rule) => rule.ruleId === id && rule.direction === direction);
    const words = ruleIds
      .map((id) => named(id))
      .map((rule) => (rule === undefined ? 'a rule that is gone' : formatRule(rule)));
    if (ruleIds.length === 0) throw new Error('EC2 refuses a revocation of nothing');
    return this.answer(`revoke ${words.join(', ')}`, () => {
      if (ruleIds.some((id) => named(id) === undefined)) throw this.error('rule-not-found');
      this.rules = this.rules.filter((rule) => !ruleIds.includes(rule.ruleId));
    });
  }

  private async answer<T>(call: string, run: () => T): Promise<T> {
    this.calls.push(call);
    const fault = this.before(call);
    if (fault !== undefined) throw this.error(fault);
    return Promise.resolve(run());
  }

  private error(kind: CallErrorKind): SecurityGroupCallError {
    const operation = this.calls.at(-1)?.split(' ')[0] ?? '';
    return new SecurityGroupCallError(operation, CODES[kind], kind, `${operation}: ${CODES[kind]}`);
  }
}

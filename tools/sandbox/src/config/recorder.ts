/** AWS Config: records security groups as items and has the deployed rules judge them. */
import { isDeepStrictEqual } from 'node:util';
import type { GroupStates } from '../aws/call.js';
import type { Courier } from '../delivery/courier.js';
import type { Delivery } from '../delivery/delivery.js';
import { createQueue } from '../delivery/work.js';
import type { DeployedConfigRule, Deployment, Place } from '../deployment/deployment.js';
import { objectOf, textOf, type JsonObject } from '../json.js';
import type { Emit } from '../sandbox-event.js';
import type { Evaluations } from './evaluations.js';
import { deletedGroupItem, groupItem, itemDiff } from './item.js';
import { changeNotice, ruleEvent, scheduledNotice } from './notices.js';

export interface RecorderOptions {
  readonly courier: Courier;
  readonly evaluations: Evaluations;
  readonly deployments: readonly Deployment[];
  readonly readGroups: (place: Place) => Promise<GroupStates>;
  readonly emit: Emit;
}

/** A rule as it applies in one account and region. */
interface Judge {
  readonly rule: DeployedConfigRule;
  readonly place: Place;
  readonly roleArn: string;
}

export class ConfigRecorder {
  private readonly latest = new Map<string, JsonObject>();
  private readonly inTurn = createQueue();
  private lastStateId = 0;

  constructor(private readonly options: RecorderOptions) {}

  /** Records what a call changed and invokes the rules that are triggered by it. */
  changed(place: Place, before: GroupStates, after: GroupStates, cause: number | undefined): void {
    this.record(place, before, () => Promise.resolve(after), cause);
  }

  /** Records every group that is not recorded yet, as a recorder does when it is started, and invokes the rules. */
  discover(place: Place): void {
    this.record(place, {}, () => this.options.readGroups(place), undefined);
  }

  /** Has a rule judge everything recorded that is in its scope, as AWS Config does when a rule is put. */
  evaluate(ruleName: string, cause?: number): void {
    this.options.courier.plan('config', async () => {
      for (const item of [...this.latest.values()])
        await Promise.all(
          this.judgesOf(placeOf(item))
            .filter(({ rule }) => rule.name === ruleName)
            .map((judge) => this.judge(judge, item, undefined, cause)),
        );
    });
  }

  /** Sends a ScheduledNotification to the rules with that trigger, or to the one rule named, whether or not a recorder runs. */
  async schedule(ruleName?: string): Promise<readonly Delivery[]> {
    const sent: (Delivery | undefined)[] = [];
    for (const place of this.options.deployments) {
      const roleArn = place.recorderRoleArn ?? '';
      for (const rule of place.configRules)
        if (ruleName === undefined ? rule.messageTypes.includes('ScheduledNotification') : rule.name === ruleName)
          sent.push(await this.invoke({ rule, place, roleArn }, scheduledNotice(place.accountId), false, undefined));
    }
    return sent.filter((delivery) => delivery !== undefined);
  }

  ruleNames(): readonly string[] {
    return this.options.deployments.flatMap(({ configRules }) => configRules.map(({ name }) => name));
  }

  private record(place: Place, before: GroupStates, read: () => Promise<GroupStates>, cause: number | undefined): void {
    this.options.courier.plan('config', async () => {
      const recorded = await this.inTurn(async () => {
        if (this.roleIn(place) === null) return [];
        const after = await read();
        const gone = Object.entries(before).filter(([groupId]) => after[groupId] === undefined && this.latest.has(groupId));
        return [
          ...Object.entries(after).map(([groupId, { group }]) =>
            this.keep(groupId, groupItem(group, this.latest.has(groupId) ? 'OK' : 'ResourceDiscovered', this.nextTime(), place)),
          ),
          ...gone.map(([groupId, { group }]) => this.keep(groupId, deletedGroupItem(group, this.nextTime(), place))),
        ].filter((each) => each !== undefined);
      });
      const judges = this.judgesOf(place);
      await Promise.all(recorded.flatMap(({ item, previous }) => judges.map((judge) => this.judge(judge, item, previous, cause))));
    });
  }

  private keep(groupId: string, item: JsonObject): { readonly item: JsonObject; readonly previous: JsonObject | undefined } | undefined {
    const previous = this.latest.get(groupId);
    if (previous !== undefined && isSameContent(previous, item)) return undefined;
    if (item.configurationItemStatus === 'ResourceDeleted') this.latest.delete(groupId);
    else this.latest.set(groupId, item);
    return { item, previous };
  }

  private nextTime(): { readonly capture: Date; readonly stateId: number } {
    const capture = new Date();
    this.lastStateId = Math.max(this.lastStateId + 1, capture.getTime());
    return { capture, stateId: this.lastStateId };
  }

  /** The recorder's role; null when nothing is recorded there. */
  private roleIn({ accountId, region }: Place): string | null {
    const recording = this.options.deployments.filter((each) => each.accountId === accountId && each.region === region && each.isRecording);
    return recording.find(({ recorderRoleArn }) => recorderRoleArn !== null)?.recorderRoleArn ?? null;
  }

  /** The rules of the account itself, and those of its organization. */
  private judgesOf(place: Place): readonly Judge[] {
    const roleArn = this.roleIn(place) ?? '';
    return this.options.deployments
      .filter(({ region }) => region === place.region)
      .flatMap(({ accountId, configRules }) =>
        configRules
          .filter(({ organization }) =>
            organization === undefined ? accountId === place.accountId : !organization.excludedAccounts.includes(place.accountId),
          )
          .map((rule) => ({ rule, place, roleArn })),
      );
  }

  private async judge(judge: Judge, item: JsonObject, previous: JsonObject | undefined, cause: number | undefined): Promise<void> {
    const notice = changeNotice(item, itemDiff(previous, item));
    if (!judge.rule.messageTypes.includes(String(notice.messageType))) return;
    const isIn = isInScope(judge.rule, item);
    if (!isIn && (previous === undefined || !isInScope(judge.rule, previous))) return;
    await this.invoke(judge, notice, item.configurationItemStatus === 'ResourceDeleted' || !isIn, cause);
  }

  private async invoke(
    { rule, place, roleArn }: Judge,
    notice: JsonObject,
    eventLeftScope: boolean,
    cause: number | undefined,
  ): Promise<Delivery | undefined> {
    const { courier, evaluations } = this.options;
    const invoker = { principal: 'config.amazonaws.com', sourceArn: rule.arn, sourceAccount: place.accountId };
    const refusal = courier.refusal(rule.functionArn, invoker);
    if (refusal !== undefined) {
      this.options.emit({ type: 'not-delivered', reason: `Config rule \`${rule.name}\`: ${refusal}` });
      return undefined;
    }
    const resultToken = evaluations.issueToken(rule.name);
    const event = ruleEvent(rule, notice, { resultToken, eventLeftScope, executionRoleArn: roleArn, accountId: place.accountId });
    return courier.deliver({ kind: 'config', functionArn: rule.functionArn, ruleName: rule.name, event, cause });
  }
}

const placeOf = (item: JsonObject): Place => {
  const [, partition = '', , region = '', accountId = ''] = (textOf(item, 'ARN') ?? '').split(':');
  return { partition, region, accountId };
};

const isSameContent = (a: JsonObject, b: JsonObject): boolean =>
  isDeepStrictEqual([a.configuration, a.tags, a.relationships], [b.configuration, b.tags, b.relationships]);

/** By type, by type and id, or by tag; a rule without a scope has every resource. https://docs.aws.amazon.com/config/latest/APIReference/API_Scope.html */
function isInScope({ scope }: DeployedConfigRule, item: JsonObject): boolean {
  if (scope.types.length > 0 && !scope.types.includes(textOf(item, 'resourceType') ?? '')) return false;
  if (scope.id !== undefined && scope.id !== item.resourceId) return false;
  if (scope.tagKey === undefined) return true;
  const value = textOf(objectOf(item, 'tags'), scope.tagKey);
  return value !== undefined && (scope.tagValue === undefined || scope.tagValue === value);
}

/** AWS Config: records security groups as items, and invokes the deployed rules to evaluate them. */
import type { GroupStates } from './call.js';
import type { Delivery } from '../delivery/delivery.js';
import { createQueue } from '../delivery/work.js';
import type { DeployedConfigRule, Place } from '../deployment/deployment.js';
import { objectOf, textOf, type JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import { groupItem, isSameContent, itemDiff } from './item.js';

export class ConfigRecorder {
  private readonly latest = new Map<string, JsonObject>();
  private readonly inTurn = createQueue();
  private lastStateId = 0;

  constructor(private readonly sandbox: Sandbox) {}

  /** Records the change of a call, and invokes the rules that it triggers. */
  changed(place: Place, before: GroupStates, after: GroupStates, cause: number | undefined): void {
    this.record(place, before, () => Promise.resolve(after), cause);
  }

  /** Records every group that has no item, as a recorder does when it starts, and invokes the rules. */
  discover(place: Place): void {
    this.record(place, {}, () => this.sandbox.groups(place));
  }

  /** Invokes a rule for every recorded group in its scope, as AWS Config does for a new rule. */
  evaluate(ruleName: string, cause?: number): void {
    this.sandbox.courier.plan('config', async () => {
      for (const item of [...this.latest.values()]) {
        const place = placeOf(item);
        const rules = this.rulesIn(place).filter(({ name }) => name === ruleName);
        await Promise.all(rules.map((rule) => this.judge(rule, place, item, undefined, cause)));
      }
    });
  }

  /** Sends a ScheduledNotification to the rules with that trigger, or to the named rule, even if no recorder runs. */
  async schedule(ruleName?: string): Promise<readonly Delivery[]> {
    const sent: (Delivery | undefined)[] = [];
    for (const place of this.sandbox.deployments)
      for (const rule of place.configRules)
        if (ruleName === undefined ? rule.messageTypes.includes('ScheduledNotification') : rule.name === ruleName)
          sent.push(await this.invoke(rule, place, notice('ScheduledNotification', '1.0', { awsAccountId: place.accountId }), false));
    return sent.filter((delivery) => delivery !== undefined);
  }

  private record(place: Place, before: GroupStates, read: () => Promise<GroupStates>, cause?: number): void {
    this.sandbox.courier.plan('config', async () => {
      const recorded = await this.inTurn(async () => {
        if (this.roleIn(place) === null) return [];
        const after = await read();
        const gone = Object.keys(before).filter((groupId) => after[groupId] === undefined && this.latest.has(groupId));
        return [...Object.keys(after), ...gone].flatMap((groupId) => {
          const { group = {} } = after[groupId] ?? before[groupId] ?? {};
          const previous = this.latest.get(groupId);
          const isGone = after[groupId] === undefined;
          const status = isGone ? 'ResourceDeleted' : previous === undefined ? 'ResourceDiscovered' : 'OK';
          const item = groupItem(group, status, this.nextTime(), place);
          if (previous !== undefined && isSameContent(previous, item)) return [];
          if (isGone) this.latest.delete(groupId);
          else this.latest.set(groupId, item);
          return [{ item, previous }];
        });
      });
      const rules = this.rulesIn(place);
      await Promise.all(recorded.flatMap(({ item, previous }) => rules.map((rule) => this.judge(rule, place, item, previous, cause))));
    });
  }

  private nextTime(): { readonly capture: Date; readonly stateId: number } {
    const capture = new Date();
    this.lastStateId = Math.max(this.lastStateId + 1, capture.getTime());
    return { capture, stateId: this.lastStateId };
  }

  /** Returns the role of the recorder, or null if nothing is recorded there. */
  private roleIn({ accountId, region }: Place): string | null {
    const recording = this.sandbox.deployments.filter((each) => each.accountId === accountId && each.region === region && each.isRecording);
    return recording.find(({ recorderRoleArn }) => recorderRoleArn !== null)?.recorderRoleArn ?? null;
  }

  /** Returns the rules of the account and of its organization. */
  private rulesIn(place: Place): readonly DeployedConfigRule[] {
    const here = this.sandbox.deployments.filter(({ region }) => region === place.region);
    return here.flatMap(({ accountId, configRules }) =>
      configRules.filter(
        ({ organization }) => !(organization?.excludedAccounts.includes(place.accountId) ?? accountId !== place.accountId),
      ),
    );
  }

  private async judge(rule: DeployedConfigRule, place: Place, item: JsonObject, previous?: JsonObject, cause?: number): Promise<void> {
    const change = changeNotice(item, itemDiff(previous, item));
    if (!rule.messageTypes.includes(String(change.messageType))) return;
    const isIn = isInScope(rule, item);
    if (!isIn && (previous === undefined || !isInScope(rule, previous))) return;
    await this.invoke(rule, place, change, item.configurationItemStatus === 'ResourceDeleted' || !isIn, cause);
  }

  /** The event of a rule without parameters has no `ruleParameters`. */
  private async invoke(
    rule: DeployedConfigRule,
    place: Place,
    message: JsonObject,
    left: boolean,
    cause?: number,
  ): Promise<Delivery | undefined> {
    const { courier } = this.sandbox;
    const { name: ruleName, arn, functionArn, inputParameters } = rule;
    const refusal = courier.refusal(functionArn, 'config.amazonaws.com', arn, place.accountId);
    if (refusal !== undefined) {
      this.sandbox.emit({ type: 'not-delivered', reason: `Config rule \`${ruleName}\`: ${refusal}` });
      return undefined;
    }
    const event = {
      version: '1.0',
      invokingEvent: JSON.stringify(message),
      ...(inputParameters !== undefined && { ruleParameters: inputParameters }),
      resultToken: await this.sandbox.issueResultToken(ruleName, place),
      eventLeftScope: left,
      executionRoleArn: this.roleIn(place) ?? '',
      accountId: place.accountId,
      configRuleArn: arn,
      configRuleName: ruleName,
      configRuleId: arn.split('/').at(-1) ?? '',
    };
    return courier.deliver({ kind: 'config', functionArn, ruleName, event, cause });
  }
}

function placeOf(item: JsonObject): Place {
  const [, partition = '', , region = '', accountId = ''] = (textOf(item, 'ARN') ?? '').split(':');
  return { partition, region, accountId };
}

/** A scope selects by type, by type and id, or by tag. Without a scope, a rule applies to every resource. Source: https://docs.aws.amazon.com/config/latest/APIReference/API_Scope.html */
function isInScope({ scope }: DeployedConfigRule, item: JsonObject): boolean {
  if (scope.types.length > 0 && !scope.types.includes(textOf(item, 'resourceType') ?? '')) return false;
  if (scope.id !== undefined && scope.id !== item.resourceId) return false;
  if (scope.tagKey === undefined) return true;
  const value = textOf(objectOf(item, 'tags'), scope.tagKey);
  return value !== undefined && (scope.tagValue === undefined || scope.tagValue === value);
}

/** Instead of a longer notification, AWS Config sends a summary without the item. Source: https://docs.aws.amazon.com/config/latest/developerguide/how-does-config-work.html */
const MAX_NOTICE_BYTES = 256 * 1024;

const CONTENTS = ['relatedEvents', 'tags', 'relationships', 'configuration', 'supplementaryConfiguration'];

function notice(messageType: string, recordVersion: string, contents: JsonObject): JsonObject {
  return { ...contents, notificationCreationTime: new Date().toISOString(), messageType, recordVersion };
}

/** Returns the notification of a change, or its summary if the notification is too long. */
export function changeNotice(item: JsonObject, diff: JsonObject | null): JsonObject {
  const whole = notice('ConfigurationItemChangeNotification', '1.3', { configurationItemDiff: diff, configurationItem: item });
  if (Buffer.byteLength(JSON.stringify(whole)) <= MAX_NOTICE_BYTES) return whole;
  const summary = Object.fromEntries(Object.entries(item).filter(([key]) => !CONTENTS.includes(key)));
  const configurationItemSummary = { changeType: textOf(diff, 'changeType') ?? 'CREATE', ...summary };
  return notice('OversizedConfigurationItemChangeNotification', '1.0', { configurationItemSummary });
}

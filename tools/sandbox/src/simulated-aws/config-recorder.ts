/** Simulates AWS Config: records security groups as items, and invokes the deployed Config rules, which evaluate the groups. */
import type { GroupStates } from './call.js';
import type { Delivery } from '../delivery/delivery.js';
import { createJobQueue } from '../delivery/work.js';
import type { DeployedConfigRule, AwsLocation } from '../deployment/deployment.js';
import { json, type JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import { groupConfigItem, isSameConfigItem, configItemDiff } from './config-item.js';

export class ConfigRecorder {
  private readonly latest = new Map<string, JsonObject>();
  private readonly inTurn = createJobQueue();
  private lastStateId = 0;

  constructor(private readonly sandbox: Sandbox) {}

  /** Records the change that a call made, and invokes the Config rules that the change triggers. */
  changed(location: AwsLocation, before: GroupStates, after: GroupStates, cause: number | undefined): void {
    this.record(location, before, () => Promise.resolve(after), cause);
  }

  /** Records every group that has no item, and invokes the Config rules, as AWS Config does when a recorder starts. */
  discover(location: AwsLocation): void {
    this.record(location, {}, () => this.sandbox.groups(location));
  }

  /** Invokes a Config rule for every recorded group in the rule's scope, as AWS Config does for a new rule. */
  evaluate(ruleName: string, cause?: number): void {
    this.sandbox.courier.plan('config', async () => {
      for (const item of [...this.latest.values()]) {
        const location = locationOfSimulatedItem(item);
        const rules = this.rulesIn(location).filter(({ name }) => name === ruleName);
        await Promise.all(rules.map((rule) => this.judge(rule, location, item, undefined, cause)));
      }
    });
  }

  /**
   * Sends a ScheduledNotification to the named Config rule. Without a name, sends the notification to all Config rules with the trigger
   * `ScheduledNotification`. AWS Config sends ScheduledNotifications even if no recorder runs.
   */
  async schedule(ruleName?: string): Promise<readonly Delivery[]> {
    const sent: (Delivery | undefined)[] = [];
    for (const location of this.sandbox.deployments)
      for (const rule of location.configRules)
        if (ruleName === undefined ? rule.messageTypes.includes('ScheduledNotification') : rule.name === ruleName)
          sent.push(
            await this.invoke(
              rule,
              location,
              simulatedConfigNotification('ScheduledNotification', '1.0', { awsAccountId: location.accountId }),
              false,
            ),
          );
    return sent.filter((delivery) => delivery !== undefined);
  }

  private record(location: AwsLocation, before: GroupStates, read: () => Promise<GroupStates>, cause?: number): void {
    this.sandbox.courier.plan('config', async () => {
      const recorded = await this.inTurn(async () => {
        if (this.roleIn(location) === null) return [];
        const after = await read();
        const gone = Object.keys(before).filter((groupId) => after[groupId] === undefined && this.latest.has(groupId));
        return [...Object.keys(after), ...gone].flatMap((groupId) => {
          const { group = {} } = after[groupId] ?? before[groupId] ?? {};
          const previous = this.latest.get(groupId);
          const isGone = after[groupId] === undefined;
          const status = isGone ? 'ResourceDeleted' : previous === undefined ? 'ResourceDiscovered' : 'OK';
          const item = groupConfigItem(group, status, this.nextTime(), location);
          if (previous !== undefined && isSameConfigItem(previous, item)) return [];
          if (isGone) this.latest.delete(groupId);
          else this.latest.set(groupId, item);
          return [{ item, previous }];
        });
      });
      const rules = this.rulesIn(location);
      await Promise.all(recorded.flatMap(({ item, previous }) => rules.map((rule) => this.judge(rule, location, item, previous, cause))));
    });
  }

  private nextTime(): { readonly capture: Date; readonly stateId: number } {
    const capture = new Date();
    this.lastStateId = Math.max(this.lastStateId + 1, capture.getTime());
    return { capture, stateId: this.lastStateId };
  }

  /** Returns the ARN of the recorder's role in this account and region, or null if no recorder runs there. */
  private roleIn({ accountId, region }: AwsLocation): string | null {
    const recording = this.sandbox.deployments.filter((each) => each.accountId === accountId && each.region === region && each.isRecording);
    return recording.find(({ recorderRoleArn }) => recorderRoleArn !== null)?.recorderRoleArn ?? null;
  }

  /** Returns the Config rules that apply to the account: its own rules and the rules of its organization. */
  private rulesIn(location: AwsLocation): readonly DeployedConfigRule[] {
    const here = this.sandbox.deployments.filter(({ region }) => region === location.region);
    return here.flatMap(({ accountId, configRules }) =>
      configRules.filter(
        ({ organization }) => !(organization?.excludedAccounts.includes(location.accountId) ?? accountId !== location.accountId),
      ),
    );
  }

  private async judge(
    rule: DeployedConfigRule,
    location: AwsLocation,
    item: JsonObject,
    previous?: JsonObject,
    cause?: number,
  ): Promise<void> {
    const change = simulatedItemChange(item, configItemDiff(previous, item));
    if (!rule.messageTypes.includes(String(change.messageType)) || !isInConfigRuleScope(rule, item)) return;
    await this.invoke(rule, location, change, item.configurationItemStatus === 'ResourceDeleted', cause);
  }

  /** Invokes the function of a Config rule. The event has no `ruleParameters`, because the rules of Portcullis have no parameters. */
  private async invoke(
    rule: DeployedConfigRule,
    location: AwsLocation,
    message: JsonObject,
    left: boolean,
    cause?: number,
  ): Promise<Delivery | undefined> {
    const { courier } = this.sandbox;
    const { name: ruleName, arn, functionArn } = rule;
    const refusal = courier.refusal(functionArn, 'config.amazonaws.com', arn, location.accountId);
    if (refusal !== undefined) {
      this.sandbox.emit({ type: 'not-delivered', reason: `Config rule \`${ruleName}\`: ${refusal}` });
      return undefined;
    }
    const event = {
      version: '1.0',
      invokingEvent: JSON.stringify(message),
      resultToken: await this.sandbox.issueResultToken(ruleName, location),
      eventLeftScope: left,
      executionRoleArn: this.roleIn(location) ?? '',
      accountId: location.accountId,
      configRuleArn: arn,
      configRuleName: ruleName,
      configRuleId: arn.split('/').at(-1) ?? '',
    };
    return courier.deliver({ kind: 'config', functionArn, ruleName, event, cause });
  }
}

function locationOfSimulatedItem(item: JsonObject): AwsLocation {
  const [, partition = '', , region = '', accountId = ''] = (json.text(item, 'ARN') ?? '').split(':');
  return { partition, region, accountId };
}

/**
 * A scope selects resources by type, or by type and id. A rule without a scope applies to every resource. Scopes by tag are not simulated.
 * Source: https://docs.aws.amazon.com/config/latest/APIReference/API_Scope.html
 */
function isInConfigRuleScope({ scope }: DeployedConfigRule, item: JsonObject): boolean {
  if (scope.types.length > 0 && !scope.types.includes(json.text(item, 'resourceType') ?? '')) return false;
  return scope.id === undefined || scope.id === item.resourceId;
}

/**
 * The maximum size of a notification. If a notification is larger, AWS Config sends a summary without the item. Source:
 * https://docs.aws.amazon.com/config/latest/developerguide/how-does-config-work.html
 */
const MAX_NOTICE_BYTES = 256 * 1024;

const CONTENTS = ['relatedEvents', 'tags', 'relationships', 'configuration', 'supplementaryConfiguration'];

function simulatedConfigNotification(messageType: string, recordVersion: string, contents: JsonObject): JsonObject {
  return { ...contents, notificationCreationTime: new Date().toISOString(), messageType, recordVersion };
}

/** Returns the notification of a change, or a summary if the notification would be too long. */
export function simulatedItemChange(item: JsonObject, diff: JsonObject | null): JsonObject {
  const whole = simulatedConfigNotification('ConfigurationItemChangeNotification', '1.3', {
    configurationItemDiff: diff,
    configurationItem: item,
  });
  if (Buffer.byteLength(JSON.stringify(whole)) <= MAX_NOTICE_BYTES) return whole;
  const summary = Object.fromEntries(Object.entries(item).filter(([key]) => !CONTENTS.includes(key)));
  const configurationItemSummary = { changeType: json.text(diff, 'changeType') ?? 'CREATE', ...summary };
  return simulatedConfigNotification('OversizedConfigurationItemChangeNotification', '1.0', { configurationItemSummary });
}

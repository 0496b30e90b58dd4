import type { ConfigRule } from '@aws-sdk/client-config-service';
import { textOf, type JsonObject } from './json.js';
import type { Place } from './mends/rule-responses.js';

/** Config's notices are at most 256 KB; a longer one is sent as a summary without the item. */
export const noticeLimitBytes = 256 * 1024;

const recordVersion = '1.3';

export const changeNotice = (item: JsonObject, diff: JsonObject | null, time: Date): JsonObject => ({
  configurationItemDiff: diff,
  configurationItem: item,
  notificationCreationTime: time.toISOString(),
  messageType: 'ConfigurationItemChangeNotification',
  recordVersion,
});

const withoutContents = (item: JsonObject): JsonObject => {
  const contents = ['relatedEvents', 'tags', 'relationships', 'configuration', 'supplementaryConfiguration'];
  return Object.fromEntries(Object.entries(item).filter(([key]) => !contents.includes(key)));
};

export const oversizedNotice = (item: JsonObject, diff: JsonObject | null, time: Date): JsonObject => ({
  configurationItemSummary: { changeType: textOf(diff, 'changeType') ?? 'CREATE', ...withoutContents(item) },
  messageType: 'OversizedConfigurationItemChangeNotification',
  notificationCreationTime: time.toISOString(),
  recordVersion: '1.0',
});

export const scheduledNotice = (time: Date, { accountId }: Place): JsonObject => ({
  awsAccountId: accountId,
  notificationCreationTime: time.toISOString(),
  messageType: 'ScheduledNotification',
  recordVersion: '1.0',
});

/**
 * The event with which AWS Config invokes a custom rule's function. A rule without parameters has no `ruleParameters`.
 */
export const ruleEvent = (
  rule: ConfigRule,
  notice: JsonObject,
  more: {
    readonly resultToken: string;
    readonly eventLeftScope: boolean;
    readonly executionRoleArn: string;
    readonly accountId: string;
  },
): JsonObject => ({
  version: '1.0',
  invokingEvent: JSON.stringify(notice),
  ...(rule.InputParameters !== undefined && rule.InputParameters !== '' && { ruleParameters: rule.InputParameters }),
  resultToken: more.resultToken,
  eventLeftScope: more.eventLeftScope,
  executionRoleArn: more.executionRoleArn,
  configRuleArn: rule.ConfigRuleArn,
  configRuleName: rule.ConfigRuleName,
  configRuleId: rule.ConfigRuleId,
  accountId: more.accountId,
});

/** What AWS Config sends to the function of a custom rule. */
import type { DeployedConfigRule } from '../deployment/deployment.js';
import { textOf, type JsonObject } from '../json.js';

/** A notice is at most 256 KB; a longer one is sent as a summary without the item. https://docs.aws.amazon.com/config/latest/developerguide/how-does-config-work.html */
const MAX_NOTICE_BYTES = 256 * 1024;

/** The notice of a change: whole, or a summary when it is too long. */
export function changeNotice(item: JsonObject, diff: JsonObject | null): JsonObject {
  const notificationCreationTime = new Date().toISOString();
  const whole = {
    configurationItemDiff: diff,
    configurationItem: item,
    notificationCreationTime,
    messageType: 'ConfigurationItemChangeNotification',
    recordVersion: '1.3',
  };
  if (Buffer.byteLength(JSON.stringify(whole)) <= MAX_NOTICE_BYTES) return whole;
  const contents = ['relatedEvents', 'tags', 'relationships', 'configuration', 'supplementaryConfiguration'];
  const summary = Object.fromEntries(Object.entries(item).filter(([key]) => !contents.includes(key)));
  return {
    configurationItemSummary: { changeType: textOf(diff, 'changeType') ?? 'CREATE', ...summary },
    messageType: 'OversizedConfigurationItemChangeNotification',
    notificationCreationTime,
    recordVersion: '1.0',
  };
}

export const scheduledNotice = (accountId: string): JsonObject => ({
  awsAccountId: accountId,
  notificationCreationTime: new Date().toISOString(),
  messageType: 'ScheduledNotification',
  recordVersion: '1.0',
});

/** The event with which AWS Config invokes the function. A rule without parameters has no `ruleParameters`. */
export const ruleEvent = (
  { name, arn, inputParameters }: DeployedConfigRule,
  notice: JsonObject,
  more: { readonly resultToken: string; readonly eventLeftScope: boolean; readonly executionRoleArn: string; readonly accountId: string },
): JsonObject => ({
  version: '1.0',
  invokingEvent: JSON.stringify(notice),
  ...(inputParameters !== undefined && { ruleParameters: inputParameters }),
  ...more,
  configRuleArn: arn,
  configRuleName: name,
  configRuleId: arn.split('/').at(-1) ?? '',
});

/** What AWS Config sends to the function of a custom rule. */
import { textOf, type JsonObject } from '../json.js';

/** A notice is at most 256 KB; a longer one is sent as a summary without the item. https://docs.aws.amazon.com/config/latest/developerguide/how-does-config-work.html */
const MAX_NOTICE_BYTES = 256 * 1024;

const CONTENTS = ['relatedEvents', 'tags', 'relationships', 'configuration', 'supplementaryConfiguration'];

const notice = (messageType: string, recordVersion: string, contents: JsonObject): JsonObject => ({
  ...contents,
  notificationCreationTime: new Date().toISOString(),
  messageType,
  recordVersion,
});

/** The notice of a change: whole, or a summary when it is too long. */
export function changeNotice(item: JsonObject, diff: JsonObject | null): JsonObject {
  const whole = notice('ConfigurationItemChangeNotification', '1.3', { configurationItemDiff: diff, configurationItem: item });
  if (Buffer.byteLength(JSON.stringify(whole)) <= MAX_NOTICE_BYTES) return whole;
  const summary = Object.fromEntries(Object.entries(item).filter(([key]) => !CONTENTS.includes(key)));
  const configurationItemSummary = { changeType: textOf(diff, 'changeType') ?? 'CREATE', ...summary };
  return notice('OversizedConfigurationItemChangeNotification', '1.0', { configurationItemSummary });
}

export const scheduledNotice = (accountId: string): JsonObject => notice('ScheduledNotification', '1.0', { awsAccountId: accountId });

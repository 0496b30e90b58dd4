import { formatRule, formatSource, formatTraffic, type RecordedRule } from '@portcullis/permission-diff';
import type { Change, Tag } from '../event/change.js';
import { parseCloudTrailEvent, type ApiCall } from '../event/parse-cloudtrail-event.js';

/** Parses the event. Throws if the event is unreadable. */
export function callOf(event: unknown): ApiCall {
  const parsed = parseCloudTrailEvent(event);
  if (!parsed.ok) throw new Error(`unreadable event: ${JSON.stringify(parsed.problems)}`);
  return parsed.value;
}

/** Returns the change as one line of text, so that tests can compare changes. */
export function summaryOf(change: Change): string {
  switch (change.kind) {
    case 'authorize':
      return `authorize ${change.direction}: ${rulesText(change.rules)}`;
    case 'revoke': {
      const ids = change.undescribedRuleIds.length === 0 ? '' : ` | undescribed: ${change.undescribedRuleIds.join(', ')}`;
      const unmatched = change.unmatched.length === 0 ? '' : ` | unmatched: ${rulesText(change.unmatched)}`;
      return `revoke ${change.direction}: ${rulesText(change.rules)}${ids}${unmatched}`;
    }
    case 'modify':
      return `modify: ${change.rules
        .map(
          ({ ruleId, traffic, source, description }) =>
            `${String(ruleId)} ${formatTraffic(traffic)} with ${formatSource(source)}${quoted(description)}`,
        )
        .join(', ')}`;
    case 'descriptions': {
      const byId = change.byRuleId.map(({ ruleId, description }) => `${ruleId}${quoted(description ?? 'none')}`);
      return `descriptions ${change.direction}: ${[rulesText(change.rules), ...byId].filter((text) => text !== '').join(', ')}`;
    }
    case 'create':
      return `create ${String(change.groupName)}${tagsText(change.tags)}`;
    case 'delete':
      return 'delete';
    case 'prefix-list':
      return change.action === 'restore'
        ? `prefix list restored from version ${String(change.fromVersion)} to version ${String(change.version)}`
        : `prefix list of version ${String(change.fromVersion)}: +${change.added.map(formatSource).join(' +')} -${change.removed.map(formatSource).join(' -')}`;
    case 'association':
      return `${change.action} ${String(change.vpcId)}`;
    case 'tags':
      return `tags ${change.action}:${tagsText(change.tags)}`;
    case 'unknown':
      return 'unknown';
  }
}

function rulesText(rules: readonly RecordedRule[]): string {
  return rules.map((rule) => `${rule.ruleId === null ? '' : `${rule.ruleId} `}${formatRule(rule)}${quoted(rule.description)}`).join(', ');
}

function tagsText(tags: readonly Tag[]): string {
  return tags.map(({ key, value }) => ` ${key}=${String(value)}`).join('');
}

function quoted(text: string | undefined): string {
  return text === undefined ? '' : ` "${text}"`;
}

import { ruleKey, type Source, type Traffic } from '@portcullis/permission-diff';
import type { ApiCall } from '../event/parse-cloudtrail-event.js';

/**
 * Returns the content of a rule as a text: its traffic and its source, without the direction. Omits the account of a source group, because
 * some records lack the account.
 */
export function ruleContentInHistory({ traffic, source }: { readonly traffic: Traffic; readonly source: Source }): string {
  return ruleKey({ direction: 'ingress', traffic, source: source.kind === 'group' ? { kind: 'group', groupId: source.groupId } : source });
}

/** Compares two calls by time. Times are ISO 8601 texts in UTC with whole seconds, so the order of the texts is the order of the times. */
export function byCallTime(a: ApiCall, b: ApiCall): number {
  return a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0;
}

import { ruleKey, type Source, type Traffic } from '@portcullis/permission-diff';
import type { ApiCall } from '../event/parse-cloudtrail-event.js';

/**
 * Returns the traffic and the source of a rule as a text, without the direction. Leaves out the account of a source group, because some
 * records lack the account.
 */
export function ruleContentInHistory({ traffic, source }: { readonly traffic: Traffic; readonly source: Source }): string {
  return ruleKey({ direction: 'ingress', traffic, source: source.kind === 'group' ? { kind: 'group', groupId: source.groupId } : source });
}

/** Compares two calls by time. The times are ISO 8601 texts in UTC with whole seconds, so they sort as texts. */
export function byCallTime(a: ApiCall, b: ApiCall): number {
  return a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0;
}

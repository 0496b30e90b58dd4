import { ruleKey, type Source, type Traffic } from '@portcullis/permission-diff';
import type { ApiCall } from '../call/parse-cloudtrail-event.js';

/** Returns a text that is equal exactly for equal traffic and source. Some records lack the account of a source group. */
export function contentOf({ traffic, source }: { readonly traffic: Traffic; readonly source: Source }): string {
  return ruleKey({ direction: 'ingress', traffic, source: source.kind === 'group' ? { kind: 'group', groupId: source.groupId } : source });
}

/** Times of records are ISO 8601 in UTC with seconds, so they order as texts. */
export function byTime(a: ApiCall, b: ApiCall): number {
  return a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0;
}

import { ruleKey, type Source, type Traffic } from '@portcullis/permission-diff';
import type { ApiCall } from '../event/parse-cloudtrail-event.js';

/** Returns a text that identifies the traffic and the source. Omits the account of a source group, because some records lack it. */
export function recordedRuleContent({ traffic, source }: { readonly traffic: Traffic; readonly source: Source }): string {
  return ruleKey({ direction: 'ingress', traffic, source: source.kind === 'group' ? { kind: 'group', groupId: source.groupId } : source });
}

/** Orders by time. Records have ISO 8601 times in UTC with seconds, so the texts sort by time. */
export function byCallTime(a: ApiCall, b: ApiCall): number {
  return a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0;
}

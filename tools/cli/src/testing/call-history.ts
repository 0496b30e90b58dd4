import type { ApiCall } from '@portcullis/cloudtrail';
import type { HistoryPage, LookUpCalls } from '../who/history-reader.js';

/**
 * Simulates CloudTrail's history. Each page has one call, and the first page has the newest call. `asked` counts the pages that were read,
 * by the name of the call.
 */
export function callHistory(calls: readonly ApiCall[]): { readonly lookUp: LookUpCalls; readonly asked: Readonly<Record<string, number>> } {
  const asked: Record<string, number> = {};
  const newestFirst = [...calls].sort((a, b) => (a.eventTime < b.eventTime ? 1 : a.eventTime > b.eventTime ? -1 : 0));
  async function* lookUp(eventName: string): AsyncGenerator<HistoryPage> {
    for (const call of newestFirst.filter((each) => each.eventName === eventName)) {
      asked[eventName] = (asked[eventName] ?? 0) + 1;
      yield await Promise.resolve({ calls: [call], oldest: call.eventTime });
    }
  }
  return { lookUp, asked };
}

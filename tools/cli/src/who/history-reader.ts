/** Reads CloudTrail's event history by event name, for all groups of an account and region. */
import type { ApiCall } from '@portcullis/cloudtrail';

/** One response of LookupEvents. */
export interface HistoryPage {
  /** The readable calls. */
  readonly calls: readonly ApiCall[];
  /** The time of the oldest event in the page: ISO 8601, UTC. Null if the page is empty. */
  readonly oldest: string | null;
}

/** Yields pages of the calls with this event name in the account and region, newest first. */
export type LookUpCalls = (eventName: string) => AsyncIterable<HistoryPage>;

/** Collects calls with several event names. Calls before `since` may be missing. */
export class HistoryReader {
  /** The calls that were read, except calls before `since`. */
  readonly calls: ApiCall[] = [];
  requests = 0;
  private from = '';

  constructor(private readonly lookUp: LookUpCalls) {}

  /** How far back the history was read for every event name: ISO 8601, UTC. Null if the maximum number of requests was not reached. */
  get since(): string | null {
    return this.from === '' ? null : this.from;
  }

  /**
   * Reads pages until `isEnough` returns true, `maxRequests` requests were made, or a page is older than `since`. Rejects if CloudTrail
   * fails.
   */
  async read(eventName: string, maxRequests: number, isEnough: () => boolean): Promise<void> {
    const last = this.requests + maxRequests;
    for await (const { calls, oldest } of this.lookUp(eventName)) {
      this.requests += 1;
      // Drops calls before `from`. For another event name, such old calls were not read, so an unread call may have changed the same rule
      // after the dropped call.
      this.calls.push(...calls.filter(({ eventTime }) => eventTime >= this.from));
      if (isEnough() || (oldest ?? this.from) < this.from) return;
      if (this.requests >= last) {
        this.from = oldest ?? this.from;
        return;
      }
    }
  }
}

/** Returns a lookup that requests each page only once, even for several readers. */
export function rememberPagesForWho(lookUp: LookUpCalls): LookUpCalls {
  const known = new Map<string, { readonly pages: HistoryPage[]; readonly rest: AsyncIterator<HistoryPage> }>();
  return async function* (eventName) {
    const history = known.get(eventName) ?? { pages: [], rest: lookUp(eventName)[Symbol.asyncIterator]() };
    known.set(eventName, history);
    for (let i = 0; ; i += 1) {
      if (i === history.pages.length) {
        const next = await history.rest.next();
        if (next.done === true) return;
        history.pages.push(next.value);
      }
      const page = history.pages[i];
      if (page !== undefined) yield page;
    }
  };
}

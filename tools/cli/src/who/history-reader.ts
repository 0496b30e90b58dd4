/** Reads CloudTrail's event history, which is asked by the name of a call: one answer is about all groups of an account and region. */
import type { ApiCall } from '@portcullis/cloudtrail';

/** One answer of LookupEvents. */
export interface HistoryPage {
  /** The readable calls. */
  readonly calls: readonly ApiCall[];
  /** The time of the oldest event in the page: ISO 8601, UTC. Null if the page is empty. */
  readonly oldest: string | null;
}

/** Yields pages of the calls with this name in the account and region, newest first. */
export type LookUpCalls = (eventName: string) => AsyncIterable<HistoryPage>;

/** Collects the calls of several names, and remembers how far back all of them were read. */
export class HistoryReader {
  /** The calls that were read. */
  readonly calls: ApiCall[] = [];
  requests = 0;
  private from = '';

  constructor(private readonly lookUp: LookUpCalls) {}

  /** How far back the history was read: ISO 8601, UTC. Null if it was read as far back as needed, or to its end, 90 days back. */
  get since(): string | null {
    return this.from === '' ? null : this.from;
  }

  /** Reads the calls until they are enough, or until the next page would be one too many or too old. Rejects if CloudTrail fails. */
  async read(eventName: string, maxRequests: number, isEnough: () => boolean): Promise<void> {
    const last = this.requests + maxRequests;
    for await (const { calls, oldest } of this.lookUp(eventName)) {
      this.requests += 1;
      // A rule may have been changed by an older call of another name that was not read, so nothing older proves anything.
      this.calls.push(...calls.filter(({ eventTime }) => eventTime >= this.from));
      if (isEnough() || (oldest ?? this.from) < this.from) return;
      if (this.requests >= last) {
        this.from = oldest ?? this.from;
        return;
      }
    }
  }
}

/** Returns a lookup that asks for each page only once. */
export function remembered(lookUp: LookUpCalls): LookUpCalls {
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

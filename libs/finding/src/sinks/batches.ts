import type { Finding } from '../finding/finding.js';
import type { Undelivered } from './sink.js';

export interface BatchLimits<T> {
  readonly maxItems: number;
  readonly maxBytes?: number;
  readonly bytesOf?: (item: T) => number;
}

/**
 * Sends the items in batches. If a batch fails, continues with the next batch. Returns the ids of the undelivered findings, with the
 * reasons.
 */
export async function sendFindingsInBatches<T extends { readonly finding: Finding }>(
  items: readonly T[],
  limits: BatchLimits<T>,
  send: (batch: readonly T[]) => Promise<readonly Undelivered[]>,
): Promise<Undelivered[]> {
  const undelivered: Undelivered[] = [];
  for (const batch of sinkBatches(items, limits)) {
    try {
      undelivered.push(...(await send(batch)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      undelivered.push(...batch.map(({ finding }) => ({ findingId: finding.id, reason })));
    }
  }
  return undelivered;
}

/**
 * Splits the items into batches of at most `maxItems` items and `maxBytes` bytes, and keeps the order. An item larger than `maxBytes` gets
 * its own batch.
 */
export function sinkBatches<T>(items: readonly T[], { maxItems, maxBytes = Infinity, bytesOf = () => 0 }: BatchLimits<T>): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    if (batch.length > 0 && (batch.length === maxItems || bytes + size > maxBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

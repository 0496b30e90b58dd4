/** How bad a drift is, by what became reachable. */
import { areRulesWorldOpen, type Addresses, type Rule } from '@portcullis/permission-diff';
import { exposedServices } from '@portcullis/permission-diff/exposure';
import type { Severity } from './finding.js';

/** What prefix lists hold, by id. A list that is in neither lets in nobody, as far as is known. */
export interface PrefixLists {
  /** The blocks of those that could be read. */
  readonly addresses: Addresses;
  /** Those that could not be read. */
  readonly unread: Readonly<Record<string, unknown>>;
}

const NO_LISTS: PrefixLists = { addresses: new Map(), unread: {} };

/**
 * Returns the severity of a drift: the worst of what lets in too much (`excess`) and what is missing (`missing`).
 *
 * @param lists what the prefix lists hold that the rules refer to. One that could not be read may hold anything, and makes it `high` at least.
 */
export function severityOfDrift(
  excess: readonly Rule[],
  missing: readonly Rule[],
  { addresses, unread }: PrefixLists = NO_LISTS,
): Severity {
  // Egress lets nobody in.
  const ingress = excess.filter(({ direction }) => direction === 'ingress');
  if (exposedServices(ingress, addresses).length > 0) return 'critical';
  if (areRulesWorldOpen(ingress, addresses)) return 'high';
  if (ingress.some(({ source }) => source.kind === 'prefixList' && source.prefixListId in unread)) return 'high';
  return excess.length > 0 || missing.length > 0 ? 'medium' : 'info';
}

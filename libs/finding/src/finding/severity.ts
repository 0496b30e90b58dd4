import { areRulesWorldOpen, type Addresses, type Rule } from '@portcullis/permission-diff';
import { exposedServices } from '@portcullis/permission-diff/exposure';
import type { Severity } from './finding.js';

/** The contents of prefix lists, by id. A list that appears nowhere here counts as empty. */
export interface PrefixLists {
  /** The blocks of the readable lists. */
  readonly addresses: Addresses;
  /** The lists that could not be read. */
  readonly unread: Readonly<Record<string, unknown>>;
}

const NO_LISTS: PrefixLists = { addresses: new Map(), unread: {} };

/**
 * Returns the severity of a drift: the severity of the worst rule among those to revoke (`excess`) and those to authorize (`missing`).
 *
 * @param lists the prefix lists that the rules refer to. A list that could not be read may contain anything, so the severity is at least
 * `high`.
 */
export function severityOfDrift(
  excess: readonly Rule[],
  missing: readonly Rule[],
  { addresses, unread }: PrefixLists = NO_LISTS,
): Severity {
  // Egress exposes nothing.
  const ingress = excess.filter(({ direction }) => direction === 'ingress');
  if (exposedServices(ingress, addresses).length > 0) return 'critical';
  if (areRulesWorldOpen(ingress, addresses)) return 'high';
  if (ingress.some(({ source }) => source.kind === 'prefixList' && source.prefixListId in unread)) return 'high';
  return excess.length > 0 || missing.length > 0 ? 'medium' : 'info';
}

import { areRulesWorldOpen, type Addresses, type Rule } from '@portcullis/permission-diff';
import { exposedServices } from '@portcullis/permission-diff/exposure';
import type { Severity } from './finding.js';

/** The contents of prefix lists, by list id. A list that is in neither field counts as empty. */
export interface PrefixLists {
  /** The blocks of the readable lists. */
  readonly addresses: Addresses;
  /** The lists that could not be read. */
  readonly unread: Readonly<Record<string, unknown>>;
}

const NO_LISTS: PrefixLists = { addresses: new Map(), unread: {} };

/**
 * Returns the severity of a drift, which is that of its worst rule. `excess` holds the rules to revoke, and `missing` the rules to
 * authorize.
 *
 * @param lists the prefix lists that the rules refer to. A list that could not be read may contain anything, so the severity is at least
 * `high`.
 * @param isAttached false if no network interface is in the group, so that the rules expose nothing now. If unknown, pass true. An
 * interface without a public address also counts as attached: a network load balancer or a global accelerator may send it traffic from the
 * internet that keeps the addresses of the clients.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation
 * @see https://docs.aws.amazon.com/global-accelerator/latest/dg/preserve-client-ip-address.html
 */
export function severityOfDrift(
  excess: readonly Rule[],
  missing: readonly Rule[],
  { addresses, unread }: PrefixLists = NO_LISTS,
  isAttached = true,
): Severity {
  // Egress exposes nothing.
  const ingress = excess.filter(({ direction }) => direction === 'ingress');
  if (exposedServices(ingress, addresses).length > 0) return isAttached ? 'critical' : 'high';
  if (isAttached && areRulesWorldOpen(ingress, addresses)) return 'high';
  if (ingress.some(({ source }) => source.kind === 'prefixList' && source.prefixListId in unread)) return 'high';
  return excess.length > 0 || missing.length > 0 ? 'medium' : 'info';
}

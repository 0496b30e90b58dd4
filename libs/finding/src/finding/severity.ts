import { areRulesWorldOpen, type Addresses, type Rule } from '@portcullis/permission-diff';
import { exposedServices } from '@portcullis/permission-diff/exposure';
import type { Severity } from './finding.js';

/** What is known about the contents of prefix lists. A list that is in neither field counts as empty. */
export interface PrefixLists {
  /** The CIDR blocks of each readable list, by list id. */
  readonly addresses: Addresses;
  /** The lists that could not be read, by list id. Only the keys matter. */
  readonly unread: Readonly<Record<string, unknown>>;
}

const NO_LISTS: PrefixLists = { addresses: new Map(), unread: {} };

/**
 * Returns the severity of a drift, which is the severity of its worst rule. `excess` contains the rules to revoke, and `missing` contains
 * the rules to authorize.
 *
 * @param lists the prefix lists that the rules refer to. A list that could not be read can contain any address, so ingress from such a list
 * is at least `high`.
 * @param isAttached pass false if no network interface is in the group, so the rules expose nothing now. If this is unknown, pass true.
 * Pass true even if no interface has a public address: a network load balancer or a global accelerator can forward traffic from the
 * internet to the interface and preserve the client addresses.
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

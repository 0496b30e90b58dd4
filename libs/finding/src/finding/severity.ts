import { areRulesWorldOpen, type Addresses, type Rule } from '@portcullis/permission-diff';
import { exposedServices } from '@portcullis/permission-diff/exposure';
import type { Severity } from './finding.js';

/** The entries of prefix lists. A list that is neither in `addresses` nor in `unread` counts as empty. */
export interface PrefixLists {
  /** The CIDR blocks of each readable list, by list id. */
  readonly addresses: Addresses;
  /** An object whose keys are the ids of the lists that could not be read. The values have no meaning. */
  readonly unread: Readonly<Record<string, unknown>>;
}

const NO_LISTS: PrefixLists = { addresses: new Map(), unread: {} };

/**
 * Returns the severity of the worst rule of a drift: `excess` contains the rules to revoke, `missing` the rules to authorize.
 *
 * @param lists the prefix lists that the rules refer to. Ingress from a list that could not be read is at least `high`, because the list
 * may be dangerous.
 * @param isAttached whether a network interface is in the group. True if unknown. False lowers the severity of world-open rules, because
 * the rules of an unused group expose nothing now. Pass true even if no interface has a public address: a network load balancer or a global
 * accelerator can forward internet traffic to the interface, and preserve the client addresses.
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

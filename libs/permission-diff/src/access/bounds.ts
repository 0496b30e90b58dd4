/** Bounds of traffic: which senders may use which services. */
import type { Source } from '../rule/source.js';
import type { Traffic } from '../rule/traffic.js';

export interface Bound {
  /** The traffic that the bound is about; all traffic: one `{ kind: 'all' }`. Not empty. Canonical order, no duplicates. */
  readonly services: readonly Traffic[];
  /** Blocks, groups and prefix lists that may use the services. Canonical order. */
  readonly senders: readonly Source[];
  /** Further security groups that may: none, those of the group's own account, or any. */
  readonly groups: 'none' | 'ownAccount' | 'any';
  /** Blocks that are not listed may have at least these prefix lengths. A family without a number may not be there at all. */
  readonly notWiderThan?: { readonly ipv4?: number; readonly ipv6?: number };
}

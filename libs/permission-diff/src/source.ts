/** Who a rule lets in. Addresses have an algebra; groups and prefix lists are opaque atoms until somebody resolves them. */
import { cidrsOverlap, type Ipv4Source, type Ipv6Source } from './cidr.js';

/** A security group: whatever is attached to it. `userId` is absent where the permission named no account. */
export interface GroupSource {
  readonly kind: 'group';
  readonly groupId: string;
  readonly userId?: string;
}

/** A managed prefix list: whatever it holds at the moment. */
export interface PrefixListSource {
  readonly kind: 'prefixList';
  readonly prefixListId: string;
}

export type Source = Ipv4Source | Ipv6Source | GroupSource | PrefixListSource;

/** Returns a text equal exactly for equal sources. */
export function sourceKey(source: Source): string {
  switch (source.kind) {
    case 'ipv4':
    case 'ipv6':
      return source.cidr;
    case 'group':
      return source.userId === undefined ? source.groupId : `${source.groupId}@${source.userId}`;
    case 'prefixList':
      return source.prefixListId;
  }
}

const KIND_ORDER = { ipv4: 0, ipv6: 1, group: 2, prefixList: 3 } as const;

/** Orders sources: IPv4, IPv6, groups, prefix lists; blocks by first address and then widest first, atoms by id. */
export function compareSources(a: Source, b: Source): number {
  if (a.kind === 'ipv4' && b.kind === 'ipv4') return a.first - b.first || a.prefixLength - b.prefixLength;
  if (a.kind === 'ipv6' && b.kind === 'ipv6') return compare(a.first, b.first) || a.prefixLength - b.prefixLength;
  return KIND_ORDER[a.kind] - KIND_ORDER[b.kind] || compare(sourceKey(a), sourceKey(b));
}

/** Reports whether some sender belongs to both. An atom overlaps only itself: nothing is known of what it holds. */
export function sourcesOverlap(a: Source, b: Source): boolean {
  if ((a.kind === 'ipv4' || a.kind === 'ipv6') && (b.kind === 'ipv4' || b.kind === 'ipv6')) return cidrsOverlap(a, b);
  if (a.kind === 'group' && b.kind === 'group') return a.groupId === b.groupId;
  return a.kind === b.kind && sourceKey(a) === sourceKey(b);
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

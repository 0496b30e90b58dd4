/** Who a rule lets in. Addresses have an algebra; groups and prefix lists are opaque atoms until somebody resolves them. */
import { blocksOverlap, compareBlocks, type Block } from './block.js';
import type { Ipv4Source, Ipv6Source } from './cidr.js';

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

/** Reports whether the source is a block of addresses. */
export function isBlock<S extends Block | Source>(source: S): source is Extract<S, Block> {
  return source.kind === 'ipv4' || source.kind === 'ipv6';
}

/** Returns a text equal exactly for equal sources. */
export function sourceKey(source: Source): string {
  if (source.kind === 'prefixList') return source.prefixListId;
  if (source.kind !== 'group') return source.cidr;
  return source.userId === undefined ? source.groupId : `${source.groupId}@${source.userId}`;
}

/** Orders sources: IPv4, IPv6, groups, prefix lists; blocks by first address and then widest first, the others by their keys. */
export function compareSources(a: Block | Source, b: Block | Source): number {
  if (!isBlock(a)) return isBlock(b) ? 1 : compareText(a.kind, b.kind) || compareText(sourceKey(a), sourceKey(b));
  if (!isBlock(b)) return -1;
  return a.kind === b.kind ? compareBlocks(a, b) : compareText(a.kind, b.kind);
}

/** Reports whether some sender belongs to both. An atom overlaps only itself: nothing is known of what it holds. */
export function sourcesOverlap(a: Source, b: Source): boolean {
  if (isBlock(a) && isBlock(b)) return blocksOverlap(a, b);
  if (a.kind === 'group' && b.kind === 'group') return a.groupId === b.groupId;
  return sourceKey(a) === sourceKey(b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

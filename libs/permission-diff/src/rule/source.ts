/** The source of a rule. Addresses have an algebra. Groups and prefix lists are opaque atoms until they are resolved. */
import { blocksOverlap, compareBlocks, type Block } from './block.js';
import type { Ipv4Source, Ipv6Source } from './cidr.js';

/** A security group: all its members are sources. `userId` is absent if the permission named no account. */
export interface GroupSource {
  readonly kind: 'group';
  readonly groupId: string;
  readonly userId?: string;
}

/** A managed prefix list: all its current entries are sources. */
export interface PrefixListSource {
  readonly kind: 'prefixList';
  readonly prefixListId: string;
}

export type Source = Ipv4Source | Ipv6Source | GroupSource | PrefixListSource;

/** Reports whether the source is a block of addresses. */
export function isBlock<S extends Block | Source>(source: S): source is Extract<S, Block> {
  return source.kind === 'ipv4' || source.kind === 'ipv6';
}

/** Returns a text that is equal exactly for equal sources. */
export function sourceKey(source: Source): string {
  if (source.kind === 'prefixList') return source.prefixListId;
  if (source.kind !== 'group') return source.cidr;
  return source.userId === undefined ? source.groupId : `${source.groupId}@${source.userId}`;
}

/**
 * Orders sources: IPv4, IPv6, groups, prefix lists. Blocks are ordered by first address, then widest first. The others are ordered by their
 * keys.
 */
export function compareSources(a: Block | Source, b: Block | Source): number {
  if (!isBlock(a)) return isBlock(b) ? 1 : compareText(a.kind, b.kind) || compareText(sourceKey(a), sourceKey(b));
  if (!isBlock(b)) return -1;
  return a.kind === b.kind ? compareBlocks(a, b) : compareText(a.kind, b.kind);
}

/** Reports whether some sender belongs to both sources. A group or prefix list overlaps only itself, because its addresses are unknown. */
export function sourcesOverlap(a: Source, b: Source): boolean {
  if (isBlock(a) && isBlock(b)) return blocksOverlap(a, b);
  if (a.kind === 'group' && b.kind === 'group') return a.groupId === b.groupId;
  return sourceKey(a) === sourceKey(b);
}

/** Reports whether every sender of `narrow` belongs to `wide`. A group or prefix list covers only itself. */
export function sourceCovers(wide: Source, narrow: Source): boolean {
  if (isBlock(wide) && isBlock(narrow)) return wide.prefixLength <= narrow.prefixLength && blocksOverlap(wide, narrow);
  return sourcesOverlap(wide, narrow);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The source of a rule: a block of addresses, a group or a prefix list. This file treats the addresses of groups and prefix lists as
 * unknown.
 */
import { cidrBlocksOverlap, compareIpv6Blocks, cidrAddressWord, type Block } from './block.js';

/** A security group as a source. `userId` is its account, or absent if the permission names no account. */
export interface GroupSource {
  readonly kind: 'group';
  readonly groupId: string;
  readonly userId?: string;
}

/** A managed prefix list as a source. */
export interface PrefixListSource {
  readonly kind: 'prefixList';
  readonly prefixListId: string;
}

export type Source = Block | GroupSource | PrefixListSource;

export function isBlockSource(source: Source): source is Block {
  return source.kind === 'ipv4' || source.kind === 'ipv6';
}

/** Returns the key of a source. Equal sources have equal keys, and different sources have different keys. */
export function sourceKey(source: Source): string {
  if (source.kind === 'prefixList') return source.prefixListId;
  if (source.kind !== 'group') return source.cidr;
  return source.userId === undefined ? source.groupId : `${source.groupId}@${source.userId}`;
}

/**
 * Compares sources for the canonical order: IPv4 blocks, IPv6 blocks, groups, prefix lists. Blocks are ordered by first address. If first
 * addresses are equal, the wider block comes first. Groups and prefix lists are ordered by their keys.
 */
export function compareSources(a: Source, b: Source): number {
  const difference = sourceRank(a) - sourceRank(b);
  if (difference !== 0) return difference;
  // Stryker disable ConditionalExpression,LogicalOperator: only the compiler needs both checks; sources of equal rank have one kind
  if (a.kind === 'ipv4' && b.kind === 'ipv4') return a.prefixLength - b.prefixLength;
  if (a.kind === 'ipv6' && b.kind === 'ipv6') return compareIpv6Blocks(a, b);
  // Stryker restore all
  const [one, other] = [sourceKey(a), sourceKey(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * Returns an integer below 2³⁴, for fast sorting. A source with a lower rank comes earlier in the canonical order. Several sources can have
 * the same rank.
 */
export function sourceRank(source: Source): number {
  if (source.kind === 'ipv4') return source.address >>> 0;
  if (source.kind === 'ipv6') return 2 ** 32 + (cidrAddressWord(source, 0) >>> 0);
  return source.kind === 'group' ? 2 ** 33 : 2 ** 33 + 1;
}

/** Reports whether the sources have common addresses. A group or prefix list overlaps only itself, because its addresses are unknown. */
export function sourcesOverlap(a: Source, b: Source): boolean {
  if (isBlockSource(a) && isBlockSource(b)) return cidrBlocksOverlap(a, b);
  if (a.kind === 'group' && b.kind === 'group') return a.groupId === b.groupId;
  return sourceKey(a) === sourceKey(b);
}

/**
 * Reports whether `wide` contains all addresses of `narrow`. A group or prefix list covers only itself, because its addresses are unknown.
 */
export function sourceCovers(wide: Source, narrow: Source): boolean {
  if (isBlockSource(wide) && isBlockSource(narrow)) return wide.prefixLength <= narrow.prefixLength && cidrBlocksOverlap(wide, narrow);
  return sourcesOverlap(wide, narrow);
}

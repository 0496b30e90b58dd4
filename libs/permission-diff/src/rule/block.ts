/** IPv4 and IPv6 blocks. Words are signed 32-bit integers, as JavaScript's bit operators return them, because that is fast. */

export type Block = Ipv4Block | Ipv6Block;

export interface Ipv4Block {
  readonly kind: 'ipv4';
  /** The first address. */
  readonly address: number;
  /** 0 to 32. */
  readonly prefixLength: number;
}

export interface Ipv6Block {
  readonly kind: 'ipv6';
  /** The four words of the first address, the most significant first. */
  readonly words: readonly number[];
  /** 0 to 128. */
  readonly prefixLength: number;
}

/** Orders blocks of one family by first address, then widest first. */
export function compareBlocks(a: Block, b: Block): number {
  let difference = (wordOf(a, 0) >>> 0) - (wordOf(b, 0) >>> 0);
  for (let i = 1; difference === 0 && i < wordsIn(a); i++) difference = (wordOf(a, i) >>> 0) - (wordOf(b, i) >>> 0);
  return difference || a.prefixLength - b.prefixLength;
}

/** Reports whether two blocks share an address. IPv4 and IPv6 blocks never do. */
export function blocksOverlap(a: Block, b: Block): boolean {
  // Two blocks are either nested or disjoint, so they overlap exactly when the wider block contains the narrower block.
  return a.kind === b.kind && commonLength(a, b) === Math.min(a.prefixLength, b.prefixLength);
}

/** Returns the prefix length of the narrowest block that contains both blocks. Both must have the same family. */
export function commonLength(a: Block, b: Block): number {
  const longest = Math.min(a.prefixLength, b.prefixLength);
  let shared = 0;
  for (let i = 0; shared === i * 32 && shared < longest; i++) shared += Math.clz32(wordOf(a, i) ^ wordOf(b, i));
  return Math.min(shared, longest);
}

/** Returns the block with this prefix length around the first address of the block. */
export function prefixOf(block: Block, prefixLength: number): Block {
  if (block.kind === 'ipv4') return { kind: 'ipv4', address: keepBits(block.address, prefixLength), prefixLength };
  return { kind: 'ipv6', words: block.words.map((word, i) => keepBits(word, prefixLength - i * 32)), prefixLength };
}

/** Takes the block with this prefix length around the block, and returns its sibling: the other half of the block one bit wider. */
export function siblingOf(block: Block, prefixLength: number): Block {
  const index = prefixLength - 1;
  if (block.kind === 'ipv4') return { kind: 'ipv4', address: keepBits(block.address ^ bitOf(index), prefixLength), prefixLength };
  const words = block.words.map((word, i) => (i === index >>> 5 ? word ^ bitOf(index) : word));
  return prefixOf({ kind: 'ipv6', words, prefixLength }, prefixLength);
}

/** Reports whether the block lies in the upper half of the wider block with this prefix length. */
export function isInUpperHalf(block: Block, prefixLength: number): boolean {
  return (wordOf(block, prefixLength >>> 5) & bitOf(prefixLength)) !== 0;
}

/** Returns the most significant word of the first address, unsigned. */
export function firstWordOf(block: Block): number {
  return wordOf(block, 0) >>> 0;
}

/**
 * Clears all but the `count` most significant bits. The case of 32 bits is separate because JavaScript treats a shift by 32 as a shift by
 * 0.
 */
export function keepBits(word: number, count: number): number {
  return count <= 0 ? 0 : word & (-1 << (count >= 32 ? 0 : 32 - count));
}

function wordOf(block: Block, index: number): number {
  return block.kind === 'ipv4' ? block.address : (block.words[index] ?? 0);
}

function wordsIn({ kind }: Block): number {
  return kind === 'ipv4' ? 1 : 4;
}

function bitOf(index: number): number {
  return 1 << (31 - (index & 31));
}

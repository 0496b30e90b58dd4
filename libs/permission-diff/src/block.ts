/** Blocks of addresses of either family in one shape, so that one algorithm serves both. */

export interface Block {
  /** The first address, most significant word first: one unsigned 32-bit word of IPv4, four of IPv6. */
  readonly words: readonly number[];
  readonly prefixLength: number;
}

/** Orders blocks of one family by first address, the widest first. */
export function compareBlocks(a: Block, b: Block): number {
  for (let i = 0; i < a.words.length; i++) {
    const difference = wordOf(a, i) - wordOf(b, i);
    if (difference !== 0) return difference;
  }
  return a.prefixLength - b.prefixLength;
}

/** Reports whether two blocks share an address. Families never mix. */
export function blocksOverlap(a: Block, b: Block): boolean {
  // Two blocks are nested or disjoint, so they overlap exactly when one of them holds both.
  return a.words.length === b.words.length && commonLength(a, b) === Math.min(a.prefixLength, b.prefixLength);
}

/** Returns the prefix length of the narrowest block that holds both, which are of one family. */
export function commonLength(a: Block, b: Block): number {
  const longest = Math.min(a.prefixLength, b.prefixLength);
  let shared = 0;
  for (let i = 0; shared === i * 32 && shared < longest; i++) shared += Math.clz32(wordOf(a, i) ^ wordOf(b, i));
  return Math.min(shared, longest);
}

/** Returns the block of the given prefix length that holds the address. */
export function prefixOf(address: readonly number[], prefixLength: number): Block {
  // Most addresses have one word: no function is called for it.
  const isOneWord = address.length === 1;
  return {
    words: isOneWord ? [keepBits(address[0] ?? 0, prefixLength)] : address.map((word, i) => keepBits(word, prefixLength - i * 32)),
    prefixLength,
  };
}

/** Returns half of the block: the lower, or the upper. */
export function halfOf({ words, prefixLength }: Block, upper: boolean): Block {
  return { words: upper ? flipBit(words, prefixLength) : words, prefixLength: prefixLength + 1 };
}

/** Reports whether the block lies in the upper half of the block of the given, shorter prefix length that holds it. */
export function isInUpperHalf(block: Block, length: number): boolean {
  return (wordOf(block, length >>> 5) & bitOf(length)) !== 0;
}

/** Returns the widest blocks that make up `outer` without `inner`, which lies in it. */
export function blocksBetween(outer: Block, inner: Block): readonly Block[] {
  const blocks: Block[] = [];
  for (let length = outer.prefixLength + 1; length <= inner.prefixLength; length++) {
    // The other half of what holds `inner` at that length.
    blocks.push(prefixOf(flipBit(inner.words, length - 1), length));
  }
  return blocks;
}

function flipBit(words: readonly number[], index: number): readonly number[] {
  return words.map((word, i) => (i === index >>> 5 ? (word ^ bitOf(index)) >>> 0 : word));
}

function wordOf({ words }: Block, index: number): number {
  return words[index] ?? 0;
}

function bitOf(index: number): number {
  return 1 << (31 - (index & 31));
}

/** Clears all but the `count` most significant bits. A shift by 32 is a shift by 0 in JavaScript. */
function keepBits(word: number, count: number): number {
  if (count >= 32) return word;
  return count <= 0 ? 0 : (word & (-1 << (32 - count))) >>> 0;
}

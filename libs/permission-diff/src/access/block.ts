/** Blocks of addresses of either family in one shape: 32-bit words and a prefix length, so that one algorithm serves both. */
import { formatIpv4Cidr, formatIpv6Cidr, wordsOfIpv6, type Ipv4Source, type Ipv6Source } from '../cidr.js';

export interface Block {
  /** The first address, most significant word first: one unsigned 32-bit word of IPv4, four of IPv6. */
  readonly words: readonly number[];
  readonly prefixLength: number;
}

export function blockOf(source: Ipv4Source | Ipv6Source): Block {
  const { first, prefixLength } = source;
  return { words: typeof first === 'number' ? [first] : wordsOfIpv6(first), prefixLength };
}

/** Returns the canonical text of the block. */
export function cidrOf({ words, prefixLength }: Block): string {
  return words.length === 1 ? formatIpv4Cidr(words[0] ?? 0, prefixLength) : formatIpv6Cidr(words, prefixLength);
}

/** Orders blocks by first address, the widest first. */
export function compareBlocks(a: Block, b: Block): number {
  for (let i = 0; i < a.words.length; i++) {
    const difference = wordOf(a, i) - wordOf(b, i);
    if (difference !== 0) return difference;
  }
  return a.prefixLength - b.prefixLength;
}

/** Returns the narrowest block that holds both. */
export function commonBlock(a: Block, b: Block): Block {
  const longest = Math.min(a.prefixLength, b.prefixLength);
  let shared = 0;
  for (let i = 0; shared === i * 32 && shared < longest; i++) shared += Math.clz32(wordOf(a, i) ^ wordOf(b, i));
  return prefixOf(a, Math.min(shared, longest));
}

/** Returns the block of the given, shorter prefix length that holds the block. */
export function prefixOf({ words, prefixLength }: Block, length: number): Block {
  if (length === prefixLength) return { words, prefixLength };
  return { words: words.map((word, i) => keepBits(word, length - i * 32)), prefixLength: length };
}

/** Returns half of the block: the lower, or the upper. */
export function halfOf({ words, prefixLength }: Block, upper: boolean): Block {
  const flipped = prefixLength >>> 5;
  return {
    words: upper ? words.map((word, i) => (i === flipped ? (word | bitOf(prefixLength)) >>> 0 : word)) : words,
    prefixLength: prefixLength + 1,
  };
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
    const flipped = (length - 1) >>> 5;
    const words = inner.words.map((word, i) => {
      const kept = keepBits(word, length - i * 32);
      return i === flipped ? (kept ^ bitOf(length - 1)) >>> 0 : kept;
    });
    blocks.push({ words, prefixLength: length });
  }
  return blocks;
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

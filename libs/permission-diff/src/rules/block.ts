/**
 * IPv4 and IPv6 blocks with their canonical text: host bits are cleared, and IPv6 is RFC 5952 text. EC2 stores blocks the same way (source:
 * EC2 API reference, IpRange and Ipv6Range: EC2 stores `100.68.0.18/18` as `100.68.0.0/18`). Addresses are split into words of 32 bits, as
 * signed integers, because JavaScript's bit operators return signed 32-bit integers.
 */

/** A block of addresses. */
export type Block = Ipv4Source | Ipv6Source;

/** A block of IPv4 addresses. */
export interface Ipv4Source {
  readonly kind: 'ipv4';
  readonly cidr: string;
  /** The first address. */
  readonly address: number;
  /** 0 to 32. */
  readonly prefixLength: number;
}

/** A block of IPv6 addresses. */
export interface Ipv6Source {
  readonly kind: 'ipv6';
  readonly cidr: string;
  /** The four words of the first address, with the most significant word first. */
  readonly words: readonly number[];
  /** 0 to 128. */
  readonly prefixLength: number;
}

/**
 * Returns the block that has this prefix length and contains the address. If the address has no host bits, the block gets `text` as its
 * text.
 */
export function ipv4Block(given: number, prefixLength: number, text?: string): Ipv4Source {
  const address = keepHighBitsOfAddress(given, prefixLength);
  // Most texts are already canonical, and reusing them saves the formatting.
  return { kind: 'ipv4', cidr: text !== undefined && address === given ? text : formatIpv4(address, prefixLength), address, prefixLength };
}

/** The text of each octet with a dot. Cached, because formatting addresses takes most of the time for a large result. */
const DOTTED: readonly string[] = Array.from({ length: 256 }, (_, octet) => `${octet}.`);

function formatIpv4(address: number, prefixLength: number): string {
  const network = `${DOTTED[address >>> 24]}${DOTTED[(address >>> 16) & 255]}${DOTTED[(address >>> 8) & 255]}`;
  return `${network}${address & 255}/${prefixLength}`;
}

/** Returns the block that has this prefix length and contains the address of four words. */
export function ipv6Block(given: readonly number[], prefixLength: number): Ipv6Source {
  const words = given.map((word, i) => keepHighBitsOfAddress(word, prefixLength - i * 32));
  return { kind: 'ipv6', cidr: `${formatIpv6(words)}/${prefixLength}`, words, prefixLength };
}

/** Returns RFC 5952 text: lower case, without leading zeros, and with `::` for the first longest run of two or more zero groups. */
function formatIpv6(words: readonly number[]): string {
  let runStart = -1;
  let runEnd = -1;
  for (let i = 0, start = 0; i < 8; i++) {
    if (ipv6GroupAt(words, i) !== 0) {
      start = i + 1;
    } else if (i > start && i - start >= runEnd - runStart) {
      runStart = start;
      runEnd = i + 1;
    }
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === runStart) {
      text += '::';
      i = runEnd - 1;
    } else {
      text += (i === 0 || i === runEnd ? '' : ':') + ipv6GroupAt(words, i).toString(16);
    }
  }
  return text;
}

function ipv6GroupAt(words: readonly number[], index: number): number {
  const word = words[index >> 1] ?? 0;
  return index % 2 === 0 ? word >>> 16 : word & 0xffff;
}

/** Orders IPv6 blocks by first address. Of blocks with the same first address, the widest comes first. */
export function compareIpv6Blocks(a: Ipv6Source, b: Ipv6Source): number {
  const i = a.words.findIndex((word, index) => word !== b.words[index]);
  return i === -1 ? a.prefixLength - b.prefixLength : (cidrAddressWord(a, i) >>> 0) - (cidrAddressWord(b, i) >>> 0);
}

/** Reports whether the two blocks share an address. An IPv4 block and an IPv6 block never share an address. */
export function cidrBlocksOverlap(a: Block, b: Block): boolean {
  // Two blocks are either nested or disjoint, so two blocks overlap exactly if the wider block contains the narrower block.
  const shortest = Math.min(a.prefixLength, b.prefixLength);
  // A fast path, because most pairs of blocks are IPv4.
  if (a.kind === 'ipv4' && b.kind === 'ipv4') return keepHighBitsOfAddress(a.address ^ b.address, shortest) === 0;
  return a.kind === b.kind && commonPrefixLength(a, b) === shortest;
}

/** Returns the prefix length of the narrowest block that contains both blocks. Both blocks must have the same address family. */
export function commonPrefixLength(a: Block, b: Block): number {
  const longest = Math.min(a.prefixLength, b.prefixLength);
  let shared = 0;
  for (let i = 0; shared === i * 32 && shared < longest; i++) shared += Math.clz32(cidrAddressWord(a, i) ^ cidrAddressWord(b, i));
  return Math.min(shared, longest);
}

/** Returns the block that has this prefix length and contains the first address of the given block. */
export function cidrBlockAround(block: Block, prefixLength: number): Block {
  return block.kind === 'ipv4' ? ipv4Block(block.address, prefixLength) : ipv6Block(block.words, prefixLength);
}

/**
 * Returns the sibling of the block that has this prefix length and contains the given block: the two siblings are the halves of one wider
 * block.
 */
export function siblingCidrBlock(block: Block, prefixLength: number): Block {
  const index = prefixLength - 1;
  if (block.kind === 'ipv4') return ipv4Block(block.address ^ cidrAddressBit(index), prefixLength);
  return ipv6Block(
    block.words.map((word, i) => (i === index >>> 5 ? word ^ cidrAddressBit(index) : word)),
    prefixLength,
  );
}

/** Reports whether the block lies in the upper half of the wider block with this prefix length. */
export function isInUpperHalfOfCidrBlock(block: Block, prefixLength: number): boolean {
  return (cidrAddressWord(block, prefixLength >>> 5) & cidrAddressBit(prefixLength)) !== 0;
}

/**
 * Clears all bits of the word except the `count` most significant bits. `count <= 0` is a separate case, because JavaScript treats a shift
 * by 32 like a shift by 0.
 */
function keepHighBitsOfAddress(word: number, count: number): number {
  return count <= 0 ? 0 : word & (-1 << Math.max(0, 32 - count));
}

/** Returns the 32-bit word at this index of the block's first address. An IPv4 address has only one word. */
export function cidrAddressWord(block: Block, index: number): number {
  return block.kind === 'ipv4' ? block.address : (block.words[index] ?? 0);
}

function cidrAddressBit(index: number): number {
  return 1 << (31 - (index & 31));
}

/**
 * IPv4 and IPv6 blocks with canonical text: without host bits, and for IPv6 as in RFC 5952. EC2 also clears host bits: it stores
 * `100.68.0.18/18` as `100.68.0.0/18`. Source: EC2 API reference, IpRange and Ipv6Range. Each address is one or four signed integers of 32
 * bits, because JavaScript's bit operators return such integers.
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
  /** The first address as four 32-bit words, most significant word first. */
  readonly words: readonly number[];
  /** 0 to 128. */
  readonly prefixLength: number;
}

/**
 * Returns the block that has this prefix length and contains the address. `text` is the text that the caller parsed. If the address has no
 * host bits, `cidr` is this text.
 */
export function ipv4Block(given: number, prefixLength: number, text?: string): Ipv4Source {
  const address = keepHighBitsOfAddress(given, prefixLength);
  // Most texts are already canonical, so the given text saves the time for formatting.
  return { kind: 'ipv4', cidr: text !== undefined && address === given ? text : formatIpv4(address, prefixLength), address, prefixLength };
}

// The parts of a block's text. Computed once: for large results, most of the time goes into formatting addresses.
const OCTETS: readonly string[] = Array.from({ length: 256 }, (_, octet) => String(octet));
const DOTTED: readonly string[] = OCTETS.map((octet) => `${octet}.`);
const LENGTHS: readonly string[] = OCTETS.slice(0, 33).map((length) => `/${length}`);

function formatIpv4(address: number, prefixLength: number): string {
  const network = `${DOTTED[address >>> 24]}${DOTTED[(address >>> 16) & 255]}${DOTTED[(address >>> 8) & 255]}`;
  return `${network}${OCTETS[address & 255]}${LENGTHS[prefixLength]}`;
}

/** Returns the block that has this prefix length and contains the address. `given` is the address as four words. */
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

/** Orders IPv6 blocks by first address. If first addresses are equal, the wider block comes first. */
export function compareIpv6Blocks(a: Ipv6Source, b: Ipv6Source): number {
  const i = a.words.findIndex((word, index) => word !== b.words[index]);
  return i === -1 ? a.prefixLength - b.prefixLength : (cidrAddressWord(a, i) >>> 0) - (cidrAddressWord(b, i) >>> 0);
}

/** Reports whether the two blocks share an address. An IPv4 block and an IPv6 block never share an address. */
export function cidrBlocksOverlap(a: Block, b: Block): boolean {
  // Two blocks overlap only if the wider block contains the narrower block.
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
 * Takes the wider block with prefix length `prefixLength - 1` around the given block. Returns the half of the wider block that does not
 * contain the given block.
 */
export function siblingCidrBlock(block: Block, prefixLength: number): Block {
  const index = prefixLength - 1;
  if (block.kind === 'ipv4') return ipv4Block(block.address ^ cidrAddressBit(index), prefixLength);
  return ipv6Block(
    block.words.map((word, i) => (i === index >>> 5 ? word ^ cidrAddressBit(index) : word)),
    prefixLength,
  );
}

/** Reports whether the block lies in the upper half of its surrounding block with this prefix length. */
export function isInUpperHalfOfCidrBlock(block: Block, prefixLength: number): boolean {
  return (cidrAddressWord(block, prefixLength >>> 5) & cidrAddressBit(prefixLength)) !== 0;
}

/**
 * Keeps the `count` most significant bits of the word, and clears the other bits. A `count` of 0 needs its own case, because JavaScript
 * treats a shift by 32 like a shift by 0.
 */
function keepHighBitsOfAddress(word: number, count: number): number {
  return count <= 0 ? 0 : word & (-1 << Math.max(0, 32 - count));
}

/** Returns one 32-bit word of the block's first address. IPv4 addresses have only word 0. */
export function cidrAddressWord(block: Block, index: number): number {
  return block.kind === 'ipv4' ? block.address : (block.words[index] ?? 0);
}

function cidrAddressBit(index: number): number {
  return 1 << (31 - (index & 31));
}

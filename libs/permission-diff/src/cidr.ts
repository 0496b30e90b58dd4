/**
 * IPv4 and IPv6 blocks, read strictly and written canonically: host bits cleared, IPv6 in RFC 5952 text. EC2 stores them so
 * (source: EC2 API reference, IpRange and Ipv6Range: `100.68.0.18/18` is kept as `100.68.0.0/18`).
 */

/** A block of IPv4 addresses. */
export interface Ipv4Source {
  readonly kind: 'ipv4';
  /** Canonical text. */
  readonly cidr: string;
  /** The first address, as an unsigned 32-bit number. */
  readonly first: number;
  readonly prefixLength: number;
}

/** A block of IPv6 addresses. */
export interface Ipv6Source {
  readonly kind: 'ipv6';
  /** Canonical text. */
  readonly cidr: string;
  /** The first address, as an unsigned 128-bit number. */
  readonly first: bigint;
  readonly prefixLength: number;
}

/** Returns the block, or `undefined` when the text is not four decimal octets, a slash and a prefix length of 0 to 32. */
export function parseIpv4Cidr(text: string): Ipv4Source | undefined {
  const slash = text.indexOf('/');
  const prefixLength = parsePrefixLength(text, slash, 32);
  const address = parseIpv4Address(text, slash);
  if (prefixLength === -1 || address === -1) return undefined;
  const first = (address & ipv4Mask(prefixLength)) >>> 0;
  return { kind: 'ipv4', cidr: first === address ? text : formatIpv4Cidr(first, prefixLength), first, prefixLength };
}

/** Returns the block, or `undefined` when the text is not an IPv6 address (RFC 4291 text, no zone), a slash and a prefix length of 0 to 128. */
export function parseIpv6Cidr(text: string): Ipv6Source | undefined {
  const slash = text.indexOf('/');
  const prefixLength = parsePrefixLength(text, slash, 128);
  if (prefixLength === -1) return undefined;
  const address = parseIpv6Address(text.slice(0, slash));
  if (address === undefined) return undefined;
  const hostBits = BigInt(128 - prefixLength);
  const first = (address >> hostBits) << hostBits;
  return { kind: 'ipv6', cidr: formatIpv6Cidr(wordsOfIpv6(first), prefixLength), first, prefixLength };
}

/** Returns the canonical text of the block that begins at `first`. */
export function formatIpv4Cidr(first: number, prefixLength: number): string {
  return `${formatIpv4(first)}/${prefixLength}`;
}

/** Returns the canonical text, RFC 5952, of the block that begins at an address of four unsigned 32-bit words. */
export function formatIpv6Cidr(first: readonly number[], prefixLength: number): string {
  return `${formatIpv6(first)}/${prefixLength}`;
}

/** Returns the address as four unsigned 32-bit words, the most significant first. */
export function wordsOfIpv6(address: bigint): readonly number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & 0xffffffffn));
}

/** Reports whether the text is an IPv4 address without a prefix length. */
export function isIpv4Address(text: string): boolean {
  return parseIpv4Address(text, text.length) !== -1;
}

/** Reports whether the text is an IPv6 address without a prefix length. */
export function isIpv6Address(text: string): boolean {
  return parseIpv6Address(text) !== undefined;
}

/** Reports whether two blocks share an address. Families never mix. */
export function cidrsOverlap(a: Ipv4Source | Ipv6Source, b: Ipv4Source | Ipv6Source): boolean {
  // Two blocks are nested or disjoint, so they overlap exactly when they agree on the shorter prefix.
  if (a.kind === 'ipv4' && b.kind === 'ipv4') {
    return ((a.first ^ b.first) & ipv4Mask(Math.min(a.prefixLength, b.prefixLength))) === 0;
  }
  if (a.kind === 'ipv6' && b.kind === 'ipv6') {
    const hostBits = BigInt(128 - Math.min(a.prefixLength, b.prefixLength));
    return a.first >> hostBits === b.first >> hostBits;
  }
  return false;
}

/** Returns the decimal after the slash at `slash`, or -1 when there is none, it has leading zeros, or is over `max`. */
function parsePrefixLength(text: string, slash: number, max: number): number {
  const digits = text.length - slash - 1;
  if (slash === -1 || digits < 1 || digits > 3) return -1;
  let value = 0;
  for (let i = slash + 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  if (digits > 1 && text.charCodeAt(slash + 1) === 48) return -1;
  return value > max ? -1 : value;
}

/** Returns the address in `text[0, end)`, or -1. A leading zero is refused: some readers take it for octal. */
function parseIpv4Address(text: string, end: number): number {
  if (end < 7 || end > 15) return -1;
  let address = 0;
  let octet = 0;
  let digits = 0;
  let octets = 0;
  for (let i = 0; i <= end; i++) {
    const code = i === end ? 46 : text.charCodeAt(i);
    if (code === 46) {
      if (digits === 0 || octet > 255) return -1;
      address = address * 256 + octet;
      octets++;
      octet = 0;
      digits = 0;
    } else {
      const digit = code - 48;
      if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return -1;
      octet = octet * 10 + digit;
      digits++;
    }
  }
  return octets === 4 && address <= 0xffffffff ? address : -1;
}

// A shift by 32 is a shift by 0 in JavaScript, so /0 needs its own answer.
function ipv4Mask(prefixLength: number): number {
  return prefixLength === 0 ? 0 : -1 << (32 - prefixLength);
}

function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

const HEX_GROUP = /^[0-9a-fA-F]{1,4}$/;

function parseIpv6Address(text: string): bigint | undefined {
  // The longest text is eight groups, or six and a dotted quad.
  if (text.length < 2 || text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [headText = '', tailText] = halves;
  const head = parseGroups(headText, tailText === undefined);
  const tail = tailText === undefined ? [] : parseGroups(tailText, true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  // `::` stands for at least one group.
  if (tailText === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  return groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n);
}

/** Returns the 16-bit groups of one side of `::`; only the address's last part may end in a dotted quad. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (HEX_GROUP.test(part)) {
      groups.push(parseInt(part, 16));
    } else {
      const quad = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4Address(part, part.length) : -1;
      if (quad === -1) return undefined;
      groups.push(quad >>> 16, quad & 0xffff);
    }
  }
  return groups;
}

/** Returns RFC 5952 text: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
function formatIpv6(words: readonly number[]): string {
  let runStart = 0;
  let runLength = 0;
  let start = 0;
  for (let i = 0; i < 8; i++) {
    if (groupAt(words, i) !== 0) start = i + 1;
    else if (i + 1 - start > runLength) {
      runStart = start;
      runLength = i + 1 - start;
    }
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (runLength >= 2 && i === runStart) {
      text += '::';
      i += runLength - 1;
    } else {
      const separator = i === 0 || (runLength >= 2 && i === runStart + runLength) ? '' : ':';
      text += separator + groupAt(words, i).toString(16);
    }
  }
  return text;
}

function groupAt(words: readonly number[], index: number): number {
  const word = words[index >> 1] ?? 0;
  return (index & 1) === 0 ? word >>> 16 : word & 0xffff;
}

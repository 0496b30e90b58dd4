/**
 * IPv4 and IPv6 blocks, read strictly and written canonically: host bits cleared, IPv6 in RFC 5952 text. EC2 stores them so
 * (source: EC2 API reference, IpRange and Ipv6Range: `100.68.0.18/18` is kept as `100.68.0.0/18`).
 */
import { prefixOf, type Block } from './block.js';

/** A block of IPv4 addresses: one word. */
export interface Ipv4Source extends Block {
  readonly kind: 'ipv4';
  /** Canonical text. */
  readonly cidr: string;
}

/** A block of IPv6 addresses: four words. */
export interface Ipv6Source extends Block {
  readonly kind: 'ipv6';
  /** Canonical text. */
  readonly cidr: string;
}

/**
 * Returns the block, or `undefined` when the text is not an address, a slash and a prefix length. An IPv4 address is four decimal octets
 * without leading zeros, which some readers take for octal; an IPv6 address is RFC 4291 text without a zone.
 */
export function parseCidr(text: string): Ipv4Source | Ipv6Source | undefined {
  // The longest text is eight groups, or six and a dotted quad, and a prefix length.
  if (text.length > 49) return undefined;
  const slash = text.indexOf('/');
  const isIpv6 = text.includes(':');
  const prefixLength = parseDecimal(text, slash + 1, text.length, isIpv6 ? 128 : 32);
  const address = isIpv6 ? parseIpv6(text.slice(0, slash)) : [parseIpv4(text, slash)];
  // Whatever is wrong with either came out as NaN.
  if (Number.isNaN(prefixLength) || address.includes(NaN)) return undefined;
  const { words } = prefixOf(address, prefixLength);
  // Most IPv4 text is canonical as it is.
  const cidr = !isIpv6 && words[0] === address[0] ? text : formatCidr({ words, prefixLength });
  return { kind: isIpv6 ? 'ipv6' : 'ipv4', cidr, words, prefixLength };
}

/** Returns the canonical text of the block. */
export function formatCidr({ words, prefixLength }: Block): string {
  const first = words[0] ?? 0;
  const address = words.length === 1 ? `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}` : formatIpv6(words);
  return `${address}/${prefixLength}`;
}

/** Returns the decimal in `text[from, to)`, or NaN when there is none, it has leading zeros, or it is over `max`. */
function parseDecimal(text: string, from: number, to: number, max: number): number {
  const digits = to - from;
  if (digits < 1 || digits > 3 || (digits > 1 && text.charCodeAt(from) === 48)) return NaN;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value > max ? NaN : value;
}

/** Returns the address in `text[0, end)`, or NaN. */
function parseIpv4(text: string, end: number): number {
  let address = 0;
  let from = 0;
  for (let octet = 1; octet <= 4; octet++) {
    const to = octet === 4 ? end : text.indexOf('.', from);
    address = address * 256 + parseDecimal(text, from, to, 255);
    from = to + 1;
  }
  return address;
}

/** Returns the address's words, of which one is NaN when the text is none. */
function parseIpv6(text: string): readonly number[] {
  const [head = '', tail, ...more] = text.split('::');
  const before = parseGroups(head, tail === undefined);
  const after = parseGroups(tail ?? '', true);
  const left = 8 - before.length - after.length;
  // `::` stands for at least one group, and stands once.
  if (more.length > 0 || (tail === undefined ? left !== 0 : left < 1)) return [NaN];
  const groups = [...before, ...Array<number>(left).fill(0), ...after];
  return [0, 2, 4, 6].map((i) => (groups[i] ?? 0) * 0x10000 + (groups[i + 1] ?? 0));
}

const HEX_GROUP = /^[0-9a-fA-F]{1,4}$/;

/** Returns the 16-bit groups of one side of `::`, NaN for what is none; only the address's last part may be a dotted quad. */
function parseGroups(text: string, mayEndInIpv4: boolean): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part, index, parts) => {
    if (HEX_GROUP.test(part)) return parseInt(part, 16);
    const quad = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4(part, part.length) : NaN;
    return [Math.floor(quad / 0x10000), quad % 0x10000];
  });
}

/** Returns RFC 5952 text: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
function formatIpv6(words: readonly number[]): string {
  let runStart = -1;
  let runEnd = -1;
  for (let i = 0, start = 0; i < 8; i++) {
    if (groupAt(words, i) !== 0) {
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
      text += (i === 0 || i === runEnd ? '' : ':') + groupAt(words, i).toString(16);
    }
  }
  return text;
}

function groupAt(words: readonly number[], index: number): number {
  const word = words[index >> 1] ?? 0;
  return index % 2 === 0 ? word >>> 16 : word & 0xffff;
}

/** Reads IPv4 and IPv6 blocks strictly. */
import { ipv4Block, ipv6Block, type Block, type Ipv4Source, type Ipv6Source } from './block.js';

/**
 * Parses an address, a slash and a prefix length. Returns `undefined` for any other text. An IPv4 address must have four decimal octets.
 * Leading zeros are invalid, because some parsers read an octet with a leading zero as an octal number. An IPv6 address must be RFC 4291
 * text without a zone.
 */
export function parseCidr(text: string): Block | undefined {
  return parseIpv4Cidr(text) ?? parseIpv6Cidr(text);
}

const DOT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const END = -1;

/** Reads the text in one pass, without a regular expression: this function takes most of the time when permissions are read. */
function parseIpv4Cidr(text: string): Ipv4Source | undefined {
  let address = 0;
  let octets = 0;
  let value = 0;
  let digits = 0;
  for (let i = 0; ; i++) {
    const code = i < text.length ? text.charCodeAt(i) : END;
    const digit = code - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      // The octet has a leading zero or is too large.
      if ((digits > 0 && value < 10) || value > 255) return undefined;
      digits++;
      continue;
    }
    if (digits === 0 || code !== (octets < 3 ? DOT : octets === 3 ? SLASH : END)) return undefined;
    if (octets === 4) return value > 32 ? undefined : ipv4Block(address, value, text);
    address = (address << 8) | value;
    octets++;
    value = 0;
    digits = 0;
  }
}

function parseIpv6Cidr(text: string): Ipv6Source | undefined {
  const slash = text.indexOf('/');
  const length = text.slice(slash + 1);
  const prefixLength = /^(0|[1-9]\d{0,2})$/.test(length) ? Number(length) : NaN;
  const groups = prefixLength <= 128 ? parseIpv6Groups(text, slash) : undefined;
  if (groups === undefined) return undefined;
  const words = [0, 2, 4, 6].map((i) => ((groups[i] ?? 0) << 16) | (groups[i + 1] ?? 0));
  return ipv6Block(words, prefixLength);
}

/** Returns the eight 16-bit groups of an IPv6 address. The address is the text before index `end`. */
function parseIpv6Groups(text: string, end: number): readonly number[] | undefined {
  const groups: number[] = [];
  // The number of groups before `::`, or -1 if the text has no `::`.
  let gap = -1;
  let i = 0;
  if (text.startsWith('::')) {
    gap = 0;
    i = 2;
  }
  while (i < end) {
    const start = i;
    let group = 0;
    for (let digit = hexDigitAt(text, i); digit >= 0; digit = hexDigitAt(text, ++i)) group = group * 16 + digit;
    if (text.charCodeAt(i) === DOT) {
      // Only the last 32 bits may be written as in IPv4, such as `192.0.2.1`.
      const quad = parseIpv4Cidr(`${text.slice(start, end)}/32`);
      if (quad === undefined) return undefined;
      groups.push(quad.address >>> 16, quad.address & 0xffff);
      break;
    }
    if (i === start || i > start + 4) return undefined;
    groups.push(group);
    if (i === end) break;
    if (text.charCodeAt(i++) !== COLON || i === end) return undefined;
    if (text.charCodeAt(i) === COLON) {
      // An address has at most one `::`.
      if (gap !== -1) return undefined;
      gap = groups.length;
      i++;
    }
  }
  const left = 8 - groups.length;
  // `::` stands for at least one group.
  if (gap === -1 ? left !== 0 : left < 1) return undefined;
  if (gap !== -1) groups.splice(gap, 0, ...Array<number>(left).fill(0));
  return groups;
}

/** Returns the value of the hexadecimal digit at the index, or a negative number if the character is not a hexadecimal digit. */
function hexDigitAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code <= 57) return code - 48;
  // Sets the bit that makes an ASCII letter lower case.
  const letter = code | 0x20;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Traffic as people speak of it. */
import { compareRuleAccess, formatSource, formatTraffic, type AccessRange, type Rule } from '@portcullis/permission-diff';
import { SENSITIVE_SERVICES } from '@portcullis/permission-diff/exposure';
import type { DirectedAccess } from '../audit/group-state.js';

/** Traffic that everybody knows by a name, besides the sensitive services, as `formatTraffic` has it. */
const COMMON: readonly (readonly [string, string])[] = [
  ['tcp/25', 'SMTP'],
  ['tcp/53', 'DNS'],
  ['udp/53', 'DNS'],
  ['tcp/80', 'HTTP'],
  ['udp/123', 'NTP'],
  ['tcp/443', 'HTTPS'],
  ['udp/443', 'HTTP/3'],
  ['udp/500', 'IPsec IKE'],
  ['tcp/587', 'SMTP'],
  ['tcp/636', 'LDAPS'],
  ['udp/4500', 'IPsec NAT-T'],
  ['tcp/8080', 'HTTP'],
  ['tcp/8443', 'HTTPS'],
  ['icmp type 8', 'ping'],
  ['icmpv6 type 128', 'ping'],
  ['protocol 47', 'GRE'],
  ['protocol 50', 'IPsec ESP'],
  ['protocol 51', 'IPsec AH'],
];
const NAMES = new Map<string, string>([
  ...SENSITIVE_SERVICES.map(({ protocol, port, name }): [string, string] => [`${protocol}/${port}`, name]),
  ...COMMON,
]);

/** Returns the range in words: `SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0)`, `all traffic to 10.0.0.0/8`. */
export function accessWords(range: DirectedAccess): string {
  return `${trafficWords(range)} ${range.direction === 'ingress' ? 'from' : 'to'} ${sourceWords(range)}`;
}

function trafficWords(range: AccessRange): string {
  const text = formatTraffic(range);
  const name = NAMES.get(text);
  return name === undefined ? text : `${name} (${text})`;
}

function sourceWords({ source, direction }: Pick<DirectedAccess, 'source' | 'direction'>): string {
  const text = formatSource(source);
  const anybody = direction === 'ingress' ? 'anybody' : 'anywhere';
  if ('cidr' in source) {
    if (source.cidr === '0.0.0.0/0') return `${anybody} on IPv4 (${text})`;
    if (source.cidr === '::/0') return `${anybody} on IPv6 (${text})`;
    const alone = /^(.*)\/(32|128)$/.exec(text);
    return alone !== null && text.includes(':') === (alone[2] === '128') ? `${alone[1] ?? text} alone` : text;
  }
  if ('prefixListId' in source) return `the prefix list ${text}`;
  return `the security group ${text}`;
}

/** So many ranges are told one by one. */
const MAX_RANGES = 8;

/**
 * Returns the ranges in words. What is left of much traffic beside a small exception takes dozens of ranges: then the rules that are about it are told
 * instead, each as a whole or in part.
 */
export function accessTold(ranges: readonly DirectedAccess[], rules: readonly Rule[]): string[] {
  if (ranges.length <= MAX_RANGES) return ranges.map(accessWords);
  const whole = new Set(ranges.map(accessWords));
  return rules.flatMap((rule) =>
    compareRuleAccess([], [rule]).excess.map((range) => {
      const words = accessWords({ ...range, direction: rule.direction });
      return whole.has(words) ? words : `a part of ${words}`;
    }),
  );
}

/** Describes traffic in words. */
import { compareRuleAccess, formatSource, formatTraffic, type AccessRange, type Rule } from '@portcullis/permission-diff';
import { SENSITIVE_SERVICES } from '@portcullis/permission-diff/exposure';
import type { DirectedAccess } from '../audit/group-state.js';

/** Names of common traffic, besides the sensitive services, in the notation of `formatTraffic`. */
const COMMON_NAMES: Readonly<Record<string, string>> = {
  'tcp/25': 'SMTP',
  'tcp/53': 'DNS',
  'udp/53': 'DNS',
  'tcp/80': 'HTTP',
  'udp/123': 'NTP',
  'tcp/443': 'HTTPS',
  'udp/443': 'HTTP/3',
  'udp/500': 'IPsec IKE',
  'tcp/587': 'SMTP',
  'tcp/636': 'LDAPS',
  'udp/4500': 'IPsec NAT-T',
  'tcp/8080': 'HTTP',
  'tcp/8443': 'HTTPS',
  'icmp type 8': 'ping',
  'icmpv6 type 128': 'ping',
  'protocol 47': 'GRE',
  'protocol 50': 'IPsec ESP',
  'protocol 51': 'IPsec AH',
};
const NAMES = new Map([
  ...SENSITIVE_SERVICES.map(({ protocol, port, name }): [string, string] => [`${protocol}/${port}`, name]),
  ...Object.entries(COMMON_NAMES),
]);

/** Returns e.g. `SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0)` or `all traffic to 10.0.0.0/8`. */
export function accessWords(range: DirectedAccess): string {
  return `${trafficWords(range)} ${range.direction === 'ingress' ? 'from' : 'to'} ${sourceWords(range)}`;
}

function trafficWords(range: AccessRange): string {
  const text = formatTraffic(range);
  const name = trafficName(text);
  return name === text ? text : `${name} (${text})`;
}

/** Returns the name of the traffic, e.g. `SSH` for `tcp/22`. Traffic without a name is returned as it is. */
export function trafficName(traffic: string): string {
  return NAMES.get(traffic) ?? traffic;
}

function sourceWords({ source, direction }: Pick<DirectedAccess, 'source' | 'direction'>): string {
  const text = formatSource(source);
  const anybody = direction === 'ingress' ? 'anybody' : 'anywhere';
  if ('prefixListId' in source) return `the prefix list ${text}`;
  if (!('cidr' in source)) return `the security group ${text}`;
  if (source.cidr === '0.0.0.0/0') return `${anybody} on IPv4 (${text})`;
  if (source.cidr === '::/0') return `${anybody} on IPv6 (${text})`;
  const single = text.includes(':') ? '/128' : '/32';
  return text.endsWith(single) ? `${text.slice(0, -single.length)} alone` : text;
}

/** Up to this many ranges are listed individually. */
const MAX_RANGES = 8;

/**
 * Returns the ranges in words. A large range with a small exception splits into dozens of ranges. In that case, returns the rules that
 * cause the traffic instead, each in whole or in part.
 */
export function accessList(ranges: readonly DirectedAccess[], rules: readonly Rule[]): string[] {
  const words = ranges.map(accessWords);
  if (ranges.length <= MAX_RANGES) return words;
  const whole = new Set(words);
  return rules.flatMap((rule) =>
    compareRuleAccess([], [rule]).excess.map((range) => {
      const ofRule = accessWords({ ...range, direction: rule.direction });
      return whole.has(ofRule) ? ofRule : `a part of ${ofRule}`;
    }),
  );
}

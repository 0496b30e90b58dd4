/** Traffic as people speak of it. */
import {
  compareRuleAccess,
  formatSource,
  formatTraffic,
  type AccessRange,
  type Rule,
} from '@portcullis/permission-diff';
import { SENSITIVE_SERVICES } from '@portcullis/permission-diff/exposure';
import type { DirectedAccess } from './audit/group-state.js';

/** Ports that everybody knows by a name, besides the sensitive ones. */
const COMMON: readonly (readonly [number, string])[] = [
  [25, 'SMTP'],
  [53, 'DNS'],
  [80, 'HTTP'],
  [123, 'NTP'],
  [443, 'HTTPS'],
  [587, 'SMTP'],
  [636, 'LDAPS'],
  [8080, 'HTTP'],
  [8443, 'HTTPS'],
];
const NAMES = new Map<number, string>([
  ...COMMON,
  ...SENSITIVE_SERVICES.map(({ port, name }): [number, string] => [port, name]),
]);

/** Returns the range in words: `SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0)`, `all traffic to 10.0.0.0/8`. */
export function accessWords(range: DirectedAccess): string {
  return `${trafficWords(range)} ${range.direction === 'ingress' ? 'from' : 'to'} ${sourceWords(range)}`;
}

function trafficWords(range: AccessRange): string {
  const text = formatTraffic(range);
  const name = 'fromPort' in range && range.fromPort === range.toPort ? NAMES.get(range.fromPort) : undefined;
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

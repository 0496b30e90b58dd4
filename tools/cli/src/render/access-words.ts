/** Describes traffic in words. */
import { trafficName } from '@portcullis/finding';
import { compareRuleAccess, formatSource, formatTraffic, type AccessRange, type Rule } from '@portcullis/permission-diff';
import type { DirectedAccess } from '../audit/group-state.js';

/** Returns e.g. `SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0)` or `all traffic to 10.0.0.0/8`. */
export function accessWords(range: DirectedAccess): string {
  return `${trafficWords(range)} ${range.direction === 'ingress' ? 'from' : 'to'} ${sourceWords(range)}`;
}

function trafficWords(range: AccessRange): string {
  const text = formatTraffic(range);
  const name = trafficName(text);
  return name === text ? text : `${name} (${text})`;
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

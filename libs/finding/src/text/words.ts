import { compareRules, formatSource, formatTraffic, sourceKey, type Rule } from '@portcullis/permission-diff';

/** Names at most this many rules and counts the rest, so that a sentence stays readable. */
const MAX_NAMED_RULES = 12;

/** Returns the rules in words, grouped by source: `tcp/80, tcp/443 from 0.0.0.0/0 and udp/53 from 10.0.0.0/8`. */
export function describeRules(rules: readonly Rule[]): string {
  const sorted = [...rules].sort(compareRules);
  const bySource = new Map<string, { place: string; traffic: string[] }>();
  for (const { direction, source, traffic } of sorted.slice(0, MAX_NAMED_RULES)) {
    const key = `${direction} ${sourceKey(source)}`;
    const entry = bySource.get(key) ?? { place: `${direction === 'ingress' ? 'from' : 'to'} ${formatSource(source)}`, traffic: [] };
    entry.traffic.push(formatTraffic(traffic));
    bySource.set(key, entry);
  }
  const named = [...bySource.values()].map(({ place, traffic }) => `${traffic.join(', ')} ${place}`).join(' and ');
  return sorted.length > MAX_NAMED_RULES ? `${named} and ${sorted.length - MAX_NAMED_RULES} more` : named;
}

/** Says what ends a drift: the rules to revoke, and the rules to authorize. */
export function describeNeeds(missing: readonly Rule[], excess: readonly Rule[]): string {
  return sentence(
    excess.length > 0 && `${describeRules(excess)} must be revoked`,
    missing.length > 0 && `${describeRules(missing)} must be authorized`,
  );
}

/** Returns the non-empty parts, joined with semicolons. */
export function sentence(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== '').join('; ');
}

/** Returns the text in at most `maxLength` characters. A longer text is cut after a word and ends in `…`. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength - 1);
  const space = cut.lastIndexOf(' ');
  return `${space > maxLength / 2 ? cut.slice(0, space) : cut}…`;
}

/** What Portcullis says of rules, for people. */
import { compareRules, formatSource, formatTraffic, sourceKey, type Rule } from '@portcullis/permission-diff';

/** Names this many rules at most; the rest is counted, so that a sentence stays one. */
const MAX_NAMED = 12;

/** Returns the rules in words, those of one source together: `tcp/80, tcp/443 from 0.0.0.0/0 and udp/53 from 10.0.0.0/8`. */
export function describeRules(rules: readonly Rule[]): string {
  const sorted = [...rules].sort(compareRules);
  const bySource = new Map<string, { where: string; traffic: string[] }>();
  for (const { direction, source, traffic } of sorted.slice(0, MAX_NAMED)) {
    const where = `${direction === 'ingress' ? 'from' : 'to'} ${formatSource(source)}`;
    const key = `${direction} ${sourceKey(source)}`;
    const entry = bySource.get(key) ?? { where, traffic: [] };
    entry.traffic.push(formatTraffic(traffic));
    bySource.set(key, entry);
  }
  const named = [...bySource.values()].map(({ where, traffic }) => `${traffic.join(', ')} ${where}`).join(' and ');
  return sorted.length > MAX_NAMED ? `${named} and ${sorted.length - MAX_NAMED} more` : named;
}

/** Returns the parts that say something, as one sentence without a final stop. */
export function sentence(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== '').join('; ');
}

/** Returns the text in at most `max` characters, cut at a word where it must be cut. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  const space = cut.lastIndexOf(' ');
  return `${space > max / 2 ? cut.slice(0, space) : cut}…`;
}

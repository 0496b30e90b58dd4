import {
  compareRules,
  formatSource,
  formatTraffic,
  sourceKey,
  type AccessRange,
  type AccessSource,
  type Direction,
  type Rule,
  type Source,
} from '@portcullis/permission-diff';
import { findingRulesByTraffic } from '../finding/exposures.js';

/**
 * The maximum number of rules that a sentence names, so that the sentence stays readable. For the other rules, the sentence gives only
 * their number.
 */
const MAX_NAMED_RULES = 12;

/** The maximum number of sources that a sentence names for the same traffic, if the traffic is open to the internet. */
const MAX_NAMED_SOURCES = 2;

/** Returns a text that names the rules, grouped by source: `tcp/80, tcp/443 from 0.0.0.0/0 and udp/53 from 10.0.0.0/8`. */
export function describeRules(rules: readonly Rule[]): string {
  const sorted = [...rules].sort(compareRules);
  const bySource = new Map<string, { place: string; traffic: string[] }>();
  for (const { direction, source, traffic } of sorted.slice(0, MAX_NAMED_RULES)) {
    const key = `${direction} ${sourceKey(source)}`;
    const entry = bySource.get(key) ?? { place: findingSourceWords(direction, source), traffic: [] };
    entry.traffic.push(formatTraffic(traffic));
    bySource.set(key, entry);
  }
  const named = [...bySource.values()].map(({ place, traffic }) => `${traffic.join(', ')} ${place}`).join(' and ');
  return sorted.length > MAX_NAMED_RULES ? `${named} and ${sorted.length - MAX_NAMED_RULES} more` : named;
}

/** Returns a text for each range, such as `tcp/80 from 0.0.0.0/0`, or for egress `tcp/80 to 0.0.0.0/0`. */
export function findingAccessRangeWords(direction: Direction, ranges: readonly AccessRange[]): string[] {
  return ranges.map((range) => `${formatTraffic(range)} ${findingSourceWords(direction, range.source)}`);
}

/** Returns `from` and the source, or for egress `to` and the destination. */
export function findingSourceWords(direction: Direction, source: Source | AccessSource): string {
  return `${direction === 'ingress' ? 'from' : 'to'} ${formatSource(source)}`;
}

/**
 * Returns a text that names the rules to revoke and the rules to authorize, to end a drift.
 *
 * @param opening the rules to revoke that open traffic to the internet. If more than two of these rules have the same traffic, the text
 * gives only the number of their sources.
 */
export function describeDrift(missing: readonly Rule[], excess: readonly Rule[], opening: readonly Rule[] = []): string {
  const counted = [...findingRulesByTraffic(opening)].filter(([, rules]) => rules.length > MAX_NAMED_SOURCES);
  const rest = excess.filter((rule) => !counted.some(([, rules]) => rules.includes(rule)));
  const revoked = [
    ...counted.map(([traffic, rules]) => `${traffic} from ${rules.length} sources`),
    ...(rest.length > 0 ? [describeRules(rest)] : []),
  ];
  return joinFindingSentence(
    revoked.length > 0 && `${revoked.join(' and ')} must be revoked`,
    missing.length > 0 && `${describeRules(missing)} must be authorized`,
  );
}

/** Joins the nonempty parts with semicolons. */
export function joinFindingSentence(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== '').join('; ');
}

/**
 * Returns the text if it has at most `maxLength` characters. Otherwise, cuts the text after a word, or within a very long word, and adds
 * `…`.
 */
export function shortenAtWord(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength - 1);
  const space = cut.lastIndexOf(' ');
  return `${space > maxLength / 2 ? cut.slice(0, space) : cut}…`;
}

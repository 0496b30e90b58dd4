import { formatSource, formatTraffic, ruleCovers, type Bound, type Rule, type Source, type Traffic } from '@portcullis/permission-diff';
import { findingSourceWords } from './describe-rules.js';
import { findingTrafficName } from './traffic-name.js';

/** A limit that rules break. */
export interface Broken {
  readonly limit: { readonly name: string };
  /**
   * The rules that break the limit. For each rule: the condition `bound` that the rule breaks, and the traffic that this condition forbids.
   */
  readonly parts: readonly { readonly rule: Rule; readonly bound: Bound; readonly traffic: readonly Traffic[] }[];
}

/** The maximum number of entries that a text names. For the other entries, the text gives only their number. */
const MAX_NAMED = 3;

/**
 * Returns a text for each limit, such as `broken limit no-admin: SSH, RDP from 0.0.0.0/0 minus 10.0.0.0/8`. After `minus` follow the CIDR
 * blocks or groups that the limit allows.
 */
export function describeBrokenLimits(broken: readonly Broken[]): string[] {
  return broken.map(({ limit, parts }) => {
    const bySender = new Map<string, Set<string>>();
    for (const { rule, bound, traffic } of parts) {
      const sender = `${findingSourceWords(rule.direction, rule.source)}${brokenLimitSenderWords(rule, bound)}`;
      const services = bySender.get(sender) ?? new Set();
      for (const each of traffic) services.add(findingTrafficName(formatTraffic(each)));
      bySender.set(sender, services);
    }
    return `broken limit ${limit.name}: ${listFirstBrokenParts([...bySender].map(([sender, services]) => `${listFirstBrokenParts([...services])} ${sender}`))}`;
  });
}

/**
 * Returns a text such as ` minus 10.0.0.0/8 (wider than /16)`. After `minus` follow the parts of the rule's source that the limit allows.
 */
function brokenLimitSenderWords({ source }: Rule, { senders, notWiderThan }: Bound): string {
  const allowed = senders.filter((sender) => isBrokenLimitSenderWithin(sender, source));
  const minus = allowed.length === 0 ? '' : ` minus ${listFirstBrokenParts(allowed.map(formatSource))}`;
  if (source.kind !== 'ipv4' && source.kind !== 'ipv6') return minus;
  const width = notWiderThan?.[source.kind];
  // This block alone is narrow enough for the limit. Together with blocks of other rules, it is too wide.
  const isTogether = width !== undefined && source.prefixLength >= width;
  return `${minus}${width === undefined ? '' : ` (${isTogether ? 'together ' : ''}wider than /${width})`}`;
}

/**
 * Reports whether the sender may be in the source. A prefix list may be in every CIDR block, because the entries of the list are unknown.
 */
function isBrokenLimitSenderWithin(sender: Source, source: Source): boolean {
  if (sender.kind === 'prefixList') return source.kind === 'ipv4' || source.kind === 'ipv6';
  const asRule = (each: Source): Rule => ({ direction: 'ingress', traffic: { kind: 'all' }, source: each });
  return ruleCovers(asRule(source), asRule(sender));
}

function listFirstBrokenParts(texts: readonly string[]): string {
  const more = texts.length - MAX_NAMED;
  return `${texts.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

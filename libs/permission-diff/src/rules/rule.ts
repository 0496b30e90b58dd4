/**
 * One rule of a security group. In EC2, each rule has its own `sgr-…` id. Rules are equal even if their descriptions or tags differ.
 */
import type { AccessSource } from '../access/access-source.js';
import { serviceIntervalOfTraffic, serviceIntervalsOverlap } from './service.js';
import { compareSources, sourceCovers, sourceKey, sourcesOverlap, type Source } from './source.js';
import { formatTraffic, trafficKey, type Traffic } from './traffic.js';

export type Direction = 'ingress' | 'egress';

export interface Rule {
  readonly direction: Direction;
  readonly traffic: Traffic;
  /** The source of ingress traffic, or the destination of egress traffic. */
  readonly source: Source;
  /** Never empty. */
  readonly description?: string;
}

/** Returns the key of a rule. Equal rules have equal keys, and different rules have different keys. Descriptions are ignored. */
export function ruleKey(rule: Rule): string {
  return `${rule.direction} ${trafficKey(rule.traffic)} ${sourceKey(rule.source)}`;
}

/** Compares rules for the canonical order: ingress first, then by traffic, then by source. */
export function compareRules(a: Rule, b: Rule): number {
  if (a.direction !== b.direction) return a.direction === 'ingress' ? -1 : 1;
  return trafficKey(a.traffic) - trafficKey(b.traffic) || compareSources(a.source, b.source);
}

/** Reports whether at least one packet matches both rules. A group or prefix list overlaps only itself. */
export function rulesOverlap(a: Rule, b: Rule): boolean {
  return (
    a.direction === b.direction &&
    serviceIntervalsOverlap(serviceIntervalOfTraffic(a.traffic), serviceIntervalOfTraffic(b.traffic)) &&
    sourcesOverlap(a.source, b.source)
  );
}

/** Reports whether `wide` lets in every packet that `narrow` lets in. A group or prefix list covers only itself. */
export function ruleCovers(wide: Rule, narrow: Rule): boolean {
  if (wide.direction !== narrow.direction || !sourceCovers(wide.source, narrow.source)) return false;
  const [outer, inner] = [serviceIntervalOfTraffic(wide.traffic), serviceIntervalOfTraffic(narrow.traffic)];
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** Returns the rule in words, e.g. `tcp/445 from 0.0.0.0/0`, or `all traffic to ::/0` for egress. */
export function formatRule(rule: Rule): string {
  return `${formatTraffic(rule.traffic)} ${rule.direction === 'ingress' ? 'from' : 'to'} ${formatSource(rule.source)}`;
}

/** Returns the source as text: the block or the id. For a group with an account, the text contains the account. */
export function formatSource(source: Source | AccessSource): string {
  if ('cidr' in source) return source.cidr;
  if ('prefixListId' in source) return source.prefixListId;
  return source.userId === undefined ? source.groupId : `${source.groupId} (account ${source.userId})`;
}

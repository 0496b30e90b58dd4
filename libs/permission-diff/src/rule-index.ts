import { getOrAdd } from './get-or-add.js';
import type { Direction, Rule } from './rule.js';
import { sourceKey } from './source.js';
import { trafficKey, type Traffic } from './traffic.js';

/**
 * Returns a function that gives equal rules (of equal direction, traffic and source) the same entry, made by `make` for the first of them.
 * It looks up in two steps, for many rules share their traffic: those of one permission even share the object, and follow one another.
 */
export function entriesByRule<Entry extends object>(make: () => Entry): (rule: Rule) => Entry {
  const byTraffic = new Map<number, Map<string, Entry>>();
  let bySource = new Map<string, Entry>();
  let latest: { readonly direction: Direction; readonly traffic: Traffic } | undefined;
  return (rule) => {
    if (rule.traffic !== latest?.traffic || rule.direction !== latest.direction) {
      latest = rule;
      // Egress follows after the keys of ingress, which have 43 bits.
      const key = trafficKey(rule.traffic) + (rule.direction === 'ingress' ? 0 : 2 ** 44);
      bySource = getOrAdd(byTraffic, key, () => new Map<string, Entry>());
    }
    return getOrAdd(bySource, sourceKey(rule.source), make);
  };
}

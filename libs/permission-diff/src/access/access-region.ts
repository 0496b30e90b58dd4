/**
 * An access region is an interval of services from one source. The traffic of a rule is one region, and the traffic of a set of rules is
 * the union of its regions.
 */
import type { Rule } from '../rules/rule.js';
import { sourceKey, type Source } from '../rules/source.js';
import { serviceIntervalOfTraffic, type Services } from '../rules/service.js';

export interface AccessRegion extends Services {
  readonly source: Source;
}

/** The blocks of groups and prefix lists, by id. A group or list whose id is missing is opaque: it equals only itself. */
export type Addresses = ReadonlyMap<string, readonly Source[]>;

/** Returns the traffic of the rules: one region for each rule, or one for each block if the addresses of the rule's source are known. */
export function accessRegionsOfRules(rules: readonly Pick<Rule, 'traffic' | 'source'>[], addresses: Addresses): readonly AccessRegion[] {
  const regions: AccessRegion[] = [];
  for (const { traffic, source } of rules) {
    const { first, last } = serviceIntervalOfTraffic(traffic);
    const blocks = addresses.size === 0 ? undefined : addresses.get(accessAddressesKey(source));
    if (blocks === undefined) regions.push({ first, last, source });
    else for (const block of blocks) regions.push({ first, last, source: block });
  }
  return regions;
}

function accessAddressesKey(source: Source): string {
  return source.kind === 'group' ? source.groupId : sourceKey(source);
}

/**
 * An access region is one interval of services from one source. The traffic of each rule is an access region.
 */
import type { Rule } from '../rules/rule.js';
import { sourceKey, type Source } from '../rules/source.js';
import { serviceIntervalOfTraffic, type Services } from '../rules/service.js';

export interface AccessRegion extends Services {
  readonly source: Source;
}

/** The blocks of groups and prefix lists, by id. A group or prefix list without an entry in this map equals only itself. */
export type Addresses = ReadonlyMap<string, readonly Source[]>;

/** Returns one region for each rule. If `addresses` has the source of a rule, returns one region for each block of the source. */
export function accessRegionsOfRules(rules: readonly Pick<Rule, 'traffic' | 'source'>[], addresses: Addresses): readonly AccessRegion[] {
  const regions: AccessRegion[] = [];
  for (const { traffic, source } of rules) {
    const { first, last } = serviceIntervalOfTraffic(traffic);
    // Stryker disable next-line ConditionalExpression: only saves time
    const blocks = addresses.size === 0 ? undefined : addresses.get(accessAddressesKey(source));
    if (blocks === undefined) regions.push({ first, last, source });
    else for (const block of blocks) regions.push({ first, last, source: block });
  }
  return regions;
}

function accessAddressesKey(source: Source): string {
  return source.kind === 'group' ? source.groupId : sourceKey(source);
}

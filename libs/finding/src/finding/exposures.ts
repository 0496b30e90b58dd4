/** Finds the services that a group opens to the internet. */
import { areRulesWorldOpen, formatTraffic, type Addresses, type Rule, type Traffic } from '@portcullis/permission-diff';
import {
  exposedServices,
  exposingRules,
  hasService,
  SENSITIVE_SERVICES,
  type SensitiveService,
} from '@portcullis/permission-diff/exposure';
import { findingTrafficName } from '../formats/traffic-name.js';

/** Ingress traffic that a group allows from many addresses of the internet. */
export interface Exposure<R extends Rule = Rule> {
  /**
   * `world`: at least 1/16 of the internet can send the traffic. `wide`: fewer addresses can send the traffic, but at least as many as in
   * an IPv4 `/16` block.
   */
  readonly reach: 'world' | 'wide';
  /** The name of the service, such as `SSH` or `all traffic`, or the traffic if the service has no name. */
  readonly service: string;
  /** The traffic in the notation of rules, e.g. `tcp/22`. */
  readonly traffic: string;
  /** The sensitive services that the traffic can reach, such as SSH or databases. */
  readonly sensitive: readonly SensitiveService[];
  /** The rules that allow the traffic, in the order of the group's rules. */
  readonly rules: readonly R[];
}

/** Traffic from at least this share of the public addresses counts as wide. An IPv4 `/16` block has this share. */
const WIDE_SHARE = 2 ** -16;

/**
 * Returns the exposures of a group. An exposure is traffic that ingress rules allow from the world, or from a wide range of addresses.
 * Rules with equal traffic share one exposure. If a sensitive service is open to the world only through several rules with different
 * traffic, the service is a separate exposure.
 *
 * @param addresses the CIDR blocks of each prefix list, by list id. A list that is not in the map counts as empty.
 */
export function exposuresOf<R extends Rule>(rules: readonly R[], addresses: Addresses): Exposure<R>[] {
  const ingress = rules.filter(({ direction }) => direction === 'ingress');
  // Most groups expose nothing, so return early.
  if (!areRulesWorldOpen(ingress, addresses, WIDE_SHARE)) return [];
  const exposures = [...findingRulesByTraffic(ingress)].flatMap(([traffic, same]) => trafficExposure(traffic, same, addresses) ?? []);
  const known = new Set(exposures.flatMap(({ reach, sensitive }) => (reach === 'world' ? sensitive : [])));
  const unknown = exposedServices(ingress, addresses).filter((service) => !known.has(service));
  const parts = unknown.length === 0 ? [] : exposingRules(ingress, addresses);
  const together = unknown.map((service): Exposure<R> => {
    const reaching = parts.filter(({ traffic }) => hasService(traffic, service));
    return { reach: 'world', service: service.name, traffic: `${service.protocol}/${service.port}`, sensitive: [service], rules: reaching };
  });
  return [...exposures, ...together];
}

/** Groups the rules by their traffic. The keys are texts from `formatTraffic`. */
export function findingRulesByTraffic<R extends Rule>(rules: readonly R[]): ReadonlyMap<string, readonly R[]> {
  const groups = new Map<string, R[]>();
  for (const rule of rules) {
    const traffic = formatTraffic(rule.traffic);
    groups.set(traffic, [...(groups.get(traffic) ?? []), rule]);
  }
  return groups;
}

function trafficExposure<R extends Rule>(traffic: string, same: readonly R[], addresses: Addresses): Exposure<R> | undefined {
  const isOpen = (rules: readonly R[], share: number | undefined): boolean => areRulesWorldOpen(rules, addresses, share);
  const reach = isOpen(same, undefined) ? 'world' : isOpen(same, WIDE_SHARE) ? 'wide' : undefined;
  if (reach === undefined) return undefined;
  const alone = same.filter((rule) => isOpen([rule], reach === 'world' ? undefined : WIDE_SHARE));
  // If no rule reaches the threshold alone, return every rule that allows at least one address of the internet.
  const open = alone.length > 0 ? alone : same.filter((rule) => isOpen([rule], Number.MIN_VALUE));
  return {
    reach,
    service: findingTrafficName(traffic),
    traffic,
    sensitive: same.slice(0, 1).flatMap((rule) => exposureSensitiveServices(rule.traffic)),
    rules: open,
  };
}

function exposureSensitiveServices(traffic: Traffic): SensitiveService[] {
  return SENSITIVE_SERVICES.filter((service) => hasService(traffic, service));
}

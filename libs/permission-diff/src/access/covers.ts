import { fillInGroupOwners } from '../diff/owners.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import { permissionValuesOrThrow, type ReadResult } from '../rules/problem.js';
import type { Rule } from '../rules/rule.js';
import { readAddresses } from './addresses.js';
import { readAccessRules, type AccessOptions } from './read-access.js';
import { accessRegionsOfRules, type AccessRegion } from './access-region.js';
import { BOTH, REQUIRED_ONLY, type Standings } from './standing.js';
import { sweepAccessRegions } from './sweep.js';

/**
 * Reports whether the permissions `granted` let in all the traffic that the permissions `wanted` let in. An empty list `wanted` is always
 * covered.
 *
 * @throws {InvalidPermissionError} listing every permission of either list that EC2 would refuse.
 */
export function covers(granted: readonly IpPermission[], wanted: readonly IpPermission[], options: AccessOptions = {}): boolean {
  const [grantedRegions, wantedRegions] = readAccessRegionsOfBoth(
    readAccessRules('granted', granted, options),
    readAccessRules('wanted', wanted, options),
    options,
  );
  return accessRegionsCover(grantedRegions, wantedRegions);
}

export function accessRegionsCover(granted: readonly AccessRegion[], wanted: readonly AccessRegion[]): boolean {
  return !someSenderHasStanding(wanted, granted, REQUIRED_ONLY);
}

/**
 * Reports whether some traffic is let in by both lists. A group or prefix list without given addresses overlaps only itself, because its
 * addresses are unknown.
 *
 * @throws {InvalidPermissionError} listing every permission of either list that EC2 would refuse.
 */
export function overlaps(a: readonly IpPermission[], b: readonly IpPermission[], options: AccessOptions = {}): boolean {
  const [regionsOfA, regionsOfB] = readAccessRegionsOfBoth(readAccessRules('a', a, options), readAccessRules('b', b, options), options);
  return someSenderHasStanding(regionsOfA, regionsOfB, BOTH);
}

/** Returns the traffic of both lists. A group without an account gets the account that the other list names for it. */
function readAccessRegionsOfBoth(
  a: ReadResult<readonly Rule[]>,
  b: ReadResult<readonly Rule[]>,
  options: AccessOptions,
): readonly [readonly AccessRegion[], readonly AccessRegion[]] {
  const [rulesOfA, rulesOfB, addresses] = permissionValuesOrThrow([a, b, readAddresses(options.addresses)]);
  const [ownedA = [], ownedB = []] = fillInGroupOwners(rulesOfA, rulesOfB);
  return [accessRegionsOfRules(ownedA, addresses), accessRegionsOfRules(ownedB, addresses)];
}

/** Reports whether any sender has one of the given standings at any service. */
function someSenderHasStanding(required: readonly AccessRegion[], actual: readonly AccessRegion[], standing: Standings): boolean {
  let found = false;
  sweepAccessRegions(required, actual, (_service, _turn, changed) => {
    found = changed.some((root) => (root.standings & standing) !== 0);
    return found || undefined;
  });
  return found;
}

import type { IpPermission } from '../read/ec2-permission.js';
import { readLists, regionsOfAll, type AccessOptions } from './read-access.js';
import type { Region } from './region.js';
import { BOTH, REQUIRED_ONLY, type Standings } from './standing.js';
import { sweep } from './sweep.js';

/**
 * Reports whether the permissions `granted` let in all the traffic of `wanted`. Any permissions cover an empty list.
 *
 * @throws {InvalidPermissionError} listing every permission of either list that EC2 would refuse.
 */
export function covers(granted: readonly IpPermission[], wanted: readonly IpPermission[], options: AccessOptions = {}): boolean {
  const { rules, addresses } = readLists({ granted, wanted }, options);
  const [grantedRegions = [], wantedRegions = []] = regionsOfAll(rules, addresses);
  return coversRegions(grantedRegions, wantedRegions);
}

export function coversRegions(granted: readonly Region[], wanted: readonly Region[]): boolean {
  return !someSender(wanted, granted, REQUIRED_ONLY);
}

/**
 * Reports whether both lists let in some of the same traffic. A group or prefix list without given addresses overlaps only itself, because
 * its addresses are unknown.
 *
 * @throws {InvalidPermissionError} listing every permission of either list that EC2 would refuse.
 */
export function overlaps(a: readonly IpPermission[], b: readonly IpPermission[], options: AccessOptions = {}): boolean {
  const { rules, addresses } = readLists({ a, b }, options);
  const [regionsOfA = [], regionsOfB = []] = regionsOfAll(rules, addresses);
  return someSender(regionsOfA, regionsOfB, BOTH);
}

/** Reports whether a sender has one of the given standings at any service. */
function someSender(required: readonly Region[], actual: readonly Region[], standing: Standings): boolean {
  let found = false;
  sweep(required, actual, (_service, _turn, changed) => {
    found = changed.some((root) => (root.standings & standing) !== 0);
    return found || undefined;
  });
  return found;
}

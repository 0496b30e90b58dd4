import type { IpPermission } from '../ec2-permission.js';
import type { Rule } from '../rule.js';
import { accessRangesOf, type AccessRange } from './access-range.js';
import { differenceOf } from './difference.js';
import { regionsGiven, regionsOfAll, type AccessOptions } from './read-access.js';
import type { Addresses, Region } from './region.js';

/** How the traffic that two sets let in differs. Plain data, and the same for the same traffic however it is spelled. */
export interface AccessComparison {
  /** Let in by the required permissions and not by the actual ones. Disjoint, in canonical order. */
  readonly missing: AccessRange[];
  /** Let in by the actual permissions and not by the required ones. Disjoint, in canonical order. */
  readonly excess: AccessRange[];
  /** Whether both let in the same traffic. */
  readonly equal: boolean;
}

/**
 * Returns the exact difference between the traffic that two sets of permissions let in, however they spell it: `0.0.0.0/1` with
 * `128.0.0.0/1` equals `0.0.0.0/0`, and tcp 80-443 without tcp 100-200 is two ranges. Both are of one direction; for egress a source is
 * a destination. IPv4 and IPv6 never mix.
 *
 * The answer is canonical: for every port the widest CIDR blocks that differ as a whole, and for each of them the longest run of ports.
 * Protocol `-1` is every protocol, 0 to 255 (source: EC2 API reference, IpPermission, IpProtocol).
 *
 * @throws {InvalidPermissionError} listing every permission of either list that EC2 would refuse.
 */
export function compareAccess(
  required: readonly IpPermission[],
  actual: readonly IpPermission[],
  options: AccessOptions = {},
): AccessComparison {
  return comparisonOf(regionsGiven({ required, actual }, options));
}

/** `compareAccess` for rules that have been read, all of one direction. */
export function compareRuleAccess(required: readonly Rule[], actual: readonly Rule[], addresses: Addresses = new Map()): AccessComparison {
  return comparisonOf(regionsOfAll([required, actual], addresses));
}

function comparisonOf([wanted = [], found = []]: readonly (readonly Region[])[]): AccessComparison {
  const difference = differenceOf(wanted, found);
  const missing = accessRangesOf(difference.missing);
  const excess = accessRangesOf(difference.excess);
  return { missing, excess, equal: missing.length === 0 && excess.length === 0 };
}

/** Checks EC2's `IpPermission[]` against bounds. */
import { permissionsOf } from '../diff/permissions-of.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import type { Rule } from '../rules/rule.js';
import { isBlockSource } from '../rules/source.js';
import { ALL_TRAFFIC } from '../rules/traffic.js';
import type { AccessRange } from './access-range.js';
import { accessBeyond, accessRegionsOfRuns, type Bound } from './bounds.js';
import { accessRegionDifference } from './difference.js';
import { narrowRules } from './narrow.js';
import { readAccessLists, type AccessOptions } from './read-access.js';
import { accessRegionsOfRules } from './access-region.js';

/** A bound, written with the fields of EC2's `IpPermission`. */
export interface PermissionBound extends Pick<Bound, 'notWiderThan'> {
  /** The traffic that the bound limits. @default all traffic */
  readonly services?: readonly Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>[];
  /** The senders that may use the services. @default no senders */
  readonly onlyFrom?: Omit<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>;
  /** Which security groups may use the services, in addition to the groups in `onlyFrom`. @default 'none' */
  readonly groups?: Bound['groups'];
}

export interface BoundAccessOptions extends AccessOptions {
  /** Traffic that is allowed even if bounds forbid it. */
  readonly permit?: readonly IpPermission[];
  /** The maximum number of rules in `within`. @default 60, EC2's default quota of rules in one direction */
  readonly maxRules?: number;
}

export interface BoundedAccess {
  /** The traffic beyond the bounds. Ranges are disjoint and in canonical order. */
  readonly beyond: AccessRange[];
  /**
   * The fewest rules for the traffic within the bounds. `undefined` if this traffic needs more than `maxRules` rules. Also `undefined` if
   * the bounds allow some entries of a prefix list and forbid other entries.
   */
  readonly within: IpPermission[] | undefined;
}

/**
 * Divides the traffic of the permissions: `beyond` is the traffic that at least one bound forbids, and `within` is the other traffic. Two
 * lists of permissions that let in the same traffic give the same result. In `addresses`, only prefix lists are used: a bound allows a
 * group by its id, not by its addresses.
 *
 * @throws {InvalidPermissionError} listing all permissions that EC2 would refuse, from all lists.
 */
export function boundAccess(
  permissions: readonly IpPermission[],
  bounds: readonly PermissionBound[],
  options: BoundAccessOptions = {},
): BoundedAccess {
  const given: Record<'permissions' | 'permit' | `bounds[${string}`, readonly IpPermission[]> = {
    permissions,
    permit: options.permit ?? [],
  };
  bounds.forEach(({ services = [], onlyFrom }, i) => {
    given[`bounds[${i}].services`] = services.map(({ IpProtocol, FromPort, ToPort }) => ({ IpProtocol, FromPort, ToPort, ...ANYBODY }));
    given[`bounds[${i}].onlyFrom`] = onlyFrom === undefined ? [] : [{ ...onlyFrom, IpProtocol: '-1' }];
  });
  const { rules: lists, addresses } = readAccessLists(given, options);
  const { permissions: rules, permit: permitted } = lists;
  const read = bounds.map(({ services, groups = 'none', notWiderThan }, i): Bound => ({
    services: services === undefined ? [ALL_TRAFFIC] : (lists[`bounds[${i}].services`]?.map(({ traffic }) => traffic) ?? []),
    senders: lists[`bounds[${i}].onlyFrom`]?.map(({ source }) => source) ?? [],
    groups,
    // Stryker disable next-line ConditionalExpression: only the compiler needs the check
    ...(notWiderThan !== undefined && { notWiderThan }),
  }));
  const { accountId, maxRules } = options;
  // Stryker disable next-line ConditionalExpression: only the compiler needs the checks
  const boundOptions = { addresses, permitted, ...(accountId !== undefined && { accountId }), ...(maxRules !== undefined && { maxRules }) };
  const undescribed = rules.map(({ direction, traffic, source }): Rule => ({ direction, traffic, source }));
  const narrowed = narrowRules(undescribed, read, boundOptions);
  return { beyond: accessBeyond(rules, read, boundOptions).ranges, within: narrowed && permissionsOf(narrowed) };
}

/** The services of a bound have no source, but the reader refuses permissions that have no source. So each service gets this source. */
const ANYBODY: IpPermission = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

/**
 * Returns the prefix lengths of the widest IPv4 block and of the widest IPv6 block that the permissions let in. Adjacent blocks of the same
 * service are joined: `10.0.0.0/16` and `10.1.0.0/16` give 15. If the permissions let in no block of an address family, the result has no
 * length for that family.
 *
 * @throws {InvalidPermissionError} listing every permission that EC2 would refuse.
 */
export function widestBlocks(
  permissions: readonly IpPermission[],
  options: AccessOptions = {},
): { readonly ipv4?: number; readonly ipv6?: number } {
  const { rules, addresses } = readAccessLists({ permissions }, options);
  const widest: { ipv4?: number; ipv6?: number } = {};
  for (const { source } of accessRegionsOfRuns(accessRegionDifference(accessRegionsOfRules(rules.permissions, addresses), []).missing)) {
    if (isBlockSource(source)) widest[source.kind] = Math.min(widest[source.kind] ?? Infinity, source.prefixLength);
  }
  return widest;
}

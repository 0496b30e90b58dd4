/** Reads baselines, limits and permissions from the parsed data of a baseline file. Skips values with the wrong shape. */
import { readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { isObject, type Fields, type Path } from '@portcullis/yaml-file';
import { baselineTrafficPermission } from '../compiled/bound-notation.js';

/** A value in the file, and its path from the top of the file. */
export interface Part<T = unknown> {
  readonly path: Path;
  readonly value: T;
}

export interface PermissionList {
  readonly kind: 'ingress' | 'egress' | 'permit' | 'within' | 'bound';
  readonly direction: Direction;
  /**
   * The permissions as they are in the file, always as a list. In a bound, a service has no source, and the allowed peers (`onlyFrom`,
   * `onlyTo`) have no protocol and ports. In `permissions`, a placeholder stands for these missing fields.
   */
  readonly permissions: unknown;
  /** Converts a path inside `permissions` to a path in the file. */
  readonly pathOf: (path: Path) => Path;
}

/** A rule, and the path of its source in the file. */
export type PlacedRule = Rule & { readonly path: Path };

export function baselineParts(data: unknown): Part<Fields>[] {
  return asBaselineObject({ path: [], value: data }).flatMap((file) => baselineObjectEntries(baselinePartAt(file, 'baselines')));
}

export function limitParts(data: unknown): Part<Fields>[] {
  return asBaselineObject({ path: [], value: data }).flatMap((file) => baselineObjectEntries(baselinePartAt(file, 'limits')));
}

/** Returns the value of a key, and the path of this value. If the key is absent, the value is `undefined`. */
export function baselinePartAt(part: Part<Fields>, key: string): Part {
  return { path: [...part.path, key], value: Object.hasOwn(part.value, key) ? part.value[key] : undefined };
}

/** Returns the entries of a list, or an empty array if the part is not a list. */
export function baselineListEntries({ path, value }: Part): Part[] {
  return Array.isArray(value) ? value.map((each: unknown, i) => ({ path: [...path, i], value: each })) : [];
}

export function baselineObjectEntries(part: Part): Part<Fields>[] {
  return baselineListEntries(part).flatMap(asBaselineObject);
}

/** Returns an array with this part if its value is an object. Otherwise returns an empty array. */
export function asBaselineObject({ path, value }: Part): Part<Fields>[] {
  return isObject(value) ? [{ path, value }] : [];
}

/** Returns an array with this part if its value is text. Otherwise returns an empty array. */
export function asBaselineText({ path, value }: Part): Part<string>[] {
  return typeof value === 'string' ? [{ path, value }] : [];
}

/** Returns the permission lists of a baseline: the ingress list, the egress list, and one list for each permit. */
export function baselinePermissionLists(baseline: Part<Fields>): PermissionList[] {
  const declared = (['ingress', 'egress'] as const).flatMap((direction) =>
    baselinePermissionListAt(baseline, direction, direction, direction),
  );
  return [...declared, ...baselinePermitPermissions(baseline)];
}

/** Returns `within` and `withinEgress` of an `ignore` clause, each as a permission list. */
export function ownerBoundLists(clause: Part<Fields>): PermissionList[] {
  return [
    ...baselinePermissionListAt(clause, 'within', 'within', 'ingress'),
    ...baselinePermissionListAt(clause, 'withinEgress', 'within', 'egress'),
  ];
}

/** Returns one permission list for each permit of a baseline or a limit. */
export function baselinePermitPermissions(holder: Part<Fields>): PermissionList[] {
  return baselineObjectEntries(baselinePartAt(holder, 'permit')).flatMap(baselinePermitPermission);
}

/** In each pair, the first key belongs to a limit and contains bounds. The second key belongs to a bound and lists the allowed peers. */
export const BOUNDS = [
  ['ingress', 'onlyFrom'],
  ['egress', 'onlyTo'],
] as const;

/** For every bound of a limit, returns one permission list for each service and one permission list for the peers. */
export function baselineLimitBoundLists(limit: Part<Fields>): PermissionList[] {
  return BOUNDS.flatMap(([direction, peers]) =>
    baselineObjectEntries(baselinePartAt(limit, direction)).flatMap((bound) => [
      ...baselineObjectEntries(baselinePartAt(bound, 'services')).map(({ path, value }) =>
        boundPermissionList(direction, path, baselineTrafficPermission(value)),
      ),
      ...asBaselineObject(baselinePartAt(bound, peers)).flatMap(({ path, value }) => {
        const { IpRanges, Ipv6Ranges, PrefixListIds } = value;
        const hasSource = [IpRanges, Ipv6Ranges, PrefixListIds].some((each) => Array.isArray(each) && each.length > 0);
        return hasSource ? [boundPermissionList(direction, path, { IpProtocol: '-1', IpRanges, Ipv6Ranges, PrefixListIds })] : [];
      }),
    ]),
  );
}

function boundPermissionList(direction: Direction, path: Path, permission: object): PermissionList {
  return { kind: 'bound', direction, permissions: [permission], pathOf: (inList) => [...path, ...inList.slice(1)] };
}

function baselinePermissionListAt(holder: Part<Fields>, key: string, kind: PermissionList['kind'], direction: Direction): PermissionList[] {
  const { path, value } = baselinePartAt(holder, key);
  return value === undefined ? [] : [{ kind, direction, permissions: value, pathOf: (inList) => [...path, ...inList] }];
}

function baselinePermitPermission(permit: Part<Fields>): PermissionList[] {
  const { path, value } = baselinePartAt(permit, 'permission');
  if (value === undefined) return [];
  const direction = permit.value.direction === 'egress' ? 'egress' : 'ingress';
  const pathOf = (inList: Path): Path => [...path, ...inList.slice(1)];
  return [{ kind: 'permit', direction, permissions: [value], pathOf }];
}

/** The keys of a permission that contain its sources. */
export const SOURCE_LISTS: readonly string[] = ['IpRanges', 'Ipv6Ranges', 'UserIdGroupPairs', 'PrefixListIds'];

/**
 * Returns the valid rules of the list, with their paths. Reads each source separately, so that one invalid source does not hide the rules
 * of the valid sources.
 */
export function readPlacedRules(list: PermissionList): PlacedRule[] {
  return baselineObjectEntries({ path: [], value: list.permissions }).flatMap((permission) => {
    const { IpProtocol, FromPort, ToPort } = permission.value;
    return SOURCE_LISTS.flatMap((sources) =>
      baselineListEntries(baselinePartAt(permission, sources)).flatMap(({ path, value }) => {
        const alone = [{ IpProtocol, FromPort, ToPort, [sources]: [value] }];
        const read = readRules(alone, { direction: list.direction });
        return read.ok ? read.value.map((rule) => ({ ...rule, path: list.pathOf(path) })) : [];
      }),
    );
  });
}

/** Reads baselines, limits and permissions from the parsed data of a baseline file. Skips values with the wrong shape. */
import { readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { isObject, type Fields, type Path } from '@portcullis/yaml-file';
import { permissionFromAnywhere } from '../compiled/bound-notation.js';

/** A value in the file, and its path from the top of the file. */
export interface Part<T = unknown> {
  readonly path: Path;
  readonly value: T;
}

export interface PermissionList {
  readonly kind: 'ingress' | 'egress' | 'permit' | 'within' | 'bound';
  readonly direction: Direction;
  /**
   * The permissions as they are in the file, always as a list. For traffic or peers of a bound, this code adds the fields that complete a
   * permission.
   */
  readonly permissions: unknown;
  /** Converts a path inside `permissions` to a path in the file. */
  readonly pathOf: (path: Path) => Path;
}

/** A rule, and the path of its source in the file. */
export type PlacedRule = Rule & { readonly path: Path };

export function baselineParts(data: unknown): Part<Fields>[] {
  return asObjectPart({ path: [], value: data }).flatMap((file) => objectEntryParts(filePartAt(file, 'baselines')));
}

export function limitParts(data: unknown): Part<Fields>[] {
  return asObjectPart({ path: [], value: data }).flatMap((file) => objectEntryParts(filePartAt(file, 'limits')));
}

/** Returns the value of a key and its path. If the key is absent, the value is `undefined`. */
export function filePartAt(part: Part<Fields>, key: string): Part {
  return { path: [...part.path, key], value: Object.hasOwn(part.value, key) ? part.value[key] : undefined };
}

/** Returns the entries of a list, or an empty array if the part is not a list. */
export function listEntryParts({ path, value }: Part): Part[] {
  return Array.isArray(value) ? value.map((each: unknown, i) => ({ path: [...path, i], value: each })) : [];
}

export function objectEntryParts(part: Part): Part<Fields>[] {
  return listEntryParts(part).flatMap(asObjectPart);
}

/** Returns an array with this part if its value is an object. Otherwise returns an empty array. */
export function asObjectPart({ path, value }: Part): Part<Fields>[] {
  return isObject(value) ? [{ path, value }] : [];
}

/** Returns an array with this part if its value is text. Otherwise returns an empty array. */
export function asTextPart({ path, value }: Part): Part<string>[] {
  return typeof value === 'string' ? [{ path, value }] : [];
}

/** Returns the permission lists of a baseline: the ingress list, the egress list, and one list for each permit. */
export function baselinePermissionLists(baseline: Part<Fields>): PermissionList[] {
  const declared = (['ingress', 'egress'] as const).flatMap((direction) => permissionListAt(baseline, direction, direction, direction));
  return [...declared, ...permitPermissionLists(baseline)];
}

/** Returns `within` and `withinEgress` of an `ignore` clause, each as a permission list. */
export function ownerBoundLists(clause: Part<Fields>): PermissionList[] {
  return [...permissionListAt(clause, 'within', 'within', 'ingress'), ...permissionListAt(clause, 'withinEgress', 'within', 'egress')];
}

/** Returns one permission list for each permit of a baseline or a limit. */
export function permitPermissionLists(holder: Part<Fields>): PermissionList[] {
  return objectEntryParts(filePartAt(holder, 'permit')).flatMap(permitPermissionList);
}

/** Maps each key of a limit that contains bounds to the key that lists the allowed peers in each bound. */
export const BOUNDS = [
  ['ingress', 'onlyFrom'],
  ['egress', 'onlyTo'],
] as const;

/** Returns one permission list for each service, and one for the peers, of every bound of a limit. */
export function limitBoundLists(limit: Part<Fields>): PermissionList[] {
  return BOUNDS.flatMap(([direction, peers]) =>
    objectEntryParts(filePartAt(limit, direction)).flatMap((bound) => [
      ...objectEntryParts(filePartAt(bound, 'services')).map(({ path, value }) =>
        boundPermissionList(direction, path, permissionFromAnywhere(value)),
      ),
      ...asObjectPart(filePartAt(bound, peers)).flatMap(({ path, value }) => {
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

function permissionListAt(holder: Part<Fields>, key: string, kind: PermissionList['kind'], direction: Direction): PermissionList[] {
  const { path, value } = filePartAt(holder, key);
  return value === undefined ? [] : [{ kind, direction, permissions: value, pathOf: (inList) => [...path, ...inList] }];
}

function permitPermissionList(permit: Part<Fields>): PermissionList[] {
  const { path, value } = filePartAt(permit, 'permission');
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
  return objectEntryParts({ path: [], value: list.permissions }).flatMap((permission) => {
    const { IpProtocol, FromPort, ToPort } = permission.value;
    return SOURCE_LISTS.flatMap((sources) =>
      listEntryParts(filePartAt(permission, sources)).flatMap(({ path, value }) => {
        const alone = [{ IpProtocol, FromPort, ToPort, [sources]: [value] }];
        const read = readRules(alone, { direction: list.direction });
        return read.ok ? read.value.map((rule) => ({ ...rule, path: list.pathOf(path) })) : [];
      }),
    );
  });
}

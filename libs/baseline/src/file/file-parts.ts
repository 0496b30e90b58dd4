/** Finds the parts of a baseline file in parsed data that may be invalid. Parts with the wrong shape are left out. */
import { readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { isObject, type Fields, type Path } from '@portcullis/yaml-file';
import { permissionFromAnywhere } from '../compiled/bound-notation.js';

/** A value of the file with its path. */
export interface Part<T = unknown> {
  readonly path: Path;
  readonly value: T;
}

export interface PermissionList {
  readonly kind: 'ingress' | 'egress' | 'permit' | 'within' | 'bound';
  readonly direction: Direction;
  /**
   * The permissions of a list, as the file has them. A single permission becomes a list. Absent fields that EC2 requires are filled in.
   */
  readonly permissions: unknown;
  /** Converts a path inside `permissions` to a path in the file. */
  readonly pathOf: (path: Path) => Path;
}

/** A rule, with the path of its source in the file. */
export type PlacedRule = Rule & { readonly path: Path };

export function baselineParts(data: unknown): Part<Fields>[] {
  return asObjectPart({ path: [], value: data }).flatMap((file) => objectEntryParts(filePartAt(file, 'baselines')));
}

export function limitParts(data: unknown): Part<Fields>[] {
  return asObjectPart({ path: [], value: data }).flatMap((file) => objectEntryParts(filePartAt(file, 'limits')));
}

/** Returns the value under the key, with its path. The value is `undefined` if the key is absent. */
export function filePartAt(part: Part<Fields>, key: string): Part {
  return { path: [...part.path, key], value: Object.hasOwn(part.value, key) ? part.value[key] : undefined };
}

/** Returns the entries of a list, or an empty array if the part is not a list. */
export function listEntryParts({ path, value }: Part): Part[] {
  return Array.isArray(value) ? value.map((each: unknown, i) => ({ path: [...path, i], value: each })) : [];
}

/** Returns the entries of a list that are objects. */
export function objectEntryParts(part: Part): Part<Fields>[] {
  return listEntryParts(part).flatMap(asObjectPart);
}

/** Returns the part in an array if its value is an object, otherwise an empty array. */
export function asObjectPart({ path, value }: Part): Part<Fields>[] {
  return isObject(value) ? [{ path, value }] : [];
}

/** Returns the part in an array if its value is text, otherwise an empty array. */
export function asTextPart({ path, value }: Part): Part<string>[] {
  return typeof value === 'string' ? [{ path, value }] : [];
}

/** Returns the permission lists of a baseline: the ingress list, the egress list, and one list for each permit. */
export function baselinePermissionLists(baseline: Part<Fields>): PermissionList[] {
  const declared = (['ingress', 'egress'] as const).flatMap((direction) => permissionListAt(baseline, direction, direction, direction));
  return [...declared, ...permitPermissionLists(baseline)];
}

/** Returns the bounds of the owner in an `ignore` clause, as permission lists. */
export function ownerBoundLists(clause: Part<Fields>): PermissionList[] {
  return [...permissionListAt(clause, 'within', 'within', 'ingress'), ...permissionListAt(clause, 'withinEgress', 'within', 'egress')];
}

/** Returns the permits of a baseline or a limit, each as a permission list. */
export function permitPermissionLists(holder: Part<Fields>): PermissionList[] {
  return objectEntryParts(filePartAt(holder, 'permit')).flatMap(permitPermissionList);
}

/** The directions of a limit's bounds, each with the key that names the allowed peers in a bound of that direction. */
export const BOUNDS = [
  ['ingress', 'onlyFrom'],
  ['egress', 'onlyTo'],
] as const;

/** Returns the services and the peers of a limit's bounds, each as a permission list. */
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
 * Returns the rules that can be read, with their paths. Reads each source separately, so that a mistake in one source does not hide other
 * rules.
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

/** Finds the parts of a baseline file in data that may be invalid. Parts with the wrong shape are left out. */
import { readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { isObject, type Fields, type Path } from '@portcullis/yaml-file';
import { withSomeSource } from '../compiled/bounds.js';

/** A value of the file, with its path. */
export interface Part<T = unknown> {
  readonly path: Path;
  readonly value: T;
}

export interface PermissionList {
  readonly kind: 'ingress' | 'egress' | 'permit' | 'within' | 'bound';
  readonly direction: Direction;
  /** The permissions as written in the file. A single permission becomes a list. Absent parts are filled in, because EC2 requires them. */
  readonly permissions: unknown;
  /** Converts a path in `permissions` to a path in the file. */
  readonly pathOf: (path: Path) => Path;
}

/** A rule, with the path of its source in the file. */
export type PlacedRule = Rule & { readonly path: Path };

export function baselinesIn(data: unknown): Part<Fields>[] {
  return asObject({ path: [], value: data }).flatMap((file) => objectsIn(partAt(file, 'baselines')));
}

export function limitsIn(data: unknown): Part<Fields>[] {
  return asObject({ path: [], value: data }).flatMap((file) => objectsIn(partAt(file, 'limits')));
}

/** Returns the part under the key. The part's value is `undefined` if the key is absent. */
export function partAt(part: Part<Fields>, key: string): Part {
  return { path: [...part.path, key], value: Object.hasOwn(part.value, key) ? part.value[key] : undefined };
}

/** Returns the entries of a list, or an empty array if the part is not a list. */
export function entriesIn({ path, value }: Part): Part[] {
  return Array.isArray(value) ? value.map((each: unknown, i) => ({ path: [...path, i], value: each })) : [];
}

/** Returns the entries of a list that are objects. */
export function objectsIn(part: Part): Part<Fields>[] {
  return entriesIn(part).flatMap(asObject);
}

/** Returns an array with the part if it is an object, otherwise an empty array. */
export function asObject({ path, value }: Part): Part<Fields>[] {
  return isObject(value) ? [{ path, value }] : [];
}

/** Returns an array with the part if it is text, otherwise an empty array. */
export function asText({ path, value }: Part): Part<string>[] {
  return typeof value === 'string' ? [{ path, value }] : [];
}

/** Returns the lists of permissions of a baseline: ingress, egress, and one for each permit. */
export function permissionListsIn(baseline: Part<Fields>): PermissionList[] {
  const declared = (['ingress', 'egress'] as const).flatMap((direction) => listAt(baseline, direction, direction, direction));
  return [...declared, ...permitsIn(baseline)];
}

/** Returns the bounds of an owner in an `ignore` clause, as lists of permissions. */
export function boundsOfOwnerIn(clause: Part<Fields>): PermissionList[] {
  return [...listAt(clause, 'within', 'within', 'ingress'), ...listAt(clause, 'withinEgress', 'within', 'egress')];
}

/** Returns the permits of a baseline or a limit, each as a list of permissions. */
export function permitsIn(holder: Part<Fields>): PermissionList[] {
  return objectsIn(partAt(holder, 'permit')).flatMap(permitted);
}

/** The directions of the bounds of a limit, and the key of a bound that says who is allowed. */
export const BOUNDS = [
  ['ingress', 'onlyFrom'],
  ['egress', 'onlyTo'],
] as const;

/** Returns the services and the peers of the bounds of a limit, each as a list of permissions. */
export function permissionsOfBoundsIn(limit: Part<Fields>): PermissionList[] {
  return BOUNDS.flatMap(([direction, peers]) =>
    objectsIn(partAt(limit, direction)).flatMap((bound) => [
      ...objectsIn(partAt(bound, 'services')).map(({ path, value }) => {
        const { IpProtocol, FromPort, ToPort } = value;
        return boundList(direction, path, withSomeSource({ IpProtocol, FromPort, ToPort }));
      }),
      ...asObject(partAt(bound, peers)).flatMap(({ path, value }) => {
        const { IpRanges, Ipv6Ranges, PrefixListIds } = value;
        const hasSource = [IpRanges, Ipv6Ranges, PrefixListIds].some((each) => Array.isArray(each) && each.length > 0);
        return hasSource ? [boundList(direction, path, { IpProtocol: '-1', IpRanges, Ipv6Ranges, PrefixListIds })] : [];
      }),
    ]),
  );
}

function boundList(direction: Direction, path: Path, permission: object): PermissionList {
  return { kind: 'bound', direction, permissions: [permission], pathOf: (inList) => [...path, ...inList.slice(1)] };
}

function listAt(holder: Part<Fields>, key: string, kind: PermissionList['kind'], direction: Direction): PermissionList[] {
  const { path, value } = partAt(holder, key);
  return value === undefined ? [] : [{ kind, direction, permissions: value, pathOf: (inList) => [...path, ...inList] }];
}

function permitted(permit: Part<Fields>): PermissionList[] {
  const { path, value } = partAt(permit, 'permission');
  if (value === undefined) return [];
  const direction = permit.value.direction === 'egress' ? 'egress' : 'ingress';
  const pathOf = (inList: Path): Path => [...path, ...inList.slice(1)];
  return [{ kind: 'permit', direction, permissions: [value], pathOf }];
}

/** Returns the readable rules with their paths. Reads each source separately, so that one mistake does not hide other rules. */
export function placedRulesIn(list: PermissionList): PlacedRule[] {
  return objectsIn({ path: [], value: list.permissions }).flatMap((permission) => {
    const { IpProtocol, FromPort, ToPort } = permission.value;
    return ['IpRanges', 'Ipv6Ranges', 'UserIdGroupPairs', 'PrefixListIds'].flatMap((sources) =>
      entriesIn(partAt(permission, sources)).flatMap(({ path, value }) => {
        const alone = [{ IpProtocol, FromPort, ToPort, [sources]: [value] }];
        const read = readRules(alone, { direction: list.direction });
        return read.ok ? read.value.map((rule) => ({ ...rule, path: list.pathOf(path) })) : [];
      }),
    );
  });
}

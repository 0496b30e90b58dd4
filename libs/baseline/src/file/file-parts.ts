/** Finds the parts of a baseline file in data that may be invalid. Parts with the wrong shape are left out. */
import { readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { isObject, type Fields, type Path } from '@portcullis/yaml-file';

/** A value of the file, with its path. */
export interface Part<T = unknown> {
  readonly path: Path;
  readonly value: T;
}

export interface PermissionList {
  readonly kind: 'ingress' | 'egress' | 'permit';
  readonly direction: Direction;
  /** The permissions as written in the file. The single permission of a permit becomes a list. */
  readonly permissions: unknown;
  /** Converts a path in `permissions` to a path in the file. */
  readonly pathOf: (path: Path) => Path;
}

/** A rule, with the path of its source in the file. */
export type PlacedRule = Rule & { readonly path: Path };

export function baselinesIn(data: unknown): Part<Fields>[] {
  return asObject({ path: [], value: data }).flatMap((file) => objectsIn(partAt(file, 'baselines')));
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
  return [...declared(baseline, 'ingress'), ...declared(baseline, 'egress'), ...objectsIn(partAt(baseline, 'permit')).flatMap(permitted)];
}

function declared(baseline: Part<Fields>, kind: Direction): PermissionList[] {
  const { path, value } = partAt(baseline, kind);
  if (value === undefined) return [];
  const pathOf = (inList: Path): Path => [...path, ...inList];
  return [{ kind, direction: kind, permissions: value, pathOf }];
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

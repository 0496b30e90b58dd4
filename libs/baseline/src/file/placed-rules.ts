/** Finds the rules of a baseline file with their paths. */
import { readRules, type Rule } from '@portcullis/permission-diff';
import type { Path } from '@portcullis/yaml-file';
import { entriesIn, objectsIn, partAt, type PermissionList } from './file-parts.js';

/** A rule, with the path of its source in the file. */
export type PlacedRule = Rule & { readonly path: Path };

/** Returns the readable rules with their paths. Reads one source at a time, so that one mistake does not hide other rules. */
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

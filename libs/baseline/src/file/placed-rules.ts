/** The rules of a baseline file, each with its place in it. */
import { readRules, type Rule } from '@portcullis/permission-diff';
import { entriesIn, objectsIn, partAt, type PermissionList } from './file-parts.js';
import type { Path } from './path.js';

/** A rule, and where its source stands in the file. */
export type PlacedRule = Rule & { readonly path: Path };

/** Returns the rules that can be read, each with its place: one source at a time, so that one slip hides no other rule. */
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

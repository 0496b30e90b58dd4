/** The rules of a baseline file, each with its place in it. */
import { readRules, type Rule } from '@portcullis/permission-diff';
import type { Path } from '@portcullis/yaml-file';
import { entriesIn, objectsIn, partAt, type PermissionList } from './file-parts.js';

/** A rule, and where its source is in the file. */
export type PlacedRule = Rule & { readonly path: Path };

/** Returns the rules that can be read, each with its place. It reads one source at a time, so that one mistake hides no other rule. */
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

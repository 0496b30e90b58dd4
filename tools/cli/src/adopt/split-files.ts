/** Splits adopted groups into several files. */
import type { SurveyedGroup } from '@portcullis/security-groups';
import type { Scope } from '../aws/account-region.js';

/** The files can be split by VPC, by account and region, or by the value of a tag. */
export type SplitBy = 'vpc' | 'account' | { readonly tag: string };

const MAX_NAME_LENGTH = 100;

/**
 * Returns the groups that go into each file, by file name, such as `vpc-0a1b2c3d.yaml`, `payments.yaml` for a tag's value, or
 * `111122223333-eu-west-1.yaml`. Groups without a VPC are in `no-vpc.yaml`. Groups without the tag are in `no-<tag>.yaml`. The same groups
 * always give the same file names.
 */
export function splitGroupsIntoFiles(
  groups: readonly SurveyedGroup[],
  by: SplitBy,
  scopeOf: (group: SurveyedGroup) => Scope,
): ReadonlyMap<string, readonly SurveyedGroup[]> {
  const parts = new Map<string, SurveyedGroup[]>();
  for (const group of groups) {
    const key = splitFileKeyOfGroup(group, by, scopeOf);
    parts.set(key, [...(parts.get(key) ?? []), group]);
  }
  const names = new Set<string>();
  const files = new Map<string, readonly SurveyedGroup[]>();
  for (const [key, part] of [...parts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const base =
      key
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[-.]+/, '')
        .slice(0, MAX_NAME_LENGTH) || 'unnamed';
    // Some file systems do not distinguish upper and lower case, so names must also differ in lower case.
    let name = base;
    for (let n = 2; names.has(name.toLowerCase()); n += 1) name = `${base}-${n}`;
    names.add(name.toLowerCase());
    files.set(`${name}.yaml`, part);
  }
  return files;
}

function splitFileKeyOfGroup(group: SurveyedGroup, by: SplitBy, scopeOf: (group: SurveyedGroup) => Scope): string {
  if (by === 'vpc') return group.vpcId ?? 'no-vpc';
  if (by !== 'account') return group.tags[by.tag] ?? `no-${by.tag}`;
  const { accountId, region } = scopeOf(group);
  return `${accountId}-${region}`;
}

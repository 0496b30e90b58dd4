/**
 * Reads the criteria by which a baseline or a limit of a possibly invalid file selects groups. Also compares the criteria of two baselines
 * or limits.
 */
import type { Fields, Path } from '@portcullis/yaml-file';
import { coversNamePattern, namePatternsOverlap } from '../compiled/name-pattern.js';
import { asBaselineObject, asBaselineText, baselineListEntries, baselinePartAt, type Part } from './file-parts.js';

/** The criteria that a selected group must meet. An empty list means no criterion. */
export interface Criteria {
  readonly tags: readonly (readonly [string, string])[];
  readonly names: readonly string[];
  readonly vpcs: readonly string[];
}

/** The criteria of one baseline. `path` leads to the key `groups` of the baseline. */
export interface Selection {
  /** The name of the baseline. */
  readonly name: string;
  readonly path: Path;
  readonly criteria: Criteria;
}

/** Returns the selection of each baseline that has criteria. */
export function readBaselineFileSelections(baselines: readonly Part<Fields>[]): Selection[] {
  return baselines.flatMap((baseline) =>
    asBaselineObject(baselinePartAt(baseline, 'groups')).flatMap((groups) => {
      const criteria = readGroupCriteria(groups);
      if (hasNoCriteria(criteria)) return [];
      return [{ name: asBaselineText(baselinePartAt(baseline, 'name'))[0]?.value ?? 'another baseline', path: groups.path, criteria }];
    }),
  );
}

export function hasNoCriteria({ tags, names, vpcs }: Criteria): boolean {
  return tags.length + names.length + vpcs.length === 0;
}

export function readGroupCriteria(groups: Part<Fields>): Criteria {
  const texts = (key: string): string[] =>
    baselineListEntries(baselinePartAt(groups, key))
      .flatMap(asBaselineText)
      .map(({ value }) => value);
  const tags = asBaselineObject(baselinePartAt(groups, 'tags')).flatMap((map) =>
    Object.keys(map.value).flatMap((key) => asBaselineText(baselinePartAt(map, key)).map(({ value }) => [key, value] as const)),
  );
  return { tags, names: texts('names'), vpcs: texts('vpcs') };
}

/** Reports whether the criteria `wide` certainly select every group that the criteria `narrow` select. */
export function criteriaCover(wide: Criteria, narrow: Criteria): boolean {
  const hasTag = ([key, value]: readonly [string, string]): boolean =>
    narrow.tags.some(([otherKey, otherValue]) => otherKey === key && otherValue === value);
  const isNamed = (name: string): boolean => wide.names.some((pattern) => coversNamePattern(pattern, name));
  return (
    wide.tags.every(hasTag) &&
    (wide.names.length === 0 || (narrow.names.length > 0 && narrow.names.every(isNamed))) &&
    (wide.vpcs.length === 0 || (narrow.vpcs.length > 0 && narrow.vpcs.every((vpc) => wide.vpcs.includes(vpc))))
  );
}

/** Reports whether one group can meet the criteria `a` and also the criteria `b`. */
export function criteriaMayOverlap(a: Criteria, b: Criteria): boolean {
  const contradicts = ([key, value]: readonly [string, string]): boolean =>
    b.tags.some(([otherKey, otherValue]) => otherKey === key && otherValue !== value);
  const share = (one: readonly string[], other: readonly string[], meet: (x: string, y: string) => boolean): boolean =>
    one.length === 0 || other.length === 0 || one.some((x) => other.some((y) => meet(x, y)));
  return !a.tags.some(contradicts) && share(a.names, b.names, namePatternsOverlap) && share(a.vpcs, b.vpcs, (x, y) => x === y);
}

/** Determines how changed tags change a group's baseline. Pure. */
import { selectBaseline, type Baseline, type CompiledBaseline, type Selection } from '@portcullis/baseline';
import { changedNothing, type ApiCall, type TagsChange } from '@portcullis/cloudtrail';
import type { GroupFacts } from '@portcullis/security-groups';

export interface Left {
  readonly baseline: Baseline;
  /** Whether the record shows that the group was in the baseline. The record of an overwritten tag lacks its old value. */
  readonly certain: boolean;
}

/**
 * Returns the baseline that selected the group before the call changed its tags. For a refused call, returns the baseline that the group
 * would have left.
 *
 * @param changedLately the tag keys that other calls changed in the last hour.
 */
export function leftByTags(
  change: TagsChange,
  outcome: ApiCall['outcome'],
  facts: GroupFacts,
  compiled: CompiledBaseline,
  changedLately: ReadonlySet<string>,
): Left | undefined {
  const now = selectBaseline(compiled, facts);
  if (changedNothing(outcome)) {
    const then = selectBaseline(compiled, { ...facts, tags: tagsAfter(change, facts.tags) });
    return now.kind === 'guarded' && !isSame(now, then) ? { baseline: now.baseline, certain: true } : undefined;
  }
  for (const { groups } of compiled.baselines) {
    const selecting = Object.entries(groups.tags ?? {});
    if (!selecting.some(([key, value]) => mayHaveHad(change, facts, key, value))) continue;
    // An earlier call may have removed a tag that is absent now, because somebody may remove the selecting tags in several calls.
    const wanted = selecting.filter(
      ([key, value]) => mayHaveHad(change, facts, key, value) || changedLately.has(key) || !Object.hasOwn(facts.tags, key),
    );
    const before = selectBaseline(compiled, { ...facts, tags: { ...facts.tags, ...Object.fromEntries(wanted) } });
    if (before.kind === 'guarded' && !isSame(before, now)) {
      const certain = wanted.every(([key, value]) => change.tags.some((tag) => tag.key === key && tag.value === value));
      return { baseline: before.baseline, certain: change.action === 'remove' && certain };
    }
  }
  return undefined;
}

/** Returns the keys of the changed tags that baselines use to select groups. */
export function selectingKeysIn(change: TagsChange, { baselines }: CompiledBaseline): readonly string[] {
  return baselines.flatMap(({ groups }) => Object.keys(groups.tags ?? {})).filter((key) => isNamed(change, key));
}

/**
 * Reports whether the changed tags may decide which baseline selects a group, or whether a rule is ignored. If not, the detector reads no
 * group.
 *
 * @param isWhole whether all tags of the record could be read.
 */
export function decidingTags(
  change: TagsChange,
  isWhole: boolean,
  { baselines }: CompiledBaseline,
): { readonly groups: boolean; readonly rules: boolean } {
  const ofGroups = baselines.flatMap(({ groups }) => Object.keys(groups.tags ?? {}));
  const ofRules = baselines.flatMap(({ ignore }) => ignore.flatMap((clause) => ('tag' in clause ? clause.tag.key : [])));
  const isDeciding = (key: string): boolean => !isWhole || isNamed(change, key);
  return { groups: ofGroups.some(isDeciding), rules: ofRules.some(isDeciding) };
}

/** Reports whether the call changed a tag that selects the group. */
export function tagsAreTheReason(change: TagsChange, selection: Selection, compiled: CompiledBaseline): boolean {
  if (selection.kind === 'unguarded' || selection.kind === 'limited') return false;
  const names = selection.kind === 'guarded' ? [selection.baseline.name] : selection.names;
  const baselines = compiled.baselines.filter(({ name }) => names.includes(name));
  return selectingKeysIn(change, { ...compiled, baselines }).length > 0;
}

/** Reports whether the tag may have had that value before the call. */
function mayHaveHad(change: TagsChange, { tags }: GroupFacts, key: string, value: string): boolean {
  if (!isNamed(change, key)) return false;
  // EC2 deletes a tag only if the tag has the value that the call names.
  // Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
  if (change.action === 'remove')
    return !Object.hasOwn(tags, key) && change.tags.every((tag) => tag.key !== key || (tag.value ?? value) === value);
  return tags[key] !== value;
}

/** DeleteTags without tags deletes all tags. */
function isNamed({ action, tags }: TagsChange, key: string): boolean {
  return (action === 'remove' && tags.length === 0) || tags.some((tag) => tag.key === key);
}

function tagsAfter({ action, tags }: TagsChange, before: GroupFacts['tags']): GroupFacts['tags'] {
  if (action === 'add') return { ...before, ...Object.fromEntries(tags.map(({ key, value }) => [key, value ?? ''])) };
  const isTaken = ([key, value]: [string, string]): boolean =>
    tags.length === 0 || tags.some((tag) => tag.key === key && (tag.value ?? value) === value);
  return Object.fromEntries(Object.entries(before).filter((tag) => !isTaken(tag)));
}

function isSame(a: Selection, b: Selection): boolean {
  return a.kind === 'guarded' && b.kind === 'guarded' ? a.baseline.name === b.baseline.name : a.kind === b.kind;
}

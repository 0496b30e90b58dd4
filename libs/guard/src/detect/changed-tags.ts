/** Determines how changed tags change what applies to a group. Pure. */
import { selectBaseline, type Baseline, type CompiledBaseline, type Limit, type Selection } from '@portcullis/baseline';
import { callChangedNothing, type ApiCall, type TagsChange } from '@portcullis/cloudtrail';
import type { GroupFacts } from '@portcullis/security-groups';
import type { Selected } from '../runtime/selected-groups.js';

/** What applied to a group before its tags changed, if some of that no longer applies. */
export interface Left {
  readonly before: Selected;
  /** Whether the record shows that all of it applied. The record of an overwritten tag lacks its old value. */
  readonly certain: boolean;
}

/**
 * Returns what applied to the group before the call changed its tags, if a baseline or a limit no longer applies. For a refused call,
 * returns what the group would have left.
 *
 * @param changedLately the tag keys that other calls changed in the last hour.
 */
export function declarationLeftByTags(
  change: TagsChange,
  outcome: ApiCall['outcome'],
  facts: GroupFacts,
  compiled: CompiledBaseline,
  changedLately: ReadonlySet<string>,
): Left | undefined {
  const now = selectBaseline(compiled, facts);
  if (callChangedNothing(outcome)) {
    const then = selectBaseline(compiled, { ...facts, tags: tagsAfterChange(change, facts.tags) });
    return now.kind !== 'unguarded' && hasLeftDeclaration(now, then) ? { before: now, certain: true } : undefined;
  }
  const all = possibleEarlierTags(change, facts, compiled, changedLately).flatMap(({ tags, certain }): Left[] => {
    const before = selectBaseline(compiled, { ...facts, tags });
    return before.kind !== 'unguarded' && hasLeftDeclaration(before, now) ? [{ before, certain }] : [];
  });
  const certain = all.some((left) => left.certain);
  const [first, ...others] = all.filter((left) => left.certain === certain);
  return first && others.reduce(combineLeftDeclarations, first);
}

/** Returns what some of the group's tags may have been before the call. */
function possibleEarlierTags(
  change: TagsChange,
  facts: GroupFacts,
  { baselines, limits = [] }: CompiledBaseline,
  changedLately: ReadonlySet<string>,
): { readonly tags: GroupFacts['tags']; readonly certain: boolean }[] {
  const selecting = [...baselines, ...limits].flatMap(({ groups }) => {
    const tags = Object.entries(groups.tags ?? {});
    if (!tags.some(([key, value]) => mayHaveHadTagBefore(change, facts, key, value))) return [];
    // An earlier call may have removed a tag that is absent now, because somebody may remove the selecting tags in several calls.
    const wanted = tags.filter(
      ([key, value]) => mayHaveHadTagBefore(change, facts, key, value) || changedLately.has(key) || !Object.hasOwn(facts.tags, key),
    );
    const isNamedWith = ([key, value]: [string, string]): boolean => change.tags.some((tag) => tag.key === key && tag.value === value);
    return { tags: { ...facts.tags, ...Object.fromEntries(wanted) }, certain: change.action === 'remove' && wanted.every(isNamedWith) };
  });
  const excepting = limits.flatMap(({ groups: { except } }) => {
    const added = Object.keys(except?.tags ?? {}).filter((key) => change.action === 'add' && isTagKeyChanged(change, key));
    if (added.length === 0) return [];
    // Somebody may set several excepting tags in several calls. That the group had the tag already is unlikely.
    const without = Object.entries(facts.tags).filter(([key]) => !added.includes(key));
    return { tags: Object.fromEntries(without), certain: true };
  });
  return [...selecting, ...excepting];
}

/** Combines what applied before, because one call can take a group out of a baseline and of several limits. */
function combineLeftDeclarations(a: Left, b: Left): Left {
  const [one, other] = a.before.kind === 'limited' ? [b.before, a.before] : [a.before, b.before];
  const limits = [...new Set([...one.limits, ...other.limits])].sort((x, y) => (x.name < y.name ? -1 : 1));
  return { ...a, before: { ...one, limits } };
}

/** Reports whether a baseline or a limit no longer applies. */
export function hasLeftDeclaration(before: Selection, now: Selection): boolean {
  const { baseline, limits } = declarationThatWasLeft(before, now);
  return baseline !== undefined || limits.length > 0;
}

/** Returns the baseline and the limits that no longer apply. If several baselines selected the group, no baseline applied. */
export function declarationThatWasLeft(
  before: Selection,
  now: Selection,
): { readonly baseline?: Baseline; readonly limits: readonly Limit[] } {
  const after = now.kind === 'unguarded' ? [] : now.limits;
  const isSame = before.kind !== 'guarded' || (now.kind === 'guarded' && now.baseline.name === before.baseline.name);
  return {
    ...(!isSame && { baseline: before.baseline }),
    limits: before.kind === 'unguarded' ? [] : before.limits.filter(({ name }) => !after.some((limit) => limit.name === name)),
  };
}

/** Returns the keys of the changed tags that decide which groups baselines and limits select. */
export function changedSelectingTagKeys(change: TagsChange, compiled: Pick<CompiledBaseline, 'baselines' | 'limits'>): readonly string[] {
  return selectingTagKeys(compiled).filter((key) => isTagKeyChanged(change, key));
}

function selectingTagKeys({ baselines, limits = [] }: Pick<CompiledBaseline, 'baselines' | 'limits'>): readonly string[] {
  return [
    ...[...baselines, ...limits].flatMap(({ groups }) => Object.keys(groups.tags ?? {})),
    ...limits.flatMap(({ groups }) => Object.keys(groups.except?.tags ?? {})),
  ];
}

/**
 * Reports whether the changed tags may decide what applies to a group, or whether a rule is ignored. If not, the detector reads no group.
 *
 * @param isWhole whether all tags of the record could be read.
 */
export function mayTagsDecide(
  change: TagsChange,
  isWhole: boolean,
  compiled: CompiledBaseline,
): { readonly groups: boolean; readonly rules: boolean } {
  const ofRules = compiled.baselines.flatMap(({ ignore }) => ignore.flatMap((clause) => ('tag' in clause ? clause.tag.key : [])));
  const isDeciding = (key: string): boolean => !isWhole || isTagKeyChanged(change, key);
  return { groups: selectingTagKeys(compiled).some(isDeciding), rules: ofRules.some(isDeciding) };
}

/** Reports whether the call changed a tag that decides that the baseline or a limit applies to the group. */
export function isSelectedByChangedTags(change: TagsChange, selection: Selection, compiled: CompiledBaseline): boolean {
  if (selection.kind === 'unguarded') return false;
  const names = selection.kind === 'guarded' ? [selection.baseline.name] : selection.kind === 'ambiguous' ? selection.names : [];
  const baselines = compiled.baselines.filter(({ name }) => names.includes(name));
  return changedSelectingTagKeys(change, { baselines, limits: selection.limits }).length > 0;
}

/** Reports whether the tag may have had that value before the call. */
function mayHaveHadTagBefore(change: TagsChange, { tags }: GroupFacts, key: string, value: string): boolean {
  if (!isTagKeyChanged(change, key)) return false;
  // EC2 deletes a tag only if the tag has the value that the call names.
  // Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
  if (change.action === 'remove')
    return !Object.hasOwn(tags, key) && change.tags.every((tag) => tag.key !== key || (tag.value ?? value) === value);
  return tags[key] !== value;
}

/** DeleteTags without tags deletes all tags. */
function isTagKeyChanged({ action, tags }: TagsChange, key: string): boolean {
  return (action === 'remove' && tags.length === 0) || tags.some((tag) => tag.key === key);
}

function tagsAfterChange({ action, tags }: TagsChange, before: GroupFacts['tags']): GroupFacts['tags'] {
  if (action === 'add') return { ...before, ...Object.fromEntries(tags.map(({ key, value }) => [key, value ?? ''])) };
  const isTaken = ([key, value]: [string, string]): boolean =>
    tags.length === 0 || tags.some((tag) => tag.key === key && (tag.value ?? value) === value);
  return Object.fromEntries(Object.entries(before).filter((tag) => !isTaken(tag)));
}

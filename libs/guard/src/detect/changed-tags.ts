/** Finds the baselines and limits that a group left because a call changed the group's tags. Pure. */
import { selectBaseline, type Baseline, type CompiledBaseline, type Limit, type Selection } from '@portcullis/baseline';
import { callChangedNothing, type ApiCall, type TagsChange } from '@portcullis/cloudtrail';
import type { GroupFacts } from '@portcullis/security-groups';
import type { Selected } from '../runtime/selected-groups.js';

/** The baseline and the limits that applied to a group before its tags changed, if at least one of them no longer applies. */
export interface Left {
  readonly before: Selected;
  /** Whether the record proves that everything in `before` applied. A record that overwrites a tag does not contain the old value. */
  readonly certain: boolean;
}

/**
 * Returns the baseline and the limits that applied to the group before the call changed its tags, if at least one of them no longer
 * applies. For a refused call, returns what the group would have left.
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

/** Returns the tags that the group may have had before the call. Each result assumes one baseline or limit that the call may have ended. */
function possibleEarlierTags(
  change: TagsChange,
  facts: GroupFacts,
  { baselines, limits = [] }: CompiledBaseline,
  changedLately: ReadonlySet<string>,
): { readonly tags: GroupFacts['tags']; readonly certain: boolean }[] {
  const selecting = [...baselines, ...limits].flatMap(({ groups }) => {
    const tags = Object.entries(groups.tags ?? {});
    if (!tags.some(([key, value]) => mayHaveHadTagBefore(change, facts, key, value))) return [];
    // If a selecting tag is absent now, an earlier call may have removed it: somebody can remove the selecting tags one by one.
    const wanted = tags.filter(
      ([key, value]) => mayHaveHadTagBefore(change, facts, key, value) || changedLately.has(key) || !Object.hasOwn(facts.tags, key),
    );
    const isNamedWith = ([key, value]: [string, string]): boolean => change.tags.some((tag) => tag.key === key && tag.value === value);
    return { tags: { ...facts.tags, ...Object.fromEntries(wanted) }, certain: change.action === 'remove' && wanted.every(isNamedWith) };
  });
  const excepting = limits.flatMap(({ groups: { except } }) => {
    const added = Object.keys(except?.tags ?? {}).filter((key) => change.action === 'add' && isTagKeyChanged(change, key));
    if (added.length === 0) return [];
    // Somebody can also set several excepting tags one by one. We assume that the group did not have the added tag before, because that is more likely.
    const without = Object.entries(facts.tags).filter(([key]) => !added.includes(key));
    return { tags: Object.fromEntries(without), certain: true };
  });
  return [...selecting, ...excepting];
}

/** Merges two results, because one call can take a group out of a baseline and out of several limits. */
function combineLeftDeclarations(a: Left, b: Left): Left {
  const [one, other] = a.before.kind === 'limited' ? [b.before, a.before] : [a.before, b.before];
  const limits = [...new Set([...one.limits, ...other.limits])].sort((x, y) => (x.name < y.name ? -1 : 1));
  return { ...a, before: { ...one, limits } };
}

/** Reports whether a baseline or a limit in `before` no longer applies. */
export function hasLeftDeclaration(before: Selection, now: Selection): boolean {
  const { baseline, limits } = declarationThatWasLeft(before, now);
  return baseline !== undefined || limits.length > 0;
}

/** Returns the baseline and the limits in `before` that no longer apply. If several baselines selected the group, none of them applied. */
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

/** Returns the changed tag keys that baselines and limits use to select groups. */
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
 * Reports whether the changed tags may affect which groups are selected (`groups`), or which rules are ignored (`rules`). If not, the
 * detector reads no group.
 *
 * @param isWhole whether all tags of the record could be read.
 */
export function mayChangedTagsDecideSelection(
  change: TagsChange,
  isWhole: boolean,
  compiled: CompiledBaseline,
): { readonly groups: boolean; readonly rules: boolean } {
  const ofRules = compiled.baselines.flatMap(({ ignore }) => ignore.flatMap((clause) => ('tag' in clause ? clause.tag.key : [])));
  const isDeciding = (key: string): boolean => !isWhole || isTagKeyChanged(change, key);
  return { groups: selectingTagKeys(compiled).some(isDeciding), rules: ofRules.some(isDeciding) };
}

/** Reports whether the selected baseline or one of the limits selects by a tag that the call changed. */
export function isSelectedByChangedTags(change: TagsChange, selection: Selection, compiled: CompiledBaseline): boolean {
  if (selection.kind === 'unguarded') return false;
  const names = selection.kind === 'guarded' ? [selection.baseline.name] : selection.kind === 'ambiguous' ? selection.names : [];
  const baselines = compiled.baselines.filter(({ name }) => names.includes(name));
  return changedSelectingTagKeys(change, { baselines, limits: selection.limits }).length > 0;
}

/** Reports whether the group may have had the tag with this value before the call. */
function mayHaveHadTagBefore(change: TagsChange, { tags }: GroupFacts, key: string, value: string): boolean {
  if (!isTagKeyChanged(change, key)) return false;
  // EC2 deletes a tag only if the tag has the value that the call names.
  // Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
  if (change.action === 'remove')
    return !Object.hasOwn(tags, key) && change.tags.every((tag) => tag.key !== key || (tag.value ?? value) === value);
  return tags[key] !== value;
}

/** A DeleteTags call that names no tags deletes all tags. */
function isTagKeyChanged({ action, tags }: TagsChange, key: string): boolean {
  return (action === 'remove' && tags.length === 0) || tags.some((tag) => tag.key === key);
}

function tagsAfterChange({ action, tags }: TagsChange, before: GroupFacts['tags']): GroupFacts['tags'] {
  if (action === 'add') return { ...before, ...Object.fromEntries(tags.map(({ key, value }) => [key, value ?? ''])) };
  const isTaken = ([key, value]: [string, string]): boolean =>
    tags.length === 0 || tags.some((tag) => tag.key === key && (tag.value ?? value) === value);
  return Object.fromEntries(Object.entries(before).filter((tag) => !isTaken(tag)));
}

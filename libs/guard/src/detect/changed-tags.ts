/** Finds the baselines and limits that a group left because a call changed the group's tags. Pure. */
import { selectBaseline, type Baseline, type CompiledBaseline, type Limit, type Selection } from '@portcullis/baseline';
import { callChangedNothing, type ApiCall, type TagsChange } from '@portcullis/cloudtrail';
import type { GroupFacts } from '@portcullis/security-groups';
import type { Selected } from '../runtime/selected-groups.js';

/**
 * The baseline and the limits that applied to a group before a call changed the group's tags. After the call, the baseline or at least one
 * of the limits no longer applies.
 */
export interface Left {
  readonly before: Selected;
  /**
   * Whether the record proves that the baseline and the limits in `before` applied. A record of an overwritten tag proves nothing, because
   * the record lacks the old value.
   */
  readonly certain: boolean;
}

/**
 * Returns the baseline and the limits that applied before the call, or `undefined` if they all still apply. If EC2 refused the call, and
 * the call would have taken the group out of its baseline or a limit, returns the current baseline and limits.
 *
 * @param changedLately the keys of the group's tags that other calls changed in the last hour.
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

/**
 * Returns the sets of tags that the group may have had before the call. The result contains one set for each baseline or limit that may
 * have selected the group before the call.
 */
function possibleEarlierTags(
  change: TagsChange,
  facts: GroupFacts,
  { baselines, limits = [] }: CompiledBaseline,
  changedLately: ReadonlySet<string>,
): { readonly tags: GroupFacts['tags']; readonly certain: boolean }[] {
  const selecting = [...baselines, ...limits].flatMap(({ groups }) => {
    const tags = Object.entries(groups.tags ?? {});
    if (!tags.some(([key, value]) => mayHaveHadTagBefore(change, facts, key, value))) return [];
    // A baseline may require several tags, and somebody can remove the tags one by one. So assume that the group had every required tag
    // before.
    const wanted = tags.filter(
      ([key, value]) => mayHaveHadTagBefore(change, facts, key, value) || changedLately.has(key) || !Object.hasOwn(facts.tags, key),
    );
    const isNamedWith = ([key, value]: [string, string]): boolean => change.tags.some((tag) => tag.key === key && tag.value === value);
    return { tags: { ...facts.tags, ...Object.fromEntries(wanted) }, certain: change.action === 'remove' && wanted.every(isNamedWith) };
  });
  const excepting = limits.flatMap(({ groups: { except } }) => {
    const added = Object.keys(except?.tags ?? {}).filter((key) => change.action === 'add' && isTagKeyChanged(change, key));
    if (added.length === 0) return [];
    // If the call added a tag of `except`, assume that the tag is new, because a call rarely adds a tag that the group already has.
    const without = Object.entries(facts.tags).filter(([key]) => !added.includes(key));
    return { tags: Object.fromEntries(without), certain: true };
  });
  return [...selecting, ...excepting];
}

/** One call can take a group out of a baseline and out of several limits. */
function combineLeftDeclarations(a: Left, b: Left): Left {
  const [one, other] = a.before.kind === 'limited' ? [b.before, a.before] : [a.before, b.before];
  const limits = [...new Set([...one.limits, ...other.limits])].sort((x, y) => (x.name < y.name ? -1 : 1));
  return { ...a, before: { ...one, limits } };
}

/** Reports whether `before` contains a baseline or a limit that `now` lacks. */
export function hasLeftDeclaration(before: Selection, now: Selection): boolean {
  const { baseline, limits } = declarationEndedByTagCall(before, now);
  return baseline !== undefined || limits.length > 0;
}

/**
 * Returns the baseline and the limits that `before` contains and `now` lacks. If several baselines in `before` select the group, none of
 * these baselines applied, so the result contains no baseline.
 */
export function declarationEndedByTagCall(
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
 * In the result, `groups` says whether a baseline or a limit may select groups by the changed tags. `rules` says whether a baseline may
 * ignore rules because of these tags.
 *
 * @param isWhole whether every field of the record could be parsed.
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

/** Reports whether a baseline or a limit in `selection` selects groups by a tag that the call changed. */
export function isSelectedByChangedTags(change: TagsChange, selection: Selection, compiled: CompiledBaseline): boolean {
  if (selection.kind === 'unguarded') return false;
  const names = selection.kind === 'guarded' ? [selection.baseline.name] : selection.kind === 'ambiguous' ? selection.names : [];
  const baselines = compiled.baselines.filter(({ name }) => names.includes(name));
  return changedSelectingTagKeys(change, { baselines, limits: selection.limits }).length > 0;
}

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

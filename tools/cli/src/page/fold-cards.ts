/** Folds equal items: the same mistake in forty groups becomes one card, and forty calls of one script become one change. */
import { groupByKey } from '../survey/fold.js';
import { TONES, type PageChange, type PageFinding, type PageGroup } from './page-model.js';

/** Findings that differ only in their groups and baselines. */
export type Card = readonly [PageFinding, ...PageFinding[]];

/** Returns the cards: worst first, then by the number of groups. */
export function foldFindingsIntoCards(findings: readonly PageFinding[]): Card[] {
  const keyOf = ({ group: { accountId, region }, tone, says, notes, rules, who }: PageFinding): string =>
    JSON.stringify([
      ...[accountId, region, tone, says, notes],
      who.map((each) => each.who),
      // The reason names the baseline.
      rules.map(({ action, rule }) => [action, rule]),
    ]);
  return groupByKey(findings, keyOf).sort((a, b) => TONES.indexOf(a[0].tone) - TONES.indexOf(b[0].tone) || b.length - a.length);
}

/** All changes that one person made to the same groups on one day. */
export interface TimelineItem {
  /** The newest change. */
  readonly first: PageChange;
  /** What was done to each of the groups. */
  readonly what: readonly string[];
  readonly groups: readonly PageGroup[];
}

/** Returns the changes, newest first. */
export function foldChangesIntoTimeline(changes: readonly PageChange[]): TimelineItem[] {
  const newestFirst = [...changes].sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
  const keyOf = ({ time, who, details }: PageChange): unknown[] => [time.slice(0, 10), who, details];
  const sameChange = groupByKey(newestFirst, (change) => JSON.stringify([...keyOf(change), change.what, change.tone]));
  const items = sameChange.map((same) => ({ first: same[0], groups: [...new Map(same.map(({ group }) => [group.id, group])).values()] }));
  return groupByKey(items, ({ first, groups }) => JSON.stringify([...keyOf(first), groups.map(({ id }) => id).sort()])).map((same) => ({
    ...same[0],
    what: same.map(({ first }) => first.what),
  }));
}

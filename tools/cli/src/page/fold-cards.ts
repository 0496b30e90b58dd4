/**
 * Folds findings with the same problem into one card, and similar calls by one person into one entry of the timeline.
 */
import { foldRenderedItems } from '../render/fold.js';
import { TONES, type PageChange, type PageFinding, type PageGroup } from './page-model.js';

/** Findings that share a card, because they differ only in their groups and baselines. */
export type Card = readonly [PageFinding, ...PageFinding[]];

/** Returns the cards, most severe first. Among equally severe cards, the card with the most groups is first. */
export function foldFindingsIntoCards(findings: readonly PageFinding[]): Card[] {
  const keyOf = ({ group: { accountId, region }, tone, says, notes, rules, who }: PageFinding): string =>
    JSON.stringify([
      ...[accountId, region, tone, says, notes],
      who.map((each) => each.who),
      // Does not compare the reasons for the changes, because a reason contains the name of the baseline.
      rules.map(({ action, rule }) => [action, rule]),
    ]);
  return foldRenderedItems(findings, keyOf).sort((a, b) => TONES.indexOf(a[0].tone) - TONES.indexOf(b[0].tone) || b.length - a.length);
}

/** One entry of the timeline: all changes that one person made to the same groups on one day. */
export interface TimelineItem {
  /** The newest change. */
  readonly first: PageChange;
  /** What the calls did to each of `groups`, e.g. `opened SSH to the internet`. */
  readonly what: readonly string[];
  readonly groups: readonly PageGroup[];
}

/** Returns the entries of the timeline, newest first. */
export function foldChangesIntoPageTimeline(changes: readonly PageChange[]): TimelineItem[] {
  const newestFirst = [...changes].sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
  const keyOf = ({ time, who, details }: PageChange): unknown[] => [time.slice(0, 10), who, details];
  const sameChange = foldRenderedItems(newestFirst, (change) => JSON.stringify([...keyOf(change), change.what, change.tone]));
  const items = sameChange.map((same) => ({ first: same[0], groups: [...new Map(same.map(({ group }) => [group.id, group])).values()] }));
  return foldRenderedItems(items, ({ first, groups }) => JSON.stringify([...keyOf(first), groups.map(({ id }) => id).sort()])).map(
    (same) => ({
      ...same[0],
      what: same.map(({ first }) => first.what),
    }),
  );
}

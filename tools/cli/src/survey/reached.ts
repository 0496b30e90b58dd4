/** Finds the groups that traffic from exposed groups can reach, directly or through other groups. */
import { foldRenderedItems } from '../render/fold.js';

/** An ingress rule that allows traffic from one group to another. */
export interface GroupLink {
  /** The id of the source group. */
  readonly from: string;
  /** The id of the group that has the rule. */
  readonly to: string;
  /** The traffic of the rule, e.g. `tcp/22`. */
  readonly traffic: string;
}

/** The maximum number of reached groups. A picture with more groups would be unreadable. */
const MAX_REACHED = 200;

/**
 * Returns all links on the paths that start at the given groups, by the id of the target group. Returns links to at most `MAX_REACHED`
 * targets.
 */
export function surveyReachedLinks(groupIds: readonly string[], links: readonly GroupLink[]): ReadonlyMap<string, readonly GroupLink[]> {
  const bySource = new Map(foldRenderedItems(links, ({ from }) => from).map((same) => [same[0].from, same]));
  const reached = new Map<string, GroupLink[]>();
  const visited = new Set(groupIds);
  // Iterating over a Set also visits the items that are added during the iteration.
  for (const from of visited)
    for (const link of bySource.get(from) ?? []) {
      const known = reached.get(link.to);
      if (known !== undefined) known.push(link);
      else if (reached.size < MAX_REACHED) reached.set(link.to, [link]);
      else continue;
      visited.add(link.to);
    }
  return reached;
}

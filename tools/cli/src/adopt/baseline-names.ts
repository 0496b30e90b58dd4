/** Chooses the names of the baselines of adopted groups. */

export interface NamedGroup {
  readonly id: string;
  readonly name: string | null;
}

/** The maximum number of characters in a baseline's name. */
const MAX_NAME_LENGTH = 64;
/** The maximum number of characters in a group's id. */
const MAX_ID_LENGTH = 20;

/**
 * Returns a unique baseline name for each group, by group id. Replaces the characters of the group's name that are invalid in a baseline
 * name. Appends the group id if several groups share a name.
 *
 * @param used the names of the other baselines in the file
 */
export function adoptedBaselineNames(groups: readonly NamedGroup[], used: readonly string[] = []): ReadonlyMap<string, string> {
  const wanted = groups.map(({ id, name }) => ({ id, name: baselineNameFromGroupName(name ?? '') || id }));
  const counts = new Map<string, number>();
  for (const { name } of wanted) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set(used);
  return new Map(
    wanted.map(({ id, name }) => {
      const best = counts.get(name) === 1 || name === id ? name : `${name.slice(0, MAX_NAME_LENGTH - MAX_ID_LENGTH - 1)}.${id}`;
      let free = best;
      // Another baseline in the file can already use this name.
      for (let n = 2; taken.has(free); n += 1) free = `${best.slice(0, MAX_NAME_LENGTH - String(n).length - 1)}.${n}`;
      taken.add(free);
      return [id, free];
    }),
  );
}

function baselineNameFromGroupName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9._/-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, MAX_NAME_LENGTH);
}

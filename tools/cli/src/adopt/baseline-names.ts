/** What the baselines of adopted groups are called. */

export interface Named {
  readonly id: string;
  readonly name: string | null;
}

/** A baseline's name has at most 64 characters; an id at most 20. */
const MAX_NAME = 64;
const MAX_ID = 20;

/**
 * Returns a name for each group, by its id: the group's own as far as a baseline may be called so, with the id after it where another group
 * has the same.
 */
export function baselineNames(groups: readonly Named[]): ReadonlyMap<string, string> {
  const wished = groups.map(({ id, name }) => ({ id, name: allowed(name ?? '') || id }));
  const counts = new Map<string, number>();
  for (const { name } of wished) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set<string>();
  return new Map(
    wished.map(({ id, name }) => {
      const best = counts.get(name) === 1 || name === id ? name : `${name.slice(0, MAX_NAME - MAX_ID - 1)}.${id}`;
      const free = firstFree(best, taken);
      taken.add(free);
      return [id, free];
    }),
  );
}

/** A group may be called as another one's baseline would be. */
function firstFree(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n += 1) free = `${name.slice(0, MAX_NAME - String(n).length - 1)}.${n}`;
  return free;
}

function allowed(name: string): string {
  return name
    .replace(/[^A-Za-z0-9._/-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, MAX_NAME);
}

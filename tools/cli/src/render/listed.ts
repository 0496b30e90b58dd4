/** A line names at most this many groups, users or addresses, and counts the rest. */
export const MAX_NAMED = 3;

/** Returns e.g. `web, db, api and 2 more`. */
export function abbreviateList(texts: readonly string[], max = MAX_NAMED): string {
  const named = texts.slice(0, max).join(', ');
  return texts.length > max ? `${named} and ${texts.length - max} more` : named;
}

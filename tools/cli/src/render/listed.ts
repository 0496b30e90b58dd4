/** Lists of names in one line. */

/** A line names at most this many groups, users or addresses, and counts the rest. */
export const MAX_NAMED = 3;

/** Returns e.g. `web, db, api and 2 more`. */
export function listed(texts: readonly string[]): string {
  const named = texts.slice(0, MAX_NAMED).join(', ');
  return texts.length > MAX_NAMED ? `${named} and ${texts.length - MAX_NAMED} more` : named;
}

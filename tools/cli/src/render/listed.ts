/** The maximum number of groups, resources or addresses that a line names before `and 2 more`. */
export const MAX_NAMED = 3;

/** Returns e.g. `web, db, api and 2 more`. */
export function renderShortList(texts: readonly string[], max = MAX_NAMED): string {
  const named = texts.slice(0, max).join(', ');
  return texts.length > max ? `${named} and ${texts.length - max} more` : named;
}

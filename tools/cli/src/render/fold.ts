/** Combines items with equal keys, so that the output shows these items as one entry. The entries are in the order of their first items. */
export function foldRenderedItems<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const folds = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const fold = folds.get(key);
    if (fold === undefined) folds.set(key, [item]);
    else fold.push(item);
  }
  return [...folds.values()];
}

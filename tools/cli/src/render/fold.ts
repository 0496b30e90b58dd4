/** Combines items with equal keys, so that the output shows these items as one entry. The entries are in the order of their first items. */
export function foldRenderedItems<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const folds = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const fold = folds.get(keyOf(item));
    if (fold === undefined) folds.set(keyOf(item), [item]);
    else fold.push(item);
  }
  return [...folds.values()];
}

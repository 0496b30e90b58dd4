/** Patterns of group names, in which `*` stands for any text, including the empty text. */

/**
 * Reports whether the name matches the pattern. The time is at most proportional to the length of the name times the length of the pattern.
 */
export function matchesGroupName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  // The first occurrence of each piece leaves the most text for the pieces after it.
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Reports whether every name that matches `narrow` is known to match `wide`. */
export function coversNamePattern(wide: string, narrow: string): boolean {
  // Treats `narrow` as plain text, so a `*` in `narrow` matches only a `*` in `wide`. So `true` is always right, but `false` may be wrong.
  return matchesGroupName(wide, narrow);
}

/** Reports whether some name matches both patterns. */
export function namePatternsOverlap(a: string, b: string): boolean {
  if (!a.includes('*')) return matchesGroupName(b, a);
  if (!b.includes('*')) return matchesGroupName(a, b);
  // Both patterns have a `*`. It can stand for any text that the other pattern needs in the middle. So only the beginnings and the ends of
  // the patterns must agree.
  const [endsOfA, endsOfB] = [namePatternEnds(a), namePatternEnds(b)];
  return (
    (endsOfA.first.startsWith(endsOfB.first) || endsOfB.first.startsWith(endsOfA.first)) &&
    (endsOfA.last.endsWith(endsOfB.last) || endsOfB.last.endsWith(endsOfA.last))
  );
}

function namePatternEnds(pattern: string): { readonly first: string; readonly last: string } {
  return { first: pattern.slice(0, pattern.indexOf('*')), last: pattern.slice(pattern.lastIndexOf('*') + 1) };
}

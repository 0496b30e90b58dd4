/** Patterns of group names, in which `*` stands for any text, including the empty text. */

/**
 * Reports whether the name matches the pattern. A call takes at most O(name length × pattern length) time.
 */
export function matchesGroupName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  // Each text between two stars must occur after the previous text. The first occurrence is the best choice, because it leaves the longest
  // rest of the name for the later texts.
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Returns `true` only if `wide` matches every name that `narrow` matches. `false` means that the function cannot tell. */
export function coversNamePattern(wide: string, narrow: string): boolean {
  // Here `narrow` is treated as a plain name, so its `*` is an ordinary character. Only a `*` in `wide` can match this character.
  return matchesGroupName(wide, narrow);
}

/** Reports whether some name matches both patterns. */
export function namePatternsOverlap(a: string, b: string): boolean {
  if (!a.includes('*')) return matchesGroupName(b, a);
  if (!b.includes('*')) return matchesGroupName(a, b);
  // Both patterns contain a `*`. Each `*` can stand for the middle of the other pattern, so only the beginnings and the ends must agree.
  const [endsOfA, endsOfB] = [namePatternEnds(a), namePatternEnds(b)];
  return (
    (endsOfA.first.startsWith(endsOfB.first) || endsOfB.first.startsWith(endsOfA.first)) &&
    (endsOfA.last.endsWith(endsOfB.last) || endsOfB.last.endsWith(endsOfA.last))
  );
}

function namePatternEnds(pattern: string): { readonly first: string; readonly last: string } {
  return { first: pattern.slice(0, pattern.indexOf('*')), last: pattern.slice(pattern.lastIndexOf('*') + 1) };
}

/** Patterns of group names, in which `*` stands for any text, also none. */

/** Reports whether the name is like the pattern. In time proportional to the product of their lengths, whatever the pattern. */
export function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  // Each piece as early as it can be: what is left for the pieces after it is then as long as it can be.
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Reports whether every name like `narrow` is certainly like `wide` too. */
export function coversName(wide: string, narrow: string): boolean {
  // A `*` of the narrow pattern read as text is matched only where the wide one allows any text, so that this errs to "no" alone.
  return matchesName(wide, narrow);
}

/** Reports whether some name is like both patterns. */
export function patternsMeet(a: string, b: string): boolean {
  if (!a.includes('*')) return matchesName(b, a);
  if (!b.includes('*')) return matchesName(a, b);
  // Between their ends either of them takes all that the other wants there.
  const [endsOfA, endsOfB] = [endsOf(a), endsOf(b)];
  return (
    (endsOfA.first.startsWith(endsOfB.first) || endsOfB.first.startsWith(endsOfA.first)) &&
    (endsOfA.last.endsWith(endsOfB.last) || endsOfB.last.endsWith(endsOfA.last))
  );
}

function endsOf(pattern: string): { readonly first: string; readonly last: string } {
  return { first: pattern.slice(0, pattern.indexOf('*')), last: pattern.slice(pattern.lastIndexOf('*') + 1) };
}

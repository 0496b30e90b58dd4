/** Finds the word that somebody probably meant. */

/** Returns the nearest of the candidates if it is near enough to be meant, or the one cut short; case, `_` and `-` do not count. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const mostEdits = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  let nearest: string | undefined;
  let fewest = mostEdits + 1;
  for (const candidate of candidates) {
    if (word.length > candidate.length + 5) continue;
    const isCutShort = word.length >= 4 && plain(candidate).startsWith(plain(word));
    const edits = isCutShort ? 1 : editsBetween(plain(word), plain(candidate));
    if (edits < fewest) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[_-]/g, '');
}

/** Returns how many letters must be put in, left out, changed or swapped with their neighbour. */
function editsBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforeLast[j - 2] ?? Infinity) + 1 : Infinity;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

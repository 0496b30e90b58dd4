import { distance } from 'fastest-levenshtein';

/**
 * Returns the candidate that the writer of the word probably meant, or `undefined`. Finds candidates in spite of typos, swapped letters and
 * missing last letters. Ignores case, `_` and `-`.
 */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const written = normalizedWord(word);
  const maxEdits = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  const near = candidates.flatMap((candidate) => {
    const meant = normalizedWord(candidate);
    if (written.length > meant.length + maxEdits) return [];
    const isSlip = written.length >= 4 && (meant.startsWith(written) || sortedLetters(meant) === sortedLetters(written));
    const edits = isSlip ? 1 : distance(written, meant);
    return edits <= maxEdits ? [{ candidate, edits }] : [];
  });
  return near.sort((a, b) => a.edits - b.edits)[0]?.candidate;
}

function sortedLetters(word: string): string {
  return Array.from(word).sort().join('');
}

function normalizedWord(word: string): string {
  return word.toLowerCase().replace(/[_-]/g, '');
}

/**
 * An error that the user can fix. Its message says in one line what is wrong and what to do. Any other error is a bug in Portcullis.
 */
export class Failure extends Error {
  override readonly name: 'Failure' | 'InvalidFile' = 'Failure';
}

/** A file is invalid. The message shows every problem with its position. */
export class InvalidFile extends Failure {
  override readonly name = 'InvalidFile';
}

/** Throws one Failure with all problems, if there are any. `false` is no problem. */
export function failCommandOnProblems(problems: readonly (string | false)[]): void {
  const found = problems.filter((problem) => problem !== false);
  if (found.length > 0) throw new Failure(found.join('\nportcullis: '));
}

/** Returns the results of reading each item. Throws one Failure with the failures of all items, after reading all of them. */
export function readAllOrFailCommand<T, R>(items: readonly T[], read: (item: T, index: number) => readonly R[]): R[] {
  const failures: string[] = [];
  const results = items.flatMap((item, i) => {
    try {
      return read(item, i);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(error.message);
      return [];
    }
  });
  failCommandOnProblems(failures);
  return results;
}

/** The user interrupted the command, which has already reported its results so far. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

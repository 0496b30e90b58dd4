/**
 * An error that the user can fix. The message says in one line what is wrong and what to do. All other errors except `Interrupted` are bugs
 * in Portcullis.
 */
export class Failure extends Error {
  override readonly name: 'Failure' | 'InvalidFile' = 'Failure';
}

/** An invalid file. The message shows every problem with its position in the file. */
export class InvalidFile extends Failure {
  override readonly name = 'InvalidFile';
}

/** Returns one Failure with a line for each problem. */
export function commandFailure(problems: readonly string[]): Failure {
  return new Failure(problems.join('\nportcullis: '));
}

/** Throws one Failure with a line for each problem. Ignores `false`. Does nothing if there are no problems. */
export function failCommandOnProblems(problems: readonly (string | false)[]): void {
  const found = problems.filter((problem) => problem !== false);
  if (found.length > 0) throw commandFailure(found);
}

/** Returns the results of `read` for all items. If `read` fails for some items, throws one Failure with all messages. */
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

/** The user interrupted the command. The command prints the results that it has, and then throws this error. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * A command cannot do what it was asked for, for a reason that is the user's to mend: one line that says what is wrong and what would be
 * right. Whatever else is thrown is a mistake of ours.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The user wants it to end. What was done and found so far has been told. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

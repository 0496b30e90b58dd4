/** The environment, read once at the start. */
export interface Settings {
  /** Where the compiled baseline is; by default beside the function's code. */
  readonly baselinePath: string | undefined;
  /** The ARN of the remediator's role, with its path. Absent: no caller is taken for the remediator. */
  readonly remediatorRoleArn: string | undefined;
}

/** @throws {Error} naming the variable, what it holds and what would be right. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const remediatorRoleArn = given(environment.REMEDIATOR_ROLE_ARN);
  if (remediatorRoleArn !== undefined && !/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(remediatorRoleArn)) {
    throw new Error(
      `REMEDIATOR_ROLE_ARN is \`${remediatorRoleArn}\`: write the ARN of an IAM role, \`arn:aws:iam::<account>:role/<path and name>\``,
    );
  }
  return { baselinePath: given(environment.BASELINE_PATH), remediatorRoleArn };
}

/** A variable set to nothing is not set. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

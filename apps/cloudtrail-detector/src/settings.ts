/** The environment, read once at the start. */
import { given, readSinkSettings, type SinkSettings } from '@portcullis/finding';

export interface Settings {
  /** Where the compiled baseline is; by default beside the function's code. */
  readonly baselinePath: string | undefined;
  /** The ARN of the remediator's role, with its path. Absent: no caller is taken for the remediator. */
  readonly remediatorRoleArn: string | undefined;
  /** The ARN of the function that is to be woken when a group drifts. Absent: none is. */
  readonly wakeFunction: string | undefined;
  readonly sinks: SinkSettings;
}

/** @throws {Error} naming each variable that is wrong, what it holds and what would be right. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const remediatorRoleArn = given(environment.REMEDIATOR_ROLE_ARN);
  if (remediatorRoleArn !== undefined && !/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(remediatorRoleArn)) {
    problems.push(
      `REMEDIATOR_ROLE_ARN is \`${remediatorRoleArn}\`: write the ARN of an IAM role, \`arn:aws:iam::<account>:role/<path and name>\``,
    );
  }
  const wakeFunction = given(environment.WAKE_FUNCTION);
  if (wakeFunction !== undefined && !/^arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(wakeFunction)) {
    problems.push(
      `WAKE_FUNCTION is \`${wakeFunction}\`: write the ARN of a Lambda function, \`arn:aws:lambda:<region>:<account>:function:<name>\``,
    );
  }
  // It is by its role that a call of the remediator's own is known, which must not wake it.
  if (wakeFunction !== undefined && remediatorRoleArn === undefined)
    problems.push('REMEDIATOR_ROLE_ARN is not set: WAKE_FUNCTION needs it, or the remediator would wake itself');
  const sinks = readSinkSettings(environment, problems);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return { baselinePath: given(environment.BASELINE_PATH), remediatorRoleArn, wakeFunction, sinks };
}

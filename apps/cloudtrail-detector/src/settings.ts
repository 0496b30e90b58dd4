import type { DetectorSettings } from '@portcullis/guard/detect';
import { nonEmptyVariable, readGuardSettings, type GuardSettings } from '@portcullis/guard/runtime';

export interface Settings extends GuardSettings, DetectorSettings {
  /**
   * The ARN of the remediator's function, which the detector invokes when a group drifts. If `undefined`, the detector invokes no function.
   */
  readonly wakeFunction: string | undefined;
}

/** @throws {Error} The message names each invalid variable, its value and the expected value. */
export function readDetectorSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const remediatorRoleArn = nonEmptyVariable(environment.REMEDIATOR_ROLE_ARN);
  if (remediatorRoleArn !== undefined) addDetectorRoleProblem('REMEDIATOR_ROLE_ARN', remediatorRoleArn, problems);
  const deployers = (nonEmptyVariable(environment.DEPLOYER_ROLE_ARNS) ?? '').split(',').filter((arn) => arn !== '');
  for (const arn of deployers) addDetectorRoleProblem('DEPLOYER_ROLE_ARNS', arn, problems);
  const guardName = nonEmptyVariable(environment.GUARD_NAME);
  const guardKmsKeyArn = nonEmptyVariable(environment.GUARD_KMS_KEY_ARN);
  if (guardKmsKeyArn !== undefined && !/^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/.test(guardKmsKeyArn)) {
    problems.push(
      `GUARD_KMS_KEY_ARN is \`${guardKmsKeyArn}\`: write the ARN of a KMS key, \`arn:<partition>:kms:<region>:<account>:key/<id>\``,
    );
  }
  const wakeFunction = nonEmptyVariable(environment.WAKE_FUNCTION);
  if (wakeFunction !== undefined && !/^arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(wakeFunction)) {
    problems.push(
      `WAKE_FUNCTION is \`${wakeFunction}\`: write the ARN of a Lambda function, \`arn:<partition>:lambda:<region>:<account>:function:<name>\``,
    );
  }
  // The detector must not invoke the remediator after the remediator's own calls. Only the ARN of the remediator's role identifies these
  // calls.
  if (wakeFunction !== undefined && remediatorRoleArn === undefined)
    problems.push("REMEDIATOR_ROLE_ARN is not set: WAKE_FUNCTION requires the ARN of the remediator's IAM role");
  const remediatorMemberRoleArn = nonEmptyVariable(environment.REMEDIATOR_MEMBER_ROLE_ARN);
  if (remediatorMemberRoleArn !== undefined)
    addDetectorRoleProblem('REMEDIATOR_MEMBER_ROLE_ARN', remediatorMemberRoleArn.replace('{account}', '000000000000'), problems);
  const common = readGuardSettings(environment, problems);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return {
    ...common,
    remediatorRoleArn,
    wakeFunction,
    guardName,
    guardKmsKeyArn,
    deployers,
    remediatorMemberRoleArn,
  };
}

function addDetectorRoleProblem(variable: string, arn: string, problems: string[]): void {
  if (/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(arn)) return;
  problems.push(`${variable} is \`${arn}\`: write the ARN of an IAM role, \`arn:<partition>:iam::<account>:role/<path and name>\``);
}

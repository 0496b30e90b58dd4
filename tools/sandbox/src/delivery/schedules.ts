/** Simulates one-time schedules of EventBridge Scheduler: moto stores the schedules, and this module invokes their targets. */
import { evaluateIamPolicies } from '../simulated-aws/iam-policies.js';
import { json, type JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';

/**
 * Invokes the targets of all schedules in the sandbox's account that are due at the given time. Deletes these schedules, as EventBridge
 * Scheduler does after completion, and returns their names.
 */
export async function invokeDueSchedules(sandbox: Sandbox, at: Date): Promise<string[]> {
  const { accountId: account, region } = sandbox;
  const due = (await sandbox.ask({ dueSchedules: { account, region, at: at.toISOString().slice(0, 19) } })) as JsonObject[];
  for (const schedule of due) invokeScheduleTarget(sandbox, schedule);
  return due.map((schedule) => json.text(schedule, 'Name') ?? '');
}

/** Source of the condition keys: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
function invokeScheduleTarget({ deployments, courier, partition, accountId, region, emit }: Sandbox, schedule: JsonObject): void {
  const target = json.object(schedule, 'Target');
  const [functionArn = '', roleArn = ''] = [json.text(target, 'Arn'), json.text(target, 'RoleArn')];
  const role = deployments.flatMap(({ roles }) => roles).find(({ arn }) => arn === roleArn);
  const context = {
    'aws:SourceAccount': accountId,
    'aws:SourceArn': `arn:${partition}:scheduler:${region}:${accountId}:schedule-group/${json.text(schedule, 'GroupName') ?? ''}`,
  };
  const principal = 'scheduler.amazonaws.com';
  const isAllowed =
    role !== undefined &&
    evaluateIamPolicies([role.trust], { action: 'sts:AssumeRole', resource: roleArn, principal, context }) === 'allowed' &&
    evaluateIamPolicies(role.policies, { action: 'lambda:InvokeFunction', resource: functionArn, context: {} }) === 'allowed';
  if (!isAllowed) {
    emit({
      type: 'not-delivered',
      reason: `EventBridge Scheduler is not allowed to invoke \`${functionArn}\` with the role \`${roleArn}\``,
    });
    return;
  }
  courier.plan('invoke', async () => {
    const event: unknown = JSON.parse(json.text(target, 'Input') ?? '{}');
    await courier.deliver({ kind: 'invoke', functionArn, ruleName: '', event, cause: undefined });
  });
}

import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { SchedulerScheduleGroup } from '@cdktf/provider-aws/lib/scheduler-schedule-group/index.js';
import { approvalRoleName, GUARDS, guardFunctionName, scheduleGroupName, type Settings } from '@portcullis/settings';
import { Construct } from 'constructs';
import { roleArn, type Deployment } from '../deployment.js';
import { rolePolicies } from '../policies/role-policies.js';
import {
  mayEncryptFor,
  mayInvoke,
  mayPassToScheduler,
  maySchedule,
  maySendTo,
  serviceMayAssume,
  type Statement,
} from '../policies/statements.js';
import { failureQueueName } from './failure-queue.js';

export interface ApprovalsProps {
  readonly deployment: Deployment;
  readonly settings: Pick<Settings, 'permissionsBoundary'>;
}

/**
 * What the remediator needs to let groups wait for an approval: a group of schedules, and the role with which EventBridge Scheduler invokes
 * the remediator when a wait is over. The ARNs are built from names, because the remediator itself depends on them.
 */
export class Approvals extends Construct {
  /** What the remediator may do. */
  readonly statements: readonly Statement[];
  /** The environment variables of the remediator. */
  readonly environment: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { deployment, settings }: ApprovalsProps) {
    super(scope, id);
    const { partition, region, accountId, kmsKeyArn } = deployment;
    const group = new SchedulerScheduleGroup(this, 'group', { name: scheduleGroupName(deployment) });
    const functionName = guardFunctionName(deployment, GUARDS.remediator);
    const functionArn = `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`;
    const failuresArn = `arn:${partition}:sqs:${region}:${accountId}:${failureQueueName(functionName)}`;
    const scheduleArn = (resource: string): string => `arn:${partition}:scheduler:${region}:${accountId}:${resource}`;

    const name = approvalRoleName(deployment);
    const role = new IamRole(this, 'role', {
      name,
      description: 'Restores security groups whose time for an approval is over',
      // A schedule is identified by its group: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumeRolePolicy: serviceMayAssume('scheduler.amazonaws.com', {
        sourceAccount: accountId,
        sourceArn: scheduleArn(`schedule-group/${scheduleGroupName(deployment)}`),
      }),
      permissionsBoundary: settings.permissionsBoundary,
    });
    rolePolicies(this, {
      deployment,
      role,
      roleName: name,
      statements: [
        mayInvoke(functionArn, 'RestoreWhenOver'),
        maySendTo(failuresArn),
        ...(kmsKeyArn === undefined ? [] : [mayEncryptFor('Failures', kmsKeyArn, 'sqs', region)]),
      ],
    });

    this.statements = [
      maySchedule(scheduleArn(`schedule/${scheduleGroupName(deployment)}/*`)),
      mayPassToScheduler(roleArn(partition, accountId, name)),
    ];
    this.environment = {
      APPROVAL_SCHEDULE_GROUP: group.name,
      APPROVAL_ROLE_ARN: role.arn,
      APPROVAL_FUNCTION_ARN: functionArn,
      APPROVAL_FAILURES_ARN: failuresArn,
    };
  }
}

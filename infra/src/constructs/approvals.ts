import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { SchedulerScheduleGroup } from '@cdktf/provider-aws/lib/scheduler-schedule-group/index.js';
import { approvalRoleName, GUARDS, guardFunctionName, approvalScheduleGroupName, type Settings } from '@portcullis/settings';
import { Construct } from 'constructs';
import { constructedRoleArn, type Deployment } from './deployment.js';
import { createIamRolePolicies } from '../policies/role-policies.js';
import {
  invokeFunctionStatement,
  scheduleRestorationsStatements,
  sendFailuresStatements,
  serviceTrustPolicy,
  type Statement,
} from '../policies/statements.js';
import { constructFailureQueueName } from './failure-queue.js';

export interface ApprovalsProps {
  readonly deployment: Deployment;
  readonly settings: Pick<Settings, 'permissionsBoundary'>;
}

/**
 * The schedule group for approvals, and the role with which EventBridge Scheduler invokes the remediator if nobody approves a restoration
 * in time. The ARNs are built from names, because the remediator's policy and environment contain the ARNs, and references would be
 * circular.
 */
export class Approvals extends Construct {
  /** The statements that the remediator's role needs for the schedules. */
  readonly statements: readonly Statement[];
  /** The environment variables that tell the remediator about the schedules. */
  readonly environment: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { deployment, settings }: ApprovalsProps) {
    super(scope, id);
    const { partition, region, accountId } = deployment;
    const group = new SchedulerScheduleGroup(this, 'group', { name: approvalScheduleGroupName(deployment) });
    const functionName = guardFunctionName(deployment, GUARDS.remediator);
    const functionArn = `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`;
    const failuresArn = `arn:${partition}:sqs:${region}:${accountId}:${constructFailureQueueName(functionName)}`;
    const scheduleArn = (resource: string): string => `arn:${partition}:scheduler:${region}:${accountId}:${resource}`;

    const name = approvalRoleName(deployment);
    const role = new IamRole(this, 'role', {
      name,
      description: 'Restores security groups that nobody approved in time',
      // The condition names the schedule group, because EventBridge Scheduler sends the group's ARN as the source, not the schedule's ARN:
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumeRolePolicy: serviceTrustPolicy('scheduler.amazonaws.com', {
        sourceAccount: accountId,
        sourceArn: scheduleArn(`schedule-group/${approvalScheduleGroupName(deployment)}`),
      }),
      permissionsBoundary: settings.permissionsBoundary,
    });
    createIamRolePolicies(this, {
      deployment,
      role,
      roleName: name,
      statements: [invokeFunctionStatement(functionArn, 'RestoreWhenOver'), ...sendFailuresStatements(failuresArn, deployment)],
    });

    this.statements = scheduleRestorationsStatements(
      scheduleArn(`schedule/${approvalScheduleGroupName(deployment)}/*`),
      constructedRoleArn(partition, accountId, name),
    );
    this.environment = {
      APPROVAL_SCHEDULE_GROUP: group.name,
      APPROVAL_ROLE_ARN: role.arn,
      APPROVAL_FUNCTION_ARN: functionArn,
      APPROVAL_FAILURES_ARN: failuresArn,
    };
  }
}

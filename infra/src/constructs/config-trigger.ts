import { ConfigConfigRule } from '@cdktf/provider-aws/lib/config-config-rule/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.js';
import type { Settings } from '../settings/settings.js';
import type { GuardFunction } from './guard-function.js';
import type { Recorder } from './recorder.js';

export interface ConfigTriggerProps {
  readonly deployment: Deployment;
  readonly guard: GuardFunction;
  /** The groups to hear of. One is named in the rule's scope; of several, every group is heard of: a scope names one. */
  readonly groupIds: readonly string[] | 'any';
  /**
   * How often every guarded group is evaluated without having changed.
   * @default never: only a change is a reason
   */
  readonly schedule?: Settings['schedule'];
  /**
   * The recorder that must be running before the rule is made.
   * @default the account has one
   */
  readonly recorder?: Recorder;
}

/** The AWS Config rule that invokes a guard whenever a security group has changed. */
export class ConfigTrigger extends Construct {
  readonly rule: ConfigConfigRule;

  constructor(scope: Construct, id: string, props: ConfigTriggerProps) {
    super(scope, id);
    const { deployment, guard, groupIds, schedule, recorder } = props;

    const permission = new LambdaPermission(this, 'permission', {
      statementId: 'aws-config',
      action: 'lambda:InvokeFunction',
      functionName: guard.function.functionName,
      principal: 'config.amazonaws.com',
      // The account and not the rule: the rule's ARN holds an id made with the rule, which needs this permission.
      sourceAccount: deployment.accountId,
    });

    this.rule = new ConfigConfigRule(this, 'rule', {
      name: `${deployment.name}-security-groups`,
      description: 'Restores security groups that differ from their baseline',
      scope: {
        complianceResourceTypes: ['AWS::EC2::SecurityGroup'],
        ...(groupIds !== 'any' && groupIds.length === 1 && { complianceResourceId: groupIds[0] }),
      },
      source: {
        owner: 'CUSTOM_LAMBDA',
        sourceIdentifier: guard.function.arn,
        sourceDetail: [
          { messageType: 'ConfigurationItemChangeNotification' },
          // An item over 256 KB comes as a summary; it is a change like any other.
          { messageType: 'OversizedConfigurationItemChangeNotification' },
          ...(schedule === undefined
            ? []
            : [{ messageType: 'ScheduledNotification', maximumExecutionFrequency: schedule }]),
        ],
      },
      dependsOn: [permission, ...(recorder ? [recorder.started] : [])],
    });
  }
}

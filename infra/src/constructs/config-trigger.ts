import { ConfigConfigRule } from '@cdktf/provider-aws/lib/config-config-rule/index.js';
import { ConfigOrganizationCustomRule } from '@cdktf/provider-aws/lib/config-organization-custom-rule/index.js';
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
  /**
   * The organization whose accounts all get the rule.
   * @default this account alone
   */
  readonly organization?: Pick<NonNullable<Settings['organization']>, 'excludedAccounts'>;
}

/** An item over 256 KB comes as a summary; it is a change like any other. */
const CHANGES = ['ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification'];

/** The AWS Config rule that invokes a guard whenever a security group has changed. */
export class ConfigTrigger extends Construct {
  readonly rule: ConfigConfigRule | ConfigOrganizationCustomRule;

  constructor(scope: Construct, id: string, props: ConfigTriggerProps) {
    super(scope, id);
    const { deployment, guard, groupIds, schedule, recorder, organization } = props;

    const permission = new LambdaPermission(this, 'permission', {
      statementId: 'aws-config',
      action: 'lambda:InvokeFunction',
      functionName: guard.function.functionName,
      principal: 'config.amazonaws.com',
      // The account and not the rule: the rule's ARN holds an id made with the rule, which needs this permission. Of an organization, the rules of
      // all accounts call: what a rule of a stranger could lead to is bounded by the role, which may be assumed within the organization alone.
      ...(organization === undefined && { sourceAccount: deployment.accountId }),
    });

    const name = `${deployment.name}-security-groups`;
    const description = 'Restores security groups that differ from their baseline';
    const oneGroup = groupIds !== 'any' && groupIds.length === 1 ? groupIds[0] : undefined;
    const dependsOn = [permission, ...(recorder ? [recorder.started] : [])];
    if (organization !== undefined) {
      this.rule = new ConfigOrganizationCustomRule(this, 'organization-rule', {
        name,
        description,
        lambdaFunctionArn: guard.function.arn,
        triggerTypes: [...CHANGES, ...(schedule === undefined ? [] : ['ScheduledNotification'])],
        resourceTypesScope: ['AWS::EC2::SecurityGroup'],
        resourceIdScope: oneGroup,
        maximumExecutionFrequency: schedule,
        excludedAccounts: organization.excludedAccounts,
        dependsOn,
      });
      return;
    }
    this.rule = new ConfigConfigRule(this, 'rule', {
      name,
      description,
      scope: {
        complianceResourceTypes: ['AWS::EC2::SecurityGroup'],
        ...(oneGroup !== undefined && { complianceResourceId: oneGroup }),
      },
      source: {
        owner: 'CUSTOM_LAMBDA',
        sourceIdentifier: guard.function.arn,
        sourceDetail: [
          ...CHANGES.map((messageType) => ({ messageType })),
          ...(schedule === undefined
            ? []
            : [{ messageType: 'ScheduledNotification', maximumExecutionFrequency: schedule }]),
        ],
      },
      dependsOn,
    });
  }
}

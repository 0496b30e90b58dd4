import { ConfigConfigRule } from '@cdktf/provider-aws/lib/config-config-rule/index.js';
import { ConfigOrganizationCustomRule } from '@cdktf/provider-aws/lib/config-organization-custom-rule/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.js';
import type { Settings } from '@portcullis/settings';
import type { GuardFunction } from './guard-function.js';
import type { Recorder } from './recorder.js';

/** The groups that an AWS Config rule evaluates, and when. */
export interface RuleProps {
  readonly deployment: Deployment;
  /**
   * The ids of the guarded groups. If there is exactly one id, the rule covers only this group. Otherwise the rule covers every group,
   * because the scope of an AWS Config rule cannot list several groups.
   */
  readonly groupIds: readonly string[] | 'any';
  /**
   * How often AWS Config evaluates every guarded group, even without a change.
   * @default never
   */
  readonly schedule?: Settings['schedule'];
}

export interface ConfigTriggerProps extends RuleProps {
  readonly guard: GuardFunction;
  /**
   * The recorder that must run before AWS Config creates the rule.
   * @default the account's existing recorder
   */
  readonly recorder?: Recorder;
  /**
   * Whether an `OrganizationRule` in another stack creates the AWS Config rules.
   * @default false: this construct creates the account's rule
   */
  readonly ofOrganization?: boolean;
}

export interface OrganizationRuleProps extends RuleProps {
  /**
   * The function that each account's rule invokes. AWS Config needs the permission to invoke this function before the rules are created.
   */
  readonly functionArn: string;
  /**
   * The accounts in which AWS Config does not create the rule. Every other account, including the management account, must have a running
   * recorder before AWS Config creates the rule.
   */
  readonly excludedAccounts: readonly string[];
  /**
   * The resources that must exist before the rule is created.
   * @default nothing
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

// AWS Config sends a message of the second type, which contains only a summary, for a configuration item over 256 KB.
const CHANGE_MESSAGES = ['ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification'];

const DESCRIPTION = 'Restores security groups that differ from their baseline';
const RESOURCE_TYPES = ['AWS::EC2::SecurityGroup'];

export function configTriggerRuleName({ name }: Pick<Deployment, 'name'>): string {
  return `${name}-security-groups`;
}

/** Returns the id of the only guarded group, or `undefined` if several groups are guarded. */
function configTriggerScopeId(groupIds: RuleProps['groupIds']): string | undefined {
  return groupIds !== 'any' && groupIds.length === 1 ? groupIds[0] : undefined;
}

/** The AWS Config rule that invokes the function when a security group changes, and the permission that the rule needs. */
export class ConfigTrigger extends Construct {
  /** `undefined` if `OrganizationRule` creates the rules. */
  readonly rule?: ConfigConfigRule;

  constructor(scope: Construct, id: string, props: ConfigTriggerProps) {
    super(scope, id);
    const { deployment, guard, groupIds, schedule, recorder, ofOrganization = false } = props;

    const permission = new LambdaPermission(this, 'permission', {
      statementId: 'aws-config',
      action: 'lambda:InvokeFunction',
      functionName: guard.function.functionName,
      principal: 'config.amazonaws.com',
      // The permission cannot name the rule, because the permission must exist before the rule. So the permission names the account. In an
      // organization, the rules of any AWS account can invoke the function. The function drops events from foreign accounts.
      ...(!ofOrganization && { sourceAccount: deployment.accountId }),
    });

    if (ofOrganization) return;

    const oneGroup = configTriggerScopeId(groupIds);
    this.rule = new ConfigConfigRule(this, 'rule', {
      name: configTriggerRuleName(deployment),
      description: DESCRIPTION,
      scope: {
        complianceResourceTypes: RESOURCE_TYPES,
        ...(oneGroup !== undefined && { complianceResourceId: oneGroup }),
      },
      source: {
        owner: 'CUSTOM_LAMBDA',
        sourceIdentifier: guard.function.arn,
        sourceDetail: [
          ...CHANGE_MESSAGES.map((messageType) => ({ messageType })),
          ...(schedule === undefined ? [] : [{ messageType: 'ScheduledNotification', maximumExecutionFrequency: schedule }]),
        ],
      },
      dependsOn: [permission, ...(recorder ? [recorder.started] : [])],
    });
  }
}

/**
 * AWS Config creates the rule in one account after another. Hundreds of accounts take tens of minutes, but by default the provider gives up
 * after five minutes. After a timeout, the next run of Terraform would delete the rule in every account and create the rule again. Source:
 * https://github.com/hashicorp/terraform-provider-aws/issues/10738; "Timeouts" of `aws_config_organization_custom_rule`
 */
const TIMEOUTS = { create: '60m', update: '60m', delete: '60m' };

/**
 * The AWS Config rule in every account of an organization except the excluded accounts. If one account has no recorder, AWS Config fails to
 * create the rule for the whole organization.
 * Sources: https://docs.aws.amazon.com/config/latest/APIReference/API_OrganizationConfigRuleStatus.html (`CREATE_FAILED`); the notes of
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/config_organization_managed_rule
 */
export class OrganizationRule extends Construct {
  constructor(scope: Construct, id: string, props: OrganizationRuleProps) {
    super(scope, id);
    const { deployment, functionArn, groupIds, schedule, excludedAccounts, dependsOn = [] } = props;
    new ConfigOrganizationCustomRule(this, 'rule', {
      name: configTriggerRuleName(deployment),
      description: DESCRIPTION,
      lambdaFunctionArn: functionArn,
      triggerTypes: [...CHANGE_MESSAGES, ...(schedule === undefined ? [] : ['ScheduledNotification'])],
      resourceTypesScope: RESOURCE_TYPES,
      resourceIdScope: configTriggerScopeId(groupIds),
      maximumExecutionFrequency: schedule,
      excludedAccounts: [...excludedAccounts],
      timeouts: TIMEOUTS,
      dependsOn: [...dependsOn],
    });
  }
}

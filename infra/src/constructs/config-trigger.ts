import { ConfigConfigRule } from '@cdktf/provider-aws/lib/config-config-rule/index.js';
import { ConfigOrganizationCustomRule } from '@cdktf/provider-aws/lib/config-organization-custom-rule/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.js';
import type { Settings } from '../settings/settings.js';
import type { GuardFunction } from './guard-function.js';
import type { Recorder } from './recorder.js';

/** Which changes a rule invokes a guard for. */
export interface RuleProps {
  readonly deployment: Deployment;
  /** The groups in scope. If there is exactly one, the rule is scoped to it; AWS Config cannot list several, so the rule then covers every group. */
  readonly groupIds: readonly string[] | 'any';
  /**
   * How often every guarded group is evaluated without having changed.
   * @default never: only a change is a reason
   */
  readonly schedule?: Settings['schedule'];
}

export interface ConfigTriggerProps extends RuleProps {
  readonly guard: GuardFunction;
  /**
   * The recorder that must be running before the rule is made.
   * @default the account has one
   */
  readonly recorder?: Recorder;
  /**
   * Whether the rules of a whole organization invoke the guard: `OrganizationRule`, in a stack of its own, makes them.
   * @default this account's rule alone, which is made here
   */
  readonly ofOrganization?: boolean;
}

export interface OrganizationRuleProps extends RuleProps {
  /** The function that each account's rule invokes. It must allow AWS Config to do so before the rule is made. */
  readonly functionArn: string;
  /** The accounts that do not get the rule. All others need a running recorder before it is made, the management account too. */
  readonly excludedAccounts: readonly string[];
}

/** An item over 256 KB comes as a summary; it is a change like any other. */
const CHANGES = ['ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification'];

const description = 'Restores security groups that differ from their baseline';
const resourceTypes = ['AWS::EC2::SecurityGroup'];

export const configRuleName = ({ name }: Pick<Deployment, 'name'>): string => `${name}-security-groups`;

/** The one group that a rule's scope can name. */
const onlyGroup = (groupIds: RuleProps['groupIds']): string | undefined =>
  groupIds !== 'any' && groupIds.length === 1 ? groupIds[0] : undefined;

/** What lets AWS Config invoke a guard, and the rule that does so whenever a security group has changed. */
export class ConfigTrigger extends Construct {
  /** Absent if the rules of an organization invoke the guard. */
  readonly rule?: ConfigConfigRule;

  constructor(scope: Construct, id: string, props: ConfigTriggerProps) {
    super(scope, id);
    const { deployment, guard, groupIds, schedule, recorder, ofOrganization = false } = props;

    const permission = new LambdaPermission(this, 'permission', {
      statementId: 'aws-config',
      action: 'lambda:InvokeFunction',
      functionName: guard.function.functionName,
      principal: 'config.amazonaws.com',
      // The account and not the rule: the rule's ARN holds an id made with the rule, which needs this permission. In an organization, the rules of
      // all accounts call. A stranger's rule leads to nothing: the function drops events of accounts that are not members.
      ...(!ofOrganization && { sourceAccount: deployment.accountId }),
    });

    if (ofOrganization) return;

    const oneGroup = onlyGroup(groupIds);
    this.rule = new ConfigConfigRule(this, 'rule', {
      name: configRuleName(deployment),
      description,
      scope: {
        complianceResourceTypes: resourceTypes,
        ...(oneGroup !== undefined && { complianceResourceId: oneGroup }),
      },
      source: {
        owner: 'CUSTOM_LAMBDA',
        sourceIdentifier: guard.function.arn,
        sourceDetail: [
          ...CHANGES.map((messageType) => ({ messageType })),
          ...(schedule === undefined ? [] : [{ messageType: 'ScheduledNotification', maximumExecutionFrequency: schedule }]),
        ],
      },
      dependsOn: [permission, ...(recorder ? [recorder.started] : [])],
    });
  }
}

/**
 * AWS Config makes the rule in one account after the other: tens of minutes for an organization of hundreds. When the provider's five minutes are over, it
 * gives the rule up, and the next run would remove it everywhere and begin anew.
 * Source: https://github.com/hashicorp/terraform-provider-aws/issues/10738; "Timeouts" of `aws_config_organization_custom_rule`
 */
const timeouts = { create: '60m', update: '60m', delete: '60m' };

/**
 * The AWS Config rule that every account of an organization gets, but for the excluded ones. It fails as a whole if one account has no recorder.
 * Sources: https://docs.aws.amazon.com/config/latest/APIReference/API_OrganizationConfigRuleStatus.html (`CREATE_FAILED`);
 * the notes of https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/config_organization_managed_rule
 */
export class OrganizationRule extends Construct {
  constructor(scope: Construct, id: string, props: OrganizationRuleProps) {
    super(scope, id);
    const { deployment, functionArn, groupIds, schedule, excludedAccounts } = props;
    new ConfigOrganizationCustomRule(this, 'rule', {
      name: configRuleName(deployment),
      description,
      lambdaFunctionArn: functionArn,
      triggerTypes: [...CHANGES, ...(schedule === undefined ? [] : ['ScheduledNotification'])],
      resourceTypesScope: resourceTypes,
      resourceIdScope: onlyGroup(groupIds),
      maximumExecutionFrequency: schedule,
      excludedAccounts: [...excludedAccounts],
      timeouts,
    });
  }
}

import { CloudformationStackSetInstance } from '@cdktf/provider-aws/lib/cloudformation-stack-set-instance/index.js';
import { CloudformationStackSet } from '@cdktf/provider-aws/lib/cloudformation-stack-set/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import type { CompiledBaseline } from '@portcullis/baseline';
import { applySettingsMode, settingsSchedule, guardFunctionName, GUARDS, memberStackSetName, type Settings } from '@portcullis/settings';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { OrganizationRule } from '../constructs/config-trigger.js';
import { configTriggerGroupIds } from '../constructs/trigger-watches.js';
import { escapeTerraformText } from '../policies/escape-text.js';
import type { CloudFormationTemplate } from '../stackset/member-template.js';
import { GuardStack } from './guard-stack.js';

export interface OrganizationStackProps {
  /** The settings, in which `accountId` is the central account. */
  readonly settings: Settings & { readonly accountId: string };
  readonly organization: NonNullable<Settings['organization']>;
  readonly baseline: CompiledBaseline;
  /** The CloudFormation template for the members. With `stackSet` in the settings, a StackSet deploys this template. */
  readonly memberTemplate?: CloudFormationTemplate | undefined;
}

/**
 * The AWS Config rule of an organization and the StackSet of its members, in the central account. The stack is separate because it must be
 * deployed last: members need the event bus in the central stack, and the rule needs the members' recorders.
 */
export class OrganizationStack extends GuardStack {
  constructor(scope: Construct, id: string, { settings, organization, baseline, memberTemplate }: OrganizationStackProps) {
    const { name, region, accountId } = settings;
    super(scope, id, { settings, stateKey: `${name}/organization/${region}.tfstate`, stateOwner: 'organization' });
    const { partition } = new DataAwsPartition(this, 'partition');
    new OrganizationRule(this, 'organization', {
      deployment: { name, region, accountId, partition },
      functionArn: `arn:${partition}:lambda:${region}:${accountId}:function:${guardFunctionName(settings, GUARDS.remediator)}`,
      groupIds: configTriggerGroupIds(applySettingsMode(baseline, settings)),
      schedule: settingsSchedule(baseline, settings),
      excludedAccounts: organization.excludedAccounts,
      dependsOn: memberTemplate === undefined ? [] : this.deployMembers(settings, organization, memberTemplate),
    });
  }

  /**
   * Creates the StackSet, and one `StackSetInstance` resource for each organizational unit. If one resource covered several units, a change
   * of the list would make the provider delete all stacks and create them again.
   */
  private deployMembers(
    { name, region, accountId }: OrganizationStackProps['settings'],
    { stackSet, managementAccountId = accountId }: OrganizationStackProps['organization'],
    template: CloudFormationTemplate,
  ): readonly ITerraformDependable[] {
    if (stackSet === undefined) return [];
    const callAs = managementAccountId === accountId ? 'SELF' : 'DELEGATED_ADMIN';
    const members = new CloudformationStackSet(this, 'members', {
      name: memberStackSetName({ name, region }),
      description: 'The roles and rules of Portcullis in member accounts',
      templateBody: escapeTerraformText(JSON.stringify(template)),
      capabilities: ['CAPABILITY_NAMED_IAM'],
      permissionModel: 'SERVICE_MANAGED',
      callAs,
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
      // With this setting, CloudFormation queues conflicting operations. Without the setting, the operation for a second unit would fail.
      managedExecution: { active: true },
      operationPreferences: EVERY_ACCOUNT,
      timeouts: { update: STACKS_TIMEOUT },
    });
    return stackSet.organizationalUnits.map(
      (unit) =>
        new CloudformationStackSetInstance(this, `members-${unit}`, {
          stackSetName: members.name,
          deploymentTargets: { organizationalUnitIds: [unit] },
          callAs,
          operationPreferences: EVERY_ACCOUNT,
          timeouts: { create: STACKS_TIMEOUT, update: STACKS_TIMEOUT, delete: STACKS_TIMEOUT },
        }),
    );
  }
}

/**
 * If the stack of one account fails, CloudFormation still deploys to the other accounts and reports success. If CloudFormation reported the
 * failure, the next run of Terraform would delete the stacks of the whole organizational unit and create them again. Source:
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cloudformation/stack_set_instance.go
 */
const EVERY_ACCOUNT = { maxConcurrentPercentage: 100, failureTolerancePercentage: 100 };

/** A stack takes minutes, and CloudFormation deploys to only a few accounts at a time. */
const STACKS_TIMEOUT = '180m';

import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import type { CompiledBaseline } from '@portcullis/baseline';
import { effectiveBaseline, effectiveSchedule, guardFunctionName, GUARDS, type Settings } from '@portcullis/settings';
import type { Construct } from 'constructs';
import { OrganizationRule } from '../constructs/config-trigger.js';
import { groupIdsInScope } from '../constructs/watches.js';
import { GuardStack } from './guard-stack.js';

export interface OrganizationStackProps {
  /** The settings, in which `accountId` is the central account. */
  readonly settings: Settings & { readonly accountId: string };
  readonly organization: NonNullable<Settings['organization']>;
  readonly baseline: CompiledBaseline;
}

/**
 * The AWS Config rule of an organization, in the central account. It has its own stack because of the deployment order: the members need
 * the central stack's event bus, and the rule needs the members' recorders.
 */
export class OrganizationStack extends GuardStack {
  constructor(scope: Construct, id: string, { settings, organization, baseline }: OrganizationStackProps) {
    const { name, region, accountId } = settings;
    super(scope, id, { settings, stateKey: `${name}/organization/${region}.tfstate`, stateOwner: 'organization' });
    const { partition } = new DataAwsPartition(this, 'partition');
    new OrganizationRule(this, 'organization', {
      deployment: { name, region, accountId, partition },
      functionArn: `arn:${partition}:lambda:${region}:${accountId}:function:${guardFunctionName(settings, GUARDS.remediator)}`,
      groupIds: groupIdsInScope(effectiveBaseline(baseline, settings)),
      schedule: effectiveSchedule(baseline, settings),
      excludedAccounts: organization.excludedAccounts,
    });
  }
}

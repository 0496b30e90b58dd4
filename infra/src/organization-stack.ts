import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import type { CompiledBaseline } from '@portcullis/baseline';
import type { Construct } from 'constructs';
import { OrganizationRule } from './constructs/config-trigger.js';
import { effectiveBaseline } from './effective-baseline.js';
import { effectiveSchedule } from './effective-schedule.js';
import { GuardStack } from './guard-stack.js';
import { GUARDS, guardFunctionName } from './organization.js';
import type { Settings } from './settings/settings.js';
import { namedGroups } from './watches.js';

export interface OrganizationStackProps {
  /** Those of the central account, which `accountId` names. */
  readonly settings: Settings & { readonly accountId: string };
  readonly organization: NonNullable<Settings['organization']>;
  readonly baseline: CompiledBaseline;
}

/**
 * The AWS Config rule of an organization, in the central account. It is a stack of its own for the sake of the order: the members need the central stack's event
 * bus, and the rule needs the members' recorders.
 */
export class OrganizationStack extends GuardStack {
  constructor(scope: Construct, id: string, { settings, organization, baseline }: OrganizationStackProps) {
    const { name, region, accountId } = settings;
    super(scope, id, { settings, stateKey: `${name}/organization/${region}.tfstate`, stateOwner: 'organization' });
    const { partition } = new DataAwsPartition(this, 'partition');
    new OrganizationRule(this, 'organization', {
      deployment: { name, region, accountId, partition },
      functionArn: `arn:${partition}:lambda:${region}:${accountId}:function:${guardFunctionName(settings, GUARDS.remediator)}`,
      groupIds: namedGroups(effectiveBaseline(baseline, settings)),
      schedule: effectiveSchedule(baseline, settings),
      excludedAccounts: organization.excludedAccounts,
    });
  }
}

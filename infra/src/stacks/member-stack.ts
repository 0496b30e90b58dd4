import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import type { CompiledBaseline } from '@portcullis/baseline';
import { partitionOf } from '@portcullis/cloudtrail';
import { effectiveBaseline, GUARDS, memberBusName, type Settings } from '@portcullis/settings';
import type { Construct } from 'constructs';
import { CloudTrailTrigger } from '../constructs/cloudtrail-trigger.js';
import { MemberRole } from '../constructs/member-role.js';
import { Recorder } from '../constructs/recorder.js';
import { Trail } from '../constructs/trail.js';
import { groupCalls, memberGuardWatches } from '../constructs/watches.js';
import { roleArn, type Deployment } from '../deployment.js';
import { mayOnlyRead, mayRead } from '../policies/may-read.js';
import { mayRestore } from '../policies/may-restore.js';
import { mayPutEvaluations } from '../policies/statements.js';
import { GuardStack } from './guard-stack.js';

export interface MemberStackProps {
  /** The settings, in which `accountId` is the central account. */
  readonly settings: Settings & { readonly accountId: string };
  readonly organization: NonNullable<Settings['organization']>;
  readonly baseline: CompiledBaseline;
  /** The member's account id: 12 digits. */
  readonly memberId: string;
}

/**
 * The stack of a member account. It has a role for each function and the rules that forward API calls to the central account. If the
 * settings say `create`, it also has a recorder and a trail. No function runs in a member account.
 */
export class MemberStack extends GuardStack {
  constructor(scope: Construct, id: string, props: MemberStackProps) {
    const { settings, organization, memberId } = props;
    const baseline = effectiveBaseline(props.baseline, settings);
    const { name, region, accountId: centralAccountId } = settings;
    super(scope, id, {
      settings: { ...settings, accountId: memberId },
      stateKey: `${name}/${memberId}/${region}.tfstate`,
      deployRoleArn: deployRoleArn(organization, region, memberId),
    });
    const deployment: Deployment = {
      name,
      region,
      accountId: new DataAwsCallerIdentity(this, 'account').accountId,
      partition: new DataAwsPartition(this, 'partition').partition,
    };

    new MemberRole(this, GUARDS.remediator, {
      deployment,
      settings,
      centralAccountId,
      description: 'Restores security groups that differ from their baseline',
      statements: [...mayRead(deployment), ...mayRestore(baseline, deployment), mayPutEvaluations()],
    });
    new MemberRole(this, GUARDS.detector, {
      deployment,
      settings,
      centralAccountId,
      description: 'Reads security groups, to report who changed a guarded group and how',
      statements: mayOnlyRead(deployment),
    });
    new CloudTrailTrigger(this, 'cloudtrail', {
      deployment,
      target: { eventBusArn: `arn:${deployment.partition}:events:${region}:${centralAccountId}:event-bus/${memberBusName(deployment)}` },
      watches: { '': groupCalls(baseline), ...memberGuardWatches(deployment) },
      // The alarms' topics are in the central account, and CloudWatch notifies only topics of its own account.
      settings: { ...settings, alarms: { ...settings.alarms, actions: [] } },
    });
    if (settings.recorder === 'create') new Recorder(this, 'recorder', { deployment, settings });
    if (settings.trail === 'create') new Trail(this, 'trail', { deployment, settings });
  }
}

/**
 * Returns the role to deploy with in a member account. If the settings name no role, it is the role that AWS Organizations adds to every
 * account it creates.
 * Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
 */
function deployRoleArn({ deployRoleArn: named }: MemberStackProps['organization'], region: string, memberId: string): string {
  if (named !== undefined) return named.replace('{account}', memberId);
  // The provider needs the role before it can read the partition from a data source.
  return roleArn(partitionOf(region).name, memberId, 'OrganizationAccountAccessRole');
}

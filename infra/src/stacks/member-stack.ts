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
  /** The settings of the central account, which `accountId` names. */
  readonly settings: Settings & { readonly accountId: string };
  readonly organization: NonNullable<Settings['organization']>;
  readonly baseline: CompiledBaseline;
  /** 12 digits. */
  readonly memberId: string;
}

/**
 * What a member account gets: a role for each function, the rules that forward its API calls to the central account, and, if the settings say `create`, a
 * recorder and a trail. Nothing runs in it.
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
      description: 'Reads security groups to tell who changed a guarded one, and how',
      statements: mayOnlyRead(deployment),
    });
    new CloudTrailTrigger(this, 'cloudtrail', {
      deployment,
      target: { eventBusArn: `arn:${deployment.partition}:events:${region}:${centralAccountId}:event-bus/${memberBusName(deployment)}` },
      watches: { '': groupCalls(baseline), ...memberGuardWatches(deployment) },
      // The topics of the alarms are in the central account, and CloudWatch notifies topics of its own account only.
      settings: { ...settings, alarms: { ...settings.alarms, actions: [] } },
    });
    if (settings.recorder === 'create') new Recorder(this, 'recorder', { deployment, settings });
    if (settings.trail === 'create') new Trail(this, 'trail', { deployment, settings });
  }
}

/**
 * Returns the role to deploy with in a member: the one that the settings name, or the one that AWS Organizations makes in every account that it creates.
 * Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
 */
function deployRoleArn({ deployRoleArn: named }: MemberStackProps['organization'], region: string, memberId: string): string {
  if (named !== undefined) return named.replace('{account}', memberId);
  // The provider needs the role before it can read the partition from a data source.
  return roleArn(partitionOf(region).name, memberId, 'OrganizationAccountAccessRole');
}

import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import type { CompiledBaseline } from '@portcullis/baseline';
import type { Construct } from 'constructs';
import { CloudTrailTrigger } from './constructs/cloudtrail-trigger.js';
import { mayPutEvaluations } from './constructs/least-privilege.js';
import { MemberRole } from './constructs/member-role.js';
import { Recorder } from './constructs/recorder.js';
import { Trail } from './constructs/trail.js';
import type { Deployment } from './deployment.js';
import { effectiveBaseline } from './effective-baseline.js';
import { GuardStack } from './guard-stack.js';
import { mayOnlyRead, mayRead } from './may-read.js';
import { mayRestore } from './may-restore.js';
import { deployRoleArn, eventBusArn, GUARDS, memberBusName } from './organization.js';
import type { Settings } from './settings/settings.js';
import { groupCalls, memberGuardWatches } from './watches.js';

export interface MemberStackProps {
  /** Those of the central account, which `accountId` names. */
  readonly settings: Settings & { readonly accountId: string };
  readonly organization: NonNullable<Settings['organization']>;
  readonly baseline: CompiledBaseline;
  /** 12 digits. */
  readonly memberId: string;
}

/**
 * What a member account has: a role for each guard, the rules that forward its API calls to the central account, and, where the settings say `create`, a
 * recorder and a trail. Nothing in it runs.
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
    const { partition } = deployment;

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
      listener: { eventBusArn: eventBusArn(partition, region, centralAccountId, memberBusName(deployment)) },
      watches: { '': groupCalls(baseline), ...memberGuardWatches(deployment) },
      // The alarms' topics are of the central account, and CloudWatch tells those of its own only.
      settings: { ...settings, alarms: { ...settings.alarms, actions: [] } },
    });
    if (settings.recorder === 'create') new Recorder(this, 'recorder', { deployment, settings });
    if (settings.trail === 'create') new Trail(this, 'trail', { deployment, settings });
  }
}

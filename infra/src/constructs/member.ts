import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import type { CompiledBaseline } from '@portcullis/baseline';
import { applySettingsMode, GUARDS, memberBusName, type Settings } from '@portcullis/settings';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.js';
import { restoreBaselinesStatements } from '../policies/may-restore.js';
import { onlyReadEc2Statements, putEvaluationsStatement, readEc2Statements } from '../policies/statements.js';
import { CloudTrailTrigger } from './cloudtrail-trigger.js';
import { MemberRole } from './member-role.js';
import { Recorder } from './recorder.js';
import { Trail } from './trail.js';
import { groupTriggerWatch, memberTriggerWatches } from './trigger-watches.js';

export interface MemberProps {
  /** The settings, in which `accountId` is the central account. */
  readonly settings: Settings & { readonly accountId: string };
  readonly baseline: CompiledBaseline;
}

/**
 * The resources of a member account: a role for each function, and the rules that forward API calls to the central account. With `create`
 * in the settings, there are also a recorder and a trail. A member account has no function. No resource depends on the account's id,
 * because a StackSet deploys the same resources to every account.
 */
export class Member extends Construct {
  constructor(scope: Construct, id: string, props: MemberProps) {
    super(scope, id);
    const baseline = applySettingsMode(props.baseline, props.settings);
    const { name, region, accountId: centralAccountId, permissionsBoundary } = props.settings;
    const deployment: Deployment = {
      name,
      region,
      accountId: new DataAwsCallerIdentity(this, 'account').accountId,
      partition: new DataAwsPartition(this, 'partition').partition,
    };
    const settings: Settings = {
      ...props.settings,
      // A role's permissions boundary must be a policy of AWS or of the role's own account.
      permissionsBoundary: permissionsBoundary?.replace(/:\d{12}:/, `:${deployment.accountId}:`),
      // The settings name SNS topics of the central account. An alarm can notify only topics of its own account.
      alarms: { ...props.settings.alarms, actions: [] },
    };

    new MemberRole(this, GUARDS.remediator, {
      deployment,
      settings,
      centralAccountId,
      description: 'Restores security groups that differ from their baseline',
      statements: [...readEc2Statements(deployment), ...restoreBaselinesStatements(baseline, deployment), putEvaluationsStatement()],
    });
    new MemberRole(this, GUARDS.detector, {
      deployment,
      settings,
      centralAccountId,
      description: 'Reads security groups, to report who changed a guarded group and how',
      statements: onlyReadEc2Statements(deployment),
    });
    new CloudTrailTrigger(this, 'cloudtrail', {
      deployment,
      target: { eventBusArn: `arn:${deployment.partition}:events:${region}:${centralAccountId}:event-bus/${memberBusName(deployment)}` },
      watches: {
        '': groupTriggerWatch(baseline),
        ...memberTriggerWatches(deployment, { hasStackSet: settings.organization?.stackSet !== undefined }),
      },
      settings,
    });
    if (settings.recorder === 'create') new Recorder(this, 'recorder', { deployment, settings });
    if (settings.trail === 'create') new Trail(this, 'trail', { deployment, settings });
  }
}

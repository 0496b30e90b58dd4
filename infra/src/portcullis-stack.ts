import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { guardedGroupIds, selectsByCriteria, tagsMatter, type CompiledBaseline } from '@portcullis/baseline';
import { eventPattern } from '@portcullis/cloudtrail';
import { LocalBackend, S3Backend, TerraformElement, TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct, Node } from 'constructs';
import { fightAlarm } from './constructs/alarms.js';
import { CloudTrailTrigger } from './constructs/cloudtrail-trigger.js';
import { ConfigTrigger } from './constructs/config-trigger.js';
import { Dashboard } from './constructs/dashboard.js';
import { GuardFunction } from './constructs/guard-function.js';
import {
  mayInvoke,
  mayPutEvaluations,
  mayReadPrefixLists,
  mayReadSecurityGroups,
  neverWritesToEc2,
} from './constructs/least-privilege.js';
import { Recorder } from './constructs/recorder.js';
import { Trail } from './constructs/trail.js';
import type { Deployment } from './deployment.js';
import type { FunctionPackage } from './function-package.js';
import { mayRestore } from './may-restore.js';
import type { Settings } from './settings.js';
import { mayDeliverFindings, sinkEnvironment } from './sinks.js';

/** One of a kind for each of the two guards. */
export interface PerGuard<T> {
  readonly remediator: T;
  readonly detector: T;
}

export interface PortcullisStackProps {
  readonly settings: Settings;
  readonly baseline: CompiledBaseline;
  readonly packages: PerGuard<FunctionPackage>;
}

/** Both guards of one region: one restores what drifted, one tells who changed what. */
export class PortcullisStack extends TerraformStack {
  constructor(scope: Construct, id: string, { settings, baseline, packages }: PortcullisStackProps) {
    super(scope, id);
    keepState(this, settings);
    useProvider(this, settings);
    const deployment: Deployment = {
      name: settings.name,
      region: settings.region,
      accountId: new DataAwsCallerIdentity(this, 'account').accountId,
      partition: new DataAwsPartition(this, 'partition').partition,
    };
    const groupIds = guardedGroupIds(baseline);
    const byIdOnly = !selectsByCriteria(baseline);

    const remediator = new GuardFunction(this, 'config-remediator', {
      deployment,
      settings,
      description: 'Restores security groups that differ from their baseline',
      package: packages.remediator,
      // Reads, restores and reads again until EC2 shows it, with pauses: seconds as a rule.
      timeoutSeconds: 120,
      reservedConcurrency: settings.reservedConcurrency.remediator,
      statements: [
        mayReadSecurityGroups(),
        ...mayRestore(baseline, deployment),
        mayPutEvaluations(),
        ...mayDeliverFindings(settings.sinks, deployment),
      ],
      environment: {
        ...sinkEnvironment(settings.sinks, deployment),
        REPORT_RESTORED: settings.reportRestored,
        ...(settings.maxRevocations !== undefined && { MAX_REVOCATIONS: String(settings.maxRevocations) }),
      },
      alarms: { fight: fightAlarm('config-remediator', settings.alarms.driftsPerHour) },
    });
    const detector = new GuardFunction(this, 'cloudtrail-detector', {
      deployment,
      settings,
      description: 'Tells who changed a guarded security group, and how',
      package: packages.detector,
      timeoutSeconds: 60,
      reservedConcurrency: settings.reservedConcurrency.detector,
      statements: [
        mayReadSecurityGroups(),
        // Lists are shared between accounts: whose it is, is not known.
        mayReadPrefixLists(`arn:${deployment.partition}:ec2:${deployment.region}:*:prefix-list/*`),
        neverWritesToEc2(),
        ...mayDeliverFindings(settings.sinks, deployment),
        ...(settings.wake ? [mayInvoke(remediator.function.arn)] : []),
      ],
      environment: {
        ...sinkEnvironment(settings.sinks, deployment),
        REMEDIATOR_ROLE_ARN: remediator.role.arn,
        ...(settings.wake && { WAKE_FUNCTION: remediator.function.arn }),
      },
    });

    const configTrigger = new ConfigTrigger(this, 'config', {
      deployment,
      guard: remediator,
      groupIds: byIdOnly ? groupIds : 'any',
      schedule: settings.schedule,
      recorder: settings.recorder === 'create' ? new Recorder(this, 'recorder', { deployment, settings }) : undefined,
    });
    if (settings.trail === 'create') new Trail(this, 'trail', { deployment, settings });
    const cloudtrailTrigger = new CloudTrailTrigger(this, 'cloudtrail', {
      deployment,
      guard: detector,
      pattern: eventPattern(groupIds, { byIdOnly, tagsMatter: tagsMatter(baseline) }),
      settings,
    });

    new Dashboard(this, 'dashboard', {
      deployment,
      functions: {
        'config-remediator': remediator.functionName,
        'cloudtrail-detector': detector.functionName,
      },
      queueNames: [remediator.failuresName, detector.failuresName, cloudtrailTrigger.undeliveredName],
    });

    new TerraformOutput(this, 'config-rule', { value: configTrigger.rule.name });
    new TerraformOutput(this, 'event-rule', { value: cloudtrailTrigger.rule.name });
    new TerraformOutput(this, 'remediator', { value: remediator.function.functionName });
    new TerraformOutput(this, 'detector', { value: detector.function.functionName });
  }

  /**
   * The path of a construct, without the hash that is usual: what a plan names is what the code names. Ids hold no
   * underscore, so that no two paths become one name.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    return node.scopes
      .slice(node.scopes.indexOf(this) + 1)
      .map((scope) => scope.node.id)
      .join('_');
  }
}

const keepState = (stack: TerraformStack, { name, region, state }: Settings): void => {
  if (state === undefined) {
    // Beside the output folder, from where Terraform runs in it: the path is the same on every machine.
    new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
    return;
  }
  new S3Backend(stack, {
    bucket: state.bucket,
    region: state.region,
    key: state.key ?? `${name}/${region}.tfstate`,
    encrypt: true,
  });
  // Younger than cdktf's S3Backend.
  stack.addOverride('terraform.backend.s3.use_lockfile', state.locking);
};

const useProvider = (stack: TerraformStack, { region, accountId, tags, provider }: Settings): void => {
  new AwsProvider(stack, 'aws', {
    region,
    ...(accountId !== undefined && { allowedAccountIds: [accountId] }),
    ...(Object.keys(tags).length > 0 && { defaultTags: [{ tags }] }),
    ...(provider?.endpoint !== undefined && standIn(provider.endpoint)),
  });
  if (provider?.version !== undefined) stack.addOverride('terraform.required_providers.aws.version', provider.version);
};

/** Everything this stack talks to, at one address, with keys that open nothing: the real ones stay at home. */
const standIn = (endpoint: string): object => ({
  accessKey: 'testing',
  secretKey: 'testing',
  s3UsePathStyle: true,
  skipCredentialsValidation: true,
  skipMetadataApiCheck: 'true',
  endpoints: [
    Object.fromEntries(
      ['cloudtrail', 'cloudwatch', 'configservice', 'ec2', 'events', 'iam', 'lambda', 'logs', 's3', 'sqs', 'sts'].map(
        (service) => [service, endpoint],
      ),
    ),
  ],
});

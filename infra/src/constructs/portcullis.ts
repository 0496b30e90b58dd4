import { join, resolve } from 'node:path';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { renderCompiledBaseline, type CompiledBaseline } from '@portcullis/baseline';
import {
  applySettingsMode,
  settingsSchedule,
  GUARDS,
  memberRoleName,
  settingsSchema,
  type Guard,
  type Settings,
  type SettingsInput,
} from '@portcullis/settings';
import { App } from 'cdktf';
import { Construct } from 'constructs';
import { constructedRoleArn, type Deployment } from './deployment.js';
import { functionPackageBundlePaths, missingFunctionPackageBundles, type PerGuard } from '../packages/function-bundle.js';
import {
  packagedMemberList,
  zipFunctionPackage,
  readFunctionPackageModules,
  writeFunctionPackage,
  type FunctionPackage,
} from '../packages/function-package.js';
import { restoreBaselinesStatements, tagKeysIamCannotName } from '../policies/may-restore.js';
import {
  assumeMemberRoleStatement,
  deliverFindingsStatements,
  invokeFunctionStatement,
  onlyReadEc2Statements,
  putEvaluationsStatement,
  readEc2Statements,
} from '../policies/statements.js';
import { readSynthBaselineFile } from '../synth/read-files.js';
import { ownersFightAlarm } from './alarms.js';
import { Approvals } from './approvals.js';
import { CloudTrailTrigger } from './cloudtrail-trigger.js';
import { ConfigTrigger } from './config-trigger.js';
import { Dashboard } from './dashboard.js';
import { EncryptionKey } from './encryption-key.js';
import { GuardFunction } from './guard-function.js';
import { MemberBus } from './member-bus.js';
import { Recorder } from './recorder.js';
import { Trail } from './trail.js';
import { forwardedTriggerWatch, groupTriggerWatch, configTriggerGroupIds, guardTriggerWatches } from './trigger-watches.js';

/**
 * The keys of the settings file, which https://github.com/portcullis-guard/portcullis/blob/main/infra/portcullis.yaml explains. The
 * caller's stack configures the tags, the state and the provider.
 */
export interface PortcullisProps extends Omit<SettingsInput, 'baseline' | 'tags' | 'state' | 'provider'> {
  /** The path of a baseline file, or a compiled baseline. */
  readonly baseline: string | CompiledBaseline;
  /**
   * The path of each function's bundle.
   * @default the bundles in the package, or in this workspace the bundles in each app's `dist`
   */
  readonly bundles?: PerGuard<string>;
}

/** Thrown for invalid properties of a `Portcullis` construct. */
export class PortcullisError extends Error {
  override readonly name = 'PortcullisError';

  /** @param problems one line each. */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Both functions for one region of one account, with their triggers. One function restores drifted groups. The other function reports who
 * changed a group, and how. The stack's AWS provider must be configured for the region of the settings.
 *
 * @throws {PortcullisError} with every problem of the settings, the baseline and the bundles.
 */
export class Portcullis extends Construct {
  readonly remediator: GuardFunction;
  readonly detector: GuardFunction;
  readonly configTrigger: ConfigTrigger;
  readonly cloudtrailTrigger: CloudTrailTrigger;

  constructor(scope: Construct, id: string, props: PortcullisProps) {
    super(scope, id);
    const { settings, baseline, bundles } = checkPortcullisConstructProps(props);
    const { name, region, organization, reservedConcurrency } = settings;
    const owner = {
      name,
      region,
      accountId: new DataAwsCallerIdentity(this, 'account').accountId,
      partition: new DataAwsPartition(this, 'partition').partition,
    };
    const deployment: Deployment = { ...owner, ...constructEncryptionKey(this, settings, owner) };
    const outdir = resolve(App.of(this).outdir);
    const compiled = renderCompiledBaseline(baseline);
    const pack = (guard: keyof PerGuard<string>): FunctionPackage =>
      writeFunctionPackage(
        join(outdir, 'packages', this.node.path.replaceAll('/', '-'), `${guard}.zip`),
        zipFunctionPackage(readFunctionPackageModules(bundles[guard]), compiled, packagedMemberList(settings)),
      );
    const memberRole = (guard: Guard, account: string): string =>
      constructedRoleArn(deployment.partition, account, memberRoleName(deployment, guard));
    const sharedStatements = (guard: Guard) => [
      ...(organization === undefined ? [] : [assumeMemberRoleStatement(memberRole(guard, '*'), organization.id)]),
      ...deliverFindingsStatements(settings.sinks, deployment),
    ];
    const sharedEnvironment = (guard: Guard) => ({
      ...constructSinkEnvironment(settings.sinks, deployment),
      CENTRAL_ACCOUNT_ID: deployment.accountId,
      ...(organization && { MEMBER_ROLE_ARN: memberRole(guard, '{account}') }),
    });

    const hasStackSet = organization?.stackSet !== undefined;
    const isApproving = baseline.baselines.some(({ mode }) => mode === 'approve');
    const approvals = isApproving ? new Approvals(this, 'approvals', { deployment, settings }) : undefined;
    this.remediator = new GuardFunction(this, GUARDS.remediator, {
      deployment,
      settings,
      description: 'Restores security groups that differ from their baseline',
      package: pack('remediator'),
      // The function reads and restores the group. Then the function polls, usually for a few seconds, until EC2 shows the result.
      timeoutSeconds: 120,
      reservedConcurrency: reservedConcurrency.remediator,
      statements: [
        ...readEc2Statements(deployment),
        ...restoreBaselinesStatements(baseline, deployment),
        putEvaluationsStatement(),
        ...sharedStatements(GUARDS.remediator),
        ...(approvals?.statements ?? []),
      ],
      environment: {
        ...sharedEnvironment(GUARDS.remediator),
        REPORT_RESTORED: settings.reportRestored,
        ...approvals?.environment,
        ...(settings.maxRevocations !== undefined && { MAX_REVOCATIONS: String(settings.maxRevocations) }),
      },
      alarms: { fight: ownersFightAlarm(GUARDS.remediator, settings.alarms.driftsPerHour) },
    });
    this.detector = new GuardFunction(this, GUARDS.detector, {
      deployment,
      settings,
      description: 'Reports who changed a guarded security group, and how',
      package: pack('detector'),
      timeoutSeconds: 60,
      reservedConcurrency: reservedConcurrency.detector,
      statements: [
        ...onlyReadEc2Statements(deployment),
        ...sharedStatements(GUARDS.detector),
        ...(settings.wake ? [invokeFunctionStatement(this.remediator.function.arn)] : []),
      ],
      environment: {
        ...sharedEnvironment(GUARDS.detector),
        ...(organization && { REMEDIATOR_MEMBER_ROLE_ARN: memberRole(GUARDS.remediator, '{account}') }),
        REMEDIATOR_ROLE_ARN: this.remediator.role.arn,
        GUARD_NAME: name,
        ...(deployment.kmsKeyArn !== undefined && { GUARD_KMS_KEY_ARN: deployment.kmsKeyArn }),
        ...(settings.deployers.length > 0 && { DEPLOYER_ROLE_ARNS: settings.deployers.join(',') }),
        ...(settings.wake && { WAKE_FUNCTION: this.remediator.function.arn }),
      },
    });

    this.configTrigger = new ConfigTrigger(this, 'config', {
      deployment,
      guard: this.remediator,
      groupIds: configTriggerGroupIds(baseline),
      schedule: settingsSchedule(baseline, settings),
      recorder: settings.recorder === 'create' ? new Recorder(this, 'recorder', { deployment, settings }) : undefined,
      ofOrganization: organization !== undefined,
    });
    if (settings.trail === 'create') new Trail(this, 'trail', { deployment, settings });
    const ofGroups = groupTriggerWatch(baseline);
    const eventBusName = organization && new MemberBus(this, 'members', deployment, organization.id).busName;
    this.cloudtrailTrigger = new CloudTrailTrigger(this, 'cloudtrail', {
      deployment,
      target: { guard: this.detector },
      watches: {
        '': ofGroups,
        ...guardTriggerWatches(deployment, { isApproving, hasStackSet }),
        ...(eventBusName !== undefined && {
          members: { ...ofGroups, eventBusName },
          'member-guard': { ...forwardedTriggerWatch({ hasStackSet }), eventBusName },
        }),
      },
      settings,
    });

    new Dashboard(this, 'dashboard', {
      deployment,
      functions: {
        [GUARDS.remediator]: this.remediator.functionName,
        [GUARDS.detector]: this.detector.functionName,
      },
      queueNames: [this.remediator.failuresName, this.detector.failuresName, this.cloudtrailTrigger.undeliveredName],
    });
  }
}

function constructEncryptionKey(scope: Construct, { kmsKey }: Settings, deployment: Deployment): Pick<Deployment, 'kmsKeyArn'> {
  if (kmsKey === undefined) return {};
  return { kmsKeyArn: kmsKey === 'create' ? new EncryptionKey(scope, 'key', deployment).arn : kmsKey };
}

/** Returns the environment variables that configure the sinks of a function. Source: `readSinkSettings` of @portcullis/guard. */
function constructSinkEnvironment(
  { sns, eventBus, securityHub }: Settings['sinks'],
  { accountId }: Deployment,
): Readonly<Record<string, string>> {
  return {
    ...(sns && { SNS_TOPIC_ARN: sns.topicArn, SNS_MINIMUM_SEVERITY: sns.minimumSeverity }),
    ...(eventBus && { EVENT_BUS: eventBus.arn, EVENT_BUS_MINIMUM_SEVERITY: eventBus.minimumSeverity }),
    ...(eventBus && eventBus.format !== 'portcullis' && { EVENT_BUS_FORMAT: eventBus.format }),
    ...(securityHub && { SECURITY_HUB_ACCOUNT_ID: accountId, SECURITY_HUB_MINIMUM_SEVERITY: securityHub.minimumSeverity }),
  };
}

interface CheckedPortcullisProps {
  readonly settings: Settings;
  readonly baseline: CompiledBaseline;
  readonly bundles: PerGuard<string>;
}

function checkPortcullisConstructProps({
  baseline: given,
  bundles = functionPackageBundlePaths(),
  ...rest
}: PortcullisProps): CheckedPortcullisProps {
  const settings = settingsSchema.safeParse({ ...rest, baseline: typeof given === 'string' ? given : 'compiled' });
  const baseline = typeof given === 'string' ? readSynthBaselineFile(given) : ({ ok: true, value: given } as const);
  const effective = settings.success && baseline.ok ? applySettingsMode(baseline.value, settings.data) : undefined;
  const problems = [
    ...(settings.error?.issues.map(({ path, message }) => `\`${path.join('.')}\`: expected ${message}`) ?? []),
    ...(baseline.ok ? [] : baseline.problems),
    ...missingFunctionPackageBundles(Object.values(bundles)),
    ...(effective === undefined ? [] : tagKeysIamCannotName(effective)),
  ];
  if (!settings.success || effective === undefined || problems.length > 0) throw new PortcullisError(problems);
  return { settings: settings.data, baseline: effective, bundles };
}

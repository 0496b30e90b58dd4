import { join, resolve } from 'node:path';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import type { CompiledBaseline } from '@portcullis/baseline';
import { renderCompiledBaseline } from '@portcullis/baseline';
import { App } from 'cdktf';
import { Construct } from 'constructs';
import { readBaselineAt } from './baseline-at.js';
import { fightAlarm } from './constructs/alarms.js';
import { CloudTrailTrigger } from './constructs/cloudtrail-trigger.js';
import { ConfigTrigger } from './constructs/config-trigger.js';
import { Dashboard } from './constructs/dashboard.js';
import { EncryptionKey } from './constructs/encryption-key.js';
import { GuardFunction } from './constructs/guard-function.js';
import { mayAssume, mayInvoke, mayPutEvaluations, type Statement } from './constructs/least-privilege.js';
import { MemberBus } from './constructs/member-bus.js';
import { Recorder } from './constructs/recorder.js';
import { Trail } from './constructs/trail.js';
import type { Deployment } from './deployment.js';
import { effectiveBaseline } from './effective-baseline.js';
import { effectiveSchedule } from './effective-schedule.js';
import { bundleFile, bundleProblems } from './function-bundle.js';
import { packFunction, readModules, writeFunctionPackage, type FunctionPackage } from './function-package.js';
import { mayOnlyRead, mayRead } from './may-read.js';
import { mayRestore, unnamableTags } from './may-restore.js';
import { GUARDS, memberRoleName, roleArn, type Guard } from './organization.js';
import { settings as settingsSchema, type Settings, type SettingsInput } from './settings/settings.js';
import { mayDeliverFindings, sinkEnvironment } from './sinks.js';
import { forwardedGuardWatch, groupCalls, guardWatches, namedGroups } from './watches.js';

/** One of a kind for each of the two guards. */
export interface PerGuard<T> {
  readonly remediator: T;
  readonly detector: T;
}

/** What `infra/portcullis.yaml` explains, as far as it is about what is made, and not about where Terraform keeps it. */
export interface PortcullisProps extends Omit<SettingsInput, 'baseline' | 'tags' | 'state' | 'provider'> {
  /** The path of a baseline file, or what was compiled from one. */
  readonly baseline: string | CompiledBaseline;
  /**
   * The bundle of each function.
   * @default those that were built in this workspace
   */
  readonly bundles?: PerGuard<string>;
}

/** Portcullis cannot be made as it was asked for. */
export class PortcullisError extends Error {
  override readonly name = 'PortcullisError';

  /** @param problems one line each. */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Both guards of one region of one account: one restores what drifted, one tells who changed what. It stands in any stack whose AWS provider is of that
 * region.
 *
 * @throws {PortcullisError} with everything that is wrong with the settings, the baseline and the bundles.
 */
export class Portcullis extends Construct {
  readonly remediator: GuardFunction;
  readonly detector: GuardFunction;
  readonly configTrigger: ConfigTrigger;
  readonly cloudtrailTrigger: CloudTrailTrigger;

  constructor(scope: Construct, id: string, props: PortcullisProps) {
    super(scope, id);
    const { settings, baseline, bundles } = checked(props);
    const { name, region, organization } = settings;
    const owner = {
      name,
      region,
      accountId: new DataAwsCallerIdentity(this, 'account').accountId,
      partition: new DataAwsPartition(this, 'partition').partition,
    };
    const deployment: Deployment = { ...owner, ...keyFor(this, settings, owner) };
    const outdir = resolve(App.of(this).outdir);
    const compiled = renderCompiledBaseline(baseline);
    const pack = (guard: keyof PerGuard<string>): FunctionPackage =>
      writeFunctionPackage(
        join(outdir, 'packages', this.node.path.replaceAll('/', '-'), `${guard}.zip`),
        packFunction(readModules(bundles[guard]), compiled, memberList(settings)),
      );
    const memberRole = (guard: Guard): string => roleArn(deployment.partition, '{account}', memberRoleName(deployment, guard));

    this.remediator = new GuardFunction(this, GUARDS.remediator, {
      deployment,
      settings,
      description: 'Restores security groups that differ from their baseline',
      package: pack('remediator'),
      // Reads, restores and reads again until EC2 shows it, with pauses: seconds as a rule.
      timeoutSeconds: 120,
      reservedConcurrency: settings.reservedConcurrency.remediator,
      statements: [
        ...mayRead(deployment),
        ...mayRestore(baseline, deployment),
        mayPutEvaluations(),
        ...mayGuardMembers(memberRole(GUARDS.remediator), settings),
        ...mayDeliverFindings(settings.sinks, deployment),
      ],
      environment: {
        ...sinkEnvironment(settings.sinks, deployment),
        ...accountEnvironment(memberRole(GUARDS.remediator), settings, deployment),
        REPORT_RESTORED: settings.reportRestored,
        ...(settings.maxRevocations !== undefined && { MAX_REVOCATIONS: String(settings.maxRevocations) }),
      },
      alarms: { fight: fightAlarm(GUARDS.remediator, settings.alarms.driftsPerHour) },
    });
    this.detector = new GuardFunction(this, GUARDS.detector, {
      deployment,
      settings,
      description: 'Tells who changed a guarded security group, and how',
      package: pack('detector'),
      timeoutSeconds: 60,
      reservedConcurrency: settings.reservedConcurrency.detector,
      statements: [
        ...mayOnlyRead(deployment),
        ...mayGuardMembers(memberRole(GUARDS.detector), settings),
        ...mayDeliverFindings(settings.sinks, deployment),
        ...(settings.wake ? [mayInvoke(this.remediator.function.arn)] : []),
      ],
      environment: {
        ...sinkEnvironment(settings.sinks, deployment),
        ...accountEnvironment(memberRole(GUARDS.detector), settings, deployment),
        ...(organization && { REMEDIATOR_MEMBER_ROLE_ARN: memberRole(GUARDS.remediator) }),
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
      groupIds: namedGroups(baseline),
      schedule: effectiveSchedule(baseline, settings),
      recorder: settings.recorder === 'create' ? new Recorder(this, 'recorder', { deployment, settings }) : undefined,
      ofOrganization: organization !== undefined,
    });
    if (settings.trail === 'create') new Trail(this, 'trail', { deployment, settings });
    const ofGroups = groupCalls(baseline);
    const eventBusName = organization && new MemberBus(this, 'members', { deployment, organizationId: organization.id }).busName;
    this.cloudtrailTrigger = new CloudTrailTrigger(this, 'cloudtrail', {
      deployment,
      listener: { guard: this.detector },
      watches: {
        '': ofGroups,
        ...guardWatches(deployment),
        ...(eventBusName !== undefined && {
          members: { ...ofGroups, eventBusName },
          'member-guard': { ...forwardedGuardWatch, eventBusName },
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

const keyFor = (scope: Construct, { kmsKey }: Settings, deployment: Deployment): Pick<Deployment, 'kmsKeyArn'> => {
  if (kmsKey === undefined) return {};
  return { kmsKeyArn: kmsKey === 'create' ? new EncryptionKey(scope, 'key', { deployment }).arn : kmsKey };
};

const mayGuardMembers = (memberRoleArn: string, { organization }: Settings): readonly Statement[] =>
  organization === undefined ? [] : [mayAssume(memberRoleArn.replace('{account}', '*'), organization.id)];

const accountEnvironment = (
  memberRoleArn: string,
  { organization }: Settings,
  { accountId }: Deployment,
): Readonly<Record<string, string>> => ({
  CENTRAL_ACCOUNT_ID: accountId,
  ...(organization && { MEMBER_ROLE_ARN: memberRoleArn }),
});

/** The accounts that have a role for the functions. Sorted, so that equal members are an equal package. */
const memberList = ({ organization }: Settings): Readonly<Record<string, string>> =>
  organization === undefined ? {} : { 'members.json': JSON.stringify([...organization.members].sort()) };

interface Checked {
  readonly settings: Settings;
  readonly baseline: CompiledBaseline;
  readonly bundles: PerGuard<string>;
}

const checked = ({ baseline: given, bundles = builtBundles(), ...rest }: PortcullisProps): Checked => {
  const settings = settingsSchema.safeParse({ ...rest, baseline: typeof given === 'string' ? given : 'compiled' });
  const baseline = typeof given === 'string' ? readBaselineAt(given) : ({ ok: true, value: given } as const);
  const effective = settings.success && baseline.ok ? effectiveBaseline(baseline.value, settings.data) : undefined;
  const problems = [
    ...(settings.error?.issues.map(({ path, message }) => `\`${path.join('.')}\`: expected ${message}`) ?? []),
    ...(baseline.ok ? [] : baseline.problems),
    ...bundleProblems(Object.values(bundles)),
    ...(effective === undefined ? [] : unnamableTags(effective)),
  ];
  if (!settings.success || effective === undefined || problems.length > 0) throw new PortcullisError(problems);
  return { settings: settings.data, baseline: effective, bundles };
};

/** The bundles that the build of this workspace leaves. */
export const builtBundles = (): PerGuard<string> => ({
  remediator: bundleFile(GUARDS.remediator),
  detector: bundleFile(GUARDS.detector),
});

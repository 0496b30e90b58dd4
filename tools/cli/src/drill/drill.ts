/**
 * `portcullis drill [FILE]`: tests a live deployment. The drill changes one guarded group, and measures how long the guard takes to react.
 */
import { EC2Client } from '@aws-sdk/client-ec2';
import type { Finding } from '@portcullis/finding';
import { MAX_FILE_LENGTH } from '@portcullis/baseline/file';
import { GUARDS, guardRoleName } from '@portcullis/settings';
import { ec2Drill } from '@portcullis/security-groups';
import { accountRegionLabel, type AccountRegion, type AccountRegionOptions } from '../aws/account-region.js';
import { readGuardLogOfGroup } from '../aws/guard-log.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { runDrill } from './run-drill.js';
import { DRILL_CIDR, DRILL_PORT, drillTarget, type DrillTarget, type GuardingBaselines, type TargetOptions } from './drill-target.js';
import { loadBaselineFile } from '../files/load-baseline.js';
import { isBaselineInsteadOfSettingsFile, loadSettingsAndBaselineFiles } from '../files/load-settings.js';
import { readTextFile } from '../files/read-text-file.js';
import { confirmWithUser } from '../command-line/confirmation.js';
import { Failure } from '../command-line/failure.js';
import type { ExitCode, Io } from '../command-line/io.js';
import { drillJson, drillText } from './drill-result.js';
import { groupIdNameAndVpc } from '../render/state-words.js';
import { renderWrapped } from '../render/wrapped.js';
import { indentedTerminalJson } from '../command-line/printable.js';

export interface DrillOptions extends AccountRegionOptions, TargetOptions {
  /** The prefix of the deployment's resource names; ignored for a settings file, because the file contains the name. */
  readonly guardName: string;
  /** Seconds. */
  readonly timeout: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The drill also reads log entries from before its start, because the clocks of the log and of this machine can differ. */
const LOOK_BACK_MILLISECONDS = 15 * 60_000;

/** @throws {Failure | Interrupted} */
export async function drillDeployment(fileName: string, options: DrillOptions, io: Io): Promise<ExitCode> {
  const deployed = await readDrilledDeployment(fileName, options, io);
  const { name } = deployed;
  const { findingOnly = false, timeout: timeoutSeconds } = options;
  return inAccountRegion({ ...options, region: deployed.region }, io, async (accountRegion) => {
    const { region, groups } = accountRegion;
    const accountId = await accountRegion.accountId();
    if (deployed.accountId !== undefined && deployed.accountId !== accountId)
      throw new Failure(
        `the credentials belong to account ${accountId}, and \`${fileName}\` deploys into ${deployed.accountId}; expected credentials of ${deployed.accountId}, where the detector's log is`,
      );
    const start = io.now();
    const at = start.toISOString();
    const target = await drillTarget(deployed, accountRegion, options, at);
    const since = new Date(start.getTime() - LOOK_BACK_MILLISECONDS);
    const log = { name, guard: GUARDS.detector };
    const findings = async (groupId: string): Promise<Finding[]> => {
      const logged: Finding[] = [];
      for await (const { finding } of readGuardLogOfGroup(accountRegion, log, groupId, since, io.signal)) logged.push(finding);
      return logged;
    };
    // If the log cannot be read, this call throws before the drill changes anything.
    await findings(target.kind === 'existing' ? target.groupId : target.group.name);
    const question = renderWrapped(drillQuestion(target, accountRegion, findingOnly), 0, io.stderr.columns);
    if (!(await confirmWithUser(`${question}\n`, options.yes, io))) return 1;
    const remediator = `:assumed-role/${guardRoleName({ name, region }, GUARDS.remediator)}/`;
    const writer = ec2Drill(accountRegion.client(EC2Client));
    const cliOptions = drillAwsCliOptions(region, options);
    const mark = `portcullis drill ${at}`;
    const result = await runDrill(target, { groups, writer, findings, remediator, cliOptions, mark, timeoutSeconds, findingOnly }, io);
    const where = { label: accountRegionLabel(accountRegion), region, accountId, at, timeoutSeconds, findingOnly };
    io.stdout.write(
      options.json === true ? indentedTerminalJson(drillJson(result, target, where)) : drillText(result, target, where, io.stdout),
    );
    return result.finding !== null && (result.restoration !== null || findingOnly) ? 0 : 2;
  });
}

interface Deployed extends GuardingBaselines {
  readonly name: string;
  readonly region: string | undefined;
  readonly accountId?: string | undefined;
}

/**
 * Returns the baselines and the names of the deployment in the region. For a baseline file, the name of the deployment is `guardName`.
 */
async function readDrilledDeployment(fileName: string, { region, guardName }: DrillOptions, io: Io): Promise<Deployed> {
  if (isBaselineInsteadOfSettingsFile(await readTextFile(fileName, MAX_FILE_LENGTH, io)))
    return { name: guardName, region, baselineFile: fileName, compiled: (await loadBaselineFile(fileName, io)).compiled };
  const regions = await loadSettingsAndBaselineFiles(fileName, io);
  const [guarded, ...others] = regions.filter(({ settings }) => region === undefined || settings.region === region);
  if (guarded === undefined || others.length > 0) {
    const why = region === undefined ? 'guards several regions' : `does not guard ${region}`;
    const names = regions.map(({ settings }) => settings.region).join(', ');
    throw new Failure(`\`${fileName}\` ${why}; expected \`--region\` with one of ${names}`);
  }
  return { ...guarded, name: guarded.settings.name, region: guarded.settings.region, accountId: guarded.settings.accountId };
}

/** Returns the AWS CLI options that select the account and region of the drill, such as ` --region eu-west-1`. */
function drillAwsCliOptions(region: string, { profile, endpointUrl }: AccountRegionOptions): string {
  const ofProfile = profile === undefined ? '' : ` --profile ${profile}`;
  return ` --region ${region}${ofProfile}${endpointUrl === undefined ? '' : ` --endpoint-url ${endpointUrl}`}`;
}

function drillQuestion(target: DrillTarget, accountRegion: AccountRegion, findingOnly: boolean): string {
  const group =
    target.kind === 'existing'
      ? groupIdNameAndVpc({ id: target.groupId, name: target.name, vpcId: null })
      : `a new group \`${target.group.name}\` of ${target.group.vpcId}, with the tags of the baseline \`${target.baseline.name}\`,`;
  const end = findingOnly ? 'reported' : 'reported and revoked';
  return `The drill adds a harmless rule, tcp/${DRILL_PORT} from ${DRILL_CIDR}, to ${group} in ${accountRegionLabel(accountRegion)}, and waits until the rule is ${end}. The sinks and alarms of the deployment also report the rule.`;
}

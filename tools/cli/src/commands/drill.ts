/** `portcullis drill [FILE]`: tests a live deployment by changing one guarded group, and measures how long the guard takes. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { MAX_FILE_LENGTH } from '@portcullis/baseline/file';
import { GUARDS, guardLogGroupName, guardRoleName } from '@portcullis/settings';
import { ec2Drill } from '@portcullis/security-groups';
import { labelOf, type AccountRegion, type AccountRegionOptions } from '../aws/account-region.js';
import { withAwsErrorWords } from '../aws/error-words.js';
import { findingsAbout } from '../drill/detector-log.js';
import { CleanUpError, runDrill, type Drill, type DrillResult } from '../drill/run-drill.js';
import { DRILL_CIDR, DRILL_PORT, drillTarget, type DrillTarget, type GuardingBaselines, type TargetOptions } from '../drill/target.js';
import { loadBaseline } from '../files/load-baseline.js';
import { isBaselineText, loadSettings } from '../files/load-settings.js';
import { readTextFile } from '../files/read-text-file.js';
import { Failure } from '../program/failure.js';
import { isConfirmed, type ExitCode, type Io } from '../program/io.js';
import { drillJson, drillText } from '../render/drill-result.js';
import { wrapped } from '../render/wrapped.js';
import { coloursOf } from '../terminal/colours.js';
import { jsonText, oneLine } from '../terminal/printable.js';
import { progressOn } from '../terminal/progress.js';

export interface DrillOptions extends AccountRegionOptions, TargetOptions {
  /** The prefix of the deployment's resource names. Used only if the file is a baseline file. */
  readonly guardName: string;
  /** Seconds. */
  readonly timeout: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** @throws {Failure | Interrupted} */
export async function drill(fileName: string, options: DrillOptions, io: Io): Promise<ExitCode> {
  const deployed = await deployedBy(fileName, options, io);
  if (deployed === undefined) return 1;
  const accountRegion = await io.openAccountRegion({ ...options, region: deployed.region }, io.signal);
  const accountId = await withAwsErrorWords(accountRegion, () => accountRegion.accountId());
  if (deployed.accountId !== undefined && deployed.accountId !== accountId)
    throw new Failure(
      `the credentials belong to account ${accountId}, and \`${fileName}\` deploys into ${deployed.accountId}; expected credentials of that account, which has the detector's log`,
    );
  const at = io.now().toISOString();
  const target = await drillTarget(deployed, accountRegion, options, at);
  const drilled = drillIn(accountRegion, deployed.name, `portcullis drill ${at}`, options, io);
  await refuseUndeployed(drilled, target, accountRegion, deployed.name);
  const question = wrapped(questionFor(target, accountRegion, drilled), 0, io.stderr.columns);
  if (!(await isConfirmed(`${question}\n`, options.yes, io))) return 1;
  const result = await played(target, drilled, accountRegion, io);
  const { timeoutSeconds, findingOnly } = drilled;
  const where = { label: labelOf(accountRegion), region: accountRegion.region, accountId, at, timeoutSeconds, findingOnly };
  io.stdout.write(
    options.json === true
      ? jsonText(drillJson(result, target, where))
      : drillText(result, target, where, coloursOf(io.stdout, io.env), io.stdout.columns),
  );
  return result.finding !== null && (result.restoration !== null || findingOnly) ? 0 : 2;
}

interface Deployed extends GuardingBaselines {
  readonly name: string;
  readonly region: string | undefined;
  readonly accountId: string | undefined;
}

/**
 * Returns what is deployed in the region, according to a settings file or to a baseline file and `guardName`. Returns `undefined` if the
 * file is invalid.
 */
async function deployedBy(fileName: string, { region, guardName }: DrillOptions, io: Io): Promise<Deployed | undefined> {
  if (isBaselineText(await readTextFile(fileName, MAX_FILE_LENGTH, io))) {
    const loaded = await loadBaseline(fileName, io);
    return loaded && { name: guardName, region, accountId: undefined, baselineFile: fileName, compiled: loaded.compiled };
  }
  const regions = await loadSettings(fileName, io);
  if (regions === undefined) return undefined;
  const [guarded, ...others] = regions.filter(({ settings }) => region === undefined || settings.region === region);
  if (guarded === undefined || others.length > 0) {
    const why = region === undefined ? 'guards several regions' : `does not guard ${region}`;
    const names = regions.map(({ settings }) => settings.region).join(', ');
    throw new Failure(`\`${fileName}\` ${why}; expected \`--region\` with one of ${names}`);
  }
  return { ...guarded, name: guarded.settings.name, region: guarded.settings.region, accountId: guarded.settings.accountId };
}

/** Reads findings from this long before the drill, so that clock differences do not hide an earlier finding. */
const LOOK_BACK_MILLISECONDS = 15 * 60_000;

function drillIn(
  accountRegion: AccountRegion,
  name: string,
  mark: string,
  { profile, endpointUrl, timeout, findingOnly = false }: DrillOptions,
  { signal, now, wait, stderr }: Io,
): Drill {
  const client = accountRegion.client(CloudWatchLogsClient);
  const logGroupName = guardLogGroupName({ name }, GUARDS.detector);
  const since = new Date(now().getTime() - LOOK_BACK_MILLISECONDS);
  const cliOptions = [
    ` --region ${accountRegion.region}`,
    profile === undefined ? '' : ` --profile ${profile}`,
    endpointUrl === undefined ? '' : ` --endpoint-url ${endpointUrl}`,
  ];
  return {
    groups: accountRegion.groups,
    writer: ec2Drill(accountRegion.client(EC2Client)),
    findings: (groupId) => findingsAbout(groupId, since, { client, logGroupName, signal }),
    remediator: `:assumed-role/${guardRoleName({ name, region: accountRegion.region }, GUARDS.remediator)}/`,
    now,
    wait,
    signal,
    progress: () => undefined,
    showCleanUp: (command) => {
      stderr.write(`if this is killed, clean up with: ${command}\n`);
    },
    cliOptions: cliOptions.join(''),
    mark,
    timeoutSeconds: timeout,
    findingOnly,
  };
}

/** Throws before anything is changed if the detector's log cannot be read. */
async function refuseUndeployed({ findings }: Drill, target: DrillTarget, accountRegion: AccountRegion, name: string): Promise<void> {
  await withAwsErrorWords(accountRegion, async () => {
    try {
      await findings(target.kind === 'existing' ? target.groupId : target.group.name);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
      const logGroup = guardLogGroupName({ name }, GUARDS.detector);
      throw new Failure(
        `there is no log group \`${logGroup}\` in ${accountRegion.region}; expected Portcullis to be deployed there under that name`,
        { cause: error },
      );
    }
  });
}

function questionFor(target: DrillTarget, accountRegion: AccountRegion, { findingOnly }: Drill): string {
  const group =
    target.kind === 'existing'
      ? `${target.groupId}${target.name === null ? '' : ` (${oneLine(target.name)})`}`
      : `a new group \`${target.group.name}\` of ${target.group.vpcId}, with the tags of the baseline \`${target.baseline.name}\`,`;
  const until = findingOnly ? 'reported' : 'reported and revoked';
  return `This opens tcp/${DRILL_PORT} from ${DRILL_CIDR}, a documentation block, in ${group} of ${labelOf(accountRegion)}, and waits until it is ${until}. Sinks and alarms report it like any drift.`;
}

async function played(target: DrillTarget, drilled: Drill, accountRegion: AccountRegion, io: Io): Promise<DrillResult> {
  const progress = progressOn(io.stderr);
  const show = (text: string): void => {
    progress.show(text);
  };
  try {
    return await withAwsErrorWords(accountRegion, () => runDrill(target, { ...drilled, progress: show }));
  } catch (error) {
    progress.clear();
    if (!(error instanceof CleanUpError)) throw error;
    throw new Failure(`${error.message}; remove it with:\n${error.command}`, { cause: error });
  } finally {
    progress.clear();
  }
}

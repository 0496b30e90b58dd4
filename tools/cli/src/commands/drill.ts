/** `portcullis drill [FILE]`: proves a live deployment by a change of one guarded group, and takes the time. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH } from '@portcullis/baseline/file';
import { GUARDS, guardLogGroupName, guardRoleName } from '@portcullis/settings';
import { ec2Drill } from '@portcullis/security-groups';
import { resolve } from 'node:path';
import { labelOf, type AccountRegion, type AccountRegionOptions } from '../aws/account-region.js';
import { withAwsErrorWords } from '../aws/error-words.js';
import { coloursOf, type Colours } from '../terminal/colours.js';
import { findingsAbout } from '../drill/detector-log.js';
import { DRILL_CIDR, DRILL_PORT, drillTarget, type DrillTarget, type TargetOptions } from '../drill/drill-target.js';
import { NotCleanedUp, runDrill, type DrillResult, type DrillWorld } from '../drill/run-drill.js';
import { Failure } from '../program/failure.js';
import { today, type ExitCode, type Io } from '../program/io.js';
import { loadBaseline } from '../files/load-baseline.js';
import { isBaselineText, loadSettings } from '../files/load-settings.js';
import { jsonText, oneLine } from '../terminal/printable.js';
import { progressOn } from '../terminal/progress.js';
import { readTextFile } from '../files/read-text-file.js';
import { wrapped } from '../render/wrapped.js';

export interface DrillCommandOptions extends AccountRegionOptions, TargetOptions {
  /** What the names of the deployed guard begin with, where the file is a baseline. */
  readonly guardName: string;
  /** Seconds. */
  readonly timeout: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** @throws {Failure | Interrupted} */
export async function drill(fileName: string, options: DrillCommandOptions, io: Io): Promise<ExitCode> {
  const deployed = await deployedBy(fileName, options, io);
  if (deployed === undefined) return 1;
  const place = await io.openAccountRegion({ ...options, region: deployed.region }, io.signal);
  const accountId = await withAwsErrorWords(place, () => place.accountId());
  if (deployed.accountId !== undefined && deployed.accountId !== accountId)
    throw new Failure(
      `the credentials are of the account ${accountId}, and \`${fileName}\` deploys into ${deployed.accountId}; expected credentials of that account, where the detector's log is`,
    );
  const at = io.now().toISOString();
  const target = await drillTarget(deployed, place, options, { day: today(io), at });
  const world = worldOf(place, deployed.name, options, io);
  await refuseUndeployed(world, target, place, deployed.name);
  if (!(await isAgreed(target, place, options, io))) {
    io.stderr.write('portcullis: nothing was changed\n');
    return 1;
  }
  const { findingOnly = false, timeout: timeoutSeconds } = options;
  const progress = progressOn(io.stderr);
  let result: DrillResult;
  try {
    result = await withAwsErrorWords(place, () =>
      runDrill(
        target,
        {
          ...world,
          progress: (text) => {
            progress.show(text);
          },
        },
        { mark: markOf(at), timeoutSeconds, findingOnly },
      ),
    );
  } catch (error) {
    progress.clear();
    if (!(error instanceof NotCleanedUp)) throw error;
    throw new Failure(`${error.message}; to remove it:\n${error.commands.join('\n')}`, { cause: error });
  }
  progress.clear();
  io.stdout.write(
    options.json === true
      ? jsonText(drillJson(result, target, { place, accountId, at, findingOnly }))
      : drillText(result, target, {
          ...options,
          place,
          colours: coloursOf(io.stdout, io.env),
          columns: io.stdout.columns,
        }),
  );
  return result.finding !== null && (result.restoration !== null || findingOnly) ? 0 : 2;
}

interface Deployed {
  readonly name: string;
  readonly region: string | undefined;
  readonly accountId: string | undefined;
  /** As the user would call it. */
  readonly baselineFile: string;
  readonly compiled: CompiledBaseline;
}

/** Returns what is deployed by a settings file in the region, or of a baseline under the name; nothing once it has been told what is wrong. */
async function deployedBy(fileName: string, { region, guardName }: DrillCommandOptions, io: Io): Promise<Deployed | undefined> {
  const file = await readTextFile(resolve(io.cwd, fileName), MAX_FILE_LENGTH);
  if (file.ok && isBaselineText(file.text)) {
    const loaded = await loadBaseline(fileName, io);
    return (
      loaded && {
        name: guardName,
        region,
        accountId: undefined,
        baselineFile: fileName,
        compiled: loaded.compiled,
      }
    );
  }
  const regions = await loadSettings(fileName, io);
  if (regions === undefined) return undefined;
  const found = regions.filter(({ settings }) => region === undefined || settings.region === region);
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new Failure(
      `\`${fileName}\` ${region === undefined ? 'guards several regions' : `does not guard ${region}`}; expected \`--region\` with one of ${regions.map(({ settings }) => settings.region).join(', ')}`,
    );
  const { name, accountId, region: where } = one.settings;
  return { name, region: where, accountId, baselineFile: one.baselineFile, compiled: one.compiled };
}

function markOf(at: string): string {
  return `portcullis drill ${at}`;
}

/** Findings are looked for from so long ago on, in milliseconds: those that are there before the drill are not its own, whatever the clocks. */
const LOOK_BACK = 15 * 60_000;

function worldOf(place: AccountRegion, name: string, { profile, endpointUrl }: DrillCommandOptions, io: Io): DrillWorld {
  const client = place.client(CloudWatchLogsClient);
  const logGroupName = guardLogGroupName({ name }, GUARDS.detector);
  const since = new Date(io.now().getTime() - LOOK_BACK);
  const { signal, now, wait } = io;
  return {
    groups: place.groups,
    writer: ec2Drill(place.client(EC2Client)),
    findings: (groupId) => findingsAbout(groupId, since, { client, logGroupName, signal }),
    remediator: `:assumed-role/${guardRoleName({ name, region: place.region }, GUARDS.remediator)}/`,
    now,
    wait,
    signal,
    progress: () => undefined,
    byHand: (command) => {
      io.stderr.write(`should this be killed, remove what it made: ${command}\n`);
    },
    cliOptions: [
      ` --region ${place.region}`,
      ...(profile === undefined ? [] : [` --profile ${profile}`]),
      ...(endpointUrl === undefined ? [] : [` --endpoint-url ${endpointUrl}`]),
    ].join(''),
  };
}

/** The log is where the drill looks: where it cannot be read, nothing is changed. */
async function refuseUndeployed(world: DrillWorld, target: DrillTarget, place: AccountRegion, name: string): Promise<void> {
  await withAwsErrorWords(place, async () => {
    try {
      await world.findings(target.kind === 'existing' ? target.groupId : target.group.name);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
      throw new Failure(
        `there is no log group \`${guardLogGroupName({ name }, GUARDS.detector)}\` in ${place.region}; expected Portcullis to be deployed there, under that name`,
        { cause: error },
      );
    }
  });
}

async function isAgreed(
  target: DrillTarget,
  place: AccountRegion,
  { yes = false, findingOnly = false }: DrillCommandOptions,
  { ask, stderr }: Io,
): Promise<boolean> {
  if (yes) return true;
  if (ask === undefined) throw new Failure('there is nobody to ask; expected `--yes`, which does not ask. Nothing was changed');
  const what =
    target.kind === 'existing'
      ? `in ${targetWords(target)}`
      : `in a new group \`${target.group.name}\` of ${target.group.vpcId}, with the tags of the baseline \`${target.baseline.name}\``;
  const until = findingOnly ? 'reported' : 'reported and revoked';
  const question = `This opens tcp/${DRILL_PORT} from ${DRILL_CIDR}, a documentation block, ${what} of ${labelOf(place)}, and waits until it is ${until}. Sinks and alarms report it like any drift.`;
  const answer = await ask(`${wrapped(question, 0, stderr.columns)}\nOnly \`yes\` is taken for yes: `);
  return answer.trim() === 'yes';
}

function targetWords({ groupId, name }: Extract<DrillTarget, { kind: 'existing' }>): string {
  return `${groupId}${name === null ? '' : ` (${oneLine(name)})`}`;
}

function drillText(
  { groupId, finding, restoration, cleanUp }: DrillResult,
  { baseline }: DrillTarget,
  {
    place,
    timeout,
    findingOnly = false,
    colours,
    columns,
  }: DrillCommandOptions & {
    readonly place: AccountRegion;
    readonly colours: Colours;
    readonly columns: number | undefined;
  },
): string {
  const line = (head: string, text: string): string => `${colours.bold(head.padEnd(8))}  ${wrapped(text, HEAD_WIDTH, columns)}\n`;
  const timed = (head: string, seen: { readonly seconds: number } | null, more = ''): string => {
    const when = seen === null ? `not within ${timeout} s` : `after ${seen.seconds.toFixed(1)} s`;
    // Coloured once it has its width.
    return line(head, when + more).replace(when, seen === null ? colours.red : colours.green);
  };
  return [
    line('opened', `tcp/${DRILL_PORT} from ${DRILL_CIDR} in ${groupId} of ${labelOf(place)}, baseline ${baseline.name}`),
    timed('finding', finding, finding === null ? '' : `  ${finding.severity}: ${oneLine(finding.summary)}`),
    findingOnly ? '' : timed('restored', restoration),
    line('left', cleanUp),
  ].join('');
}

/** Of what stands before the text of a line. */
const HEAD_WIDTH = 10;

function drillJson(
  { groupId, finding, restoration, cleanUp }: DrillResult,
  { baseline, kind }: DrillTarget,
  about: { readonly place: AccountRegion; readonly accountId: string; readonly at: string; readonly findingOnly: boolean },
): object {
  return {
    schemaVersion: 1,
    accountId: about.accountId,
    region: about.place.region,
    at: about.at,
    baseline: baseline.name,
    mode: baseline.mode,
    group: { id: groupId, created: kind === 'new' },
    rule: { protocol: 'tcp', port: DRILL_PORT, cidr: DRILL_CIDR },
    finding: finding && {
      seconds: finding.seconds,
      id: finding.id,
      severity: finding.severity,
      summary: finding.summary,
    },
    restoration: about.findingOnly ? 'not awaited' : restoration,
    cleanUp,
  };
}

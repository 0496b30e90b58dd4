/**
 * `portcullis approve`: approves a restoration, so that the remediator immediately restores a group in mode `approve`.
 */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Finding } from '@portcullis/finding';
import { GUARDS } from '@portcullis/settings';
import { describeAccountRegion, type AccountRegion, type AccountRegionOptions } from '../aws/account-region.js';
import { groupOptionProblems } from '../command-line/group-option.js';
import { isAwsResourceNotFound } from '../aws/error-words.js';
import { readGuardLogOfGroup } from '../aws/guard-log.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { parseJsonText, jsonListMember, jsonMember, jsonTextMember } from '../files/json-members.js';
import { readFindingFile, readRulesOfFindingFile, refuseFindingFileOfOtherRegion, findingFileFailure } from '../files/finding-file.js';
import { confirmationRuleLines, confirmWithUser } from '../command-line/confirmation.js';
import { Failure, failCommandOnProblems } from '../command-line/failure.js';
import type { ExitCode, Io, Style } from '../command-line/io.js';
import { groupIdNameAndVpc } from '../render/state-words.js';
import { renderWrapped } from '../render/wrapped.js';
import { indentedTerminalJson, safeTerminalLine } from '../command-line/printable.js';

export interface ApproveOptions extends AccountRegionOptions {
  /** The id of the group whose newest finding is read from the log of the deployment. */
  readonly group?: string;
  /** The file with the finding. */
  readonly finding?: string;
  /** The id of the finding, if the file contains several findings. */
  readonly id?: string;
  /** The name of the deployment. */
  readonly guardName: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** A restoration that waits for an approval, with the finding that describes the restoration. */
interface Waiting {
  readonly finding: Finding;
  readonly groupId: string;
  readonly region: string;
  readonly approval: NonNullable<Finding['approval']>;
}

/** @throws {Failure | Interrupted} */
export async function approveRestoration(options: ApproveOptions, io: Io): Promise<ExitCode> {
  const { group, finding: fileName, id } = options;
  failCommandOnProblems([
    (group === undefined) === (fileName === undefined) && 'expected either `--group sg-…` or `--finding FILE`',
    id !== undefined && fileName === undefined && '`--id` needs `--finding`; expected the file with the finding',
    ...groupOptionProblems(group === undefined ? [] : [group]),
  ]);
  const named =
    fileName === undefined
      ? undefined
      : restorationToApprove(await readFindingFile(fileName, id, ({ approval }) => approval !== undefined, io));
  if (named !== undefined) refuseFindingFileOfOtherRegion(named.finding, named.region, options.region);
  return inAccountRegion({ ...options, region: named?.region ?? options.region }, io, async (accountRegion) => {
    const waiting = named ?? (await newestRestorationToApprove(accountRegion, group ?? '', options.guardName, io));
    const output = options.json === true ? io.stderr : io.stdout;
    output.write(restorationToApproveText(waiting, output));
    const question = `\nRestore ${waiting.groupId} now, with ${waiting.approval.functionName} of ${await describeAccountRegion(accountRegion)}? `;
    if (!(await confirmWithUser(renderWrapped(question, 0, io.stderr.columns), options.yes, io))) return 1;
    io.progress.show(`waiting for ${waiting.approval.functionName} …`);
    const outcome = await invokeRemediatorToApprove(accountRegion, waiting);
    const { isRestored, words } = approveCommandResult(outcome);
    if (options.json === true) io.stdout.write(indentedTerminalJson(outcome));
    const { green, red } = output.colours;
    output.write(`${isRestored ? green('restored') : red('FAILED')} ${waiting.groupId}: ${safeTerminalLine(words)}\n`);
    return isRestored ? 0 : 1;
  });
}

/**
 * @throws {Failure} when the finding asks for no approval, or when its `approval` does not request a restoration of the finding's group.
 */
function restorationToApprove(finding: Finding): Waiting {
  const { approval, group } = finding;
  if (approval === undefined) throw findingFileFailure(finding, `is of kind \`${finding.kind}\` and asks for no approval`);
  const { request, functionName } = approval;
  const isAboutGroup = jsonMember(jsonMember(request, 'group'), 'id') === group.id && jsonMember(request, 'portcullis') === 'restore';
  // `approve` invokes only a remediator, and only for the group of the finding, because a finding in a file can be forged.
  if (group.id === null || group.region === null || !isAboutGroup || !/^[\w-]+-config-remediator$/.test(functionName))
    throw findingFileFailure(finding, 'has an invalid `approval`; expected the finding exactly as the function logged it');
  return { finding, groupId: group.id, region: group.region, approval };
}

/** A restoration waits at most a day for an approval, and the finding is logged when the wait starts. */
const LOOK_BACK_MILLISECONDS = 25 * 3_600_000;

/**
 * Returns the newest finding about the group's state from the remediator's log.
 *
 * @throws {Failure} when the newest finding asks for no approval.
 */
async function newestRestorationToApprove(accountRegion: AccountRegion, groupId: string, name: string, io: Io): Promise<Waiting> {
  io.progress.show('reading the log of the remediator …');
  const log = { name, guard: GUARDS.remediator };
  const since = new Date(io.now().getTime() - LOOK_BACK_MILLISECONDS);
  let newest: { readonly loggedAt: Date; readonly finding: Finding } | undefined;
  for await (const found of readGuardLogOfGroup(accountRegion, log, groupId, since, io.signal)) {
    // A finding of kind `undetermined` says only that the group could not be read. The group still waits for an approval.
    if (found.finding.kind !== 'undetermined' && (newest === undefined || found.loggedAt >= newest.loggedAt)) newest = found;
  }
  if (newest?.finding.approval !== undefined) return restorationToApprove(newest.finding);
  const why =
    newest === undefined
      ? 'the log of the last 25 hours has no finding about the group'
      : `the newest finding is: ${newest.finding.summary}`;
  throw new Failure(`${groupId} does not wait for an approval: ${safeTerminalLine(why)}`);
}

function restorationToApproveText({ finding, approval: { until } }: Waiting, { colours, columns }: Style): string {
  const { group, authorize, revoke, egress, summary } = finding;
  const changes = {
    authorize: readRulesOfFindingFile(finding, authorize, egress?.authorize),
    revoke: readRulesOfFindingFile(finding, revoke, egress?.revoke),
  };
  const lines = confirmationRuleLines(changes, colours);
  const note = `Without an approval, the group is restored at ${until}. The restoration also reverts later changes of the group.`;
  return [
    colours.bold(
      `Restoration of ${groupIdNameAndVpc({ id: group.id ?? '', name: group.name, vpcId: group.vpcId })}, account ${group.accountId ?? 'unknown'}`,
    ),
    ...(lines.length > 0 ? lines : [`  ${renderWrapped(safeTerminalLine(summary), 2, columns)}`]),
    '',
    renderWrapped(note, 0, columns),
    '',
  ].join('\n');
}

/** Longer than the timeout of the deployed function, which is 120 seconds. */
const INVOCATION_MILLISECONDS = 130_000;

/** Returns the response of the function. @throws {Failure} when the function does not exist or fails. */
async function invokeRemediatorToApprove(accountRegion: AccountRegion, { approval: { functionName, request } }: Waiting): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(request)) });
  try {
    // Without this timeout, the SDK would invoke the function again while the first invocation still runs.
    const { FunctionError, Payload } = await accountRegion.client(LambdaClient).send(command, { requestTimeout: INVOCATION_MILLISECONDS });
    const response = parseJsonText(Buffer.from(Payload ?? []).toString());
    if (FunctionError === undefined) return response;
    throw new Failure(`${functionName} failed: ${jsonTextMember(response, 'errorMessage') ?? FunctionError}; see the log of the function`);
  } catch (error) {
    if (!isAwsResourceNotFound(error)) throw error;
    throw new Failure(
      `function \`${functionName}\` not found in ${accountRegion.region} of account ${await accountRegion.accountId()}; expected credentials of the account in which Portcullis is deployed`,
      { cause: error },
    );
  }
}

/** With `reportRestored: NON_COMPLIANT` in the settings, the function reports a restored group as NON_COMPLIANT. */
function approveCommandResult(outcome: unknown): { readonly isRestored: boolean; readonly words: string } {
  const [result] = jsonListMember(outcome, 'results');
  if (result === undefined) return { isRestored: false, words: 'the function did not evaluate the group; see the log of the function' };
  const isRestoration = (finding: unknown): boolean =>
    jsonMember(finding, 'kind') === 'restoration' && jsonMember(finding, 'atBaseline') === true;
  return {
    isRestored: jsonMember(result, 'compliance') === 'COMPLIANT' || jsonListMember(outcome, 'findings').some(isRestoration),
    words: jsonTextMember(result, 'annotation') ?? 'the response of the function contains no reason',
  };
}

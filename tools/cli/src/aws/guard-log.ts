/** Reads the findings that a Lambda function of the deployment has logged. */
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { Finding } from '@portcullis/finding';
import { guardLogGroupName, type Guard } from '@portcullis/settings';
import { parseFindingInFile } from '../files/finding-file.js';
import { parseJsonText, jsonMember } from '../files/json-members.js';
import { Failure } from '../command-line/failure.js';
import type { AccountRegion } from './account-region.js';
import { isAwsResourceNotFound } from './error-words.js';

export interface GuardLog {
  /** The name of the deployment. */
  readonly name: string;
  readonly guard: Guard;
}

/**
 * Yields the findings that the function has logged since the given time, in the order of the log. Does not validate the findings.
 *
 * @param filterPattern the pattern that a line of the log must match
 * @throws {Failure} if the log group does not exist. Rethrows any other error of the SDK.
 */
export async function* readGuardLog(
  accountRegion: AccountRegion,
  { name, guard }: GuardLog,
  since: Date,
  filterPattern: string,
  abortSignal: AbortSignal,
): AsyncGenerator<{ readonly loggedAt: Date; readonly finding: unknown }> {
  const client = accountRegion.client(CloudWatchLogsClient);
  const logGroupName = guardLogGroupName({ name }, guard);
  const input = { logGroupName, startTime: since.getTime(), filterPattern };
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, input, { abortSignal }))
      for (const { message, timestamp } of events) {
        // The lines that Lambda itself writes are not JSON.
        const finding = jsonMember(parseJsonText(message), 'finding');
        if (finding !== undefined && timestamp !== undefined) yield { loggedAt: new Date(timestamp), finding };
      }
  } catch (error) {
    if (!isAwsResourceNotFound(error)) throw error;
    throw new Failure(
      `log group \`${logGroupName}\` not found in ${accountRegion.region}; expected Portcullis to be deployed there with the name \`${name}\``,
      { cause: error },
    );
  }
}

/**
 * Yields the valid findings that the function has logged about the group since the given time, in the order of the log. Throws the errors
 * of `readGuardLog`.
 */
export async function* readGuardLogOfGroup(
  accountRegion: AccountRegion,
  log: GuardLog,
  groupId: string,
  since: Date,
  signal: AbortSignal,
): AsyncGenerator<{ readonly loggedAt: Date; readonly finding: Finding }> {
  // A quoted pattern matches the exact text. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
  for await (const { loggedAt, finding } of readGuardLog(accountRegion, log, since, `"${groupId}"`, signal)) {
    const read = parseFindingInFile(finding);
    if (read?.group.id === groupId) yield { loggedAt, finding: read };
  }
}

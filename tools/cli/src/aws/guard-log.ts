/** Reads the findings in the log group of a function. */
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { Finding } from '@portcullis/finding';
import { guardLogGroupName, type Guard } from '@portcullis/settings';
import { parseFinding } from '../files/finding-file.js';
import { parseJsonText, jsonMember } from '../files/json-members.js';
import { Failure } from '../command-line/failure.js';
import type { AccountRegion } from './account-region.js';
import { isResourceNotFound } from './error-words.js';

export interface GuardLog {
  /** The name of the deployment. */
  readonly name: string;
  readonly guard: Guard;
}

/**
 * Yields the findings that the function has logged since a time, in the order of the log. They are not validated.
 *
 * @param filterPattern CloudWatch Logs returns only the lines that match it.
 * @throws {Failure} if the log group does not exist; any other error of the SDK unchanged.
 */
export async function* readLoggedFindings(
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
        // Lambda's own lines are not JSON.
        const finding = jsonMember(parseJsonText(message), 'finding');
        if (finding !== undefined && timestamp !== undefined) yield { loggedAt: new Date(timestamp), finding };
      }
  } catch (error) {
    if (!isResourceNotFound(error)) throw error;
    throw new Failure(
      `log group \`${logGroupName}\` not found in ${accountRegion.region}; expected Portcullis to be deployed there with the name \`${name}\``,
      { cause: error },
    );
  }
}

/** Yields the valid findings about a group that the function has logged since a time, in the order of the log. Throws the same errors. */
export async function* readFindingsAboutGroup(
  accountRegion: AccountRegion,
  log: GuardLog,
  groupId: string,
  since: Date,
  signal: AbortSignal,
): AsyncGenerator<{ readonly loggedAt: Date; readonly finding: Finding }> {
  // The quotes make the pattern an exact phrase. Source:
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
  for await (const { loggedAt, finding } of readLoggedFindings(accountRegion, log, since, `"${groupId}"`, signal)) {
    const read = parseFinding(finding);
    if (read?.group.id === groupId) yield { loggedAt, finding: read };
  }
}

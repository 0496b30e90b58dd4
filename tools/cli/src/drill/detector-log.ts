/** Reads the detector's findings from its log group. */
import { CloudWatchLogsClient, paginateFilterLogEvents, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { GUARDS, guardLogGroupName } from '@portcullis/settings';
import type { AccountRegion } from '../aws/account-region.js';
import { jsonIn, memberOf, textMemberOf } from '../files/json.js';
import { Failure } from '../program/failure.js';

/** The part of a finding that a drill needs. */
export interface LoggedFinding {
  readonly id: string;
  readonly severity: string;
  readonly summary: string;
  readonly eventName: string;
  /** The ARN of the caller; empty if unknown. */
  readonly caller: string;
}

/**
 * Returns a function that reads the findings about a group that were logged since then and come from CloudTrail events. It throws a Failure
 * if there is no log group, and otherwise the SDK's error.
 */
export function detectorLog(
  accountRegion: AccountRegion,
  name: string,
  since: Date,
  abortSignal: AbortSignal,
): (groupId: string) => Promise<LoggedFinding[]> {
  const client = accountRegion.client(CloudWatchLogsClient);
  const logGroupName = guardLogGroupName({ name }, GUARDS.detector);
  return async (groupId) => {
    // The quotes make the pattern an exact phrase. Source:
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    const input = { logGroupName, startTime: since.getTime(), filterPattern: `"${groupId}"` };
    const findings: LoggedFinding[] = [];
    try {
      for await (const { events = [] } of paginateFilterLogEvents({ client }, input, { abortSignal }))
        for (const { message } of events) findings.push(...loggedFindingIn(message, groupId));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new Failure(
        `log group \`${logGroupName}\` not found in ${accountRegion.region}; expected Portcullis to be deployed there with the name \`${name}\``,
        { cause: error },
      );
    }
    return findings;
  };
}

/** Returns the finding about the group if the log line contains one. Lambda's own lines are not JSON. */
function loggedFindingIn(line: string | undefined, groupId: string): LoggedFinding[] {
  const finding = memberOf(jsonIn(line), 'finding');
  const text = (value: unknown, key: string): string => textMemberOf(value, key) ?? '';
  const event = memberOf(finding, 'event');
  if (text(memberOf(finding, 'group'), 'id') !== groupId || text(event, 'source') !== 'cloudtrail') return [];
  return [
    {
      id: text(finding, 'id'),
      severity: text(finding, 'severity'),
      summary: text(finding, 'summary'),
      eventName: text(event, 'name'),
      caller: text(memberOf(finding, 'actor'), 'arn'),
    },
  ];
}

/** Reads the detector's findings from its log group. */
import { paginateFilterLogEvents, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { jsonIn, memberOf } from '../files/json.js';

/** The members of a finding that a drill needs. */
export interface LoggedFinding {
  readonly id: string;
  readonly severity: string;
  readonly summary: string;
  readonly eventName: string;
  /** The ARN of the caller; empty if unknown. */
  readonly caller: string;
}

/** Returns the findings about the group from CloudTrail events that were logged since then. Rejects with the SDK's error. */
export async function findingsAbout(
  groupId: string,
  since: Date,
  log: { readonly client: CloudWatchLogsClient; readonly logGroupName: string; readonly signal: AbortSignal },
): Promise<LoggedFinding[]> {
  // The quotes make the pattern an exact phrase. Source:
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
  const input = { logGroupName: log.logGroupName, startTime: since.getTime(), filterPattern: `"${groupId}"` };
  const findings: LoggedFinding[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client: log.client }, input, { abortSignal: log.signal }))
    for (const { message } of events) findings.push(...findingIn(message, groupId));
  return findings;
}

/** Returns the finding about the group, if the log line has such a finding. Lambda's own lines are not even JSON. */
function findingIn(line: string | undefined, groupId: string): LoggedFinding[] {
  const finding = memberOf(jsonIn(line), 'finding');
  const text = (value: unknown, key: string): string => {
    const member = memberOf(value, key);
    return typeof member === 'string' ? member : '';
  };
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

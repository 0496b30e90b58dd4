/** The detector's findings, as its log group in CloudWatch Logs has them. */
import { paginateFilterLogEvents, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { jsonIn, memberOf } from '../files/json.js';

/** The members of a finding that a drill reads. */
export interface LoggedFinding {
  readonly id: string;
  readonly severity: string;
  readonly summary: string;
  readonly eventName: string;
  /** The ARN of the caller; empty where it is not known. */
  readonly caller: string;
}

/** Returns the findings about the group that were written since then, those of CloudTrail's events alone. Rejects with the SDK's error. */
export async function findingsAbout(
  groupId: string,
  since: Date,
  log: { readonly client: CloudWatchLogsClient; readonly logGroupName: string; readonly signal: AbortSignal },
): Promise<LoggedFinding[]> {
  const pages = paginateFilterLogEvents(
    { client: log.client },
    {
      logGroupName: log.logGroupName,
      startTime: since.getTime(),
      // An exact phrase. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
      filterPattern: `"${groupId}"`,
    },
    { abortSignal: log.signal },
  );
  const found: LoggedFinding[] = [];
  for await (const { events = [] } of pages) for (const { message } of events) found.push(...findingIn(message, groupId));
  return found;
}

/** Returns the finding about the group in a line of the log. Other lines have none, and Lambda's own are not even JSON. */
function findingIn(line: string | undefined, groupId: string): LoggedFinding[] {
  const finding = memberOf(jsonIn(line), 'finding');
  const event = memberOf(finding, 'event');
  if (textOf(memberOf(finding, 'group'), 'id') !== groupId || textOf(event, 'source') !== 'cloudtrail') return [];
  return [
    {
      id: textOf(finding, 'id'),
      severity: textOf(finding, 'severity'),
      summary: textOf(finding, 'summary'),
      eventName: textOf(event, 'name'),
      caller: textOf(memberOf(finding, 'actor'), 'arn'),
    },
  ];
}

function textOf(value: unknown, key: string): string {
  const member = memberOf(value, key);
  return typeof member === 'string' ? member : '';
}

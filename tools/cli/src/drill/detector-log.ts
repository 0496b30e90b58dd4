/** The detector's findings, as its log group in CloudWatch Logs has them. */
import { paginateFilterLogEvents, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';

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
  for await (const { events = [] } of pages)
    for (const { message } of events) found.push(...findingIn(message, groupId));
  return found;
}

/** A line of the log that holds no finding about the group holds nothing of interest. */
function findingIn(line: string | undefined, groupId: string): LoggedFinding[] {
  const finding = memberOf(jsonOf(line), 'finding');
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

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch (error) {
    // Lambda's own lines: START, END, REPORT.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function textOf(value: unknown, key: string): string {
  const member = memberOf(value, key);
  return typeof member === 'string' ? member : '';
}

/** Reads the detector's findings from its log group. */
import { GUARDS } from '@portcullis/settings';
import type { AccountRegion } from '../aws/account-region.js';
import { readLoggedFindings } from '../aws/guard-log.js';
import { jsonMember, jsonTextMember } from '../files/json-members.js';

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
export function detectorLogReader(
  accountRegion: AccountRegion,
  name: string,
  since: Date,
  abortSignal: AbortSignal,
): (groupId: string) => Promise<LoggedFinding[]> {
  return async (groupId) => {
    const findings: LoggedFinding[] = [];
    // The quotes make the pattern an exact phrase. Source:
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    for await (const { finding } of readLoggedFindings(accountRegion, { name, guard: GUARDS.detector }, since, `"${groupId}"`, abortSignal))
      findings.push(...detectorFindingsIn(finding, groupId));
    return findings;
  };
}

/** Returns the finding if it is about the group and comes from CloudTrail. */
function detectorFindingsIn(finding: unknown, groupId: string): LoggedFinding[] {
  const text = (value: unknown, key: string): string => jsonTextMember(value, key) ?? '';
  const event = jsonMember(finding, 'event');
  if (text(jsonMember(finding, 'group'), 'id') !== groupId || text(event, 'source') !== 'cloudtrail') return [];
  return [
    {
      id: text(finding, 'id'),
      severity: text(finding, 'severity'),
      summary: text(finding, 'summary'),
      eventName: text(event, 'name'),
      caller: text(jsonMember(finding, 'actor'), 'arn'),
    },
  ];
}

/** Reads the detector's findings from its log group. */
import type { Finding } from '@portcullis/finding';
import { GUARDS } from '@portcullis/settings';
import type { AccountRegion } from '../aws/account-region.js';
import { readLoggedFindings } from '../aws/guard-log.js';
import { parseFinding } from '../files/finding-file.js';

/**
 * Returns a function that reads the findings about a group that were logged since then and come from CloudTrail events. The function throws
 * a Failure if there is no log group, and otherwise the SDK's error.
 */
export function detectorLogReader(
  accountRegion: AccountRegion,
  name: string,
  since: Date,
  abortSignal: AbortSignal,
): (groupId: string) => Promise<Finding[]> {
  return async (groupId) => {
    const findings: Finding[] = [];
    // The quotes make the pattern an exact phrase. Source:
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    for await (const { finding } of readLoggedFindings(
      accountRegion,
      { name, guard: GUARDS.detector },
      since,
      `"${groupId}"`,
      abortSignal,
    )) {
      const read = parseFinding(finding);
      if (read?.group.id === groupId && read.event.source === 'cloudtrail') findings.push(read);
    }
    return findings;
  };
}

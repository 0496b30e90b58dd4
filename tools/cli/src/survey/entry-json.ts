/** Renders an entry of a survey as JSON. */
import { consoleLink, revokeCommandFor } from '@portcullis/finding';
import { formatRule } from '@portcullis/permission-diff';
import { internetReachability } from '@portcullis/security-groups';
import { ruleOriginJson } from '../who/origin-json.js';
import type { SurveyEntry } from './entry.js';
import { accountNameJson } from '../render/account-json.js';

/**
 * `openedBy` is null if CloudTrail's history does not show the caller. `openedBy` is absent if the history was not read. `behind` is null
 * if the network interfaces could not be read.
 */
export function surveyEntryJson(entry: SurveyEntry): object {
  const { scope, group, tags, exposure, behind, severity, baseline, origins, controls, ignored } = entry;
  const { accountId, region, profile } = scope;
  return {
    severity,
    reach: exposure.reach,
    service: exposure.service,
    traffic: exposure.traffic,
    sensitive: exposure.sensitive.map(({ name, protocol, port }) => ({ name, protocol, port })),
    reachability: internetReachability(exposure.rules, behind),
    ...{ accountId, ...accountNameJson(scope), region, profile: profile ?? null },
    group: { ...group, tags, console: consoleLink({ id: group.id, region }) },
    ...(baseline !== undefined && { baseline }),
    behind,
    rules: exposure.rules.map((rule) => ({
      ruleId: rule.ruleId === '' ? null : rule.ruleId,
      rule: formatRule(rule),
      description: rule.description ?? null,
      ...(origins !== undefined && { openedBy: ruleOriginJson(origins.get(rule.ruleId)) }),
    })),
    ...(controls !== undefined && { controls }),
    close: surveyEntryCloseCommand(entry),
    ...(ignored !== undefined && { ignored }),
  };
}

/** Returns the AWS CLI command that revokes the rules of the exposure, or null if a rule has no id. */
export function surveyEntryCloseCommand({ scope, group, exposure }: SurveyEntry): string | null {
  const ids = exposure.rules.map(({ ruleId }) => ruleId);
  if (ids.includes('')) return null;
  return revokeCommandFor({ id: group.id, region: scope.region }, ids, scope.profile);
}

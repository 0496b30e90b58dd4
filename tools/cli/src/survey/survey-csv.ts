/** Renders a survey as CSV: one line for each exposed rule. */
import { formatRule } from '@portcullis/permission-diff';
import { reachabilityOf } from '@portcullis/security-groups';
import { whoWords } from '../who/who-words.js';
import type { SurveyEntry } from './entry.js';

const HEADS = [
  ...['severity', 'account', 'region', 'group', 'name', 'vpc', 'service', 'reach', 'rule', 'rule_id', 'reachability'],
  ...['interfaces', 'with_public_address', 'baseline', 'opened_by', 'opened_at', 'opened_from', 'certain', 'event_id'],
];

export function surveyCsv(entries: readonly SurveyEntry[], now: Date): string {
  const rows = entries.flatMap((entry) => entry.exposure.rules.map((rule) => rowOf(entry, rule, now)));
  return [HEADS, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}

function rowOf(
  entry: SurveyEntry,
  rule: SurveyEntry['exposure']['rules'][number],
  now: Date,
): (string | number | boolean | null | undefined)[] {
  const { severity, scope, group, exposure, behind, baseline, origins } = entry;
  const origin = origins?.get(rule.ruleId);
  const who = origin && whoWords(origin.call, now);
  return [
    ...[
      severity,
      scope.accountId,
      scope.region,
      group.id,
      group.name,
      group.vpcId,
      exposure.service,
      exposure.reach,
      formatRule(rule),
      rule.ruleId,
    ],
    ...[reachabilityOf(exposure.rules, behind), behind?.interfaces, behind?.withPublicAddress, baseline],
    ...[who?.who, origin?.call.eventTime, who?.from, origin?.certain, origin?.call.eventId],
  ];
}

/**
 * Quotes a cell as in RFC 4180. Adds an apostrophe to text that a spreadsheet would run as a formula.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function csvCell(value: string | number | boolean | null | undefined): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

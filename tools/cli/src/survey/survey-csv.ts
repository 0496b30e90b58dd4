/** Renders a survey as CSV: one line for each exposed rule. */
import { findingTrafficName } from '@portcullis/finding';
import { formatRule, formatTraffic, ruleKey, type Rule } from '@portcullis/permission-diff';
import { internetReachability, type LiveRule } from '@portcullis/security-groups';
import { describeCaller } from '../who/who-words.js';
import { rulesBreakingSurveyedLimit, rulesOfSurveyEntry, type SurveyedBrokenLimit } from './broken-limit.js';
import type { SurveyEntry } from './entry.js';

const HEADS = [
  ...['severity', 'account', 'region', 'group', 'name', 'vpc', 'service', 'reach', 'rule', 'rule_id', 'reachability'],
  ...['interfaces', 'with_public_address', 'baseline', 'opened_by', 'opened_at', 'opened_from', 'certain', 'event_id'],
  'limits',
];

/**
 * `reach` is empty if the rule breaks a limit but exposes nothing. `limits` contains the names of the limits that the rule breaks,
 * separated by spaces.
 */
export function surveyCsv(entries: readonly SurveyEntry[], limits: readonly SurveyedBrokenLimit[]): string {
  const names = new Map<string, string[]>();
  const keyOf = ({ scope, group }: Pick<SurveyEntry, 'scope' | 'group'>, rule: Rule): string =>
    JSON.stringify([scope.accountId, scope.region, group.id, ruleKey(rule)]);
  for (const entry of limits)
    for (const rule of rulesBreakingSurveyedLimit(entry.broken))
      names.set(keyOf(entry, rule), [...(names.get(keyOf(entry, rule)) ?? []), entry.broken.limit.name]);
  const seen = new Set<string>();
  const rows = [...entries, ...limits].flatMap((entry) =>
    rulesOfSurveyEntry(entry).flatMap((rule) => {
      const key = keyOf(entry, rule);
      // A broken limit adds no second row for a rule.
      if ('broken' in entry && seen.has(key)) return [];
      seen.add(key);
      return [[...surveyCsvRow(entry, rule), names.get(key)?.join(' ')]];
    }),
  );
  return [HEADS, ...rows].map((row) => `${row.map(surveyCsvCell).join(',')}\n`).join('');
}

function surveyCsvRow(entry: SurveyEntry | SurveyedBrokenLimit, rule: LiveRule): (string | number | boolean | null | undefined)[] {
  const { severity, scope, group, behind, baseline, origins } = entry;
  const exposure = 'exposure' in entry ? entry.exposure : undefined;
  const origin = origins?.get(rule.ruleId);
  const who = origin && describeCaller(origin.call.actor);
  return [
    ...[
      severity,
      scope.accountId,
      scope.region,
      group.id,
      group.name,
      group.vpcId,
      exposure?.service ?? findingTrafficName(formatTraffic(rule.traffic)),
      exposure?.reach,
      formatRule(rule),
      rule.ruleId,
    ],
    ...[internetReachability(exposure?.rules ?? [rule], behind), behind?.interfaces, behind?.withPublicAddress, baseline],
    ...[who?.who, origin?.call.eventTime, who?.from, origin?.certain, origin?.call.eventId],
  ];
}

/**
 * Quotes a cell as in RFC 4180. Adds an apostrophe to text that a spreadsheet would run as a formula.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function surveyCsvCell(value: string | number | boolean | null | undefined): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

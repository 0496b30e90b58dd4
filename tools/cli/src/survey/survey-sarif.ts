/** Renders a survey as SARIF 2.1.0: one result for each exposure. */
import { formatSource } from '@portcullis/permission-diff';
import type { Log, Result } from 'sarif';
import { BROKEN_LIMIT_RULES, sarifLog, sarifResult, sarifRulesBySeverity } from '../render/sarif.js';
import { groupIdNameAndVpc } from '../render/state-words.js';
import { ruleOriginWords } from '../who/who-words.js';
import { brokenLimitWords, rulesBreakingLimit, type SurveyedBrokenLimit } from './broken-limit.js';
import type { SurveyEntry } from './entry.js';

const RULES = [
  ...sarifRulesBySeverity({
    id: 'exposed-service',
    name: 'ExposedService',
    short: 'A service that is open to the internet',
    full: 'A live security group lets many addresses of the internet reach a service. The severity depends on the service and on what is behind the group.',
    help: 'Revoke the rule, or name the addresses or groups that need it. `npx @portcullis/cli survey` prints the command.',
  }),
  ...BROKEN_LIMIT_RULES,
];

/** Returns the log. Groups have no file, so each result points at `<account>/<region>/<group>`. Results below medium severity are notes. */
export function surveySarif(entries: readonly SurveyEntry[], limits: readonly SurveyedBrokenLimit[], now: Date, version: string): Log {
  const results = entries
    .filter(({ ignored }) => ignored === undefined)
    .map((entry) => {
      const { scope, group, exposure, severity } = entry;
      const rank = severity === 'critical' || severity === 'high' ? severity : 'medium';
      const sources = exposure.rules.map(({ source }) => formatSource(source)).join(', ');
      return sarifResult({
        ruleId: `exposed-service-${rank}`,
        level: rank !== 'medium' ? 'error' : severity === 'medium' ? 'warning' : 'note',
        text: `${groupIdNameAndVpc(group)}, ${scope.region}, account ${scope.accountId}: ${exposure.service} (${exposure.traffic}) is open to ${sources}${whoOpenedSuffix({ ...entry, rules: exposure.rules }, now)}`,
        fileName: `${scope.accountId}/${scope.region}/${group.id}`,
        controls: entry.controls,
        identity: ['survey', scope.accountId, scope.region, group.id, exposure.traffic],
      });
    });
  return sarifLog(version, 'portcullis/survey/', RULES, [...results, ...limits.map((entry) => brokenLimitResult(entry, now))]);
}

/** The fingerprint does not include the traffic, so an alert closes when the group no longer breaks the limit. */
function brokenLimitResult(entry: SurveyedBrokenLimit, now: Date): Result {
  const { scope, group, severity, broken } = entry;
  const rank = severity === 'critical' || severity === 'high' ? severity : 'medium';
  return sarifResult({
    ruleId: `broken-limit-${rank}`,
    level: rank !== 'medium' ? 'error' : severity === 'medium' ? 'warning' : 'note',
    text: `${groupIdNameAndVpc(group)}, ${scope.region}, account ${scope.accountId}: ${brokenLimitWords(entry)}${whoOpenedSuffix({ ...entry, rules: rulesBreakingLimit(broken) }, now)}`,
    fileName: `${scope.accountId}/${scope.region}/${group.id}`,
    identity: ['survey', scope.accountId, scope.region, group.id, 'limit', broken.limit.name],
  });
}

function whoOpenedSuffix({ origins, rules }: Pick<SurveyEntry, 'origins'> & Pick<SurveyEntry['exposure'], 'rules'>, now: Date): string {
  const known = rules.flatMap(({ ruleId }) => origins?.get(ruleId) ?? []);
  return [...new Set(known.map((origin) => `; ${ruleOriginWords(origin, now)}`))].join('');
}

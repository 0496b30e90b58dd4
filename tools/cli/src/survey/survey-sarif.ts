/** Renders a survey as SARIF 2.1.0: one result for each exposure. */
import type { LiveRule } from '@portcullis/security-groups';
import type { Log, Result } from 'sarif';
import {
  BROKEN_LIMIT_RULES,
  sarifLevel,
  sarifLog,
  sarifResult,
  sarifRulesBySeverity,
  sarifSeverity,
  type SarifFields,
} from '../render/sarif.js';
import { groupIdNameAndVpc } from '../render/state-words.js';
import { ruleOriginWords } from '../who/who-words.js';
import { surveyedLimitWords, rulesBreakingSurveyedLimit, type SurveyedBrokenLimit } from './broken-limit.js';
import type { SurveyEntry } from './entry.js';
import { surveyExposureSentence } from './exposure-words.js';

const RULES = [
  ...sarifRulesBySeverity({
    id: 'exposed-service',
    name: 'ExposedService',
    short: 'A service that is open to the internet',
    full: 'A live security group allows many addresses of the internet to reach a service. The severity depends on the service and on the resources that the group is attached to.',
    help: 'Revoke the rule, or authorize only the addresses or groups that need the service. `npx @portcullis/cli survey` prints the command that revokes the rule.',
  }),
  ...BROKEN_LIMIT_RULES,
];

/**
 * Returns the SARIF log. Live groups are in no file, so each result points at the path `<account>/<region>/<group>`. A result with a
 * severity below medium is a note.
 */
export function surveySarif(entries: readonly SurveyEntry[], limits: readonly SurveyedBrokenLimit[], now: Date, version: string): Log {
  const exposures = entries.filter(({ ignored }) => ignored === undefined);
  return sarifLog(version, 'portcullis/survey/', RULES, [
    ...exposures.map((entry) => {
      const { exposure, controls } = entry;
      const of = { kind: 'exposed-service', words: surveyExposureSentence(exposure), controls, identity: [exposure.traffic] };
      return surveySarifResult(entry, exposure.rules, of, now);
    }),
    // The fingerprint does not contain the traffic, so GitHub closes the alert only when the group no longer breaks the limit.
    ...limits.map((entry) => {
      const of = { kind: 'broken-limit', words: surveyedLimitWords(entry), identity: ['limit', entry.broken.limit.name] };
      return surveySarifResult(entry, rulesBreakingSurveyedLimit(entry.broken), of, now);
    }),
  ]);
}

function surveySarifResult(
  { scope: { accountId, region }, group, severity, origins }: SurveyEntry | SurveyedBrokenLimit,
  rules: readonly LiveRule[],
  { kind, words, controls, identity }: Pick<SarifFields, 'controls' | 'identity'> & { readonly kind: string; readonly words: string },
  now: Date,
): Result {
  const known = rules.flatMap(({ ruleId }) => origins?.get(ruleId) ?? []);
  const who = new Set(known.map((origin) => `; ${ruleOriginWords(origin, now)}`));
  return sarifResult({
    ruleId: `${kind}-${sarifSeverity(severity)}`,
    level: sarifLevel(severity),
    text: `${groupIdNameAndVpc(group)}, ${region}, account ${accountId}: ${words}${[...who].join('')}`,
    fileName: `${accountId}/${region}/${group.id}`,
    controls,
    identity: ['survey', accountId, region, group.id, ...identity],
  });
}

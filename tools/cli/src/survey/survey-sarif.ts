/** Renders a survey as SARIF 2.1.0: one result for each exposure. */
import { formatSource } from '@portcullis/permission-diff';
import type { Log } from 'sarif';
import { sarifLog, sarifResult, scored } from '../render/sarif.js';
import { groupWords } from '../render/state-words.js';
import { originWords } from '../who/who-words.js';
import type { SurveyEntry } from './entry.js';

const RULES = scored({
  id: 'exposed-service',
  name: 'ExposedService',
  short: 'A service that is open to the internet',
  full: 'A live security group lets many addresses of the internet reach a service. The severity depends on the service and on what is behind the group.',
  help: 'Revoke the rule, or name the addresses or groups that need it. `npx portcullis survey` prints the command.',
});

/** Returns the log. Groups have no file, so each result points at `<account>/<region>/<group>`. Results below medium severity are notes. */
export function surveySarif(entries: readonly SurveyEntry[], now: Date, version: string): Log {
  const results = entries
    .filter(({ ignored }) => ignored === undefined)
    .map((entry) => {
      const { scope, group, exposure, severity } = entry;
      const rank = severity === 'critical' || severity === 'high' ? severity : 'medium';
      const sources = exposure.rules.map(({ source }) => formatSource(source)).join(', ');
      return sarifResult({
        ruleId: `exposed-service-${rank}`,
        level: rank !== 'medium' ? 'error' : severity === 'medium' ? 'warning' : 'note',
        text: `${groupWords(group)}, ${scope.region}, account ${scope.accountId}: ${exposure.service} (${exposure.traffic}) is open to ${sources}${whoText(entry, now)}`,
        fileName: `${scope.accountId}/${scope.region}/${group.id}`,
        identity: ['survey', scope.accountId, scope.region, group.id, exposure.traffic],
      });
    });
  return sarifLog(version, 'portcullis/survey/', RULES, results);
}

function whoText({ origins, exposure }: SurveyEntry, now: Date): string {
  const known = exposure.rules.flatMap(({ ruleId }) => origins?.get(ruleId) ?? []);
  return [...new Set(known.map((origin) => `; ${originWords(origin, now)}`))].join('');
}

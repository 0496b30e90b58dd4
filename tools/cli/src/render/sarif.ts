/** A plan as SARIF 2.1.0, for the checks of a pull request: each result points at the baseline of the group in its file. */
import { createHash } from 'node:crypto';
import { baselinePlaces, type BaselinePlace } from '@portcullis/baseline/file';
import type { Severity } from '@portcullis/finding';
import { formatRule } from '@portcullis/permission-diff';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import { compareStates } from '../audit/audit.js';
import { rulesOf, type GroupState } from '../audit/group-state.js';
import type { LoadedBaseline } from '../load-baseline.js';
import { accessTold } from '../words.js';
import type { PlanPlace } from './plan-json.js';
import { groupWords } from './plan-text.js';

const RULES: readonly ReportingDescriptor[] = [
  {
    id: 'undeclared-rule',
    shortDescription: { text: 'A rule that no baseline declares' },
    help: { text: 'Revoke the rule (`portcullis apply`), or declare it in the baseline.' },
  },
  {
    id: 'missing-rule',
    shortDescription: { text: 'A declared rule that is not there' },
    help: { text: 'Authorize the rule (`portcullis apply`), or take it out of the baseline.' },
  },
  {
    id: 'not-judged',
    shortDescription: { text: 'A group of which nothing can be said' },
    help: { text: 'Name the group in one baseline, correct its id, or let the caller read it.' },
  },
];

/** GitHub orders alerts by this number: over 9 is critical, 7 to 8.9 high, 4 to 6.9 medium. Source: GitHub docs, "SARIF support for code scanning". */
const SCORES: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.0',
  low: '2.0',
  info: '0.0',
};

/** Returns the log: a result for each rule that is to be authorized or revoked, and for each group that could not be judged. */
export function planSarif(
  states: readonly GroupState[],
  { accountId, region }: PlanPlace,
  { fileName, text }: Pick<LoadedBaseline, 'fileName' | 'text'>,
): Log {
  const places = baselinePlaces(text);
  const resultsOf = (state: GroupState): Result[] => {
    const result = (
      ruleId: string,
      what: string,
      level: Result.level,
      severity: Severity,
      baseline?: string,
    ): Result => ({
      ruleId,
      level,
      message: { text: `${groupWords(state.group)}, ${region}, account ${accountId}: ${what}` },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: uriOf(fileName) },
            region: regionOf(places.get(baseline ?? '')),
          },
        },
      ],
      // The same from run to run, so that an alert is closed when its drift is gone.
      partialFingerprints: { 'portcullis/v1': fingerprint(accountId, region, state.group.id, ruleId, what) },
      properties: { severity, 'security-severity': SCORES[severity] },
    });
    switch (state.kind) {
      case 'at-baseline':
        return [];
      case 'drifted': {
        const { severity, plan, baseline, gained } = state;
        const level = severity === 'critical' || severity === 'high' ? 'error' : 'warning';
        const opens =
          gained.length === 0
            ? ''
            : `; the group lets through: ${accessTold(gained, rulesOf(plan.revoke)).slice(0, 5).join(', ')}`;
        return [
          ...plan.revoke.map(({ rule, reason }) => ({
            ...result('undeclared-rule', `${formatRule(rule)} is ${reason}`, level, severity, baseline),
            message: {
              text: `${groupWords(state.group)}, ${region}, account ${accountId}: ${rule.direction} ${formatRule(rule)} is ${reason}${opens}`,
            },
          })),
          ...plan.authorize.map(({ rule, reason }) =>
            result(
              'missing-rule',
              `${rule.direction} ${formatRule(rule)} is ${reason} and not there`,
              'warning',
              'medium',
              baseline,
            ),
          ),
        ];
      }
      case 'ambiguous':
        return [
          result(
            'not-judged',
            `several baselines select it: ${state.baselines.join(', ')}`,
            'warning',
            'medium',
            state.baselines[0],
          ),
        ];
      case 'absent':
        return [result('not-judged', 'it does not exist here', 'note', 'low', state.baseline)];
      case 'unread':
        return [result('not-judged', `it could not be read: ${state.reason}`, 'warning', 'medium', state.baseline)];
    }
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'portcullis', rules: [...RULES] } },
        automationDetails: { id: `portcullis/${accountId}/${region}/` },
        results: [...states].sort(compareStates).flatMap(resultsOf),
      },
    ],
  };
}

function regionOf(place: BaselinePlace | undefined): { startLine: number; startColumn: number } {
  return { startLine: place?.line ?? 1, startColumn: place?.column ?? 1 };
}

/** A path in a URI has forward slashes, and its other characters escaped. */
function uriOf(fileName: string): string {
  return fileName.split(/[\\/]/).map(encodeURIComponent).join('/');
}

function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

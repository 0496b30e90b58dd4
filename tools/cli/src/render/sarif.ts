/** A plan as SARIF 2.1.0, for the checks of a pull request. Each result points at the baseline of its group in the file. */
import { createHash } from 'node:crypto';
import { baselinePlaces } from '@portcullis/baseline/file';
import { severityOfDrift } from '@portcullis/finding';
import { formatRule } from '@portcullis/permission-diff';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import { compareGroupStates, rulesOf, type Drifted, type GroupState } from '../audit/group-state.js';
import type { LoadedBaseline } from '../files/load-baseline.js';
import { accessList } from './access-words.js';
import type { PlanScope } from './plan-json.js';
import { groupWords, unreadListsWords } from './state-words.js';

/**
 * GitHub ranks an alert by the score of its rule: over 9 is critical, 7 to 8.9 high, 4 to 6.9 medium. Source: GitHub docs, "SARIF support
 * for code scanning", reportingDescriptor, security-severity.
 */
const SCORES = { critical: '9.5', high: '8.0', medium: '5.0' } as const;

/** GitHub requires a short and a full description and a help text of each rule. Source: the same page, reportingDescriptor. */
const RULES: readonly ReportingDescriptor[] = [
  ...Object.entries(SCORES).map(([rank, score]) => ({
    ...descriptor(
      `undeclared-rule-${rank}`,
      `UndeclaredRule${rank.charAt(0).toUpperCase()}${rank.slice(1)}`,
      `A rule that no baseline declares (${rank})`,
      'A live security group has a rule that its baseline neither declares nor permits. The rule lets through traffic that the owner did not ask for.',
      'Revoke the rule (`portcullis apply`), or declare it in the baseline.',
    ),
    properties: { tags: ['security'], 'security-severity': score },
  })),
  descriptor(
    'missing-rule',
    'MissingRule',
    'A declared rule that is missing',
    'A live security group lacks a rule that its baseline declares. Traffic that the owner asked for may not pass.',
    'Authorize the rule (`portcullis apply`), or remove it from the baseline.',
  ),
  descriptor(
    'not-judged',
    'NotJudged',
    'A group that could not be judged',
    'A group that a baseline selects does not exist, could not be read, or is selected by several baselines. Whether it has drifted is unknown.',
    'Name the group in one baseline, correct its id, or let the caller read it.',
  ),
];

function descriptor(id: string, name: string, short: string, full: string, help: string): ReportingDescriptor {
  return { id, name, shortDescription: { text: short }, fullDescription: { text: full }, help: { text: help } };
}

/** Returns the log: a result for each rule to authorize or revoke, and for each group that could not be judged. */
export function planSarif(
  states: readonly GroupState[],
  { accountId, region }: PlanScope,
  { fileName, text }: Pick<LoadedBaseline, 'fileName' | 'text'>,
  version: string,
): Log {
  const positions = baselinePlaces(text);
  const resultOf = ({ group }: GroupState, { ruleId, level, what, details = '', baseline = '' }: DriftResult): Result => {
    const { line: startLine, column: startColumn } = positions.get(baseline) ?? { line: 1, column: 1 };
    return {
      ruleId,
      level,
      message: { text: literal(`${groupWords(group)}, ${region}, account ${accountId}: ${what}${details}`) },
      locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(fileName) }, region: { startLine, startColumn } } }],
      // The fingerprint is the same in every run, even if other rules drift. So an alert closes when its drift is gone.
      partialFingerprints: { 'portcullis/v1': fingerprint(accountId, region, group.id, what) },
    };
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'portcullis', version, rules: [...RULES] } },
        automationDetails: { id: `portcullis/${accountId}/${region}/` },
        results: [...states].sort(compareGroupStates).flatMap((state) => resultsFor(state).map((result) => resultOf(state, result))),
      },
    ],
  };
}

interface DriftResult {
  readonly ruleId: string;
  readonly level: Result.level;
  /** A part of the fingerprint, so a changed text reopens alerts. */
  readonly what: string;
  readonly details?: string;
  readonly baseline?: string | undefined;
}

function resultsFor(state: GroupState): DriftResult[] {
  switch (state.kind) {
    case 'at-baseline':
      return [];
    case 'drifted':
      return [...undeclaredRules(state), ...missingRules(state)];
    case 'ambiguous':
    case 'absent':
    case 'unread': {
      const what = state.kind === 'unread' ? `it could not be read: ${state.reason}` : state.reason;
      return [{ ruleId: 'not-judged', level: state.kind === 'absent' ? 'note' : 'warning', what, baseline: state.baselines[0] }];
    }
  }
}

function undeclaredRules(state: Drifted): DriftResult[] {
  const { plan, severity, baseline, gained, lists } = state;
  const opens = accessList(gained, rulesOf(plan.revoke)).slice(0, 5).join(', ');
  const details = [...(opens === '' ? [] : [`the group lets through: ${opens}`]), ...unreadListsWords(state)];
  const severities = plan.revoke.map(({ rule }) => severityOfDrift([rule], [], lists));
  return plan.revoke.map(({ rule, reason }, i): DriftResult => {
    // If all rules together are worse than every single rule, each rule gets the severity of all together.
    const ofRule = severities.includes(severity) ? (severities[i] ?? severity) : severity;
    const rank = ofRule === 'critical' || ofRule === 'high' ? ofRule : 'medium';
    return {
      ruleId: `undeclared-rule-${rank}`,
      level: rank === 'medium' ? 'warning' : 'error',
      what: `${rule.direction} ${formatRule(rule)} is ${reason}`,
      details: details.map((text) => `; ${text}`).join(''),
      baseline,
    };
  });
}

function missingRules({ plan, baseline }: Drifted): DriftResult[] {
  return plan.authorize.map(({ rule, reason }) => ({
    ruleId: 'missing-rule',
    level: 'warning',
    what: `${rule.direction} ${formatRule(rule)} is ${reason} and not there`,
    baseline,
  }));
}

/** Returns the path for a URI: with forward slashes, and with other special characters escaped. */
function uriOf(fileName: string): string {
  return fileName.split(/[\\/]/).map(encodeURIComponent).join('/');
}

/**
 * Returns the text as a message without links and placeholders.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html 3.11.5 and 3.11.6
 */
function literal(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}

function fingerprint(...fields: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32);
}

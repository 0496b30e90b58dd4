/** A plan as SARIF 2.1.0, for the checks of a pull request: each result points at the baseline of the group in its file. */
import { createHash } from 'node:crypto';
import { baselinePlaces, type BaselinePlace } from '@portcullis/baseline/file';
import { severityOfDrift, type Severity } from '@portcullis/finding';
import { formatRule } from '@portcullis/permission-diff';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import { compareStates } from '../audit/audit.js';
import { rulesOf, unreadListsWords, type Drifted, type GroupState } from '../audit/group-state.js';
import type { LoadedBaseline } from '../files/load-baseline.js';
import { accessTold } from './access-words.js';
import type { PlanScope } from './plan-json.js';
import { groupWords } from './plan-text.js';

/**
 * GitHub ranks an alert by its rule: over 9 is critical, 7 to 8.9 high, 4 to 6.9 medium. Source: GitHub docs, "SARIF support for code
 * scanning", reportingDescriptor, security-severity.
 */
const SCORES = { critical: '9.5', high: '8.0', medium: '5.0' } as const;
type Rank = keyof typeof SCORES;

/** GitHub requires of each its short and full description and its help. Source: the same page, reportingDescriptor. */
const RULES: readonly ReportingDescriptor[] = [
  ...Object.entries(SCORES).map(([rank, score]) => ({
    id: `undeclared-rule-${rank}`,
    name: `UndeclaredRule${rank.charAt(0).toUpperCase()}${rank.slice(1)}`,
    shortDescription: { text: `A rule that no baseline declares (${rank})` },
    fullDescription: {
      text: 'A live security group has a rule that its baseline neither declares nor permits: it lets through traffic that its owner did not ask for.',
    },
    help: { text: 'Revoke the rule (`portcullis apply`), or declare it in the baseline.' },
    properties: { tags: ['security'], 'security-severity': score },
  })),
  {
    id: 'missing-rule',
    name: 'MissingRule',
    fullDescription: {
      text: 'A live security group has not got a rule that its baseline declares: traffic that its owner asked for may not pass.',
    },
    shortDescription: { text: 'A declared rule that is not there' },
    help: { text: 'Authorize the rule (`portcullis apply`), or take it out of the baseline.' },
  },
  {
    id: 'not-judged',
    name: 'NotJudged',
    fullDescription: {
      text: 'A group that a baseline selects does not exist, could not be read, or is selected by several baselines: whether it has drifted is not known.',
    },
    shortDescription: { text: 'A group of which nothing can be said' },
    help: { text: 'Name the group in one baseline, correct its id, or let the caller read it.' },
  },
];

/** Returns the log: a result for each rule that is to be authorized or revoked, and for each group that could not be judged. */
export function planSarif(
  states: readonly GroupState[],
  { accountId, region }: PlanScope,
  { fileName, text }: Pick<LoadedBaseline, 'fileName' | 'text'>,
  version: string,
): Log {
  const places = baselinePlaces(text);
  const resultOf = ({ group }: GroupState, { ruleId, what, level, more = '', baseline = '' }: Told): Result => ({
    ruleId,
    level,
    message: { text: literal(`${groupWords(group)}, ${region}, account ${accountId}: ${what}${more}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(fileName) },
          region: regionOf(places.get(baseline)),
        },
      },
    ],
    // The same from run to run, whatever else drifts, so that an alert is closed when its drift is gone.
    partialFingerprints: { 'portcullis/v1': fingerprint(accountId, region, group.id, what) },
  });
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'portcullis', version, rules: [...RULES] } },
        automationDetails: { id: `portcullis/${accountId}/${region}/` },
        results: [...states].sort(compareStates).flatMap((state) => toldOf(state).map((told) => resultOf(state, told))),
      },
    ],
  };
}

/** What a result says, and of which baseline. */
interface Told {
  readonly ruleId: string;
  readonly level: Result.level;
  /** What makes it the same from run to run. */
  readonly what: string;
  readonly more?: string;
  readonly baseline?: string | undefined;
}

function toldOf(state: GroupState): Told[] {
  const notJudged = { ruleId: 'not-judged', level: 'warning' } as const;
  switch (state.kind) {
    case 'at-baseline':
      return [];
    case 'drifted':
      return [...undeclared(state), ...missing(state)];
    case 'ambiguous':
      return [
        {
          ...notJudged,
          what: `several baselines select it: ${state.baselines.join(', ')}`,
          baseline: state.baselines[0],
        },
      ];
    case 'absent':
      return [{ ...notJudged, level: 'note', what: 'it does not exist here', baseline: state.baseline }];
    case 'unread':
      return [{ ...notJudged, what: `it could not be read: ${state.reason}`, baseline: state.baseline }];
  }
}

function undeclared(state: Drifted): Told[] {
  const { plan, severity, baseline, gained, lists } = state;
  const opens = accessTold(gained, rulesOf(plan.revoke)).slice(0, 5).join(', ');
  const ranks = plan.revoke.map(({ rule }) => severityOfDrift([rule], [], lists));
  return plan.revoke.map(({ rule, reason }, i): Told => {
    // What is bad only together is as bad for each.
    const rank = rankOf(ranks.includes(severity) ? (ranks[i] ?? severity) : severity);
    return {
      ruleId: `undeclared-rule-${rank}`,
      level: rank === 'medium' ? 'warning' : 'error',
      what: `${rule.direction} ${formatRule(rule)} is ${reason}`,
      more: [...(opens === '' ? [] : [`the group lets through: ${opens}`]), ...unreadListsWords(state)].map((text) => `; ${text}`).join(''),
      baseline,
    };
  });
}

function rankOf(severity: Severity): Rank {
  return severity === 'critical' || severity === 'high' ? severity : 'medium';
}

function missing({ plan, baseline }: Drifted): Told[] {
  return plan.authorize.map(({ rule, reason }) => ({
    ruleId: 'missing-rule',
    level: 'warning',
    what: `${rule.direction} ${formatRule(rule)} is ${reason} and not there`,
    baseline,
  }));
}

function regionOf(place: BaselinePlace | undefined): { startLine: number; startColumn: number } {
  return { startLine: place?.line ?? 1, startColumn: place?.column ?? 1 };
}

/** A path in a URI has forward slashes, and its other characters escaped. */
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

function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/**
 * Renders the results of `plan` as SARIF 2.1.0, for the checks of a pull request. Each result points at the group's baseline in the
 * baseline file.
 */
import { createHash } from 'node:crypto';
import { baselinePlaces } from '@portcullis/baseline/file';
import {
  controlsBrokenBy,
  describeBrokenLimits,
  controlRequirements,
  severityOfDrift,
  type Control,
  type Severity,
} from '@portcullis/finding';
import { formatRule, ruleKey, type Rule } from '@portcullis/permission-diff';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import { compareAuditStates, type Drifted, type GroupState } from '../plan/group-state.js';
import type { Scope } from '../aws/account-region.js';
import type { LoadedBaseline } from '../files/load-baseline.js';
import { renderGainedAccess, ruleKeysBeyondLimits } from './drift-words.js';
import { groupIdNameAndVpc, renderUnreadPrefixLists } from './state-words.js';

/**
 * GitHub derives an alert's severity from the score of its SARIF rule: over 9 is critical, 7 to 8.9 is high, 4 to 6.9 is medium. Source:
 * GitHub docs, "SARIF support for code scanning", reportingDescriptor, security-severity.
 */
const SCORES = { critical: '9.5', high: '8.0', medium: '5.0' } as const;

export const BROKEN_LIMIT_RULES: readonly ReportingDescriptor[] = sarifRulesBySeverity({
  id: 'broken-limit',
  name: 'BrokenLimit',
  short: 'A rule that breaks a limit',
  full: 'A live security group has a rule that allows traffic that a limit forbids.',
  help: 'Narrow or revoke the rule (`npx @portcullis/cli apply` if the mode of the limit is `enforce`), or permit the rule in the limit.',
});

/** GitHub requires a short description, a full description and a help text for each SARIF rule. Source: the page named at `SCORES`. */
const RULES: readonly ReportingDescriptor[] = [
  ...sarifRulesBySeverity({
    id: 'undeclared-rule',
    name: 'UndeclaredRule',
    short: 'A rule that no baseline declares',
    full: 'A live security group has a rule that its baseline neither declares nor permits. The rule allows undeclared traffic.',
    help: 'Revoke the rule (`npx @portcullis/cli apply`), or declare the rule in the baseline.',
  }),
  ...BROKEN_LIMIT_RULES,
  sarifRule(
    'missing-rule',
    'MissingRule',
    'A declared rule that is missing',
    'A live security group lacks a rule that its baseline declares. Declared traffic is perhaps blocked.',
    'Authorize the rule (`npx @portcullis/cli apply`), or remove the rule from the baseline.',
  ),
  sarifRule(
    'not-judged',
    'NotJudged',
    'A group that could not be compared',
    'A group that a baseline or a limit selects does not exist, could not be read, or is selected by several baselines. So it is unknown whether the group has drifted.',
    'Select the group in only one baseline, correct its id, or allow the caller to read the group.',
  ),
];

/** Returns a SARIF rule for each severity: `<id>-critical`, `<id>-high`, `<id>-medium`. */
export function sarifRulesBySeverity({
  id,
  name,
  short,
  full,
  help,
}: Readonly<Record<'id' | 'name' | 'short' | 'full' | 'help', string>>): ReportingDescriptor[] {
  return Object.entries(SCORES).map(([rank, score]) => ({
    ...sarifRule(`${id}-${rank}`, `${name}${rank.charAt(0).toUpperCase()}${rank.slice(1)}`, `${short} (${rank})`, full, help),
    properties: { tags: ['security'], 'security-severity': score },
  }));
}

function sarifRule(id: string, name: string, short: string, full: string, help: string): ReportingDescriptor {
  return { id, name, shortDescription: { text: short }, fullDescription: { text: full }, help: { text: help } };
}

/**
 * Returns the SARIF log with one run for each region. A run has a result for each rule to authorize, each rule to revoke, each rule that
 * breaks a limit, and each group that could not be compared.
 */
export function planSarif(
  regions: readonly (Scope & { readonly states: readonly GroupState[] })[],
  { fileName, text }: Pick<LoadedBaseline, 'fileName' | 'text'>,
  version: string,
): Log {
  const positions = baselinePlaces(text);
  const runs = regions.flatMap(({ accountId, region, states }) => {
    const resultOf = ({ group }: GroupState, { ruleId, level, what, details = '', controls, declaredBy = '' }: DriftResult): Result =>
      sarifResult({
        ...{ ruleId, level, fileName },
        text: `${groupIdNameAndVpc(group)}, ${region}, account ${accountId}: ${what}${details}`,
        controls,
        position: positions.get(declaredBy),
        identity: [accountId, region, group.id, what],
      });
    const results = [...states]
      .sort(compareAuditStates)
      .flatMap((state) => sarifResultsOfState(state).map((result) => resultOf(state, result)));
    return sarifLog(version, `portcullis/${accountId}/${region}/`, RULES, results).runs;
  });
  return { $schema: SCHEMA, version: '2.1.0', runs };
}

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** @param id the id of the run: GitHub replaces the results of an earlier run with the same id */
export function sarifLog(version: string, id: string, rules: readonly ReportingDescriptor[], results: Result[]): Log {
  const run = { tool: { driver: { name: 'portcullis', version, rules: [...rules] } }, automationDetails: { id }, results };
  return { $schema: SCHEMA, version: '2.1.0', runs: [run] };
}

export interface SarifFields {
  readonly ruleId: string;
  readonly level: Result.level;
  readonly text: string;
  readonly fileName: string;
  /** The controls of security standards that the rule in the result breaks. */
  readonly controls?: readonly Control[] | undefined;
  /** @default the start of the file */
  readonly position?: { readonly line: number; readonly column: number } | undefined;
  /** The texts that the fingerprint is computed from. They are the same in every run, so that GitHub closes the alert when the drift is gone. */
  readonly identity: readonly string[];
}

export function sarifResult({ ruleId, level, text, fileName, controls = [], position, identity }: SarifFields): Result {
  const { line: startLine, column: startColumn } = position ?? { line: 1, column: 1 };
  return {
    ...{ ruleId, level },
    message: { text: escapeSarifText(text) },
    locations: [{ physicalLocation: { artifactLocation: { uri: sarifUri(fileName) }, region: { startLine, startColumn } } }],
    partialFingerprints: { 'portcullis/v1': createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32) },
    ...(controls.length > 0 && { properties: { controls: controlRequirements(controls) } }),
  };
}

interface DriftResult {
  readonly ruleId: string;
  readonly level: Result.level;
  /** What drifted. The fingerprint contains this text, so if the text changes, GitHub opens the alert again. */
  readonly what: string;
  readonly details?: string;
  readonly controls?: readonly Control[];
  /** The name of the baseline or of the limit. */
  readonly declaredBy?: string | undefined;
}

function sarifResultsOfState(state: GroupState): DriftResult[] {
  switch (state.kind) {
    case 'at-baseline':
    case 'within-limits':
      return [];
    case 'drifted':
      return [...undeclaredRuleResults(state), ...brokenLimitResults(state), ...missingRuleResults(state)];
    case 'ambiguous':
    case 'absent':
    case 'unread': {
      const what = state.kind === 'unread' ? `it could not be read: ${state.reason}` : state.reason;
      return [
        {
          ruleId: 'not-judged',
          level: state.kind === 'absent' ? 'note' : 'warning',
          what,
          declaredBy: state.baselines[0] ?? state.limits?.[0],
        },
      ];
    }
  }
}

function undeclaredRuleResults(state: Drifted): DriftResult[] {
  const { plan, baseline } = state;
  const opens = renderGainedAccess(state).slice(0, 5).join(', ');
  const details = [...(opens === '' ? [] : [`the group has: ${opens}`]), ...renderUnreadPrefixLists(state)];
  const beyond = ruleKeysBeyondLimits(plan);
  const severityOf = sarifSeverityOfRules(state);
  return plan.revoke.flatMap(({ rule, reason }): DriftResult[] => {
    if (beyond.has(ruleKey(rule))) return [];
    const severity = severityOf(rule);
    return [
      {
        ruleId: `undeclared-rule-${severity}`,
        level: sarifLevel(severity),
        what: `${rule.direction} ${formatRule(rule)} is ${reason}`,
        details: details.map((text) => `; ${text}`).join(''),
        controls: controlsBrokenByRule(state, rule),
        declaredBy: baseline ?? '',
      },
    ];
  });
}

/** Returns a result for each rule that breaks a limit. The fingerprint does not contain the forbidden traffic. */
function brokenLimitResults(state: Drifted): DriftResult[] {
  const severityOf = sarifSeverityOfRules(state);
  const unread = renderUnreadPrefixLists(state).map((text) => `; ${text}`);
  return state.plan.broken.flatMap(({ limit, parts }) =>
    [...new Set(parts.map(({ rule }) => rule))].map((rule): DriftResult => {
      const severity = severityOf(rule);
      const ofRule = parts.filter((part) => part.rule === rule);
      return {
        ruleId: `broken-limit-${severity}`,
        level: limit.mode === 'report' && severity === 'medium' ? 'note' : sarifLevel(severity),
        what: `${rule.direction} ${formatRule(rule)} goes beyond the limit \`${limit.name}\``,
        details: [...describeBrokenLimits([{ limit, parts: ofRule }]).map((text) => `; ${text}`), ...unread].join(''),
        controls: controlsBrokenByRule(state, rule),
        declaredBy: limit.name,
      };
    }),
  );
}

/** Returns the controls that the rule breaks on its own. */
function controlsBrokenByRule({ lists, group }: Drifted, rule: Rule): readonly Control[] {
  return controlsBrokenBy([rule], lists?.addresses ?? new Map(), group.name);
}

type SarifSeverity = keyof typeof SCORES;

/** Returns `medium` for lower severities, because no SARIF rule has a lower score. */
export function sarifSeverity(severity: Severity): SarifSeverity {
  return severity === 'critical' || severity === 'high' ? severity : 'medium';
}

export function sarifLevel(severity: Severity): Result.level {
  if (severity === 'critical' || severity === 'high') return 'error';
  return severity === 'medium' ? 'warning' : 'note';
}

/** Returns a function that returns the severity of an undeclared rule. If no single rule is as severe as the whole drift of the group, each rule gets the severity of the drift. */
function sarifSeverityOfRules({ plan, severity, lists }: Drifted): (rule: Rule) => SarifSeverity {
  const severities = new Map(plan.revoke.map(({ rule }) => [ruleKey(rule), severityOfDrift([rule], [], lists)]));
  const isOneAsBad = [...severities.values()].includes(severity);
  return (rule) => sarifSeverity(isOneAsBad ? (severities.get(ruleKey(rule)) ?? severity) : severity);
}

/** Returns no result for a group without a baseline, because its missing rules are only the narrower rules of a limit. The result for the broken limit describes these rules. */
function missingRuleResults({ plan, baseline }: Drifted): DriftResult[] {
  if (baseline === null) return [];
  return plan.authorize.map(({ rule, reason }) => ({
    ruleId: 'missing-rule',
    level: 'warning',
    what: `${rule.direction} ${formatRule(rule)} is ${reason} and not there`,
    declaredBy: baseline,
  }));
}

/** Returns the path as a URI: with forward slashes, and with special characters escaped. */
function sarifUri(fileName: string): string {
  return fileName.split(/[\\/]/).map(encodeURIComponent).join('/');
}

/**
 * Escapes characters that SARIF would read as a link or a placeholder.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html 3.11.5 and 3.11.6
 */
function escapeSarifText(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}

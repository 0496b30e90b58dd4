/**
 * Renders a plan as SARIF 2.1.0, for the checks of a pull request. Each result points at the group's baseline in the baseline file.
 */
import { baselinePlaces } from '@portcullis/baseline/file';
import { controlsBrokenBy, describeBrokenLimits, severityOfDrift, type Control } from '@portcullis/finding';
import { formatRule, ruleKey, type Rule } from '@portcullis/permission-diff';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { Scope } from '../aws/account-region.js';
import type { LoadedBaseline } from '../files/load-baseline.js';
import { renderGainedAccess, renderedRuleKeysBeyondLimits } from '../render/drift-words.js';
import {
  BROKEN_LIMIT_RULES,
  SARIF_SCHEMA,
  sarifLevel,
  sarifLog,
  sarifResult,
  sarifRule,
  sarifRulesBySeverity,
  sarifSeverity,
  type SarifSeverity,
} from '../render/sarif.js';
import { groupIdNameAndVpc, renderUnreadPrefixLists } from '../render/state-words.js';
import { compareAuditStates, type Drifted, type GroupState } from './group-state.js';

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
    'A group that a baseline or a limit selects does not exist, could not be read, or is selected by several baselines. Portcullis does not know whether the group has drifted.',
    'Select the group in only one baseline, correct its id, or allow the caller to read the group.',
  ),
];

/**
 * Returns the SARIF log with one run for each region. A run has a result for each undeclared rule, missing rule, rule that breaks a limit,
 * and group that could not be compared.
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
      .flatMap((state) => planSarifResults(state).map((result) => resultOf(state, result)));
    return sarifLog(version, `portcullis/${accountId}/${region}/`, RULES, results).runs;
  });
  return { $schema: SARIF_SCHEMA, version: '2.1.0', runs };
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

function planSarifResults(state: GroupState): DriftResult[] {
  switch (state.kind) {
    case 'at-baseline':
    case 'within-limits':
      return [];
    case 'drifted':
      return [...planSarifUndeclaredRules(state), ...planSarifBrokenLimits(state), ...planSarifMissingRules(state)];
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

function planSarifUndeclaredRules(state: Drifted): DriftResult[] {
  const { plan, baseline } = state;
  const opens = renderGainedAccess(state).slice(0, 5).join(', ');
  const details = [...(opens === '' ? [] : [`the group has: ${opens}`]), ...renderUnreadPrefixLists(state)];
  const beyond = renderedRuleKeysBeyondLimits(plan);
  const severityOf = planSarifSeverity(state);
  return plan.revoke.flatMap(({ rule, reason }): DriftResult[] => {
    if (beyond.has(ruleKey(rule))) return [];
    const severity = severityOf(rule);
    return [
      {
        ruleId: `undeclared-rule-${severity}`,
        level: sarifLevel(severity),
        what: `${rule.direction} ${formatRule(rule)} is ${reason}`,
        details: details.map((text) => `; ${text}`).join(''),
        controls: planSarifControls(state, rule),
        declaredBy: baseline ?? '',
      },
    ];
  });
}

/**
 * Returns a result for each rule that breaks a limit. The fingerprint of the result does not contain the forbidden traffic, so a change of
 * that traffic does not open a new alert.
 */
function planSarifBrokenLimits(state: Drifted): DriftResult[] {
  const severityOf = planSarifSeverity(state);
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
        controls: planSarifControls(state, rule),
        declaredBy: limit.name,
      };
    }),
  );
}

/** Returns the controls that the rule breaks on its own. */
function planSarifControls({ lists, group }: Drifted, rule: Rule): readonly Control[] {
  return controlsBrokenBy([rule], lists?.addresses ?? new Map(), group.name);
}

/**
 * Returns a function that returns the severity of an undeclared rule. If no single rule reaches the severity of the group, every rule gets
 * the severity of the group.
 */
function planSarifSeverity({ plan, severity, lists }: Drifted): (rule: Rule) => SarifSeverity {
  const severities = new Map(plan.revoke.map(({ rule }) => [ruleKey(rule), severityOfDrift([rule], [], lists)]));
  const isOneAsBad = [...severities.values()].includes(severity);
  return (rule) => sarifSeverity(isOneAsBad ? (severities.get(ruleKey(rule)) ?? severity) : severity);
}

/**
 * Returns no result for a group without a baseline, because no rules of the group are declared.
 */
function planSarifMissingRules({ plan, baseline }: Drifted): DriftResult[] {
  if (baseline === null) return [];
  return plan.authorize.map(({ rule, reason }) => ({
    ruleId: 'missing-rule',
    level: 'warning',
    what: `${rule.direction} ${formatRule(rule)} is ${reason} and not there`,
    declaredBy: baseline,
  }));
}

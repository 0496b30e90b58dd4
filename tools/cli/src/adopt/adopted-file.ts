/** Writes a baseline file that declares the rules of groups, except the exposed rules, which open a group to the internet. */
import type { Baseline, CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH, writeBaselineFile, type ProposedPermit, type WrittenBaseline } from '@portcullis/baseline/file';
import { permissionsOf, readRules, ruleKey, type Direction, type Rule } from '@portcullis/permission-diff';
import { isReadError, rulesOfPlannedChanges, type SurveyedGroup } from '@portcullis/security-groups';
import { planWithoutLimits } from '../plan/plan-without-limits.js';
import { surveyedLiveRules } from '../plan/group-state.js';
import { Failure, failCommandOnProblems } from '../command-line/failure.js';
import type { LoadedBaseline } from '../files/load-baseline.js';
import { adoptedBaselineNames } from './baseline-names.js';
import { readBackAdoptedBaseline } from './edited-baseline.js';
import type { ExposedRule, ExposedRules } from './exposed-rules.js';

export type AdoptedFile = Pick<LoadedBaseline, 'text' | 'compiled'>;

export interface AdoptedFrom {
  /** The comment lines at the start of the file. Every run must write the same comment, so that the same groups give the same file. */
  readonly heading: readonly string[];
  /** The current day in UTC, as `YYYY-MM-DD`. */
  readonly today: string;
  /** Whether to also declare egress rules. */
  readonly egress: boolean;
  readonly mode: Baseline['mode'];
  /** The exposed rules, which are not declared but proposed as permits. */
  readonly exposed: ExposedRules;
}

/** @throws {Failure} when a group cannot be read, or the file would be too long. */
export function adoptedBaselineFile(groups: readonly SurveyedGroup[], from: AdoptedFrom): AdoptedFile {
  refuseUnreadableGroups(groups);
  const text = writeBaselineFile(from.heading, adoptedBaselines(groups, from));
  refuseTooLongAdoptedFile(text);
  return { text, compiled: verifyAdoptedFile(text, groups, from) };
}

/** @throws {Failure} when the text is too long for a baseline file. */
export function refuseTooLongAdoptedFile(text: string): void {
  if (text.length > MAX_FILE_LENGTH)
    throw new Failure(
      `the baseline file would have ${text.length} characters, over the limit of ${MAX_FILE_LENGTH}; expected fewer groups (\`--vpc\`, \`--tag\`), or several files (\`--split-by\`)`,
    );
}

/** @throws {Failure} with a line for each group whose rules cannot be read. */
export function refuseUnreadableGroups(groups: readonly SurveyedGroup[]): void {
  failCommandOnProblems(groups.map(({ rules }) => isReadError(rules) && rules.message));
}

/** Returns a baseline for each group. @param used the names of the other baselines in the file */
export function adoptedBaselines(groups: readonly SurveyedGroup[], from: AdoptedFrom, used: readonly string[] = []): WrittenBaseline[] {
  const names = adoptedBaselineNames(groups, used);
  return groups.map((group) => adoptedBaseline(group, names.get(group.id) ?? group.id, from));
}

function adoptedBaseline(group: SurveyedGroup, name: string, { egress, mode, exposed, today }: AdoptedFrom): WrittenBaseline {
  const proposed = exposed.get(group.id) ?? [];
  const separated = new Set(proposed.map(({ rule }) => ruleKey(rule)));
  const rules = rulesOfAdoptedGroup(group).filter((rule) => !separated.has(ruleKey(rule)));
  const inDirection = (direction: Direction): Rule[] =>
    rules.filter((rule) => rule.direction === direction).map((rule) => declarableRule(rule, group.ownerId));
  const vpc = group.vpcId === null ? '' : ` (${group.vpcId})`;
  return {
    comment: [`${group.name ?? group.id}${vpc}${group.description === null ? '' : `: ${group.description}`}`],
    baseline: {
      name,
      groups: { ids: [group.id] },
      mode,
      compare: 'rules',
      ingress: inDirection('ingress'),
      ...(egress && { egress: inDirection('egress') }),
      permit: [],
      ignore: [],
    },
    proposed: proposed.map((each) => proposedPermit(each, today)),
  };
}

/** @param today the current day in UTC, as `YYYY-MM-DD` */
export function proposedPermit({ rule, words }: ExposedRule, today: string): ProposedPermit {
  return {
    comment: [words],
    rule: declarableRule(rule, null),
    until: proposedPermitEnd(today),
    reason: 'why this rule must stay open, and who approved it',
  };
}

export function rulesOfAdoptedGroup({ rules }: SurveyedGroup): readonly Rule[] {
  return isReadError(rules) ? [] : rules;
}

/** Returns the last day of the next month. If the end date were 30 days from today, the file would change every day. */
function proposedPermitEnd(today: string): string {
  const [year = 0, month = 0] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month + 1, 0)).toISOString().slice(0, 10);
}

/**
 * Returns the rule to write into the file. Omits the owner of a source group in the same account. Omits a description that EC2 rejects.
 */
export function declarableRule({ direction, traffic, source: found, description }: Rule, ownerId: string | null): Rule {
  const source = found.kind === 'group' && found.userId === ownerId ? { kind: 'group' as const, groupId: found.groupId } : found;
  const rule = { direction, traffic, source };
  if (description === undefined) return rule;
  const described = { ...rule, description };
  return readRules(permissionsOf([described]), { direction }).ok ? described : rule;
}

/** Checks that the file declares all rules of the groups except the exposed rules. Returns the baselines of the file. */
function verifyAdoptedFile(text: string, groups: readonly SurveyedGroup[], { exposed, today }: AdoptedFrom): CompiledBaseline {
  const compiled = readBackAdoptedBaseline(text);
  const byId = new Map(compiled.baselines.map((baseline) => [baseline.groups.ids[0], baseline]));
  for (const group of groups) {
    const baseline = byId.get(group.id);
    const plan = baseline === undefined ? undefined : planWithoutLimits(baseline, surveyedLiveRules(rulesOfAdoptedGroup(group)), today);
    const separated = (exposed.get(group.id) ?? []).map(({ rule }) => rule);
    if (plan?.authorize.length !== 0 || adoptedRulesKey(rulesOfPlannedChanges(plan.revoke)) !== adoptedRulesKey(separated))
      throw new Error(`the adopted baseline of ${group.id} does not match the group`);
  }
  return compiled;
}

export function adoptedRulesKey(rules: readonly Rule[]): string {
  return JSON.stringify(rules.map(ruleKey).sort());
}

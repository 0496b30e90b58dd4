/** Finds the changes in a Terraform plan that the guard would revert. */
import {
  hasCriteria,
  selectBaseline,
  type Baseline,
  type CompiledBaseline,
  type SelectableGroup,
  type Selection,
} from '@portcullis/baseline';
import { ruleKey, type Rule } from '@portcullis/permission-diff';
import { type Plan } from '@portcullis/security-groups';
import { baselinePlan } from '../audit/baseline-plan.js';
import { groupsInPlan, type Fact, type PlannedGroup } from './planned-groups.js';
import type { KnownRule } from './resource-rules.js';

/** What the guard would do to a rule after apply. */
export interface Reversal {
  readonly action: 'authorize' | 'revoke';
  readonly rule: Rule;
  readonly reason: string;
  /** The resources that define the rule; if the plan removes it, the resources that define it before apply. */
  readonly addresses: readonly string[];
}

export interface JudgedGroup {
  /** The address of the group, or its id if Terraform does not manage it. */
  readonly address: string;
  /** `null` if the plan creates the group. */
  readonly id: string | null;
  readonly baseline: string;
  readonly mode: Baseline['mode'];
  readonly reversals: readonly Reversal[];
}

export interface Note {
  readonly address: string;
  readonly text: string;
}

export interface PlanVerdict {
  /** Groups with changes that the guard would revert or, with `mode: report`, report. Sorted by address. */
  readonly groups: readonly JudgedGroup[];
  /** What is known only after apply. */
  readonly unknown: readonly Note[];
  /** What else the user should know. */
  readonly notes: readonly Note[];
  /** The addresses of new groups, by their placeholder ids in the rules. */
  readonly newGroups: ReadonlyMap<string, string>;
}

/**
 * @param plan the output of `terraform show -json` for a plan.
 * @param today the current day in UTC, as `YYYY-MM-DD`.
 * @throws {Failure} when a rule of the plan cannot be read.
 */
export function judgePlan(plan: unknown, compiled: CompiledBaseline, today: string): PlanVerdict {
  const { groups, unplaced, newGroups } = groupsInPlan(plan);
  const judged: JudgedGroup[] = [];
  const unknown: Note[] = unplaced.map((address) => ({ address, text: 'its group is known only after apply' }));
  const notes: Note[] = [];
  for (const group of groups) {
    const address = group.address ?? group.after?.id ?? group.before?.id ?? '';
    const before = group.before === null ? UNGUARDED : selectBaseline(compiled, group.before);
    if (group.after === null) {
      if (before.kind === 'guarded')
        notes.push({
          address,
          text: `the plan deletes ${group.before?.id ?? 'it'}, which baseline ${before.baseline.name} guards; the detector reports it, and a new group has another id`,
        });
      continue;
    }
    const after = selectBaseline(compiled, group.after);
    if (after.kind === 'ambiguous')
      notes.push({ address, text: `baselines ${after.names.join(' and ')} select it, so the guard leaves it alone` });
    if (after.kind === 'unguarded') {
      const names = hasChanges(group) ? maybeSelecting(compiled, group.after, group.unknownFacts) : [];
      if (names.length > 0)
        unknown.push({
          address,
          text: `${factWords(group.unknownFacts)} known only after apply, so baseline ${names.join(' or ')} may guard it`,
        });
    }
    if (after.kind !== 'guarded') continue;
    const { baseline } = after;
    const isNew = before.kind !== 'guarded' || before.baseline !== baseline;
    const reversals = reversalsOf(group, baseline, isNew, today);
    const id = newGroups.has(group.after.id) ? null : group.after.id;
    if (reversals.length > 0) judged.push({ address, id, baseline: baseline.name, mode: baseline.mode, reversals });
    for (const rule of group.unknownRules)
      if (rule.direction === 'ingress' || baseline.egress !== undefined)
        unknown.push({
          address: rule.address,
          text: `${rule.unknown.join(', ')}: known only after apply, in a group that baseline ${baseline.name} guards`,
        });
  }
  return { groups: judged.sort((a, b) => (a.address < b.address ? -1 : 1)), unknown, notes, newGroups };
}

const UNGUARDED: Selection = { kind: 'unguarded' };

/**
 * @param isNew whether this baseline does not guard the group before apply, so that all of its rules count and not only the changed ones
 */
function reversalsOf(group: PlannedGroup, baseline: Baseline, isNew: boolean, today: string): Reversal[] {
  const planOf = (rules: readonly KnownRule[]): Plan =>
    baselinePlan(
      baseline,
      rules.map(({ rule, tags }) => ({ ...rule, tags, ruleId: '' })),
      today,
    );
  const after = planOf(group.rulesAfter);
  const [rulesBefore, missingBefore] = isNew ? [[], []] : [group.rulesBefore, planOf(group.rulesBefore).authorize];
  const was = new Set(rulesBefore.map(({ rule }) => ruleKey(rule)));
  const wasMissing = new Set(missingBefore.map(({ rule }) => ruleKey(rule)));
  const isUnknown = (rule: Rule): boolean => isNew && group.unknownRules.some(({ direction }) => direction === rule.direction);
  const addressesOf = (rules: readonly KnownRule[], wanted: Rule): string[] =>
    rules.filter(({ rule }) => ruleKey(rule) === ruleKey(wanted)).map(({ address }) => address);
  return [
    ...after.authorize
      .filter(({ rule }) => !wasMissing.has(ruleKey(rule)) && !isUnknown(rule))
      .map(({ rule, reason }): Reversal => ({ action: 'authorize', rule, reason, addresses: addressesOf(group.rulesBefore, rule) })),
    ...after.revoke
      .filter(({ rule }) => !was.has(ruleKey(rule)))
      .map(({ rule: { ruleId, tags, ...rule }, reason }): Reversal => ({
        action: 'revoke',
        rule,
        reason,
        addresses: addressesOf(group.rulesAfter, rule),
      })),
  ];
}

function hasChanges({ rulesBefore, rulesAfter, unknownRules }: PlannedGroup): boolean {
  const keys = (rules: readonly KnownRule[]): string => JSON.stringify(rules.map(({ rule }) => ruleKey(rule)).sort());
  return unknownRules.length > 0 || keys(rulesBefore) !== keys(rulesAfter);
}

/** Returns the names of the baselines that may select the group, depending on the unknown facts. */
function maybeSelecting({ baselines }: CompiledBaseline, group: SelectableGroup, unknown: readonly Fact[]): readonly string[] {
  const isUnknown = (fact: Fact): boolean => unknown.includes(fact);
  return baselines.flatMap((baseline) => {
    const { tags, names, vpcs } = baseline.groups;
    const groups = {
      ids: [],
      ...(tags !== undefined && !isUnknown('tags') && { tags }),
      ...(names !== undefined && !isUnknown('name') && { names }),
      ...(vpcs !== undefined && !isUnknown('vpcId') && { vpcs }),
    };
    if (!hasCriteria(baseline.groups)) return [];
    const selects = !hasCriteria(groups) || selectBaseline({ baselines: [{ ...baseline, groups }] }, group).kind === 'guarded';
    return selects ? [baseline.name] : [];
  });
}

function factWords(unknown: readonly Fact[]): string {
  const words = { name: 'its name', vpcId: 'its VPC', tags: 'its tags' };
  const list = unknown.map((fact) => words[fact]);
  return `${list.join(' and ')} ${list.length === 1 && unknown[0] !== 'tags' ? 'is' : 'are'}`;
}

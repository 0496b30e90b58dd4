/** Updates the rules in an existing baseline file to the live rules of the groups. Does not change other text of the file. */
import { hasGroupCriteria, selectBaseline, type Baseline, type CompiledBaseline } from '@portcullis/baseline';
import type { BaselineEdit } from '@portcullis/baseline/file';
import { diffRules, formatRule, ruleKey, type Addresses, type Rule } from '@portcullis/permission-diff';
import {
  planRuleChanges,
  rulesOfPlannedChanges,
  type LiveRule,
  type Plan,
  type PlanContext,
  type SurveyedGroup,
} from '@portcullis/security-groups';
import { planWithoutLimits } from '../plan/plan-without-limits.js';
import { surveyedLiveRules } from '../plan/group-state.js';
import type { LoadedBaseline } from '../files/load-baseline.js';
import { countWithNoun } from '../render/counted.js';
import { renderedRuleKeysBeyondLimits } from '../render/drift-words.js';
import { renderShortList } from '../render/listed.js';
import { groupIdNameAndVpc } from '../render/state-words.js';
import {
  adoptedBaselines,
  declarableRule,
  adoptedRulesKey,
  rulesOfAdoptedGroup,
  proposedPermit,
  refuseTooLongAdoptedFile,
  refuseUnreadableGroups,
  type AdoptedFile,
  type AdoptedFrom,
} from './adopted-file.js';
import { editAdoptedBaseline, readBackAdoptedBaseline } from './edited-baseline.js';
import type { ExposedRules } from './exposed-rules.js';

export interface MergedFile extends AdoptedFile {
  readonly added: number;
  readonly changed: number;
  /** The rules that the file proposes as permits, by group id. */
  readonly proposed: ExposedRules;
  /** One line for each difference that the merge does not write into the file, such as a rule that a limit forbids. */
  readonly notes: readonly string[];
}

export interface LiveGroups {
  readonly groups: readonly SurveyedGroup[];
  /**
   * The rules with their ids and tags, by group id. For a group without an entry, the merge uses the rules of the survey, which have no ids
   * and no tags.
   */
  readonly live: ReadonlyMap<string, readonly LiveRule[]>;
  /** The source of the groups in the output: the region, or the path of the Terraform state. */
  readonly label: string;
  /** The ids in the baseline file that belong to no existing group. */
  readonly gone: readonly string[];
  /** The CIDR blocks of the prefix lists that rules and limits refer to. */
  readonly addresses: Addresses;
}

/** What the merge changes in one group's baseline. */
interface GroupChange {
  readonly group: SurveyedGroup;
  readonly undeclare: readonly Rule[];
  readonly declare: readonly Rule[];
  readonly propose: readonly Rule[];
  /** Rules whose permit has expired. The merge does not declare these rules, so they remain drift. */
  readonly ended: readonly Rule[];
  /** Undeclared rules that a limit forbids. The merge does not declare these rules, so they remain drift. */
  readonly forbidden: readonly Rule[];
}

/** @throws {Failure} when a group cannot be read, or a part of the file cannot be edited. */
export function mergedBaselineFile(
  existing: LoadedBaseline,
  { groups, live, gone, label, addresses }: LiveGroups,
  { exposed, ...options }: AdoptedFrom,
): MergedFile {
  refuseUnreadableGroups(groups);
  const notes = gone.map((id) => {
    const names = existing.compiled.baselines.filter((baseline) => baseline.groups.ids.includes(id)).map(({ name }) => name);
    return `baseline ${names.join(', ')} names ${id}, which does not exist in ${label}; delete the id from the file`;
  });
  const beyond = new Map(
    groups.map((group) => [
      group.id,
      renderedRuleKeysBeyondLimits(limitsPlanToAdopt(existing.compiled, group, { today: options.today, addresses })),
    ]),
  );
  const isForbidden = (groupId: string, rule: Rule): boolean => beyond.get(groupId)?.has(ruleKey(rule)) === true;
  const allowed = [...exposed].map(([id, rules]) => [id, rules.filter(({ rule }) => !isForbidden(id, rule))] as const);
  const from: AdoptedFrom = { ...options, exposed: new Map(allowed.filter(([, rules]) => rules.length > 0)) };
  const fresh: SurveyedGroup[] = [];
  const guarded = new Map<Baseline, GroupChange[]>();
  for (const group of groups) {
    const selection = selectBaseline(existing.compiled, group);
    const surveyed = rulesOfAdoptedGroup(group);
    let forbidden: readonly Rule[] = [];
    if (selection.kind === 'ambiguous')
      notes.push(`${groupIdNameAndVpc(group)} was not merged, because several baselines select the group: ${selection.names.join(', ')}`);
    else if (selection.kind === 'guarded') {
      const { baseline } = selection;
      const rules = live.get(group.id) ?? surveyedLiveRules(surveyed);
      const change = adoptMergeChange(baseline, group, rules, from, (rule) => isForbidden(group.id, rule));
      forbidden = change.forbidden;
      guarded.set(baseline, [...(guarded.get(baseline) ?? []), change]);
    } else {
      forbidden = surveyed.filter((rule) => isForbidden(group.id, rule));
      fresh.push({ ...group, rules: surveyed.filter((rule) => !forbidden.includes(rule)) });
    }
    if (forbidden.length > 0)
      notes.push(
        `${groupIdNameAndVpc(group)}: ${countWithNoun(forbidden.length, 'rule')} not declared, because a limit forbids ${renderShortList(forbidden.map(formatRule))}`,
      );
  }
  const changes = [...guarded].flatMap(([baseline, all]): { baseline: Baseline; change: GroupChange; all: readonly GroupChange[] }[] => {
    const [change] = all;
    if (change !== undefined && canMergeWithOneEdit(baseline, all, gone)) return [{ baseline, change, all }];
    if (all.some(isBaselineChangeToMerge))
      notes.push(`baseline ${baseline.name} was not changed, because its groups can need different edits; edit the baseline by hand`);
    return [];
  });
  for (const { change } of changes)
    if (change.ended.length > 0)
      notes.push(`${groupIdNameAndVpc(change.group)} still has ${countWithNoun(change.ended.length, 'rule')} whose permit has expired`);
  const names = existing.compiled.baselines.map(({ name }) => name);
  const text = editAdoptedBaseline(
    existing,
    'merge into',
    changes.map(({ baseline, change }) => adoptMergeEdit(baseline, change, from)),
    adoptedBaselines(fresh, from, names),
  );
  refuseTooLongAdoptedFile(text);
  const compiled = verifyMergedFile(text, existing.compiled, changes, { ...from, fresh, live });
  return {
    text,
    compiled,
    added: fresh.length,
    changed: changes.filter(({ change }) => isBaselineChangeToMerge(change)).length,
    proposed: from.exposed,
    notes,
  };
}

function adoptMergeChange(
  baseline: Baseline,
  group: SurveyedGroup,
  live: readonly LiveRule[],
  { exposed, today }: AdoptedFrom,
  isForbidden: (rule: Rule) => boolean,
): GroupChange {
  const plan = planWithoutLimits(baseline, live, today);
  const undeclared = rulesOfPlannedChanges(plan.revoke);
  // A plan revokes a permitted rule only if the permit has expired.
  const ended = diffRules(
    baseline.permit.flatMap(({ rules }) => rules),
    undeclared,
  ).kept;
  const open = new Set(exposed.get(group.id)?.map(({ rule }) => ruleKey(rule)));
  const forbidden = undeclared.filter((rule) => !ended.includes(rule) && isForbidden(rule));
  const rest = undeclared.filter((rule) => !ended.includes(rule) && !forbidden.includes(rule));
  return {
    group,
    undeclare: rulesOfPlannedChanges(plan.authorize),
    declare: rest.filter((rule) => !open.has(ruleKey(rule))),
    propose: rest.filter((rule) => open.has(ruleKey(rule))),
    ended,
    forbidden,
  };
}

/** Returns the plan that brings the group within its limits. The plan ignores the baseline of the group. */
function limitsPlanToAdopt(compiled: CompiledBaseline, group: SurveyedGroup, context: Omit<PlanContext, 'accountId'>): Plan {
  const selection = selectBaseline({ ...compiled, baselines: [] }, group);
  const { ownerId } = group;
  return planRuleChanges(
    { limits: selection.kind === 'unguarded' ? [] : selection.limits },
    surveyedLiveRules(rulesOfAdoptedGroup(group)),
    ownerId === null ? context : { ...context, accountId: ownerId },
  );
}

function isBaselineChangeToMerge({ undeclare, declare, propose }: GroupChange): boolean {
  return undeclare.length + declare.length + propose.length > 0;
}

/**
 * Reports whether all groups of the baseline need the same edit. Returns `true` if the baseline selects groups only by id, every existing
 * group was read, and all groups changed in the same way.
 */
function canMergeWithOneEdit({ groups }: Baseline, all: readonly GroupChange[], gone: readonly string[]): boolean {
  const read = all.map(({ group }) => group.id);
  const textOf = ({ undeclare, declare, propose, ended, forbidden }: GroupChange): string =>
    [undeclare, declare, propose, ended, forbidden].map(adoptedRulesKey).join();
  return (
    !hasGroupCriteria(groups) && groups.ids.every((id) => read.includes(id) || gone.includes(id)) && new Set(all.map(textOf)).size === 1
  );
}

function adoptMergeEdit(
  { name }: Baseline,
  { group, undeclare, declare, propose, ended }: GroupChange,
  { exposed, today }: AdoptedFrom,
): BaselineEdit {
  const stillOpen = new Set([...propose, ...ended].map(ruleKey));
  const wanted = (exposed.get(group.id) ?? []).filter(({ rule }) => stillOpen.has(ruleKey(rule)));
  return {
    name,
    undeclare,
    declare: declare.map((rule) => ({ comment: [], rule: declarableRule(rule, group.ownerId) })),
    propose: wanted.filter(({ rule }) => !ended.some((each) => ruleKey(each) === ruleKey(rule))).map((each) => proposedPermit(each, today)),
    keepsProposed: (rule) => stillOpen.has(ruleKey(rule)),
  };
}

/** Checks that the file declares the rules of the merged groups and that nothing else changed. Returns the baselines of the file. */
function verifyMergedFile(
  text: string,
  before: CompiledBaseline,
  changes: readonly { readonly baseline: Baseline; readonly all: readonly GroupChange[] }[],
  { fresh, live, today, exposed }: { readonly fresh: readonly SurveyedGroup[]; readonly live: LiveGroups['live'] } & AdoptedFrom,
): CompiledBaseline {
  const compiled = readBackAdoptedBaseline(text);
  const changed = new Set(changes.map(({ baseline }) => baseline.name));
  const byName = new Map(compiled.baselines.map((baseline) => [baseline.name, baseline]));
  for (const baseline of before.baselines) {
    const after = byName.get(baseline.name);
    const same = { ingress: [], egress: baseline.egress && [] };
    const isSame = changed.has(baseline.name)
      ? JSON.stringify({ ...after, ...same }) === JSON.stringify({ ...baseline, ...same })
      : JSON.stringify(after) === JSON.stringify(baseline);
    if (!isSame) throw new Error(`the merge changed parts of the baseline ${baseline.name} that are not rules`);
  }
  if (JSON.stringify(compiled.limits) !== JSON.stringify(before.limits)) throw new Error('the merge changed the limits');
  const left = new Map(
    changes.flatMap(({ all }) =>
      all.map(({ group, propose, ended, forbidden }) => [group.id, [...propose, ...ended, ...forbidden]] as const),
    ),
  );
  for (const group of [...fresh, ...changes.flatMap(({ all }) => all.map((each) => each.group))]) {
    const selection = selectBaseline(compiled, group);
    const expected = left.get(group.id) ?? exposed.get(group.id)?.map(({ rule }) => rule) ?? [];
    if (selection.kind !== 'guarded') throw new Error(`the merged baseline does not select ${group.id}`);
    const plan = planWithoutLimits(selection.baseline, live.get(group.id) ?? surveyedLiveRules(rulesOfAdoptedGroup(group)), today);
    if (plan.authorize.length > 0 || adoptedRulesKey(rulesOfPlannedChanges(plan.revoke)) !== adoptedRulesKey(expected))
      throw new Error(`the merged baseline of ${group.id} does not match the group`);
  }
  return compiled;
}

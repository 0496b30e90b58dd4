/** Finds the changes in a Terraform plan that break a limit or that the guard would revert. */
import {
  selectBaseline,
  type Baseline,
  type CompiledBaseline,
  type Declaration,
  type Limit,
  type SelectableGroup,
  type Selection,
} from '@portcullis/baseline';
import { describeBrokenLimits } from '@portcullis/finding';
import { formatRule, ruleKey, type Rule } from '@portcullis/permission-diff';
import { planRuleChanges, type BrokenLimit, type Plan } from '@portcullis/security-groups';
import { strongestBaselineMode } from '../plan/group-state.js';
import { unreadListIdsOfBrokenPart } from '../plan/unread-prefix-lists.js';
import { groupsInTerraformPlan, UNKNOWN_FACTS, UNKNOWN_GROUP, type Fact, type PlannedGroup } from './planned-groups.js';
import { limitsOfPlannedGroup, mayUnknownRuleBreakLimit, withoutUnknownCriteria, type PlannedLimits } from './planned-limits.js';
import { prefixListsInTerraformPlan } from './planned-lists.js';
import { isKnownRule, type KnownRule, type ResourceRule } from './resource-rules.js';

/** A rule that the guard would authorize or revoke after apply, because the plan causes drift. */
export interface Reversal {
  readonly action: 'authorize' | 'revoke';
  /** In mode `report`, the guard only reports the rule. */
  readonly mode: Baseline['mode'];
  readonly rule: Rule;
  readonly reason: string;
  /**
   * The addresses of the resources that define the rule after apply. If the plan removes the rule, these are the resources that define the
   * rule before apply.
   */
  readonly addresses: readonly string[];
}

/** A limit that the plan would break. */
export interface BrokenByPlan {
  readonly limit: string;
  readonly mode: Limit['mode'];
  /** E.g. `broken limit no-admin: SSH from 0.0.0.0/0`. */
  readonly words: string;
  /** The addresses of the resources whose rules break the limit. */
  readonly addresses: readonly string[];
}

export interface JudgedGroup {
  /**
   * The Terraform address of the group, or its id if Terraform does not manage the group. If the group is known only after apply, this is
   * the address of the rule resource.
   */
  readonly address: string;
  /** The id of the group. `null` if the id is known only after apply. */
  readonly id: string | null;
  /** The name of the baseline. `null` if no baseline guards the group. */
  readonly baseline: string | null;
  /** The strictest mode of `reversals`: `enforce`, then `approve`, then `report`. `report` if there are no reversals. */
  readonly mode: Baseline['mode'];
  readonly reversals: readonly Reversal[];
  readonly broken: readonly BrokenByPlan[];
}

export interface Note {
  readonly address: string;
  readonly text: string;
}

export interface PlanVerdict {
  /**
   * The groups with changes that break a limit, or that the guard would revert or report. Sorted by address.
   */
  readonly groups: readonly JudgedGroup[];
  /** Facts that the plan does not show, although a rule or a group cannot be compared without them. */
  readonly unknown: readonly Note[];
  /** Remarks about groups that the guard does not restore after apply. */
  readonly notes: readonly Note[];
  /** The addresses of new groups, by their placeholder ids in the rules. */
  readonly newGroups: ReadonlyMap<string, string>;
}

/**
 * @param plan the output of `terraform show -json` for a plan.
 * @param today the current day in UTC, as `YYYY-MM-DD`.
 * @throws {Failure} if a rule of the plan cannot be read.
 */
export function judgeTerraformPlan(plan: unknown, compiled: CompiledBaseline, today: string): PlanVerdict {
  return new PlanJudge(plan, compiled, today).verdict();
}

const UNGUARDED: Selection = { kind: 'unguarded' };

class PlanJudge {
  private readonly judged: JudgedGroup[] = [];
  private readonly unknown: Note[] = [];
  private readonly notes: Note[] = [];
  private readonly planned: ReturnType<typeof groupsInTerraformPlan>;
  private readonly lists: ReturnType<typeof prefixListsInTerraformPlan>;

  constructor(
    plan: unknown,
    private readonly compiled: CompiledBaseline,
    private readonly today: string,
  ) {
    this.planned = groupsInTerraformPlan(plan);
    this.lists = prefixListsInTerraformPlan(plan);
  }

  verdict(): PlanVerdict {
    for (const { address, rules } of this.planned.unplaced) {
      if (!this.judgeUnplaced(address, rules)) this.unknown.push({ address, text: 'its group is known only after apply' });
    }
    for (const group of this.planned.groups) this.judge(group);
    return {
      groups: this.judged.sort((a, b) => (a.address < b.address ? -1 : 1)),
      unknown: this.unknown,
      notes: this.notes,
      newGroups: this.planned.newGroups,
    };
  }

  /**
   * Compares the rules of a rule resource with the limits for all groups, because the group of the rules is unknown. Returns whether the
   * rules would break a limit.
   */
  private judgeUnplaced(address: string, rules: readonly ResourceRule[]): boolean {
    const known = rules.filter(isKnownRule);
    const after = { id: UNKNOWN_GROUP, name: null, vpcId: null, tags: {} };
    // Ignores limits that except groups, because the unknown group may be an excepted group.
    const limits = (this.compiled.limits ?? []).filter(({ groups }) => groups.except === undefined);
    const { certain } = limitsOfPlannedGroup({ baselines: [], limits }, after, UNKNOWN_FACTS);
    const group: PlannedGroup = {
      ...{ address, before: null, after, ownerId: null, unknownFacts: UNKNOWN_FACTS },
      ...{ rulesBefore: [], rulesAfter: known, unknownRules: [] },
    };
    const planned = this.planOf({ limits: certain }, group);
    const broken = this.brokenBy(group, planned.broken, address, false);
    if (broken.length === 0) return false;
    const reversals = terraformReversals(planned, group, new Set(), new Set());
    this.judged.push({ address, id: null, baseline: null, mode: strongestBaselineMode(reversals), reversals, broken });
    return true;
  }

  private judge(group: PlannedGroup): void {
    const { compiled, notes, unknown } = this;
    const address = group.address ?? group.after?.id ?? group.before?.id ?? '';
    const before = group.before === null ? UNGUARDED : selectBaseline(compiled, group.before);
    if (group.after === null) {
      if (before.kind === 'guarded')
        notes.push({
          address,
          text: `the plan deletes ${group.before?.id ?? 'it'}, which baseline ${before.baseline.name} guards; the detector reports the deletion, and a new group has another id`,
        });
      return;
    }
    const after = selectBaseline(compiled, group.after);
    const baseline = after.kind === 'guarded' ? after.baseline : undefined;
    const limits = limitsOfPlannedGroup(compiled, group.after, group.unknownFacts);
    if (after.kind === 'ambiguous')
      notes.push({ address, text: `baselines ${after.names.join(' and ')} select the group, so the guard does not restore the group` });
    if (after.kind === 'unguarded' || after.kind === 'limited') {
      const names = changesTerraformRules(group) ? baselinesForTerraformGroup(compiled, group.after, group.unknownFacts) : [];
      if (names.length > 0)
        unknown.push({
          address,
          text: `${unknownFactsWords(group.unknownFacts)} known only after apply, so baseline ${names.join(' or ')} may guard the group`,
        });
    }
    const limitsBefore = before.kind === 'unguarded' ? [] : before.limits;
    this.noteMaybe(group, limits.maybe, limitsBefore, address);
    const isNew = before.kind !== 'guarded' || before.baseline !== baseline;
    const declaration = { ...(baseline && { baseline }), limits: limits.certain };
    const planned = this.planOf(declaration, group);
    const newly = this.newlyBroken(group, planned.broken, limitsBefore);
    const broken = this.brokenBy(group, newly, address, true);
    const beyond = new Set(newly.flatMap(({ parts }) => parts.map(({ rule }) => ruleKey(rule))));
    const uncertain = new Set(
      planned.broken.flatMap(({ parts }) =>
        parts.filter((part) => unreadListIdsOfBrokenPart(part, this.lists.after).length > 0).map(({ rule }) => ruleKey(rule)),
      ),
    );
    const reversals = terraformReversals(planned, group, beyond, uncertain, {
      baseline,
      isNew,
      missingBefore: isNew ? [] : this.planOf(declaration, { ...group, rulesAfter: group.rulesBefore }, this.lists.before).authorize,
    });
    const id = this.planned.newGroups.has(group.after.id) ? null : group.after.id;
    if (reversals.length + broken.length > 0)
      this.judged.push({ address, id, baseline: baseline?.name ?? null, mode: strongestBaselineMode(reversals), reversals, broken });
    this.noteUnknownRules(group, baseline, limits);
  }

  private planOf(declaration: Declaration, { rulesAfter, ownerId }: PlannedGroup, addresses = this.lists.after): Plan {
    return planRuleChanges(
      declaration,
      rulesAfter.map(({ rule, tags }) => ({ ...rule, tags, ruleId: '' })),
      { today: this.today, addresses, ...(ownerId !== null && { accountId: ownerId }) },
    );
  }

  /**
   * Returns the broken limits. Omits the rules that break the same limit already before apply.
   *
   * @param limitsBefore the limits that apply to the group before apply
   */
  private newlyBroken(group: PlannedGroup, broken: readonly BrokenLimit[], limitsBefore: readonly Limit[]): BrokenLimit[] {
    const limits = broken.map(({ limit }) => limit).filter((limit) => limitsBefore.includes(limit));
    const before = this.planOf({ limits }, { ...group, rulesAfter: group.rulesBefore }, this.lists.before).broken;
    return broken.flatMap(({ limit, parts }): BrokenLimit[] => {
      const known = new Set(before.flatMap((each) => (each.limit === limit ? each.parts.map(({ rule }) => ruleKey(rule)) : [])));
      const added = parts.filter(({ rule }) => !known.has(ruleKey(rule)));
      return added.length === 0 ? [] : [{ limit, parts: added }];
    });
  }

  /**
   * Returns the limits that the plan would break. Adds a note to `unknown` if the answer depends on a prefix list whose entries the plan
   * does not show.
   */
  private brokenBy({ rulesAfter }: PlannedGroup, broken: readonly BrokenLimit[], address: string, isNoted: boolean): BrokenByPlan[] {
    return broken.flatMap(({ limit, parts }): BrokenByPlan[] => {
      const certain = parts.filter((part) => unreadListIdsOfBrokenPart(part, this.lists.after).length === 0);
      const rest = parts.filter((part) => !certain.includes(part));
      if (isNoted)
        for (const rule of new Set(rest.map((part) => part.rule))) {
          const ids = [...new Set(rest.flatMap((part) => (part.rule === rule ? unreadListIdsOfBrokenPart(part, this.lists.after) : [])))];
          this.unknown.push({
            address,
            text: `the plan does not show the entries of ${ids.join(', ')}, so ${rule.direction} ${formatRule(rule)} may break limit ${limit.name}`,
          });
        }
      if (certain.length === 0) return [];
      const [words = ''] = describeBrokenLimits([{ limit, parts: certain }]);
      const addresses = certain.flatMap(({ rule }) => addressesDefiningRule(rulesAfter, rule));
      return [{ limit: limit.name, mode: limit.mode, words, addresses: [...new Set(addresses)] }];
    });
  }

  /** Adds a note to `unknown` with the names of the limits that the group may break. */
  private noteMaybe(group: PlannedGroup, limits: readonly Limit[], limitsBefore: readonly Limit[], address: string): void {
    const breaking = this.newlyBroken(group, this.planOf({ limits }, group).broken, limitsBefore).map(({ limit }) => limit);
    const names = limits
      .filter((limit) => breaking.includes(limit) || group.unknownRules.some((rule) => mayUnknownRuleBreakLimit(limit, rule)))
      .map(({ name }) => name);
    if (names.length > 0)
      this.unknown.push({
        address,
        text: `${unknownFactsWords(group.unknownFacts)} known only after apply, so the group may break ${names.length === 1 ? 'limit' : 'limits'} ${names.join(' and ')}`,
      });
  }

  private noteUnknownRules(group: PlannedGroup, baseline: Baseline | undefined, { certain }: PlannedLimits): void {
    for (const rule of group.unknownRules) {
      const isCompared = baseline !== undefined && (rule.direction === 'ingress' || baseline.egress !== undefined);
      const limits = certain.filter((limit) => mayUnknownRuleBreakLimit(limit, rule)).map(({ name }) => name);
      const who = [
        isCompared && `baseline ${baseline.name} guards the group`,
        limits.length > 0 &&
          `${limits.length === 1 ? `limit ${limits.join('')} applies` : `limits ${limits.join(' and ')} apply`} to the group`,
      ].filter((words) => words !== false);
      if (who.length > 0)
        this.unknown.push({
          address: rule.address,
          text: `${rule.unknown.join(', ')}: known only after apply; ${who.join(', and ')}`,
        });
    }
  }
}

function addressesDefiningRule(rules: readonly KnownRule[], wanted: Rule): string[] {
  return rules.filter(({ rule }) => ruleKey(rule) === ruleKey(wanted)).map(({ address }) => address);
}

interface Guarding {
  readonly baseline: Baseline | undefined;
  /**
   * Whether this baseline guards the group after apply, but not before apply. If `true`, the guard would also revert rules that the plan
   * does not change.
   */
  readonly isNew: boolean;
  /** The declared rules that are missing before apply. */
  readonly missingBefore: Plan['authorize'];
}

const UNGUARDED_GROUP: Guarding = { baseline: undefined, isNew: false, missingBefore: [] };

/**
 * @param beyond the keys of the rules that break a limit only after apply.
 * @param uncertain the keys of the rules that may break a limit, because the plan does not show the entries of a prefix list
 */
function terraformReversals(
  { authorize, revoke }: Plan,
  group: PlannedGroup,
  beyond: ReadonlySet<string>,
  uncertain: ReadonlySet<string>,
  { baseline, isNew, missingBefore }: Guarding = UNGUARDED_GROUP,
): Reversal[] {
  const was = new Set((isNew && baseline !== undefined ? [] : group.rulesBefore).map(({ rule }) => ruleKey(rule)));
  const wasMissing = new Set(missingBefore.map(({ rule }) => ruleKey(rule)));
  const isUnknown = (rule: Rule): boolean =>
    isNew && baseline !== undefined && group.unknownRules.some(({ direction }) => direction === rule.direction);
  const isUncertain = (rule: Rule, mode: Reversal['mode']): boolean =>
    mode === 'report' && baseline?.mode !== 'report' && uncertain.has(ruleKey(rule));
  return [
    ...authorize
      .filter(({ rule }) => !wasMissing.has(ruleKey(rule)) && !isUnknown(rule))
      .map(({ rule, reason, mode }): Reversal => ({
        action: 'authorize',
        mode,
        rule,
        reason,
        addresses: addressesDefiningRule(group.rulesBefore, rule),
      })),
    ...revoke
      .filter(({ rule, mode }) => (!was.has(ruleKey(rule)) || beyond.has(ruleKey(rule))) && !isUncertain(rule, mode))
      .map(({ rule: { ruleId, tags, ...rule }, reason, mode }): Reversal => ({
        action: 'revoke',
        mode,
        rule,
        reason,
        addresses: addressesDefiningRule(group.rulesAfter, rule),
      })),
  ];
}

function changesTerraformRules({ rulesBefore, rulesAfter, unknownRules }: PlannedGroup): boolean {
  const keys = (rules: readonly KnownRule[]): string => JSON.stringify(rules.map(({ rule }) => ruleKey(rule)).sort());
  return unknownRules.length > 0 || keys(rulesBefore) !== keys(rulesAfter);
}

/** Returns the names of the baselines that may select the group. The facts in `unknown` are known only after apply. */
function baselinesForTerraformGroup({ baselines }: CompiledBaseline, group: SelectableGroup, unknown: readonly Fact[]): readonly string[] {
  return baselines.flatMap((baseline) => {
    const { selection: groups, isEmptied } = withoutUnknownCriteria({ ...baseline.groups, ids: [] }, unknown);
    const selects = isEmptied || selectBaseline({ baselines: [{ ...baseline, groups }] }, group).kind === 'guarded';
    return selects ? [baseline.name] : [];
  });
}

function unknownFactsWords(unknown: readonly Fact[]): string {
  const words = { name: 'its name', vpcId: 'its VPC', tags: 'its tags' };
  const list = unknown.map((fact) => words[fact]);
  return `${list.join(' and ')} ${list.length === 1 && unknown[0] !== 'tags' ? 'is' : 'are'}`;
}

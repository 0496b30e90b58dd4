/** Evaluates the groups that a trigger names. Restores a group only as far as baselines and limits in mode `enforce` require. */
import { baselineAfterApproval, baselineGroupIds, selectBaseline, type CompiledBaseline, type Selection } from '@portcullis/baseline';
import { OUTLOOK, ownerTags } from '@portcullis/finding';
import { diffRules, type Rule } from '@portcullis/permission-diff';
import {
  enforcedPartOfPlan,
  isAtBaseline,
  isReadError,
  prefixListReader,
  prefixListsInIngress,
  prefixListsToPlan,
  planNeedsApproval,
  planRuleChanges,
  restoreSecurityGroup,
  rulesOfPlannedChanges,
  untouchedRestoration,
  worldOpeningRules,
  type GroupFacts,
  type PrefixListContents,
  type PrefixListReader,
  type LiveRule,
  type Plan,
  type Restoration,
} from '@portcullis/security-groups';
import {
  limitsAloneComplianceVerdict,
  ambiguousGroupVerdict,
  judgeRestoration,
  notApplicableVerdict,
  unlistedGroupsComplianceVerdict,
  unevaluatedGroupsComplianceVerdict,
  groupEvaluationErrorVerdict,
  unreadableGroupComplianceVerdict,
  type JudgementSettings,
  type Verdict,
} from './judge-restoration.js';
import { SECURITY_GROUP, type RecordedGroup, type RemediatorInvocation, type Saw } from './remediator-event.js';
import type { Ports, Wait } from './ports.js';
import type { GuardedAccounts } from '../runtime/member-accounts.js';
import {
  isGuardedOrLimited,
  guardSelectionById,
  listSelectedGroups,
  mustFunctionListAllGroups,
  type Selected,
  type SelectedGroup,
} from '../runtime/selected-groups.js';

/** The result for one resource, or a result about several groups. */
export interface Judged extends Verdict {
  /**
   * Absent if the result is about several groups. The remediator does not send a result about several groups to AWS Config, because an
   * evaluation names one resource.
   */
  readonly subject?: { readonly resourceType: string; readonly group: RecordedGroup };
  /** The name of the baseline, or `null` if only limits apply to the group. */
  readonly baseline: string | null;
  readonly authorized: readonly Rule[];
  readonly revoked: readonly Rule[];
}

export interface EvaluationSettings extends JudgementSettings {
  /** The accounts that this function guards. */
  readonly accounts?: GuardedAccounts;
}

/** Returns a result for each group that the trigger names. A failure for one group does not stop the evaluation of the other groups. */
export async function evaluateTrigger(
  invocation: RemediatorInvocation,
  baseline: CompiledBaseline,
  settings: EvaluationSettings,
  ports: Ports,
): Promise<Judged[]> {
  const { trigger } = invocation;
  const run = new Run(baseline, settings, ports, invocation);
  switch (trigger.kind) {
    case 'group':
      return [await run.ofGroup(trigger.group, trigger.saw)];
    case 'schedule':
      return run.ofAll();
    case 'not-applicable': {
      const { resourceType, resourceId: id, reason } = trigger;
      const subject = { resourceType, group: evaluatedGroupWithId(id) };
      return [{ ...UNTOUCHED, ...notApplicableVerdict(reason), subject, baseline: null }];
    }
    case 'nothing':
      return [];
  }
}

const UNTOUCHED = { authorized: [], revoked: [] } as const;

function evaluatedGroupWithId(id: string): RecordedGroup {
  return { id, name: null, vpcId: null };
}

/** What the remediator knows about a group before it reads the group's rules. */
interface Known {
  readonly saw?: Saw;
  /** The number of rules that the whole run would revoke. Present only if this number exceeds the maximum. */
  readonly tooMany?: number | undefined;
  /**
   * The first restoration of the group in this run, if a second one follows. The first restoration left out the changes that waited for an
   * approval.
   */
  readonly earlier?: Restoration;
}

class Run {
  private readonly today: string;
  private readonly accountId: string | undefined;
  /** The number of revocations of this run that count towards the maximum. */
  private revocations = 0;
  private readonly readLists: PrefixListReader;

  constructor(
    private readonly compiled: CompiledBaseline,
    private readonly settings: EvaluationSettings,
    private readonly ports: Ports,
    private readonly invocation: RemediatorInvocation,
  ) {
    this.accountId = invocation.accountId ?? settings.accounts?.own;
    this.today = ports.now().toISOString().slice(0, 10);
    this.readLists = prefixListReader(ports.securityGroups, ({ message, operation, code }, prefixListId) => {
      ports.reporting.measure('CallFailures', 1);
      ports.reporting.log('error', message, { prefixListId, operation, code });
    });
  }

  async ofGroup(group: RecordedGroup, saw: Saw): Promise<Judged> {
    try {
      const selected = await this.select(group);
      if (selected === undefined) return this.judged(group, null, notApplicableVerdict('the group no longer exists'));
      const { selection } = selected;
      return await this.ofSelection(selected.group, this.invocation.approval === null ? selection : withApprovedBaseline(selection), {
        saw,
      });
    } catch (error) {
      return this.failed(group, null, error);
    }
  }

  /** Evaluates every group that a baseline or a limit selects. Reads the rules of many groups in one call. */
  async ofAll(): Promise<Judged[]> {
    let selected: readonly SelectedGroup[];
    try {
      selected = await listSelectedGroups(this.compiled, this.ports.securityGroups);
    } catch (error) {
      if (!isReadError(error)) throw error;
      this.ports.reporting.measure('CallFailures', 1);
      const each = baselineGroupIds(this.compiled).map((id) =>
        this.judged(evaluatedGroupWithId(id), null, unreadableGroupComplianceVerdict(error)),
      );
      return mustFunctionListAllGroups(this.compiled)
        ? [...each, { ...UNTOUCHED, ...unlistedGroupsComplianceVerdict(error), baseline: null }]
        : each;
    }
    // If the function guards several accounts, a group that does not exist in this account may exist in another account.
    const isGone = ({ facts }: SelectedGroup): boolean => facts === undefined && this.settings.accounts?.memberRoleArn === undefined;
    const gone = selected
      .filter(isGone)
      .map(({ id }) => this.judged(evaluatedGroupWithId(id), null, notApplicableVerdict('the group does not exist')));
    const listed = selected.flatMap(({ selection, facts }) => (facts === undefined ? [] : [{ group: facts, selection }]));
    return [...gone, ...(await this.ofListed(listed))];
  }

  private async ofListed(selected: readonly { readonly group: GroupFacts; readonly selection: Selected }[]): Promise<Judged[]> {
    const judgeable = selected.filter(({ selection }) => isGuardedOrLimited(selection));
    const rules = await this.ports.securityGroups.readRulesOf(judgeable.map(({ group }) => group.id));
    const groups: { group: GroupFacts; selection: Selected; live: ReturnType<typeof rules.get>; read?: ReadGroup }[] = [];
    for (const { group, selection } of selected) {
      const live = rules.get(group.id);
      const isRead = isGuardedOrLimited(selection) && live !== undefined && !isReadError(live);
      groups.push({ group, selection, live, ...(isRead && { read: await this.planned(selection, live) }) });
    }
    const tooMany = await this.tooManyIn(groups.flatMap(({ read }) => read?.todo ?? []));

    const judged: Judged[] = [];
    const waiting: string[] = [];
    for (const { group, selection, live, read } of groups) {
      if (this.ports.timeLeft() <= 0) waiting.push(group.id);
      else if (isReadError(live)) judged.push(this.failed(group, selection, live));
      else if (read !== undefined) judged.push(await this.ofRead(group, selection, read, tooMany));
      else judged.push(await this.ofSelection(group, selection));
    }
    if (waiting.length > 0) judged.push({ ...UNTOUCHED, ...unevaluatedGroupsComplianceVerdict(waiting), baseline: null });
    return judged;
  }

  private async planned(selection: Selected, live: readonly LiveRule[]): Promise<ReadGroup> {
    const { today, accountId } = this;
    const deciding = prefixListsToPlan(selection, live);
    const { addresses } = await this.readLists(deciding);
    const plan = planRuleChanges(selection, live, { today, accountId, addresses });
    const lists = await this.readLists([...new Set([...deciding, ...prefixListsInIngress(rulesOfPlannedChanges(plan.revoke))])]);
    return { live, plan, todo: enforcedPartOfPlan(plan, selection), lists };
  }

  /**
   * Evaluates a group whose rules were read together with the rules of other groups. The rules may be minutes old, so the restoration reads
   * the group again before the first change.
   */
  private async ofRead(
    group: RecordedGroup,
    selection: Selected,
    { live, plan, todo, lists }: ReadGroup,
    tooMany: number | undefined,
  ): Promise<Judged> {
    const isUntouched = isAtBaseline(todo);
    // A group without rules may have been deleted, so `ofSelection` looks up the group.
    if (isUntouched && live.length > 0 && !planNeedsApproval(plan))
      return this.restored(group, selection, untouchedRestoration(live, plan, lists));
    if (isUntouched || tooMany === undefined || worldOpeningRules(rulesOfPlannedChanges(todo.revoke), lists).length > 0)
      return this.ofSelection(group, selection, { tooMany });
    return this.restored(group, selection, untouchedRestoration(live, plan, lists, { kind: 'too-many', revocations: tooMany }));
  }

  private async ofSelection(group: RecordedGroup, selection: Selection, known: Known = {}): Promise<Judged> {
    if (selection.kind === 'unguarded') {
      const which = this.compiled.limits === undefined ? 'no baseline selects' : 'no baseline and no limit selects';
      return this.judged(group, null, notApplicableVerdict(`${which} the group`));
    }
    if (selection.kind === 'ambiguous' && selection.limits.length === 0)
      return this.judged(group, null, ambiguousGroupVerdict(selection.names));
    try {
      const restoration = await this.restore(group.id, selection, known);
      const wait = await this.waitFor(group, selection, restoration);
      if (wait === 'over') return await this.ofSelection(group, withApprovedBaseline(selection), { ...known, earlier: restoration });
      return this.restored(group, selection, restoration, wait);
    } catch (error) {
      if (known.earlier === undefined || !isReadError(error)) return this.failed(group, selection, error);
      this.ports.reporting.measure('CallFailures', 1);
      const unread = { ...known.earlier, authorized: [], revoked: [], ending: { kind: 'unverified', error } } as const;
      return this.restored(group, selection, this.joined(known.earlier, unread, selection));
    }
  }

  /**
   * Starts or continues the wait of a group for an approval. Ends the wait if the group was deleted or needs no more changes, so that a
   * later drift starts a new wait. Resolves to `over` if the wait is over, and to `undefined` if the group needs no approval.
   */
  private async waitFor(group: RecordedGroup, selection: Selected, { remaining, ending }: Restoration): Promise<Wait | 'over' | undefined> {
    const { approvals, now, reporting } = this.ports;
    const { invocation, accountId = '' } = this;
    const minutes = selection.kind === 'guarded' ? selection.baseline.approveWithin : undefined;
    const isGone = ending.kind === 'gone';
    const isWaiting = !isGone && planNeedsApproval(remaining);
    // Keep the wait if an approved restoration failed, because the schedule of the wait triggers the restoration again.
    const isDone = isGone || isAtBaseline(enforcedPartOfPlan(remaining, selection));
    if (minutes === undefined || !(isWaiting || isDone)) return undefined;
    const drift = { group, accountId, minutes, invocation };
    try {
      return await (isWaiting ? approvals.start(drift, now()) : approvals.cancel(drift));
    } catch (error) {
      const why = String(error);
      reporting.measure('CallFailures', 1);
      reporting.log('error', `EventBridge Scheduler failed: ${why}`, { groupId: group.id });
      // If `cancel` failed, the schedule still exists. At worst, the old schedule restores a later drift before the wait for that drift is
      // over.
      if (!isWaiting) return undefined;
      return { words: `not restored, because the wait for an approval could not start: ${why}`, outlook: OUTLOOK.triedAgain, retry: true };
    }
  }

  /**
   * Returns the baseline and the limits that apply to the group, or `undefined` if the group does not exist. If the group's tags, name or
   * VPC decide which baseline or limits apply, reads the current values from EC2, because the event may be minutes old.
   */
  private async select(group: RecordedGroup): Promise<{ readonly group: RecordedGroup; readonly selection: Selection } | undefined> {
    const byId = guardSelectionById(this.compiled, group.id);
    if (byId !== undefined) return { group, selection: byId };
    const facts = await this.ports.securityGroups.describeGroup(group.id);
    return facts && { group: facts, selection: selectBaseline(this.compiled, facts) };
  }

  private async restore(groupId: string, declaration: Selected, { saw, tooMany, earlier }: Known): Promise<Restoration> {
    const { securityGroups, wait, timeLeft } = this.ports;
    const { today, accountId, readLists } = this;
    const restoration = await restoreSecurityGroup(securityGroups, {
      groupId,
      declaration,
      today,
      accountId,
      wait,
      timeLeft,
      readLists,
      maxRevocations: tooMany === undefined ? (this.settings.maxRevocations ?? Infinity) - this.revocations : -1,
      isDoubtful: (live, planOf) => this.contradicts(saw ?? null, live, planOf),
    });
    const { revoked, ending, lists } = restoration;
    this.revocations += revoked.length - worldOpeningRules(revoked, lists).length;
    const whole = earlier === undefined ? restoration : this.joined(earlier, restoration, declaration);
    return ending.kind === 'too-many' && tooMany !== undefined ? { ...whole, ending: { ...ending, revocations: tooMany } } : whole;
  }

  /** Merges two restorations of one group, so that the finding names every change since the first read. */
  private joined(earlier: Restoration, later: Restoration, declaration: Selected): Restoration {
    const { today, accountId } = this;
    const { before, authorized, revoked, unanswered, lists } = earlier;
    const isShown = (rule: Rule): boolean => diffRules([rule], later.before).kept.length > 0;
    const addresses = new Map([...lists.addresses, ...later.lists.addresses]);
    return {
      ...later,
      before,
      lists: { addresses, unread: { ...lists.unread, ...later.lists.unread } },
      plan: planRuleChanges(declaration, before, { today, accountId, addresses }),
      // The later read shows which calls took effect although their responses were lost.
      authorized: [...authorized, ...unanswered.authorized.filter(isShown), ...later.authorized],
      revoked: [...revoked, ...unanswered.revoked.filter((rule) => !isShown(rule)), ...later.revoked],
    };
  }

  /** Reports whether the sender of the event saw a drift although the live rules are at the baseline. */
  private contradicts(saw: Saw, live: readonly LiveRule[], planOf: (rules: readonly LiveRule[]) => Plan): boolean {
    if (saw === null || saw === 'drift') return saw === 'drift';
    const { missing, excess } = diffRules(saw, live);
    if (missing.length + excess.length === 0) return false;
    const recorded = saw.map((rule): LiveRule => ({ ...rule, ruleId: '', tags: {} }));
    return !isAtBaseline(planOf(recorded));
  }

  private restored(group: RecordedGroup, selection: Selected, restoration: Restoration, wait?: Wait): Judged {
    const { reporting } = this.ports;
    const { plan, authorized, revoked, failures } = restoration;
    if (!isAtBaseline(plan)) reporting.measure('DriftFound', 1);
    if (authorized.length > 0) reporting.measure('RulesAuthorized', authorized.length);
    if (revoked.length > 0) reporting.measure('RulesRevoked', revoked.length);
    for (const { message, operation, code } of failures) {
      reporting.measure('CallFailures', 1);
      reporting.log('error', message, { groupId: group.id, operation, code });
    }
    const verdict = judgeRestoration(selection, restoration, this.settings, group.name, wait);
    const whole = selection.kind === 'ambiguous' ? limitsAloneComplianceVerdict(selection.names, verdict) : verdict;
    return { ...this.judged(group, selection, whole), authorized, revoked };
  }

  private failed(group: RecordedGroup, selection: Selection | null, error: unknown): Judged {
    this.ports.reporting.measure('CallFailures', 1);
    return this.judged(group, selection, isReadError(error) ? unreadableGroupComplianceVerdict(error) : groupEvaluationErrorVerdict(error));
  }

  private judged({ id, name, vpcId, tags = {} }: RecordedGroup, selection: Selection | null, verdict: Verdict): Judged {
    const owner = ownerTags(tags);
    const subject = { resourceType: SECURITY_GROUP, group: { id, name, vpcId, ...(owner && { tags: owner }) } };
    return { ...UNTOUCHED, ...verdict, subject, baseline: selection?.kind === 'guarded' ? selection.baseline.name : null };
  }

  /**
   * Returns how many rules the plans together would revoke, or `undefined` if the number does not exceed the maximum. The maximum applies
   * to all groups together, because a mistake in a baseline affects all groups of the baseline.
   */
  private async tooManyIn(plans: readonly Plan[]): Promise<number | undefined> {
    const { maxRevocations = Infinity } = this.settings;
    const toRevoke = plans.map(({ revoke }) => rulesOfPlannedChanges(revoke));
    // Rules that open a sensitive service do not count towards the maximum. The entries of prefix lists are needed only to find such rules,
    // so do not read the lists if the number of all rules is within the maximum.
    const all = toRevoke.flat();
    if (all.length <= maxRevocations) return undefined;
    const lists = await this.readLists(prefixListsInIngress(all));
    const counted = toRevoke.reduce((sum, each) => sum + each.length - worldOpeningRules(each, lists).length, 0);
    return counted > maxRevocations ? counted : undefined;
  }
}

function withApprovedBaseline(selection: Selection): Selection {
  return selection.kind === 'guarded' ? { ...selection, baseline: baselineAfterApproval(selection.baseline) } : selection;
}

/** A group whose rules were read together with the rules of other groups. */
interface ReadGroup {
  readonly live: readonly LiveRule[];
  readonly plan: Plan;
  /** The plan with only its changes in mode `enforce`, which need no approval. */
  readonly todo: Plan;
  readonly lists: PrefixListContents;
}

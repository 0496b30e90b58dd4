/** Assesses the effect of one call on one group, from the CloudTrail record and the group's live rules. Pure. */
import type { Declaration, IgnoreClause, Selection } from '@portcullis/baseline';
import type { ApiCall } from '@portcullis/cloudtrail';
import {
  type Assessment,
  controlsBrokenBy,
  describeBrokenLimits,
  describeDrift,
  describeRules,
  findingDrift,
  exposureOfDrift,
  exposureWords,
  joinFindingSentence,
  type Severity,
  severityOfDrift,
  higherSeverity,
} from '@portcullis/finding';
import { compareRuleAccess, diffRules, ruleKey, rulesOverlap, type Rule } from '@portcullis/permission-diff';
import { exposedServices, exposingRules, formatServices } from '@portcullis/permission-diff/exposure';
import {
  isAtBaseline,
  isReadError,
  prefixListsInIngress,
  prefixListsOfBrokenLimits,
  prefixListsToPlan,
  planRuleChanges,
  rulesOfPlannedChanges,
  unreadPrefixListReasons,
  type GroupAttachments,
  type PrefixListContents,
  type LiveRule,
  type Plan,
  type ReadError,
} from '@portcullis/security-groups';
import { guardFindingBrokenLimits, guardFindingDeclarationNames, guardFindingLimitNames } from '../runtime/guard-finding-words.js';
import type { PrefixListAccess } from './changed-prefix-lists.js';

/** The live rules of a group, and the plan that would bring the group to its baseline and within its limits. */
export interface LiveGroup {
  readonly live: readonly LiveRule[];
  readonly plan: Plan;
}

export interface Circumstances {
  /** The baseline and the limits that apply to the group. */
  readonly declaration: Declaration;
  readonly call: ApiCall;
  /** Whether the caller has the remediator's role. */
  readonly byRemediator: boolean;
  /** Today's date in UTC, as `YYYY-MM-DD`. */
  readonly today: string;
  /** The name of the group. Absent or `null` if the name is unknown. */
  readonly groupName?: string | null;
  /** What is attached to the group. Absent if the detector did not read the attachments. */
  readonly behind?: GroupAttachments;
}

/** Returns the changes that bring a group with these rules to its baseline and within its limits. */
export function planRulesOfJudgedCall(
  { declaration, call, today }: Circumstances,
  rules: readonly LiveRule[],
  { addresses }: Pick<PrefixListContents, 'addresses'>,
): Plan {
  return planRuleChanges(declaration, rules, { today, accountId: call.accountId, addresses });
}

/**
 * Assesses a call that EC2 refused, or a dry run. If only limits apply to the group, the severity is above `info` only for a call on tags,
 * or for rules that would break a limit.
 */
export function judgeRefusedCall(circumstances: Circumstances): Assessment {
  const { call, declaration } = circumstances;
  const tried = `${call.eventName} was ${call.outcome === 'dry-run' ? 'a dry run' : `refused with ${String(call.errorCode)}`}`;
  const rules = rulesOfJudgedCall(call);
  const { broken } = planRulesOfJudgedCall(circumstances, call.change.kind === 'revoke' ? [] : rules.map(callRuleAsLiveRule), NO_LISTS);
  const isHarmless = declaration.baseline === undefined && broken.length === 0 && call.change.kind !== 'tags';
  return {
    kind: 'attempt',
    severity: call.outcome === 'dry-run' || isHarmless ? 'info' : 'low',
    summary: joinFindingSentence(
      tried,
      rules.length > 0 && `the call named ${describeRules(rules)}`,
      broken.length > 0 && `these rules would break ${guardFindingLimitNames(broken.map(({ limit }) => limit))}`,
    ),
    atBaseline: null,
    ...findingDrift([], []),
    basis: 'event',
  };
}

/**
 * Assesses a call after which the group no longer exists.
 *
 * @param unread why EC2 could not confirm the deletion. Absent if EC2 confirmed the deletion.
 */
export function judgeDeletedGroup({ call, declaration: { baseline } }: Circumstances, unread?: string): Assessment {
  const guarded = baseline === undefined ? '' : ` guarded by ${baseline.name}`;
  return {
    // The deletion of a group is a drift only if the group had a baseline.
    kind: baseline === undefined ? 'change' : 'drift',
    severity: baseline === undefined ? 'info' : 'medium',
    summary: joinFindingSentence(
      `the group${guarded} does not exist after ${call.eventName}`,
      unread !== undefined && callJudgedByRecordAloneWords(unread),
    ),
    atBaseline: baseline === undefined,
    ...findingDrift([], []),
    basis: unread === undefined ? 'live' : 'event',
  };
}

export function undeterminedCallAssessment(summary: string, severity: Severity = 'high'): Assessment {
  return { kind: 'undetermined', severity, summary, atBaseline: null, ...findingDrift([], []), basis: 'event' };
}

/** Returns the assessment of groups that the detector did not check before the deadline. Some of these groups may not be guarded. */
export function uncheckedCallGroupsAssessment(groupIds: readonly string[]): Assessment {
  const count = groupIds.length === 1 ? '1 group' : `${groupIds.length} groups`;
  return undeterminedCallAssessment(
    `the function ran out of time before it checked ${count} that the call may affect: ${groupIds.join(', ')}`,
  );
}

/**
 * Returns the ids of the prefix lists whose entries affect a plan: the plan for the live rules, or the plan for the rules that the call
 * named.
 */
export function prefixListsToPlanJudgedCall({ declaration, call }: Circumstances, live: readonly LiveRule[]): readonly string[] {
  return prefixListsToPlan(declaration, [...live, ...rulesOfJudgedCall(call, live)]);
}

/**
 * Returns the ids of the prefix lists whose entries the assessment needs. The plans need some of the lists. The assessment also rates
 * undeclared rules, rules that the call named, and rules that refer to a changed list.
 */
export function prefixListsToJudgeCall(
  circumstances: Circumstances,
  group: LiveGroup | ReadError,
  reach?: PrefixListAccess,
): readonly string[] {
  const { call } = circumstances;
  const { live, plan } = isReadError(group) ? { live: [], plan: undefined } : group;
  const toName = [
    ...rulesOfPlannedChanges(plan?.revoke ?? []),
    ...rulesOfPlannedChanges(plan?.tolerated ?? []),
    ...rulesOfJudgedCall(call, live),
    ...(reach?.referring ?? []),
  ];
  return [...new Set([...prefixListsToPlanJudgedCall(circumstances, live), ...prefixListsInIngress(toName)])];
}

/**
 * Compares the live rules with the baseline and the limits, regardless of which call caused a difference.
 *
 * @param lists the contents of the prefix lists of `prefixListsToJudgeCall`.
 * @param reach the access that the group gained and lost through a prefix list. Absent if the call changed no prefix list.
 */
export function judgeCallByLiveRules(
  circumstances: Circumstances,
  group: LiveGroup,
  lists: PrefixListContents,
  reach?: PrefixListAccess,
): Assessment {
  const { declaration, call, byRemediator } = circumstances;
  const { live, plan } = group;
  const missing = rulesOfPlannedChanges(plan.authorize);
  const excess = rulesOfPlannedChanges(plan.revoke);
  const judged = {
    ...guardFindingBrokenLimits(plan),
    atBaseline: isAtBaseline(plan),
    ...findingDrift(missing, excess),
    basis: 'live',
  } as const;
  const checked = [declaration.baseline && 'at its baseline', declaration.limits.length > 0 && 'within its limits']
    .filter(Boolean)
    .join(' and ');
  if (byRemediator && movesTowardsBaseline(circumstances, live, plan, lists)) {
    const rest = judged.atBaseline ? `the group is ${checked}` : describeDrift(missing, excess);
    return {
      ...judged,
      kind: 'restoration',
      severity: 'info',
      summary: joinFindingSentence(`the remediator's ${call.eventName}`, rest),
    };
  }
  const failed = call.outcome === 'unknown' ? `, which failed with ${String(call.errorCode)}` : '';
  const state: Judgement = judged.atBaseline
    ? { severity: 'info', summary: `the group is ${checked} after ${call.eventName}${failed}` }
    : judgeDriftAfterCall(circumstances, plan, lists);
  const parts: readonly Judgement[] = [
    state,
    ...judgeUndoneChange(circumstances, group, lists),
    ...judgeToleratedRulesOfCall(circumstances, live, plan, lists),
    ...(reach === undefined
      ? []
      : judgePrefixListAccess(callAccessBeyondLimits(circumstances, reach, lists), declaration.baseline?.ignore ?? [], lists)),
  ];
  return {
    ...judged,
    ...(reach !== undefined && { access: findingDrift([...missing, ...reach.lost], [...excess, ...reach.gained]).access }),
    kind: judged.atBaseline ? 'change' : 'drift',
    ...combineDetectorJudgements(parts),
  };
}

/** The assessment of one aspect of a call. The whole assessment gets the highest severity of its judgements. */
type Judgement = Pick<Assessment, 'severity' | 'summary' | 'exposure' | 'controls'>;

function combineDetectorJudgements(parts: readonly Judgement[]): Judgement {
  const exposure = parts.find((part) => part.exposure !== undefined)?.exposure;
  const controls = parts.find((part) => part.controls !== undefined)?.controls;
  return {
    ...(exposure && { exposure }),
    ...(controls && { controls }),
    severity: parts.map(({ severity }) => severity).reduce(higherSeverity),
    summary: joinFindingSentence(...parts.map(({ summary }) => summary)),
  };
}

/**
 * Assesses the difference between the live rules and the baseline or the limits. The summary names the services that are open to the
 * internet, the broken limits, and the rules to authorize and revoke. If nothing is attached to the group, the severity is one step lower.
 */
function judgeDriftAfterCall({ declaration, behind, groupName = null }: Circumstances, plan: Plan, lists: PrefixListContents): Judgement {
  const [excess, missing] = [rulesOfPlannedChanges(plan.revoke), rulesOfPlannedChanges(plan.authorize)];
  const exposed = exposureOfDrift(excess, declaration.baseline === undefined ? [] : plan.declared, lists.addresses, behind);
  const controls = controlsBrokenBy(excess, lists.addresses, groupName);
  return {
    severity: severityOfDrift(excess, missing, lists, behind === undefined || behind.interfaces > 0),
    summary: joinFindingSentence(
      exposed !== undefined && exposureWords(exposed.exposure),
      ...describeBrokenLimits(plan.broken),
      describeDrift(missing, excess, exposed?.rules),
      ...unreadPrefixListReasons(excess, lists, prefixListsOfBrokenLimits(plan.broken)),
    ),
    ...(exposed && { exposure: exposed.exposure }),
    ...(controls.length > 0 && { controls }),
  };
}

/**
 * Rates rules by the traffic that they let in. The summary names each unreadable prefix list, because a rule for such a list may let in any
 * traffic.
 */
function judgeTrafficOpenedByCall(
  summary: string,
  excess: readonly Rule[],
  missing: readonly Rule[],
  lists: PrefixListContents,
): Judgement {
  return {
    severity: severityOfDrift(excess, missing, lists),
    summary: joinFindingSentence(summary, ...unreadPrefixListReasons(excess, lists)),
  };
}

/**
 * Assesses changes that the call made and that somebody undid before the detector read the rules. Until then, an attacker may have used the
 * access.
 */
function judgeUndoneChange(circumstances: Circumstances, { live, plan }: LiveGroup, lists: PrefixListContents): Judgement[] {
  const { missing, tolerated, plan: ofCall } = callEffectOnRules(circumstances, lists, { live, plan });
  const excess = rulesOfPlannedChanges(ofCall.revoke);
  const exposing = exposingRules(tolerated, lists.addresses);
  const opened = diffRules([...excess, ...exposing], live).missing;
  const stillMissing = isAtBaseline(plan) ? [] : diffRules(missing, live).missing;
  const restored = missing.filter((rule) => !stillMissing.includes(rule));
  const parts: Judgement[] = [];
  if (opened.length > 0) {
    const { severity, summary } = judgeTrafficOpenedByCall(`added and removed again: ${describeRules(opened)}`, opened, [], lists);
    parts.push({ severity: severity === 'critical' ? 'high' : severity, summary });
  }
  // The severity is low, because the removed rules exist again.
  if (restored.length > 0) parts.push({ severity: 'low', summary: `removed and added again: ${describeRules(restored)}` });
  return parts;
}

/**
 * Assesses undeclared rules that the baseline tolerates. The severity is above `info` only for access that this call opened. An attacker
 * who can write a rule can also choose the description and the tags that make the baseline ignore the rule.
 */
function judgeToleratedRulesOfCall({ call }: Circumstances, live: readonly LiveRule[], plan: Plan, lists: PrefixListContents): Judgement[] {
  const tolerated = rulesOfPlannedChanges(plan.tolerated);
  const excess = rulesOfPlannedChanges(plan.revoke);
  const doneAndLeft = plan.tolerated.filter(({ rule, ignoredBy }) => didJudgedCallMakeRule(call, live, rule, ignoredBy));
  const done = [...rulesOfPlannedChanges(doneAndLeft), ...excess.filter((rule) => didJudgedCallMakeRule(call, live, rule))];
  const exposing = exposingRules([...tolerated, ...excess], lists.addresses);
  const isNew = done.some((rule) => exposing.includes(rule));
  const harmless = tolerated.filter((rule) => !isNew || !exposing.includes(rule));
  return [
    ...(harmless.length > 0 && isAtBaseline(plan)
      ? [{ severity: 'info', summary: `left alone: ${describeRules(harmless)}` } as const]
      : []),
    ...(isNew ? judgeToleratedExposure(tolerated, excess, lists) : []),
    ...judgeToleratedUnreadLists(rulesOfPlannedChanges(doneAndLeft), lists),
  ];
}

/** Assesses the tolerated rules that let the world reach a sensitive service, alone or together with the rules in `others`. */
function judgeToleratedExposure(tolerated: readonly Rule[], others: readonly Rule[], { addresses }: PrefixListContents): Judgement[] {
  const exposing = exposingRules([...tolerated, ...others], addresses);
  const left = tolerated.filter((rule) => exposing.includes(rule));
  if (left.length === 0) return [];
  const services = formatServices(exposedServices(exposing, addresses));
  return [{ severity: 'critical', summary: `left alone, although it lets the world reach ${services}: ${describeRules(left)}` }];
}

function judgeToleratedUnreadLists(tolerated: readonly Rule[], lists: PrefixListContents): Judgement[] {
  const unknown = tolerated.filter((rule) => unreadPrefixListReasons([rule], lists).length > 0);
  return unknown.length === 0 ? [] : [judgeTrafficOpenedByCall('', unknown, [], lists)];
}

/** Reports whether the call created the rule, or gave the rule a description or a tag that makes Portcullis ignore the rule. */
function didJudgedCallMakeRule({ change, target }: ApiCall, live: readonly LiveRule[], rule: LiveRule, clause?: IgnoreClause): boolean {
  const named = change.kind === 'descriptions' ? change.rules : rulesOfJudgedCall({ change }, live);
  if (!target.ruleIds.includes(rule.ruleId) && !named.some((each) => ruleKey(each) === ruleKey(rule))) return false;
  if (change.kind === 'descriptions') return clause !== undefined && 'descriptionPrefix' in clause;
  if (change.kind === 'tags') return clause !== undefined && 'tag' in clause && change.tags.some(({ key }) => key === clause.tag.key);
  return change.kind === 'authorize' || change.kind === 'modify';
}

/** For a group without a baseline, keeps only the access in `reach` that breaks a limit. */
function callAccessBeyondLimits(circumstances: Circumstances, reach: PrefixListAccess, lists: PrefixListContents): PrefixListAccess {
  if (circumstances.declaration.baseline !== undefined) return reach;
  const gained = rulesOfPlannedChanges(planRulesOfJudgedCall(circumstances, reach.gained.map(callRuleAsLiveRule), lists).revoke);
  return { ...reach, referring: gained.length === 0 ? [] : reach.referring, gained, lost: [], reason: null };
}

/**
 * Assesses the access that a group gained or lost through a prefix list. If the list grew, rates all entries of the list, because the list
 * may have grown in several small steps.
 */
function judgePrefixListAccess(
  { prefixListIds, referring, gained, lost, reason }: PrefixListAccess,
  ignore: readonly IgnoreClause[],
  lists: PrefixListContents,
): Judgement[] {
  if (referring.length === 0) return [];
  const ids = prefixListIds.join(', ');
  const ways = [
    { direction: 'ingress', way: 'in' },
    { direction: 'egress', way: 'out' },
  ] as const;
  const words = (verb: string, rules: readonly Rule[]): string[] =>
    ways.flatMap(({ direction, way }) => {
      const some = rules.filter((rule) => rule.direction === direction);
      return some.length === 0 ? [] : [`through ${ids}, the group ${verb} ${way} ${describeRules(some)}`];
    });
  const hasGrown = gained.length > 0 || reason !== null;
  const { severity, summary } = judgeTrafficOpenedByCall(
    joinFindingSentence(
      ...words('now lets', gained),
      ...words('no longer lets', lost),
      reason !== null && `the changed entries of ${ids} could not be read: ${reason}`,
    ),
    hasGrown ? [...referring, ...gained] : [],
    lost,
    lists,
  );
  const isIgnored = ignore.some((clause) => 'prefixList' in clause && prefixListIds.includes(clause.prefixList));
  const isKnown = reason === null && unreadPrefixListReasons(referring, lists).length === 0;
  if (isIgnored && isKnown && severity !== 'critical') return [{ severity: 'info', summary }];
  return [{ severity: isKnown ? severity : higherSeverity('high', severity), summary }];
}

/**
 * Reports whether the live rules show that the baseline selected the group: the group has every declared rule. If the baseline declares no
 * rule, the group must have no undeclared rule.
 */
export function wasInBaselineBeforeTagCall(plan: Plan): boolean {
  return plan.authorize.length === 0 && (plan.declared.length > 0 || isAtBaseline(plan));
}

/** How a group left, or may have left, a baseline or a limit. */
export interface LeftDeclaration {
  /** The name of the call that changed the tags. */
  readonly by: string;
  /** The baseline and the limits that no longer apply. */
  readonly left: Declaration;
  /** The baseline and the limits that apply to the group now, if any. */
  readonly selection: Selection;
  /** Whether the record or the live rules show that `left` applied to the group. */
  readonly wasIn: boolean;
}

/** Compares a group with the baseline and the limits that applied before the group's tags changed. */
export function judgeDepartedGroup(
  circumstances: Circumstances,
  { by, left, selection, wasIn }: LeftDeclaration,
  plan: Plan,
  lists: PrefixListContents,
): Assessment {
  const [missing, excess] = [rulesOfPlannedChanges(plan.authorize), rulesOfPlannedChanges(plan.revoke)];
  const atBaseline = isAtBaseline(plan);
  const names = guardFindingDeclarationNames(left);
  if (!wasIn) {
    // The call may be the harmless first tagging of a new group, so the severity is high only if the group opens a sensitive port to the
    // world.
    const isSevere = severityOfDrift(excess, [], lists) === 'critical';
    const summary = joinFindingSentence(
      `if ${by} took the group out of ${names}, the group is no longer ${left.baseline === undefined ? 'limited' : 'guarded'}`,
      isSevere && `the group lets in ${describeRules(excess)}`,
    );
    return { ...undeterminedCallAssessment(summary, isSevere ? 'high' : 'low'), basis: 'live' };
  }
  const drift = judgeDriftAfterCall(circumstances, plan, lists);
  const byLeft = left.baseline !== undefined && selection.kind === 'guarded' ? `according to ${left.baseline.name}, ` : '';
  return {
    ...guardFindingBrokenLimits(plan),
    atBaseline,
    ...findingDrift(missing, excess),
    basis: 'live',
    kind: atBaseline ? 'change' : 'drift',
    ...drift,
    summary: `${by} took the group out of ${names}: ${joinFindingSentence(declarationAfterTagCallWords(left, selection), drift.summary !== '' && `${byLeft}${drift.summary}`)}`,
  };
}

function declarationAfterTagCallWords({ baseline }: Declaration, selection: Selection): string {
  if (selection.kind === 'ambiguous')
    return `several baselines select the group now, so Portcullis restores none of these baselines: ${selection.names.join(', ')}`;
  if (selection.kind === 'guarded') return `the group is ${baseline === undefined ? 'still' : 'now'} guarded by ${selection.baseline.name}`;
  if (selection.kind === 'limited')
    return `${baseline === undefined ? 'only ' : 'the group is no longer guarded, and only '}${guardFindingDeclarationNames(selection)} ${selection.limits.length === 1 ? 'applies' : 'apply'}`;
  return baseline === undefined ? 'no limit applies to the group' : 'the group is no longer guarded';
}

/**
 * Assesses the call from its record alone. `reason` says why the live rules could not be read. `lists` contains the prefix lists of
 * `prefixListsToJudgeCall`.
 */
export function judgeCallByRecordAlone(circumstances: Circumstances, reason: string, lists: PrefixListContents): Assessment {
  const { declaration, call } = circumstances;
  const rules = rulesOfJudgedCall(call);
  const why = `the live rules could not be read (${reason})`;
  const isSure = call.outcome === 'succeeded' && call.unreadable.length === 0;
  if (call.change.kind === 'delete' && isSure) return judgeDeletedGroup(circumstances, why);
  if (call.change.kind === 'descriptions' && call.unreadable.length === 0) {
    return {
      ...undeterminedCallAssessment(joinFindingSentence(`${call.eventName} changed only descriptions`, why), 'info'),
      kind: 'change',
    };
  }
  const incomplete = !isSure || (call.change.kind === 'revoke' && call.change.undescribedRuleIds.length > 0);
  if (rules.length === 0 || incomplete) {
    return undeterminedCallAssessment(`${why}, and the record of ${call.eventName} does not say what the call changed`);
  }
  const { missing, tolerated, plan } = callEffectOnRules(circumstances, lists);
  const excess = rulesOfPlannedChanges(plan.revoke);
  const atBaseline = missing.length + excess.length === 0;
  const what = [declaration.baseline && 'the baseline', declaration.limits.length > 0 && 'the limits'].filter(Boolean).join(' and ');
  const authorize = missing.map((rule) => ({ rule, reason: '', mode: 'enforce' as const }));
  const parts: readonly Judgement[] = [
    atBaseline
      ? { severity: 'info', summary: `${call.eventName} conforms to ${what}` }
      : judgeDriftAfterCall(circumstances, { ...plan, authorize: [...authorize, ...plan.authorize] }, lists),
    ...judgeToleratedExposure(tolerated, excess, lists),
    ...judgeToleratedUnreadLists(tolerated, lists),
    { severity: 'info', summary: callJudgedByRecordAloneWords(why) },
  ];
  return {
    kind: atBaseline ? 'change' : 'drift',
    ...guardFindingBrokenLimits(plan),
    ...combineDetectorJudgements(parts),
    // Not `true`, because the record does not show the group's other rules.
    atBaseline: atBaseline ? null : false,
    ...findingDrift(missing, excess),
    basis: 'event',
  };
}

function callJudgedByRecordAloneWords(why: string): string {
  return `based on the CloudTrail record alone, because ${why}`;
}

/**
 * Returns what the call did according to its record: the declared rules that the call removed, and the plan for the rules that the call
 * added. To find out which removed rules are declared, plans for a group that has only the removed rules.
 */
function callEffectOnRules(circumstances: Circumstances, lists: PrefixListContents, group?: LiveGroup): Effect {
  const { call } = circumstances;
  // The record of a call that failed inside EC2 does not say whether the call took effect.
  if (call.outcome === 'unknown') return NO_EFFECT;
  const rules = rulesOfJudgedCall(call, group?.live);
  if (group !== undefined && isCallStillInEffect(call, rules, group)) return NO_EFFECT;
  const plan = planRulesOfJudgedCall(circumstances, rules.map(callRuleAsLiveRule), lists);
  // The call removed no rule, so do not blame the call for declared rules that the group lacks.
  if (call.change.kind !== 'revoke')
    return { missing: [], tolerated: rulesOfPlannedChanges(plan.tolerated), plan: { ...plan, authorize: [] } };
  const stillMissing = new Set(rulesOfPlannedChanges(plan.authorize).map(ruleKey));
  return { ...NO_EFFECT, missing: plan.declared.filter((rule) => !stillMissing.has(ruleKey(rule))) };
}

function isCallStillInEffect({ change }: ApiCall, rules: readonly Rule[], { live, plan }: LiveGroup): boolean {
  if (change.kind !== 'revoke') return diffRules(rules, live).missing.length === 0;
  // Do not count every revoked rule as missing, because another rule may let in the traffic of a revoked rule.
  const missing = new Set(rulesOfPlannedChanges(plan.authorize));
  return plan.declared.every((rule) => missing.has(rule) || !rules.some((revoked) => rulesOverlap(revoked, rule)));
}

interface Effect {
  readonly missing: readonly Rule[];
  /** Undeclared rules that the call added and that the baseline tolerates. */
  readonly tolerated: readonly Rule[];
  /** The plan for a group that has only the rules that the call added. */
  readonly plan: Plan;
}

const NO_EFFECT: Effect = {
  missing: [],
  tolerated: [],
  plan: { authorize: [], revoke: [], tolerated: [], kept: [], declared: [], broken: [] },
};

const NO_LISTS: PrefixListContents = { addresses: new Map(), unread: {} };

/**
 * Reports whether the call added only declared rules, or revoked only undeclared rules and cut no declared traffic. Any other call may have
 * moved the group away from its baseline.
 */
function movesTowardsBaseline(
  circumstances: Circumstances,
  live: readonly LiveRule[],
  { authorize, declared }: Plan,
  lists: PrefixListContents,
): boolean {
  const { call } = circumstances;
  const { change } = call;
  const rules = rulesOfJudgedCall(call);
  // Plan for a group that has only the call's rules, so that `kept` contains the declared rules of the call.
  const named = planRulesOfJudgedCall(circumstances, rules.map(callRuleAsLiveRule), lists);
  // A field that could not be parsed may contain a change that moved the group away from its baseline.
  if (call.unreadable.length > 0) return false;
  const areDeclared = named.kept.length > 0 && named.revoke.length + named.tolerated.length === 0;
  if (change.kind === 'authorize') return areDeclared;
  // The record of a modification lacks the previous rules. If the call replaced a declared rule, the plan authorizes this rule now.
  if (change.kind === 'modify') return areDeclared && authorize.length === 0;
  if (change.kind !== 'revoke') return false;
  const { undescribedRuleIds, direction } = change;
  if (rules.length + undescribedRuleIds.length === 0 || named.kept.length + named.tolerated.length > 0) return false;
  // The record does not describe rules that the call removed by id, so require that no declared rule is missing.
  if (undescribedRuleIds.length > 0 && authorize.length > 0) return false;
  const isLooked = (rule: Rule): boolean => rule.direction === direction;
  const missingWith = (others: readonly Rule[]): string =>
    JSON.stringify(compareRuleAccess(declared.filter(isLooked), [...live.filter(isLooked), ...others]).missing);
  return missingWith(rules) === missingWith([]);
}

/**
 * Returns the rules that the call added or removed, according to its record. The record of a modified rule has no direction, so the
 * direction comes from the live rule with the same id. Without such a live rule, assume ingress, because ingress is more dangerous.
 */
function rulesOfJudgedCall({ change }: Pick<ApiCall, 'change'>, live: readonly LiveRule[] = []): readonly Rule[] {
  if (change.kind === 'modify')
    return change.rules.map((modified) => ({
      ...modified,
      direction: live.find(({ ruleId }) => ruleId === modified.ruleId)?.direction ?? 'ingress',
    }));
  return change.kind === 'authorize' || change.kind === 'revoke' ? change.rules : [];
}

function callRuleAsLiveRule(rule: Rule): LiveRule {
  return { ...rule, ruleId: '', tags: {} };
}

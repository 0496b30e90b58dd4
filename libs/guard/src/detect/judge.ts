/** Judges one call on one group that a baseline or a limit selects, by the record and the live rules. Pure. */
import type { Declaration, IgnoreClause, Selection } from '@portcullis/baseline';
import type { ApiCall } from '@portcullis/cloudtrail';
import {
  type Assessment,
  controlsBrokenBy,
  describeBroken,
  describeNeeds,
  describeRules,
  driftOf,
  exposedBy,
  exposureWords,
  sentence,
  type Severity,
  severityOfDrift,
  worst,
} from '@portcullis/finding';
import { compareRuleAccess, diffRules, ruleKey, rulesOverlap, type Rule } from '@portcullis/permission-diff';
import { exposedServices, exposingRules, formatServices } from '@portcullis/permission-diff/exposure';
import {
  isAtBaseline,
  isReadError,
  listsIn,
  listsInBroken,
  listsToPlan,
  planFor,
  rulesOf,
  unreadWords,
  type Behind,
  type ListContents,
  type LiveRule,
  type Plan,
  type ReadError,
} from '@portcullis/security-groups';
import type { Reach } from './prefix-lists.js';

/** The live rules of a group, and the plan that brings it to its baseline and within its limits. */
export interface LiveGroup {
  readonly live: readonly LiveRule[];
  readonly plan: Plan;
}

export interface Circumstances {
  /** What applies to the group. */
  readonly declaration: Declaration;
  readonly call: ApiCall;
  /** Whether the caller has the remediator's role. */
  readonly byRemediator: boolean;
  /** Today's date in UTC, as `YYYY-MM-DD`. */
  readonly today: string;
  /** The name of the group. Absent or null if unknown. */
  readonly groupName?: string | null;
  /** What is attached to the group. Absent if the read failed. */
  readonly behind?: Behind;
}

/** Plans for a group that has these rules. */
export function planOf(
  { declaration, call, today }: Circumstances,
  rules: readonly LiveRule[],
  { addresses }: Pick<ListContents, 'addresses'>,
): Plan {
  return planFor(declaration, rules, { today, accountId: call.accountId, addresses });
}

/** Judges a call that was refused or was a dry run, so nothing changed. Without a baseline, only tags and rules beyond the limits matter. */
export function attempted(circumstances: Circumstances): Assessment {
  const { call, declaration } = circumstances;
  const tried = `${call.eventName} was ${call.outcome === 'dry-run' ? 'tried as a dry run' : `refused with ${String(call.errorCode)}`}`;
  const rules = rulesOfCall(call);
  const { broken } = planOf(circumstances, call.change.kind === 'revoke' ? [] : rules.map(asLive), NO_LISTS);
  const isHarmless = declaration.baseline === undefined && broken.length === 0 && call.change.kind !== 'tags';
  return {
    kind: 'attempt',
    severity: call.outcome === 'dry-run' || isHarmless ? 'info' : 'low',
    summary: sentence(
      tried,
      rules.length > 0 && `it named ${describeRules(rules)}`,
      broken.length > 0 && `that would break ${limitWords(broken)}`,
    ),
    atBaseline: null,
    ...driftOf([], []),
    basis: 'event',
  };
}

/**
 * Judges a call when the group no longer exists.
 *
 * @param unread why EC2 could not confirm the deletion. Absent if EC2 confirmed it.
 */
export function gone({ call, declaration: { baseline } }: Circumstances, unread?: string): Assessment {
  const guarded = baseline === undefined ? '' : ` guarded by ${baseline.name}`;
  return {
    // Limits do not demand that a group exists.
    kind: baseline === undefined ? 'change' : 'drift',
    severity: baseline === undefined ? 'info' : 'medium',
    summary: sentence(`the group${guarded} does not exist after ${call.eventName}`, unread !== undefined && byRecordAlone(unread)),
    atBaseline: baseline === undefined,
    ...driftOf([], []),
    basis: unread === undefined ? 'live' : 'event',
  };
}

/** Returns the assessment of a group in an unknown state. */
export function undetermined(summary: string, severity: Severity = 'high'): Assessment {
  return { kind: 'undetermined', severity, summary, atBaseline: null, ...driftOf([], []), basis: 'event' };
}

/** Returns the assessment of groups that were not reached before the deadline. Some of the groups may not be guarded. */
export function notReached(groupIds: readonly string[]): Assessment {
  const count = groupIds.length === 1 ? '1 group that it may concern' : `${groupIds.length} groups that it may concern`;
  return undetermined(`the time was up before ${count} could be judged: ${groupIds.join(', ')}`);
}

/** Returns the ids of the prefix lists that decide the plans for the live rules and for the rules that the call named. */
export function listsToPlanFor({ declaration, call }: Circumstances, live: readonly LiveRule[]): readonly string[] {
  return listsToPlan(declaration, [...live, ...rulesOfCall(call, live)]);
}

/**
 * Returns the ids of the prefix lists to read: the lists that decide the plan, and those in undeclared rules, in rules that the call named,
 * and in the call's own changes.
 */
export function listsToJudge(circumstances: Circumstances, group: LiveGroup | ReadError, reach?: Reach): readonly string[] {
  const { call } = circumstances;
  const { live, plan } = isReadError(group) ? { live: [], plan: undefined } : group;
  const toName = [
    ...rulesOf(plan?.revoke ?? []),
    ...rulesOf(plan?.tolerated ?? []),
    ...rulesOfCall(call, live),
    ...(reach?.referring ?? []),
  ];
  return [...new Set([...listsToPlanFor(circumstances, live), ...listsIn(toName)])];
}

/**
 * Judges by the changes that would bring the live rules to the baseline and within the limits now, regardless of what the call did.
 *
 * @param lists the contents of the prefix lists of `listsToJudge`.
 * @param reach the access that changed through a prefix list. Absent if the call changed no list.
 */
export function judgeLive(circumstances: Circumstances, group: LiveGroup, lists: ListContents, reach?: Reach): Assessment {
  const { declaration, call, byRemediator } = circumstances;
  const { live, plan } = group;
  const missing = rulesOf(plan.authorize);
  const excess = rulesOf(plan.revoke);
  const judged = { ...brokenNames(plan), atBaseline: isAtBaseline(plan), ...driftOf(missing, excess), basis: 'live' } as const;
  const checked = [declaration.baseline && 'at its baseline', declaration.limits.length > 0 && 'within its limits']
    .filter(Boolean)
    .join(' and ');
  if (byRemediator && movesTowards(circumstances, live, plan, lists)) {
    const rest = judged.atBaseline ? `the group is ${checked}` : describeNeeds(missing, excess);
    return {
      ...judged,
      kind: 'restoration',
      severity: 'info',
      summary: sentence(`the remediator's ${call.eventName}`, rest),
    };
  }
  const failed = call.outcome === 'unknown' ? `, which EC2 failed with ${String(call.errorCode)}` : '';
  const state: Judgement = judged.atBaseline
    ? { severity: 'info', summary: `the group is ${checked} after ${call.eventName}${failed}` }
    : drifted(circumstances, plan, lists);
  const parts: readonly Judgement[] = [
    state,
    ...undone(circumstances, group, lists),
    ...leftAlone(circumstances, live, plan, lists),
    ...(reach === undefined ? [] : reached(beyondLimits(circumstances, reach, lists), declaration.baseline?.ignore ?? [], lists)),
  ];
  return {
    ...judged,
    ...(reach !== undefined && { access: driftOf([...missing, ...reach.lost], [...excess, ...reach.gained]).access }),
    kind: judged.atBaseline ? 'change' : 'drift',
    ...together(parts),
  };
}

/** One part of an assessment. The assessment is as severe as its worst part. */
type Judgement = Pick<Assessment, 'severity' | 'summary' | 'exposure' | 'controls'>;

function together(parts: readonly Judgement[]): Judgement {
  const exposure = parts.find((part) => part.exposure !== undefined)?.exposure;
  const controls = parts.find((part) => part.controls !== undefined)?.controls;
  return {
    ...(exposure && { exposure }),
    ...(controls && { controls }),
    severity: parts.map(({ severity }) => severity).reduce(worst),
    summary: sentence(...parts.map(({ summary }) => summary)),
  };
}

/**
 * Judges the difference from what applies: the services that it opens to the internet, the limits that it breaks, and the changes that end
 * it. If nothing is attached to the group, the severity is one step lower.
 */
function drifted({ declaration, behind, groupName = null }: Circumstances, plan: Plan, lists: ListContents): Judgement {
  const [excess, missing] = [rulesOf(plan.revoke), rulesOf(plan.authorize)];
  const exposed = exposedBy(excess, declaration.baseline === undefined ? [] : plan.declared, lists.addresses, behind);
  const controls = controlsBrokenBy(excess, lists.addresses, groupName);
  return {
    severity: severityOfDrift(excess, missing, lists, behind === undefined || behind.interfaces > 0),
    summary: sentence(
      exposed !== undefined && exposureWords(exposed.exposure),
      ...describeBroken(plan.broken),
      describeNeeds(missing, excess, exposed?.rules),
      ...unreadWords(excess, lists, listsInBroken(plan.broken)),
    ),
    ...(exposed && { exposure: exposed.exposure }),
    ...(controls.length > 0 && { controls }),
  };
}

/** Judges rules by the traffic that they let in. An unreadable prefix list may let in anything; the summary says so. */
function judgement(summary: string, excess: readonly Rule[], missing: readonly Rule[], lists: ListContents): Judgement {
  return {
    severity: severityOfDrift(excess, missing, lists),
    summary: sentence(summary, ...unreadWords(excess, lists)),
  };
}

/** Judges changes that were undone before the read. Somebody may have used the access meanwhile. */
function undone(circumstances: Circumstances, { live, plan }: LiveGroup, lists: ListContents): Judgement[] {
  const { missing, tolerated, plan: ofCall } = effectOf(circumstances, lists, { live, plan });
  const excess = rulesOf(ofCall.revoke);
  const exposing = exposingRules(tolerated, lists.addresses);
  const opened = diffRules([...excess, ...exposing], live).missing;
  const stillMissing = isAtBaseline(plan) ? [] : diffRules(missing, live).missing;
  const restored = missing.filter((rule) => !stillMissing.includes(rule));
  const parts: Judgement[] = [];
  if (opened.length > 0) {
    const { severity, summary } = judgement(`gone again: ${describeRules(opened)}`, opened, [], lists);
    parts.push({ severity: severity === 'critical' ? 'high' : severity, summary });
  }
  // The outage is over.
  if (restored.length > 0) parts.push({ severity: 'low', summary: `back again: ${describeRules(restored)}` });
  return parts;
}

/**
 * Judges tolerated rules. They are `info`, unless this call let the world reach a sensitive service through them. A tolerated rule can
 * still be an attack, because a caller who can write a rule can also write its description and tags. Access that an earlier call opened is
 * not reported again.
 */
function leftAlone({ call }: Circumstances, live: readonly LiveRule[], plan: Plan, lists: ListContents): Judgement[] {
  const tolerated = rulesOf(plan.tolerated);
  const excess = rulesOf(plan.revoke);
  const doneAndLeft = plan.tolerated.filter(({ rule, ignoredBy }) => isDoneBy(call, live, rule, ignoredBy));
  const done = [...rulesOf(doneAndLeft), ...excess.filter((rule) => isDoneBy(call, live, rule))];
  const exposing = exposingRules([...tolerated, ...excess], lists.addresses);
  const isNew = done.some((rule) => exposing.includes(rule));
  const harmless = tolerated.filter((rule) => !isNew || !exposing.includes(rule));
  return [
    ...(harmless.length > 0 && isAtBaseline(plan)
      ? [{ severity: 'info', summary: `left alone: ${describeRules(harmless)}` } as const]
      : []),
    ...(isNew ? offer(tolerated, excess, lists) : []),
    ...unknownIn(rulesOf(doneAndLeft), lists),
  ];
}

/** Judges tolerated rules that let the world reach a sensitive service, alone or together with `others`. */
function offer(tolerated: readonly Rule[], others: readonly Rule[], { addresses }: ListContents): Judgement[] {
  const exposing = exposingRules([...tolerated, ...others], addresses);
  const left = tolerated.filter((rule) => exposing.includes(rule));
  if (left.length === 0) return [];
  const services = formatServices(exposedServices(exposing, addresses));
  return [{ severity: 'critical', summary: `left alone, and lets the world reach ${services}: ${describeRules(left)}` }];
}

/** Judges tolerated rules that refer to unreadable prefix lists. */
function unknownIn(tolerated: readonly Rule[], lists: ListContents): Judgement[] {
  const unknown = tolerated.filter((rule) => unreadWords([rule], lists).length > 0);
  return unknown.length === 0 ? [] : [judgement('', unknown, [], lists)];
}

/** Reports whether the call created the rule, or gave it the mark of another owner. */
function isDoneBy({ change, target }: ApiCall, live: readonly LiveRule[], rule: LiveRule, clause?: IgnoreClause): boolean {
  const named = change.kind === 'descriptions' ? change.rules : rulesOfCall({ change }, live);
  if (!target.ruleIds.includes(rule.ruleId) && !hasRule(named, rule)) return false;
  if (change.kind === 'descriptions') return clause !== undefined && 'descriptionPrefix' in clause;
  if (change.kind === 'tags') return clause !== undefined && 'tag' in clause && change.tags.some(({ key }) => key === clause.tag.key);
  return change.kind === 'authorize' || change.kind === 'modify';
}

/** Without a baseline, returns only the access that breaks the limits. */
function beyondLimits(circumstances: Circumstances, reach: Reach, lists: ListContents): Reach {
  if (circumstances.declaration.baseline !== undefined) return reach;
  const gained = rulesOf(planOf(circumstances, reach.gained.map(asLive), lists).revoke);
  return { ...reach, referring: gained.length === 0 ? [] : reach.referring, gained, lost: [], reason: null };
}

/**
 * Judges access that changed through a prefix list although no rule changed. A list that grew is judged by all of its entries, because it
 * may have grown in steps.
 */
function reached(
  { prefixListIds, referring, gained, lost, reason }: Reach,
  ignore: readonly IgnoreClause[],
  lists: ListContents,
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
      return some.length === 0 ? [] : [`through ${ids} the group ${verb} ${way} ${describeRules(some)}`];
    });
  const hasGrown = gained.length > 0 || reason !== null;
  const { severity, summary } = judgement(
    sentence(
      ...words('now lets', gained),
      ...words('no longer lets', lost),
      reason !== null && `what the call has changed in ${ids} could not be read: ${reason}`,
    ),
    hasGrown ? [...referring, ...gained] : [],
    lost,
    lists,
  );
  const isIgnored = ignore.some((clause) => 'prefixList' in clause && prefixListIds.includes(clause.prefixList));
  const isKnown = reason === null && unreadWords(referring, lists).length === 0;
  if (isIgnored && isKnown && severity !== 'critical') return [{ severity: 'info', summary }];
  return [{ severity: isKnown ? severity : worst('high', severity), summary }];
}

/**
 * Reports whether the group has every declared rule, which shows that it was in the baseline. If the baseline declares no rule, the group
 * must have no rules.
 */
export function showsMembership(plan: Plan): boolean {
  return plan.authorize.length === 0 && (plan.declared.length > 0 || isAtBaseline(plan));
}

/** A group that left, or may have left, a baseline or a limit because its tags changed. */
export interface LeftDeclaration {
  /** The call that changed the tags. */
  readonly by: string;
  /** What no longer applies. */
  readonly left: Declaration;
  /** What applies to the group now, if anything. */
  readonly selection: Selection;
  /** Whether the record or the live rules show that the group was in it. */
  readonly wasIn: boolean;
}

/** Judges a group by what applied to it before its tags changed. */
export function judgeLeft(
  circumstances: Circumstances,
  { by, left, selection, wasIn }: LeftDeclaration,
  plan: Plan,
  lists: ListContents,
): Assessment {
  const [missing, excess] = [rulesOf(plan.authorize), rulesOf(plan.revoke)];
  const atBaseline = isAtBaseline(plan);
  const names = leftWords(left);
  if (!wasIn) {
    // Any new group may get such a tag. Only a group that opens a sensitive port to the world needs attention.
    const isSevere = severityOfDrift(excess, [], lists) === 'critical';
    const summary = sentence(
      `if ${by} took the group out of ${names}, it is no longer ${left.baseline === undefined ? 'limited' : 'guarded'}`,
      isSevere && `it lets in ${describeRules(excess)}`,
    );
    return { ...undetermined(summary, isSevere ? 'high' : 'low'), basis: 'live' };
  }
  const drift = drifted(circumstances, plan, lists);
  const byLeft = left.baseline !== undefined && selection.kind === 'guarded' ? `by ${left.baseline.name}, ` : '';
  return {
    ...brokenNames(plan),
    atBaseline,
    ...driftOf(missing, excess),
    basis: 'live',
    kind: atBaseline ? 'change' : 'drift',
    ...drift,
    summary: `${by} took the group out of ${names}: ${sentence(nowWords(left, selection), drift.summary !== '' && `${byLeft}${drift.summary}`)}`,
  };
}

/** Returns e.g. `web` or `the limits a, b`. */
export function leftWords({ baseline, limits }: Declaration): string {
  return [
    ...(baseline === undefined ? [] : [baseline.name]),
    ...(limits.length === 0 ? [] : [limitWords(limits.map((limit) => ({ limit })))]),
  ].join(' and ');
}

function limitWords(broken: readonly { readonly limit: { readonly name: string } }[]): string {
  return `the limit${broken.length === 1 ? '' : 's'} ${broken.map(({ limit }) => limit.name).join(', ')}`;
}

function nowWords({ baseline }: Declaration, selection: Selection): string {
  if (selection.kind === 'ambiguous') return `it is left alone, since several baselines select it now: ${selection.names.join(', ')}`;
  if (selection.kind === 'guarded')
    return `it is ${baseline === undefined ? 'still ' : ''}guarded by ${selection.baseline.name}${baseline === undefined ? '' : ' now'}`;
  if (selection.kind === 'limited')
    return `${baseline === undefined ? 'only ' : 'it is no longer guarded, and only '}${leftWords(selection)} ${selection.limits.length === 1 ? 'applies' : 'apply'}`;
  return baseline === undefined ? 'no limit applies to it' : 'it is no longer guarded';
}

/** Judges by the record alone. `reason` says why the live rules could not be read. `lists` has the same meaning as in `judgeLive`. */
export function judgeRecord(circumstances: Circumstances, reason: string, lists: ListContents): Assessment {
  const { declaration, call } = circumstances;
  const rules = rulesOfCall(call);
  const why = `the live rules could not be read (${reason})`;
  const isSure = call.outcome === 'succeeded' && call.unreadable.length === 0;
  if (call.change.kind === 'delete' && isSure) return gone(circumstances, why);
  if (call.change.kind === 'descriptions' && call.unreadable.length === 0) {
    return {
      ...undetermined(sentence(`${call.eventName} changed descriptions alone`, why), 'info'),
      kind: 'change',
    };
  }
  const incomplete = !isSure || (call.change.kind === 'revoke' && call.change.undescribedRuleIds.length > 0);
  if (rules.length === 0 || incomplete) {
    return undetermined(`${why} and the record of ${call.eventName} does not tell what it did`);
  }
  const { missing, tolerated, plan } = effectOf(circumstances, lists);
  const excess = rulesOf(plan.revoke);
  const atBaseline = missing.length + excess.length === 0;
  const what = [declaration.baseline && 'the baseline', declaration.limits.length > 0 && 'the limits'].filter(Boolean).join(' and ');
  const authorize = missing.map((rule) => ({ rule, reason: '', mode: 'enforce' as const }));
  const parts: readonly Judgement[] = [
    atBaseline
      ? { severity: 'info', summary: `${call.eventName} is within ${what}` }
      : drifted(circumstances, { ...plan, authorize: [...authorize, ...plan.authorize] }, lists),
    ...offer(tolerated, excess, lists),
    ...unknownIn(tolerated, lists),
    { severity: 'info', summary: byRecordAlone(why) },
  ];
  return {
    kind: atBaseline ? 'change' : 'drift',
    ...brokenNames(plan),
    ...together(parts),
    // The other rules of the group are unknown.
    atBaseline: atBaseline ? null : false,
    ...driftOf(missing, excess),
    basis: 'event',
  };
}

function byRecordAlone(why: string): string {
  return `judged by the event alone, since ${why}`;
}

/**
 * Returns the declared rules that the call removed, and the plan for the rules that it added, according to its record. To find the declared
 * rules, plans for a group that has only the rules of the call.
 */
function effectOf(circumstances: Circumstances, lists: ListContents, group?: LiveGroup): Effect {
  const { call } = circumstances;
  // The record does not say whether the call took effect.
  if (call.outcome === 'unknown') return NO_EFFECT;
  const rules = rulesOfCall(call, group?.live);
  if (group !== undefined && isInEffect(call, rules, group)) return NO_EFFECT;
  const plan = planOf(circumstances, rules.map(asLive), lists);
  // Other declared rules are not missing because of this call.
  if (call.change.kind !== 'revoke') return { missing: [], tolerated: rulesOf(plan.tolerated), plan: { ...plan, authorize: [] } };
  const stillMissing = new Set(rulesOf(plan.authorize).map(ruleKey));
  return { ...NO_EFFECT, missing: plan.declared.filter((rule) => !stillMissing.has(ruleKey(rule))) };
}

/** Reports whether the effect of the call is still present in the group. */
function isInEffect({ change }: ApiCall, rules: readonly Rule[], { live, plan }: LiveGroup): boolean {
  if (change.kind !== 'revoke') return diffRules(rules, live).missing.length === 0;
  // Another rule may let in the same traffic as a revoked rule.
  const missing = new Set(rulesOf(plan.authorize));
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

const NO_LISTS: ListContents = { addresses: new Map(), unread: {} };

/**
 * Reports whether the call cannot have moved the group away from its baseline. The call must have added only declared rules and revoked
 * only undeclared rules, and the revoked rules must not have let in declared traffic that is missing now.
 */
function movesTowards(
  circumstances: Circumstances,
  live: readonly LiveRule[],
  { authorize, declared }: Plan,
  lists: ListContents,
): boolean {
  const { call } = circumstances;
  const { change } = call;
  const rules = rulesOfCall(call);
  // Plan for a group that has only these rules, so that `kept` holds the declared ones.
  const named = planOf(circumstances, rules.map(asLive), lists);
  // The unreadable part of the call may have moved the group away from its baseline.
  if (call.unreadable.length > 0) return false;
  const areDeclared = named.kept.length > 0 && named.revoke.length + named.tolerated.length === 0;
  if (change.kind === 'authorize') return areDeclared;
  // The record lacks the previous rules. If a previous rule was declared, that rule is missing now.
  if (change.kind === 'modify') return areDeclared && authorize.length === 0;
  if (change.kind !== 'revoke') return false;
  const { undescribedRuleIds, direction } = change;
  if (rules.length + undescribedRuleIds.length === 0 || named.kept.length + named.tolerated.length > 0) return false;
  // The record does not show rules that were removed by id. Excuse the call only if no declared rule is missing.
  if (undescribedRuleIds.length > 0 && authorize.length > 0) return false;
  const isLooked = (rule: Rule): boolean => rule.direction === direction;
  const missingWith = (others: readonly Rule[]): string =>
    JSON.stringify(compareRuleAccess(declared.filter(isLooked), [...live.filter(isLooked), ...others]).missing);
  return missingWith(rules) === missingWith([]);
}

/**
 * Returns the rules that the call added or removed, according to its record. The record of a modified rule has no direction, so the
 * direction comes from the live rule with the same id. Without a live rule, the modified rule counts as ingress, the more dangerous
 * direction.
 */
function rulesOfCall({ change }: Pick<ApiCall, 'change'>, live: readonly LiveRule[] = []): readonly Rule[] {
  if (change.kind === 'modify')
    return change.rules.map((modified) => ({
      ...modified,
      direction: live.find(({ ruleId }) => ruleId === modified.ruleId)?.direction ?? 'ingress',
    }));
  return change.kind === 'authorize' || change.kind === 'revoke' ? change.rules : [];
}

function hasRule(rules: readonly Rule[], rule: Rule): boolean {
  const key = ruleKey(rule);
  return rules.some((each) => ruleKey(each) === key);
}

function asLive(rule: Rule): LiveRule {
  return { ...rule, ruleId: '', tags: {} };
}

function brokenNames({ broken }: Plan): Pick<Assessment, 'limits'> {
  return broken.length === 0 ? {} : { limits: broken.map(({ limit }) => limit.name) };
}

/** Finds the call that gave a rule its current content, according to the calls that CloudTrail recorded. */
import type { Direction, RecordedRule, Rule } from '@portcullis/permission-diff';
import type { ApiCall } from '../event/parse-cloudtrail-event.js';
import { byCallTime, ruleContentInHistory } from './recorded-content.js';

/** A rule that exists in EC2 now. */
export interface ExistingRule extends Rule {
  readonly groupId: string;
  /** `sgr-…`. */
  readonly ruleId: string;
}

export interface RuleOrigin {
  readonly call: ApiCall;
  /**
   * True if the records prove that this call gave the rule its traffic and its source. False if this call may have changed only the
   * description. The origin may then be an earlier call that is not in the list.
   */
  readonly certain: boolean;
}

/**
 * Returns the origin of each rule by rule id. The result lacks a rule if no call in the list explains the rule's current content.
 *
 * The origin of a rule is the last call that changed its traffic or its source: the Authorize call that added the rule, or a later Modify
 * call. A Modify call that repeats the traffic and the source, for example to change the description, is not an origin. If somebody revokes
 * a rule and authorizes it again, EC2 gives the rule a new id. The origin of the new rule is the second Authorize call.
 *
 * @param calls the calls on the groups of these rules, in any order. Between the oldest and the newest call in the list, no successful call
 * may be missing. `ruleOrigins` skips failed calls and calls on other groups.
 */
export function ruleOrigins(rules: readonly ExistingRule[], calls: readonly ApiCall[]): ReadonlyMap<string, RuleOrigin> {
  const oldestFirst = calls.filter(({ outcome }) => outcome === 'succeeded').sort(byCallTime);
  const steps = originStepsByRule(oldestFirst);
  return new Map(
    rules.flatMap((rule): [string, RuleOrigin][] => {
      const known = steps.get(rule.ruleId);
      const origin = known === undefined ? ruleOriginWithoutId(rule, oldestFirst) : originFromSteps(known, rule);
      return origin === undefined ? [] : [[rule.ruleId, origin]];
    }),
  );
}

/** A call that wrote the content of a rule. The call may have written the same content again. */
interface OriginStep {
  readonly call: ApiCall;
  readonly isBirth: boolean;
  /** The content that the call wrote. Undefined if the content in the record is unreadable. */
  readonly content: string | undefined;
}

function originStepsByRule(oldestFirst: readonly ApiCall[]): ReadonlyMap<string, OriginStep[]> {
  const byRule = new Map<string, OriginStep[]>();
  const add = (ruleId: string | null, step: OriginStep): void => {
    if (ruleId === null) return;
    const steps = byRule.get(ruleId);
    if (steps === undefined) byRule.set(ruleId, [step]);
    else steps.push(step);
  };
  for (const call of oldestFirst) {
    const { change, target } = call;
    if (change.kind !== 'authorize' && change.kind !== 'modify') continue;
    const isBirth = change.kind === 'authorize';
    for (const rule of change.rules) add(rule.ruleId, { call, isBirth, content: ruleContentInHistory(rule) });
    const read = new Set(change.rules.map(({ ruleId }) => ruleId));
    for (const ruleId of target.ruleIds) if (!read.has(ruleId)) add(ruleId, { call, isBirth, content: undefined });
  }
  return byRule;
}

function originFromSteps(steps: readonly OriginStep[], rule: ExistingRule): RuleOrigin | undefined {
  const live = ruleContentInHistory(rule);
  let origin: RuleOrigin | undefined;
  let content: string | undefined;
  for (const step of orderOriginSteps(steps, live)) {
    const isKnownChange = content !== undefined && step.content !== undefined;
    if (isKnownChange && step.content === content) continue;
    origin = { call: step.call, certain: step.isBirth || isKnownChange };
    content = step.content;
  }
  // If the last recorded content differs from the live content, the last call that changed the rule is not in the list.
  return content === undefined || content === live ? origin : undefined;
}

/**
 * Sorts the calls on one rule by time. Recorded times have whole seconds. Within one second, the call that added the rule comes first, and
 * the call with the live content comes last.
 */
function orderOriginSteps(steps: readonly OriginStep[], live: string): readonly OriginStep[] {
  const rank = ({ isBirth, content }: OriginStep): number => (isBirth ? 0 : content === live ? 2 : 1);
  return [...steps].sort((a, b) => byCallTime(a.call, b.call) || rank(a) - rank(b));
}

/**
 * Returns the origin of a rule whose id is in no record. Finds the origin by the content of the rule. Some records lack rule ids, and the
 * record of a CreateSecurityGroup call lacks the rules of the new group.
 */
function ruleOriginWithoutId(rule: ExistingRule, oldestFirst: readonly ApiCall[]): RuleOrigin | undefined {
  const live = ruleContentInHistory(rule);
  let origin: RuleOrigin | undefined;
  for (const call of oldestFirst) {
    const { change, target } = call;
    if (!target.groupIds.includes(rule.groupId)) continue;
    const names = (rules: readonly RecordedRule[]): boolean =>
      rules.some((each) => each.ruleId === null && hasContentInHistory(each, rule, live));
    if (change.kind === 'authorize' && names(change.rules)) origin = { call, certain: true };
    // EC2 gives a new group an egress rule for all traffic: https://docs.aws.amazon.com/vpc/latest/userguide/creating-security-groups.html
    else if (change.kind === 'create' && isMadeByCreateGroupCall(rule)) origin = { call, certain: true };
    else if (change.kind === 'revoke' && change.rules.some((each) => hasContentInHistory(each, rule, live))) origin = undefined;
  }
  return origin;
}

function hasContentInHistory(recorded: RecordedRule, { direction }: { readonly direction: Direction }, live: string): boolean {
  return recorded.direction === direction && ruleContentInHistory(recorded) === live;
}

function isMadeByCreateGroupCall({ direction, traffic, source }: Rule): boolean {
  return direction === 'egress' && traffic.kind === 'all' && 'cidr' in source && /^(0\.0\.0\.0|::)\/0$/.test(source.cidr);
}

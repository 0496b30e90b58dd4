/** Finds the call that removed a missing rule, according to the calls that CloudTrail recorded. */
import type { Direction, Rule } from '@portcullis/permission-diff';
import type { ApiCall } from '../event/parse-cloudtrail-event.js';
import { byCallTime, ruleContentInHistory } from './recorded-content.js';

/** A rule that EC2 does not have now. */
export interface MissingRule extends Rule {
  readonly groupId: string;
}

export interface RuleRemoval {
  /** A Revoke call, or a Modify call that changed the traffic or the source of the rule. */
  readonly call: ApiCall;
  /**
   * True if the records prove that this call removed the rule. False if the records do not show all rules that this call or a later call
   * removed.
   */
  readonly certain: boolean;
}

/**
 * Returns the last removal of each rule. The result lacks a rule if no call removed the rule, or if several calls may have removed the
 * rule.
 *
 * @param calls the calls on the groups of these rules, in any order. `ruleRemovals` skips failed calls and calls on other groups. Authorize
 * calls may be missing in the list.
 */
export function ruleRemovals<R extends MissingRule>(rules: readonly R[], calls: readonly ApiCall[]): ReadonlyMap<R, RuleRemoval> {
  const succeeded = calls.filter(({ outcome }) => outcome === 'succeeded');
  const oldestFirst = succeeded.sort((a, b) => byCallTime(a, b) || RANKS.indexOf(a.change.kind) - RANKS.indexOf(b.change.kind));
  const stepsOf = new Map<string, readonly RemovalStep[]>();
  return new Map(
    rules.flatMap((rule): [R, RuleRemoval][] => {
      const { groupId } = rule;
      const steps = stepsOf.get(groupId) ?? removalSteps(oldestFirst.filter(({ target }) => target.groupIds.includes(groupId)));
      stepsOf.set(groupId, steps);
      const removal = removalFromSteps(steps, rule);
      return removal === undefined ? [] : [[rule, removal]];
    }),
  );
}

/**
 * The order in which to sort calls of the same second. Revoke calls come last, because the rules in question do not exist now.
 */
const RANKS: readonly ApiCall['change']['kind'][] = ['authorize', 'modify', 'revoke'];

/** The effect of one call on one rule. */
interface RemovalStep {
  readonly call: ApiCall;
  /** The direction of the rule. Undefined if unknown, because the record of a Modify call lacks the direction. */
  readonly direction: Direction | undefined;
  /** The rule's content before the call. Absent if the call added the rule. Null if the records do not show the content. */
  readonly removed?: string | null;
  readonly added?: string;
}

/** @param oldestFirst calls on one group */
function removalSteps(oldestFirst: readonly ApiCall[]): RemovalStep[] {
  const known = new Map<string, { readonly direction: Direction | undefined; readonly content: string | undefined }>();
  return oldestFirst.flatMap((call): RemovalStep[] => {
    const { change, target, unreadable } = call;
    if (change.kind === 'authorize')
      return change.rules.map((rule) => {
        const { direction, ruleId } = rule;
        const added = ruleContentInHistory(rule);
        if (ruleId !== null) known.set(ruleId, { direction, content: added });
        return { call, direction, added };
      });
    if (change.kind === 'modify') {
      const contents = new Map(change.rules.map((rule) => [rule.ruleId, ruleContentInHistory(rule)]));
      return target.ruleIds.flatMap((ruleId): RemovalStep[] => {
        const before = known.get(ruleId);
        const content = contents.get(ruleId);
        known.set(ruleId, { direction: before?.direction, content });
        // A Modify call that repeats the content of a rule changed only the description.
        if (content !== undefined && content === before?.content) return [];
        const removed = before?.content ?? null;
        return [{ call, direction: before?.direction, removed, ...(content !== undefined && { added: content }) }];
      });
    }
    if (change.kind !== 'revoke') return [];
    const { direction, rules, undescribedRuleIds } = change;
    const unknown = unreadable.length > 0 ? [null] : [];
    const contents = [...rules.map(ruleContentInHistory), ...undescribedRuleIds.map((id) => known.get(id)?.content ?? null), ...unknown];
    return contents.map((removed) => ({ call, direction, removed }));
  });
}

function removalFromSteps(steps: readonly RemovalStep[], rule: MissingRule): RuleRemoval | undefined {
  const content = ruleContentInHistory(rule);
  let removal: ApiCall | undefined;
  /** Calls after `removal` that may have removed the rule. */
  let suspects = new Set<ApiCall>();
  for (const { call, direction, removed, added } of steps) {
    if (direction !== undefined && direction !== rule.direction) continue;
    const isRemoval = removed === content && direction !== undefined;
    if (added === content || isRemoval) {
      removal = isRemoval ? call : undefined;
      suspects = new Set();
    } else if (removed === null || removed === content) suspects.add(call);
  }
  const call = removal ?? (suspects.size === 1 ? [...suspects][0] : undefined);
  return call === undefined ? undefined : { call, certain: suspects.size === 0 };
}

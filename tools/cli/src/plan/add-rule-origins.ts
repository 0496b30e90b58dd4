/** Finds in CloudTrail who opened the undeclared rules and who removed the missing rules of drifted groups. */
import type { RuleRemoval } from '@portcullis/cloudtrail';
import { ruleKey } from '@portcullis/permission-diff';
import { rulesOfPlannedChanges } from '@portcullis/security-groups';
import type { AccountRegion } from '../aws/account-region.js';
import type { Io } from '../command-line/io.js';
import { findWhoOpenedRules, historyErrorWords, whoOpenedTheseRules } from '../who/find-origins.js';
import { findWhoRemovedRules } from '../who/find-removals.js';
import { rememberPagesForWho } from '../who/history-reader.js';
import { missingRulesInAudit, type GroupState } from './group-state.js';

/**
 * Returns all states. For drifted groups, adds the calls that opened undeclared rules or removed missing rules. If a lookup fails, writes
 * the reason to stderr, and adds only the calls that earlier lookups found.
 *
 * @throws the signal's reason after an interrupt
 */
export async function addRuleOriginsToAudit(states: readonly GroupState[], accountRegion: AccountRegion, io: Io): Promise<GroupState[]> {
  const drifted = states.filter((state) => state.kind === 'drifted');
  const undeclared = drifted.flatMap(({ group, plan }) => plan.revoke.map(({ rule }) => ({ ...rule, groupId: group.id })));
  const missing = drifted.flatMap((state) => missingRulesInAudit(state).map((rule) => ({ ...rule, groupId: state.group.id })));
  const lookUp = rememberPagesForWho(accountRegion.callsNamed);
  const show = (explained: number): void => {
    io.progress.bar(explained, undeclared.length + missing.length, 'asking CloudTrail who changed the rules');
  };
  const origins = await findWhoOpenedRules(undeclared, lookUp, show);
  io.signal.throwIfAborted();
  const removals =
    missing.length === 0 || origins.failure !== undefined
      ? undefined
      : await findWhoRemovedRules(missing, lookUp, (explained) => {
          show(origins.byRuleId.size + explained);
        });
  io.signal.throwIfAborted();
  const failure = origins.failure ?? removals?.failure;
  if (failure !== undefined) io.stderr.write(`portcullis: ${historyErrorWords('who changed the rules', failure, accountRegion)}\n`);
  const removedFrom = new Map<string, Map<string, RuleRemoval>>();
  for (const [rule, removal] of removals?.byRule ?? []) {
    const ofGroup = removedFrom.get(rule.groupId) ?? new Map<string, RuleRemoval>();
    removedFrom.set(rule.groupId, ofGroup.set(ruleKey(rule), removal));
  }
  const sinces = [origins.since, removals?.since ?? null].filter((since) => since !== null);
  const historySince = sinces.sort().at(-1) ?? null;
  return states.map((state): GroupState => {
    if (state.kind !== 'drifted') return state;
    return {
      ...state,
      origins: whoOpenedTheseRules(rulesOfPlannedChanges(state.plan.revoke), origins.byRuleId),
      removals: removedFrom.get(state.group.id) ?? new Map<string, RuleRemoval>(),
      ...(failure === undefined && { historySince }),
    };
  });
}

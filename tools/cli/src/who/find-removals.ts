/** Finds in CloudTrail's event history who removed rules. */
import { ruleRemovals, type RuleRemoval } from '@portcullis/cloudtrail';
import type { Rule } from '@portcullis/permission-diff';
import { HistoryReader, type LookUpCalls } from './history-reader.js';

export interface Removals<R> {
  readonly byRule: ReadonlyMap<R, RuleRemoval>;
  /** As in `Origins`. */
  readonly since: string | null;
  /** As in `Origins`. */
  readonly failure: unknown;
}

/** CloudTrail answers two requests a second, so 100 requests for one event name take less than a minute. */
const MAX_LOOKUPS = 100;

/**
 * Finds the removals of all missing rules together. Reads the Modify calls, then the Revoke calls from newest to oldest. Stops when the
 * removal of each rule is certain. Never rejects.
 *
 * @param onProgress called with the number of rules whose removal is found.
 */
export async function findWhoRemovedRules<R extends Rule & { readonly groupId: string }>(
  missing: readonly R[],
  lookUp: LookUpCalls,
  onProgress: (explained: number) => void,
): Promise<Removals<R>> {
  const history = new HistoryReader(lookUp);
  let byRule: ReadonlyMap<R, RuleRemoval> = new Map();
  const explain = (): void => {
    byRule = ruleRemovals(missing, history.calls);
    onProgress(byRule.size);
  };
  let failure: unknown;
  try {
    await history.read('ModifySecurityGroupRules', MAX_LOOKUPS, () => false);
    explain();
    for (const [eventName, direction] of REVOKING) {
      const sought = missing.filter((rule) => rule.direction === direction);
      if (sought.length === 0) continue;
      await history.read(eventName, MAX_LOOKUPS, () => {
        explain();
        return sought.every((rule) => byRule.get(rule)?.certain === true);
      });
    }
  } catch (error) {
    failure = error;
  }
  return { byRule, since: history.since, failure };
}

const REVOKING = [
  ['RevokeSecurityGroupIngress', 'ingress'],
  ['RevokeSecurityGroupEgress', 'egress'],
] as const;

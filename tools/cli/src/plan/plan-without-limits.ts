import type { Baseline } from '@portcullis/baseline';
import { planRuleChanges, type LiveRule, type Plan } from '@portcullis/security-groups';

/** Returns the plan that brings a group to its baseline. Ignores limits. */
export function planWithoutLimits(baseline: Baseline, live: readonly LiveRule[], today: string): Plan {
  return planRuleChanges({ baseline, limits: [] }, live, { today, addresses: new Map() });
}

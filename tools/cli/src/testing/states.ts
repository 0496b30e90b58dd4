import type { Baseline } from '@portcullis/baseline';
import type { LiveRule } from '@portcullis/security-groups';
import { auditGroupState, type GroupNames } from '../plan/group-state.js';

/** Returns the state of a group on 23 November 2026. The group has a baseline and no limits. */
export function stateOfBaseline(group: GroupNames, baseline: Baseline, live: readonly LiveRule[]): ReturnType<typeof auditGroupState> {
  return auditGroupState(group, { baseline, limits: [] }, live, { today: '2026-11-23', addresses: new Map() });
}

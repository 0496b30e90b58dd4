import type { Baseline } from '@portcullis/baseline';
import type { LiveRule } from '@portcullis/security-groups';
import { judgeGroupState, type GroupNames } from '../plan/group-state.js';

/** Returns the state of a group with a baseline and without limits, on 23 November 2026. */
export function stateOfBaseline(group: GroupNames, baseline: Baseline, live: readonly LiveRule[]): ReturnType<typeof judgeGroupState> {
  return judgeGroupState(group, { baseline, limits: [] }, live, { today: '2026-11-23', addresses: new Map() });
}

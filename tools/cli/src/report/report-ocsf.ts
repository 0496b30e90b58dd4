/** Renders a report as OCSF Compliance Findings. */
import {
  fixCommandsFor,
  describeBrokenLimits,
  describeDrift,
  findingDrift,
  joinFindingSentence,
  type GroupCheck,
} from '@portcullis/finding';
import { rulesOfPlannedChanges } from '@portcullis/security-groups';
import { controlsBrokenInAudit, missingRulesInAudit, type GroupState } from '../plan/group-state.js';
import type { ReadRegion } from '../plan/audit-regions.js';
import { ocsfJsonLines } from '../render/ocsf.js';

/**
 * A group without drift gets a finding with the status `Pass`, which closes earlier findings about the group.
 */
export function reportOcsf(regions: readonly Pick<ReadRegion, 'accountId' | 'region' | 'states'>[], now: Date): string {
  return ocsfJsonLines(
    regions.flatMap(({ accountId, region, states }) =>
      states.map((state) => ({ ...reportOcsfCheck(state, region), name: 'state', group: { ...state.group, accountId, region } })),
    ),
    now,
  );
}

function reportOcsfCheck(state: GroupState, region: string): Omit<GroupCheck, 'name' | 'group'> {
  switch (state.kind) {
    case 'at-baseline': {
      const declaredBy = [state.baseline, ...(state.limits ?? []).map(({ name }) => name)];
      return { result: 'pass', severity: 'info', summary: 'the group is as declared', declaredBy };
    }
    case 'within-limits':
      return { result: 'pass', severity: 'info', summary: 'the group is within its limits' };
    case 'drifted': {
      const { plan, severity, baseline, limits = [], group } = state;
      const [missing, excess] = [rulesOfPlannedChanges(plan.authorize), rulesOfPlannedChanges(plan.revoke)];
      return {
        result: 'fail',
        severity,
        summary: joinFindingSentence(...describeBrokenLimits(plan.broken), describeDrift(missingRulesInAudit(state), excess)),
        declaredBy: [...(baseline === null ? [] : [baseline]), ...limits.map(({ name }) => name)],
        controls: controlsBrokenInAudit(state),
        commands: fixCommandsFor({ atBaseline: false, group: { id: group.id, region }, ...findingDrift(missing, excess) }),
      };
    }
    case 'ambiguous':
    case 'absent':
    case 'unread':
      return { result: 'warning', severity: 'medium', summary: state.reason, declaredBy: [...state.baselines, ...(state.limits ?? [])] };
  }
}

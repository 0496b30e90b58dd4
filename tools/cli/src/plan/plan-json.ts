/** A plan as JSON. */
import { describeBrokenLimits, findingDrift } from '@portcullis/finding';
import { formatRule, ruleKey } from '@portcullis/permission-diff';
import { rulesOfPlannedChanges, type BrokenLimit } from '@portcullis/security-groups';
import {
  compareAuditStates,
  controlsBrokenInAudit,
  type DirectedAccess,
  type Drifted,
  type GroupState,
  type LimitOfGroup,
  type WithinLimits,
} from './group-state.js';
import { statesOfAuditedRegions, type AuditedRegion } from './audit-regions.js';
import { auditTotals } from './audit-totals.js';
import type { Scope } from '../aws/account-region.js';
import { ruleOriginJson } from '../who/origin-json.js';
import { renderAccess } from '../render/access-words.js';
import { brokenLimitPartJson } from '../render/limit-json.js';
import { accountNameJson, configCaptureJson } from '../render/account-json.js';

/** Increase this version if a member changes or disappears. A new member does not change the version. */
export const AUDIT_SCHEMA_VERSION = 2;

export interface AboutAudit {
  readonly baselineFile: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Returns the JSON object of an audit of several accounts and regions. */
export function planJsonOfRegions(regions: readonly AuditedRegion[], about: AboutAudit): object {
  return {
    schemaVersion: AUDIT_SCHEMA_VERSION,
    ...about,
    totals: auditTotals(statesOfAuditedRegions(regions)),
    places: regions.map((each) => {
      const profile = each.profile ?? null;
      if (each.kind === 'failed') {
        const { accountId } = each;
        const which = accountId === undefined ? {} : { accountId, ...accountNameJson(each), region: each.region ?? null };
        return { profile, ...which, failed: each.reason };
      }
      const { accountId, region } = each;
      if (each.kind === 'repeated') return { profile, accountId, region, sameAs: each.sameAs };
      return {
        profile,
        accountId,
        ...accountNameJson(each),
        region,
        ...configCaptureJson(each),
        ...planJsonOfGroups(each.states),
      };
    }),
  };
}

export function planJson(states: readonly GroupState[], { accountId, region }: Scope, about: AboutAudit): object {
  return { schemaVersion: AUDIT_SCHEMA_VERSION, ...about, accountId, region, ...planJsonOfGroups(states) };
}

/** Lists the groups, worst first. Omits groups that have no baseline and are within their limits; `totals` has their number. */
function planJsonOfGroups(states: readonly GroupState[]): object {
  const listed = states.filter((state) => state.kind !== 'within-limits').sort(compareAuditStates);
  return { totals: auditTotals(states), groups: listed.map((state) => planJsonOfGroup(state)) };
}

/**
 * `baseline` is the name of the baseline that selects the group; null if several baselines or no baseline select the group. If the group
 * could not be compared, `reason` says why. `limits` has an entry for each limit that applies to the group, and is absent if no limit
 * applies.
 */
function planJsonOfGroup(state: Exclude<GroupState, WithinLimits>): object {
  const { id, name, vpcId } = state.group;
  const group = { id, name, vpcId, state: state.kind };
  switch (state.kind) {
    case 'at-baseline':
      return { ...group, baseline: state.baseline, ...planJsonOfLimits(state.limits, []) };
    case 'drifted':
      return {
        ...group,
        baseline: state.baseline,
        ...(state.ambiguous !== undefined && { baselines: state.ambiguous }),
        ...planJsonOfLimits(state.limits, state.plan.broken),
        drift: planJsonOfDrift(state),
      };
    case 'ambiguous':
    case 'absent':
    case 'unread':
      return { ...group, baseline: state.kind === 'ambiguous' ? null : (state.baselines[0] ?? null), reason: state.reason };
  }
}

/** If the group breaks a limit, `words` and `rules` say how the group breaks the limit. */
function planJsonOfLimits(limits: readonly LimitOfGroup[] = [], broken: readonly BrokenLimit[]): object {
  if (limits.length === 0) return {};
  return {
    limits: limits.map((limit) => {
      const parts = broken.flatMap((each) => (each.limit.name === limit.name ? each.parts : []));
      if (parts.length === 0) return { ...limit, broken: false };
      return { ...limit, broken: true, words: describeBrokenLimits([{ limit, parts }])[0], rules: parts.map(brokenLimitPartJson) };
    }),
  };
}

/**
 * - `authorize` and `revoke`: the ingress rules in EC2's notation. `egress`: present only if egress rules differ.
 * - `changes`: an entry for each rule to authorize or to revoke.
 * - `unreadLists`: why prefix lists of undeclared rules could not be read, by prefix list id.
 * - `openedBy` and `removedBy`: null if CloudTrail's history does not show the call, and absent if CloudTrail was not asked.
 * - `historySince`: how far back the history was read; null if all 90 days were read.
 */
function planJsonOfDrift(state: Drifted): object {
  const { plan, severity, mode, lists, gained, lost, origins, removals, historySince } = state;
  const controls = controlsBrokenInAudit(state);
  const { authorize, revoke, egress } = findingDrift(rulesOfPlannedChanges(plan.authorize), rulesOfPlannedChanges(plan.revoke));
  const unreadLists = lists?.unread ?? {};
  const withWords = (range: DirectedAccess): object => ({ ...range, words: renderAccess(range) });
  const changes = [
    ...plan.authorize.map((planned) => ({ action: 'authorize' as const, ...planned })),
    ...plan.revoke.map((planned) => ({ action: 'revoke' as const, ...planned })),
    ...plan.tolerated.map((planned) => ({ action: 'leave' as const, ...planned })),
  ];
  return {
    severity,
    mode,
    authorize,
    revoke,
    ...(egress !== undefined && { egress }),
    access: { gained: gained.map(withWords), lost: lost.map(withWords) },
    ...(controls.length > 0 && { controls }),
    changes: changes.map(({ action, rule, reason, ...change }) => ({
      action,
      ...('mode' in change && { mode: change.mode }),
      direction: rule.direction,
      rule: formatRule(rule),
      ...(rule.description !== undefined && { description: rule.description }),
      ...('ruleId' in rule && typeof rule.ruleId === 'string' && rule.ruleId !== '' && { ruleId: rule.ruleId }),
      reason,
      ...(action === 'revoke' && origins !== undefined && { openedBy: ruleOriginJson(origins.get(rule.ruleId)) }),
      ...(action === 'authorize' && removals !== undefined && { removedBy: ruleOriginJson(removals.get(ruleKey(rule))) }),
    })),
    ...(Object.keys(unreadLists).length > 0 && { unreadLists }),
    ...(historySince !== undefined && { historySince }),
  };
}

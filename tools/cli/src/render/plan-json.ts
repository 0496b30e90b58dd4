/** A plan for programs. */
import { driftOf, type Finding } from '@portcullis/finding';
import { formatRule } from '@portcullis/permission-diff';
import type { LastChange } from '../aws/account-region.js';
import type { DirectedAccess, GroupState } from '../audit/group-state.js';
import { compareStates } from '../audit/audit.js';
import { totalsOf, type Totals } from '../audit/totals.js';
import { accessWords } from './access-words.js';

export interface PlanScope {
  readonly accountId: string;
  readonly region: string;
}

/** One object, versioned: members are added, never changed. */
export interface PlanJson {
  readonly schemaVersion: 1;
  readonly baselineFile: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly accountId: string;
  readonly region: string;
  readonly totals: Totals;
  /** The worst first; those at their baseline last. */
  readonly groups: readonly GroupJson[];
}

export interface GroupJson {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  /** Null where several baselines select the group. */
  readonly baseline: string | null;
  readonly state: GroupState['kind'];
  /** Why nothing is said of the group; one line. */
  readonly reason?: string;
  readonly drift?: DriftJson;
}

/** `authorize` and `revoke` are ingress in EC2's notation; `egress` is there where egress differs. */
export interface DriftJson extends Pick<Finding, 'authorize' | 'revoke' | 'egress' | 'severity'> {
  readonly mode: 'enforce' | 'report';
  /** Traffic let through and not declared; declared and not let through. */
  readonly access: { readonly gained: readonly AccessJson[]; readonly lost: readonly AccessJson[] };
  /** One for each rule. */
  readonly changes: readonly {
    readonly action: 'authorize' | 'revoke' | 'leave';
    readonly direction: 'ingress' | 'egress';
    readonly rule: string;
    readonly description?: string;
    readonly ruleId?: string;
    readonly reason: string;
  }[];
  /** Prefix lists that undeclared rules refer to and that could not be read: why, by id. Absent if all could be read. */
  readonly unreadLists?: Readonly<Record<string, string>>;
  readonly lastChange?: LastChange | null;
}

type AccessJson = DirectedAccess & { readonly words: string };

export function planJson(
  states: readonly GroupState[],
  place: PlanScope,
  { baselineFile, at }: Pick<PlanJson, 'baselineFile' | 'at'>,
): PlanJson {
  const { accountId, region } = place;
  const groups = [...states].sort(compareStates).map(groupJson);
  return { schemaVersion: 1, baselineFile, at, accountId, region, totals: totalsOf(states), groups };
}

function groupJson(state: GroupState): GroupJson {
  const { kind, group } = state;
  const { id, name, vpcId } = group;
  const named = { id, name, vpcId, state: kind };
  switch (kind) {
    case 'at-baseline':
      return { ...named, baseline: state.baseline };
    case 'ambiguous':
      return { ...named, baseline: null, reason: `several baselines select it: ${state.baselines.join(', ')}` };
    case 'absent':
      return { ...named, baseline: state.baseline, reason: 'it does not exist here' };
    case 'unread':
      return { ...named, baseline: state.baseline, reason: state.reason };
    case 'drifted':
      return { ...named, baseline: state.baseline, drift: driftJson(state) };
  }
}

function driftJson(state: Extract<GroupState, { kind: 'drifted' }>): DriftJson {
  const { plan, severity, mode, lists, gained, lost, lastChange } = state;
  const unreadLists = lists?.unread ?? {};
  const { authorize, revoke, egress } = driftOf(
    plan.authorize.map(({ rule }) => rule),
    plan.revoke.map(({ rule }) => rule),
  );
  const worded = (range: DirectedAccess): AccessJson => ({ ...range, words: accessWords(range) });
  return {
    severity,
    mode,
    authorize,
    revoke,
    ...(egress !== undefined && { egress }),
    access: { gained: gained.map(worded), lost: lost.map(worded) },
    changes: [
      ...plan.authorize.map((planned) => ({ action: 'authorize' as const, ...planned })),
      ...plan.revoke.map((planned) => ({ action: 'revoke' as const, ...planned })),
      ...plan.tolerated.map((planned) => ({ action: 'leave' as const, ...planned })),
    ].map(({ action, rule, reason }) => ({
      action,
      direction: rule.direction,
      rule: formatRule(rule),
      ...(rule.description !== undefined && { description: rule.description }),
      ...('ruleId' in rule && typeof rule.ruleId === 'string' && { ruleId: rule.ruleId }),
      reason,
    })),
    ...(Object.keys(unreadLists).length > 0 && { unreadLists }),
    ...(lastChange !== undefined && { lastChange }),
  };
}

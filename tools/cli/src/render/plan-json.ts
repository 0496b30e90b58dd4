/** A plan as JSON. */
import { driftOf, type Finding } from '@portcullis/finding';
import { formatRule } from '@portcullis/permission-diff';
import { compareStates, rulesOf, type DirectedAccess, type Drifted, type GroupState } from '../audit/group-state.js';
import { totalsOf, type Totals } from '../audit/totals.js';
import type { GroupChange } from '../aws/account-region.js';
import { accessWords } from './access-words.js';

/** The account and region that a plan is about. */
export interface PlanScope {
  readonly accountId: string;
  readonly region: string;
}

/** Versioned: members are added, never changed. */
export interface PlanJson extends PlanScope {
  readonly schemaVersion: 1;
  readonly baselineFile: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly totals: Totals;
  /** Worst first; groups at their baseline last. */
  readonly groups: readonly GroupJson[];
}

export interface GroupJson {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  /** Null if several baselines select the group. */
  readonly baseline: string | null;
  readonly state: GroupState['kind'];
  /** Why the group was not judged; one line. */
  readonly reason?: string;
  readonly drift?: DriftJson;
}

/** `authorize` and `revoke` are ingress in EC2's notation; `egress` is present if egress differs. */
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
  /** Why prefix lists of undeclared rules could not be read, by id. Absent if all could be read. */
  readonly unreadLists?: Readonly<Record<string, string>>;
  readonly lastChange?: GroupChange | null;
}

type AccessJson = DirectedAccess & { readonly words: string };

export function planJson(
  states: readonly GroupState[],
  { accountId, region }: PlanScope,
  { baselineFile, at }: Pick<PlanJson, 'baselineFile' | 'at'>,
): PlanJson {
  const groups = [...states].sort(compareStates).map(groupJson);
  return { schemaVersion: 1, baselineFile, at, accountId, region, totals: totalsOf(states), groups };
}

function groupJson(state: GroupState): GroupJson {
  const { id, name, vpcId } = state.group;
  const group = { id, name, vpcId, state: state.kind };
  switch (state.kind) {
    case 'at-baseline':
      return { ...group, baseline: state.baseline };
    case 'drifted':
      return { ...group, baseline: state.baseline, drift: driftJson(state) };
    case 'ambiguous':
    case 'absent':
    case 'unread':
      return { ...group, baseline: state.kind === 'ambiguous' ? null : (state.baselines[0] ?? null), reason: state.reason };
  }
}

function driftJson({ plan, severity, mode, lists, gained, lost, lastChange }: Drifted): DriftJson {
  const { authorize, revoke, egress } = driftOf(rulesOf(plan.authorize), rulesOf(plan.revoke));
  const unreadLists = lists?.unread ?? {};
  const withWords = (range: DirectedAccess): AccessJson => ({ ...range, words: accessWords(range) });
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
    changes: changes.map(({ action, rule, reason }) => ({
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

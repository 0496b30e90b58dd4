/** What there is to say of one group beside its baseline. */
import type { Baseline } from '@portcullis/baseline';
import { severityOfDrift, type Severity } from '@portcullis/finding';
import { compareRuleAccess, type AccessRange, type Addresses, type Direction, type Rule } from '@portcullis/permission-diff';
import {
  isAtBaseline,
  listsIn,
  planFor,
  type ListReader,
  type LiveRule,
  type Plan,
  type SecurityGroupCallError,
} from '@portcullis/security-groups';
import type { LastChange } from '../aws/account-region.js';

/** The group as EC2 tells it; what is not known is null. */
export interface GroupNames {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
}

export type GroupState =
  | { readonly kind: 'at-baseline'; readonly group: GroupNames; readonly baseline: string }
  | Drifted
  /** Several baselines select it, so it is left alone. */
  | { readonly kind: 'ambiguous'; readonly group: GroupNames; readonly baselines: readonly string[] }
  /** A baseline names it, and it does not exist here. */
  | { readonly kind: 'absent'; readonly group: GroupNames; readonly baseline: string }
  /** Its rules could not be read: nothing is said of it. `reason` is one line. */
  | { readonly kind: 'unread'; readonly group: GroupNames; readonly baseline: string; readonly reason: string };

export interface Drifted {
  readonly kind: 'drifted';
  readonly group: GroupNames;
  readonly baseline: string;
  /** Of a group whose baseline is `report`, nothing is restored. */
  readonly mode: Baseline['mode'];
  readonly severity: Severity;
  readonly plan: Pick<Plan, 'authorize' | 'revoke' | 'tolerated'>;
  /** What the prefix lists hold that undeclared ingress rules refer to; absent if there are no such rules. */
  readonly lists?: ReadLists;
  /** Traffic that is let through and neither declared nor tolerated. */
  readonly gained: readonly DirectedAccess[];
  /** Traffic that is declared and not let through. */
  readonly lost: readonly DirectedAccess[];
  /** Who changed it last: absent where it was not asked, null where CloudTrail tells of nobody. */
  readonly lastChange?: LastChange | null;
}

/** What prefix lists hold, by id. */
export interface ReadLists {
  readonly addresses: Addresses;
  /** Why the others could not be read, each in one line. */
  readonly unread: Readonly<Record<string, string>>;
}

export type DirectedAccess = AccessRange & { readonly direction: Direction };

/** Returns the state of a group with these rules. */
export function stateOf(group: GroupNames, baseline: Baseline, live: readonly LiveRule[], today: string): GroupState {
  const { id, name, vpcId } = group;
  const named = { id, name, vpcId };
  const plan = planFor(baseline, live, today);
  if (isAtBaseline(plan)) return { kind: 'at-baseline', group: named, baseline: baseline.name };
  const { authorize, revoke, tolerated } = plan;
  const wanted = [...plan.declared, ...rulesOf(tolerated)];
  const looked = baseline.egress === undefined ? live.filter(({ direction }) => direction === 'ingress') : live;
  return {
    kind: 'drifted',
    group: named,
    baseline: baseline.name,
    mode: baseline.mode,
    severity: severityOfDrift(rulesOf(revoke), rulesOf(authorize)),
    plan: { authorize, revoke, tolerated },
    gained: accessIn(wanted, looked, 'excess'),
    lost: accessIn(wanted, looked, 'missing'),
  };
}

/** Returns the state with the severity that it has by what the prefix lists hold. */
export async function withLists(
  state: GroupState,
  readLists: ListReader,
  whyUnread: (error: SecurityGroupCallError) => string,
): Promise<GroupState> {
  if (state.kind !== 'drifted') return state;
  const [excess, missing] = [rulesOf(state.plan.revoke), rulesOf(state.plan.authorize)];
  const ids = listsIn(excess);
  if (ids.length === 0) return state;
  const { addresses, unread } = await readLists(ids);
  const reasons = Object.entries(unread).map(([id, error]) => [id, whyUnread(error)] as const);
  const lists = { addresses, unread: Object.fromEntries(reasons) };
  return { ...state, lists, severity: severityOfDrift(excess, missing, lists) };
}

/** Returns a sentence for each list that could not be read. */
export function unreadListsWords({ lists }: Pick<Drifted, 'lists'>): string[] {
  return Object.entries(lists?.unread ?? {}).map(([id, reason]) => `what ${id} holds could not be read: ${reason}`);
}

function accessIn(wanted: readonly Rule[], live: readonly Rule[], which: 'missing' | 'excess'): DirectedAccess[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const here = (rules: readonly Rule[]): Rule[] => rules.filter((rule) => rule.direction === direction);
    return compareRuleAccess(here(wanted), here(live))[which].map((range) => ({ ...range, direction }));
  });
}

/** Returns the rules of a plan without their reasons. */
export function rulesOf(planned: readonly { readonly rule: Rule }[]): Rule[] {
  return planned.map(({ rule }) => rule);
}

/**
 * Finds the limits that apply or may apply to a group of a Terraform plan. A limit may apply if it depends on a fact about the group that
 * is known only after apply.
 */
import {
  hasGroupCriteria,
  selectBaseline,
  type CompiledBaseline,
  type GroupSelection,
  type Limit,
  type SelectableGroup,
} from '@portcullis/baseline';
import { accessBeyond, type Direction, type Rule } from '@portcullis/permission-diff';
import { parsePrefixListBlocks } from '@portcullis/security-groups';
import type { Fact } from './planned-groups.js';
import type { UnknownRule } from './resource-rules.js';

export interface PlannedLimits {
  /** The limits that certainly apply to the group. */
  readonly certain: readonly Limit[];
  /** The limits that may apply to the group, because a fact about the group is unknown. */
  readonly maybe: readonly Limit[];
}

export function limitsOfPlannedGroup({ limits = [] }: CompiledBaseline, group: SelectableGroup, unknown: readonly Fact[]): PlannedLimits {
  const applies = (limit: Limit, groups: Limit['groups']): boolean =>
    selectBaseline({ baselines: [], limits: [{ ...limit, groups }] }, group).kind === 'limited';
  const certain: Limit[] = [];
  const maybe: Limit[] = [];
  for (const limit of limits) {
    const { except, ...groups } = limit.groups;
    const [known, knownExcept] = [withoutUnknownCriteria(groups, unknown), except && withoutUnknownCriteria(except, unknown)];
    const widest = {
      ...known.selection,
      ...((groups.all === true || known.isEmptied) && { all: true as const }),
      ...(except && { except }),
    };
    const narrowest = { ...groups, ...(knownExcept && { except: knownExcept.selection }) };
    if (knownExcept?.isEmptied !== true && applies(limit, narrowest)) certain.push(limit);
    else if (applies(limit, widest)) maybe.push(limit);
  }
  return { certain, maybe };
}

/** Removes the criteria about unknown facts. `isEmptied` is true if all criteria were removed. */
export function withoutUnknownCriteria(
  groups: GroupSelection,
  unknown: readonly Fact[],
): { readonly selection: GroupSelection; readonly isEmptied: boolean } {
  const { ids, tags, names, vpcs } = groups;
  const selection = {
    ids,
    ...(tags !== undefined && !unknown.includes('tags') && { tags }),
    ...(names !== undefined && !unknown.includes('name') && { names }),
    ...(vpcs !== undefined && !unknown.includes('vpcId') && { vpcs }),
  };
  return { selection, isEmptied: hasGroupCriteria(groups) && !hasGroupCriteria(selection) };
}

/** Reports whether the limit forbids the rule's traffic from at least one source. The plan does not show the source of every rule. */
export function mayUnknownRuleBreakLimit({ ingress, egress = [] }: Limit, { direction, traffic }: UnknownRule): boolean {
  const bounds = direction === 'ingress' ? ingress : egress;
  return accessBeyond(terraformRulesFromAnySource(direction, traffic), bounds).rules.length > 0;
}

function terraformRulesFromAnySource(direction: Direction, traffic: Rule['traffic'] = { kind: 'all' }): Rule[] {
  const anotherAccount: Rule['source'] = { kind: 'group', groupId: '', userId: '' };
  const sources = [...parsePrefixListBlocks(['0.0.0.0/0', '::/0']), anotherAccount];
  return sources.map((source) => ({ direction, traffic, source }));
}

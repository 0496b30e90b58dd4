/** Says how much a baseline declares. */
import type { CompiledBaseline } from '@portcullis/baseline';
import { counted } from './counted.js';

type IpPermission = CompiledBaseline['baselines'][number]['ingress'][number];

/** Returns e.g. `2 baselines, 3 groups, 7 rules`; rules are those that are required, in both directions. */
export function extentOf({ baselines }: CompiledBaseline): string {
  const groups = baselines.flatMap(({ groups: { ids } }) => ids).length;
  const permissions = baselines.flatMap(({ ingress, egress = [] }) => [...ingress, ...egress]);
  const rules = permissions.map(sourceCount).reduce((sum, count) => sum + count, 0);
  return [counted(baselines.length, 'baseline'), counted(groups, 'group'), counted(rules, 'rule')].join(', ');
}

function sourceCount({ IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds }: IpPermission): number {
  return [IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds].flatMap((list) => list ?? []).length;
}

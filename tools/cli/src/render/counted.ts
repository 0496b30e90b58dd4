/** Texts with numbers and nouns, e.g. `7 rules`. */
import { hasGroupCriteria, type CompiledBaseline } from '@portcullis/baseline';

/** Returns e.g. `1 rule` or `7 rules`. */
export function countWithNoun(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * Returns e.g. `2 baselines, 3 groups, 7 rules`, and the number of limits if there are any. Counts the required rules of both directions.
 * Only EC2 knows how many groups a tag, name or VPC selects, so only groups by id are counted: `2 baselines (1 selects groups by tag, name
 * or VPC), 3 groups by id, 7 rules`.
 */
export function renderBaselineSize({ baselines, limits = [] }: CompiledBaseline): string {
  const groups = baselines.flatMap(({ groups: { ids } }) => ids).length;
  const rules = baselines.flatMap(({ ingress, egress = [] }) => [...ingress, ...egress]).length;
  const selecting = baselines.filter((baseline) => hasGroupCriteria(baseline.groups)).length;
  const criteria = selecting === 0 ? '' : ` (${selecting} ${selecting === 1 ? 'selects' : 'select'} groups by tag, name or VPC)`;
  const counts = [
    `${countWithNoun(baselines.length, 'baseline')}${criteria}`,
    `${countWithNoun(groups, 'group')}${selecting === 0 ? '' : ' by id'}`,
    countWithNoun(rules, 'rule'),
  ];
  return [...counts, ...(limits.length === 0 ? [] : [countWithNoun(limits.length, 'limit')])].join(', ');
}

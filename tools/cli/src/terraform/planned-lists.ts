/** Reads the prefix lists that a Terraform plan knows. */
import type { Addresses } from '@portcullis/permission-diff';
import { blocksOf } from '@portcullis/security-groups';
import { listMemberOf, memberOf, textMemberOf } from '../files/json.js';
import { resourcesIn } from './resources.js';

const LIST = 'aws_ec2_managed_prefix_list';
const ENTRY = 'aws_ec2_managed_prefix_list_entry';

/** Returns the entries before and after apply, by list id. A list is missing if its entries are not in the plan, or known only after apply. */
export function listsInPlan(plan: unknown): { readonly before: Addresses; readonly after: Addresses } {
  const resources = resourcesIn(memberOf(memberOf(plan, 'prior_state'), 'values')).filter(({ type }) => type === LIST);
  const before = new Map(resources.flatMap(({ values }) => entriesOf(values)));
  const after = new Map(before);
  for (const entry of listMemberOf(plan, 'resource_changes')) {
    const change = memberOf(entry, 'change');
    const [type, values] = [textMemberOf(entry, 'type'), memberOf(change, 'after')];
    if (type === ENTRY && !listMemberOf(change, 'actions').includes('no-op'))
      after.delete(textMemberOf(values ?? memberOf(change, 'before'), 'prefix_list_id') ?? '');
    if (type !== LIST || memberOf(entry, 'mode') === 'data') continue;
    const isUnknown = memberOf(memberOf(change, 'after_unknown'), 'entry') !== undefined;
    for (const [id, blocks] of entriesOf(values)) if (!isUnknown) after.set(id, blocks);
    if (isUnknown) after.delete(textMemberOf(values, 'id') ?? '');
  }
  return { before, after };
}

/** A resource has its entries in `entry`, and a data source in `entries`. */
function entriesOf(values: unknown): [string, ReturnType<typeof blocksOf>][] {
  const id = textMemberOf(values, 'id');
  const entries = [...listMemberOf(values, 'entry'), ...listMemberOf(values, 'entries')];
  return id === null ? [] : [[id, blocksOf(entries.flatMap((entry) => textMemberOf(entry, 'cidr') ?? []))]];
}

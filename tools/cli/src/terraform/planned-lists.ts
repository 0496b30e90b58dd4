/** Reads the prefix lists whose entries a Terraform plan contains. */
import type { Addresses } from '@portcullis/permission-diff';
import { parsePrefixListBlocks } from '@portcullis/security-groups';
import { jsonListMember, jsonMember, jsonTextMember } from '../files/json-members.js';
import { terraformResources } from './resources.js';

const LIST = 'aws_ec2_managed_prefix_list';
const ENTRY = 'aws_ec2_managed_prefix_list_entry';

/**
 * Returns the entries before and after apply, by list id. Leaves out lists whose entries are not in the plan, or are known only after
 * apply.
 */
export function prefixListsInTerraformPlan(plan: unknown): { readonly before: Addresses; readonly after: Addresses } {
  const resources = terraformResources(jsonMember(jsonMember(plan, 'prior_state'), 'values')).filter(({ type }) => type === LIST);
  const before = new Map(resources.flatMap(({ values }) => terraformPrefixListEntries(values)));
  const after = new Map(before);
  for (const entry of jsonListMember(plan, 'resource_changes')) {
    const change = jsonMember(entry, 'change');
    const [type, values] = [jsonTextMember(entry, 'type'), jsonMember(change, 'after')];
    if (type === ENTRY && !jsonListMember(change, 'actions').includes('no-op'))
      after.delete(jsonTextMember(values ?? jsonMember(change, 'before'), 'prefix_list_id') ?? '');
    if (type !== LIST || jsonMember(entry, 'mode') === 'data') continue;
    const isUnknown = jsonMember(jsonMember(change, 'after_unknown'), 'entry') !== undefined;
    for (const [id, blocks] of terraformPrefixListEntries(values)) if (!isUnknown) after.set(id, blocks);
    if (isUnknown) after.delete(jsonTextMember(values, 'id') ?? '');
  }
  return { before, after };
}

/** The entries are in the attribute `entry` of a resource, or in the attribute `entries` of a data source. */
function terraformPrefixListEntries(values: unknown): [string, ReturnType<typeof parsePrefixListBlocks>][] {
  const id = jsonTextMember(values, 'id');
  const entries = [...jsonListMember(values, 'entry'), ...jsonListMember(values, 'entries')];
  return id === null ? [] : [[id, parsePrefixListBlocks(entries.flatMap((entry) => jsonTextMember(entry, 'cidr') ?? []))]];
}

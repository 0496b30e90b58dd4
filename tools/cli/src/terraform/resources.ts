/** Reads the resources of a state or of a plan from the output of `terraform show -json`. */
import { jsonListMember, jsonMember, jsonTextMember } from '../files/json-members.js';

/** One instance of a resource. A resource with `count` or `for_each` has several instances. */
export interface TerraformResource {
  /** For example `module.shop[0].aws_security_group.web["a"]`. */
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  /** The values of the attributes. A plan omits attributes that are known only after apply. */
  readonly values: unknown;
}

/**
 * Returns the resources of all modules.
 *
 * @param values the `values` of a state, or the `planned_values` of a plan: https://developer.hashicorp.com/terraform/internals/json-format
 */
export function terraformResources(values: unknown): readonly TerraformResource[] {
  return resourcesInModule(jsonMember(values, 'root_module'));
}

function resourcesInModule(module: unknown): TerraformResource[] {
  const own = jsonListMember(module, 'resources').flatMap((resource): TerraformResource[] => {
    const [address, type] = [jsonTextMember(resource, 'address'), jsonTextMember(resource, 'type')];
    // Omits deposed objects, which Terraform has replaced but not deleted yet.
    if (address === null || type === null || jsonMember(resource, 'deposed_key') !== undefined) return [];
    const mode = jsonMember(resource, 'mode') === 'data' ? 'data' : 'managed';
    return [{ address, mode, type, values: jsonMember(resource, 'values') }];
  });
  return [...own, ...jsonListMember(module, 'child_modules').flatMap(resourcesInModule)];
}

/** Returns the tags of a resource, including the default tags of the provider. */
export function terraformTags(values: unknown): Readonly<Record<string, string>> {
  const tags = jsonMember(values, 'tags_all') ?? jsonMember(values, 'tags');
  const entries: [string, unknown][] = typeof tags === 'object' && tags !== null ? Object.entries(tags) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

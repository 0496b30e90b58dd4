/** Reads security groups from a Terraform state, with the rules that Terraform declares for them. */
import type { SelectableGroup } from '@portcullis/baseline';
import { diffRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { jsonTextMember } from '../files/json-members.js';
import { readAllOrFailCommand } from '../command-line/failure.js';
import { isGroupResource, isKnownRule, isRuleResource, rulesOfTerraformResource, type KnownRule } from './resource-rules.js';
import { terraformResources, terraformTags, type TerraformResource } from './resources.js';

export interface TerraformGroup extends SelectableGroup {
  /** The Terraform address of the group. `null` if the state does not contain the group as a managed resource. */
  readonly address: string | null;
  readonly description: string | null;
  readonly ownerId: string | null;
  /**
   * The rules in the blocks of the group. If the configuration has no blocks, the provider writes all live rules as blocks into the state.
   */
  readonly inline: readonly KnownRule[];
  /** The rules of rule resources. */
  readonly separate: readonly KnownRule[];
}

/**
 * Returns the groups of a state that have an id, sorted by id.
 *
 * @param values the `values` of a state: https://developer.hashicorp.com/terraform/internals/json-format
 * @throws {Failure} with a list of all invalid rules.
 */
export function groupsInTerraformState(values: unknown): readonly TerraformGroup[] {
  const resources = terraformResources(values);
  const groups = new Map<string, TerraformGroup>();
  const groupOf = (id: string): TerraformGroup => groups.get(id) ?? terraformGroupWithOnlyId(id);
  const rules = new Map(
    readAllOrFailCommand(
      resources.filter((resource) => isGroupResource(resource) || isRuleResource(resource)),
      (resource) => {
        const id = jsonTextMember(resource.values, isGroupResource(resource) ? 'id' : 'security_group_id');
        return id === null ? [] : [[resource, knownRulesOfResource(resource, id)] as const];
      },
    ),
  );
  for (const resource of resources) {
    const id = jsonTextMember(resource.values, 'id');
    if (id === null || !(isGroupResource(resource) || resource.type === 'aws_security_group')) continue;
    // If a state contains a group as a managed resource and as a data source, uses the managed resource.
    if (groupOf(id).address !== null && !isGroupResource(resource)) continue;
    const inline = rules.get(resource) ?? [];
    groups.set(id, {
      ...groupOf(id),
      ...terraformGroupFacts(resource.values),
      address: isGroupResource(resource) ? resource.address : null,
      inline,
    });
  }
  for (const resource of resources.filter(isRuleResource)) {
    const id = jsonTextMember(resource.values, 'security_group_id');
    if (id === null) continue;
    const group = groupOf(id);
    groups.set(id, { ...group, separate: [...group.separate, ...(rules.get(resource) ?? [])] });
  }
  return [...groups.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Returns a group with an id and no other known attribute. */
export function terraformGroupWithOnlyId(id: string): TerraformGroup {
  return { address: null, id, name: null, vpcId: null, tags: {}, description: null, ownerId: null, inline: [], separate: [] };
}

/** A state contains no rules with unknown values. */
function knownRulesOfResource(resource: TerraformResource, groupId: string): KnownRule[] {
  return rulesOfTerraformResource(resource, groupId).filter(isKnownRule);
}

/** Returns the description and the owner of a group, and the attributes that baselines select by. */
export function terraformGroupFacts(
  values: unknown,
): Pick<TerraformGroup, 'description' | 'ownerId'> & Pick<SelectableGroup, 'name' | 'vpcId' | 'tags'> {
  return {
    name: jsonTextMember(values, 'name'),
    vpcId: jsonTextMember(values, 'vpc_id'),
    description: jsonTextMember(values, 'description'),
    ownerId: jsonTextMember(values, 'owner_id'),
    tags: terraformTags(values),
  };
}

/** The rules that Terraform declares for a group, and the undeclared rules of the group. */
export interface DeclaredRules {
  readonly declared: readonly Rule[];
  /** Rules that are in blocks and in no rule resource. */
  readonly undeclared: readonly Rule[];
}

/**
 * Returns the rules that Terraform declares. If a direction has rule resources, the rules in blocks do not count as declared. The provider
 * may have filled these blocks with all live rules.
 */
export function rulesDeclaredInTerraform({ inline, separate }: Pick<TerraformGroup, 'inline' | 'separate'>): DeclaredRules {
  const all = (['ingress', 'egress'] as const).map((direction) => {
    const [blocks, resources] = [knownRulesInDirection(inline, direction), knownRulesInDirection(separate, direction)];
    if (resources.length === 0) return { declared: blocks, undeclared: [] };
    return { declared: resources, undeclared: diffRules(resources, blocks).excess };
  });
  return { declared: all.flatMap(({ declared }) => declared), undeclared: all.flatMap(({ undeclared }) => undeclared) };
}

function knownRulesInDirection(rules: readonly KnownRule[], wanted: Direction): Rule[] {
  return rules.filter(({ direction }) => direction === wanted).map(({ rule }) => rule);
}

/** Reads the security groups of a Terraform plan, with their rules before and after apply. */
import type { SelectableGroup } from '@portcullis/baseline';
import { ruleKey } from '@portcullis/permission-diff';
import { jsonListMember, jsonMember, jsonTextMember } from '../files/json-members.js';
import { referredTerraformResources } from './references.js';
import {
  isGroupResource,
  isKnownRule,
  isRuleResource,
  rulesOfTerraformResource,
  type KnownRule,
  type ResourceRule,
  type UnknownRule,
} from './resource-rules.js';
import { terraformResources, type TerraformResource } from './resources.js';
import { terraformGroupFacts, groupsInTerraformState, terraformGroupWithOnlyId, type TerraformGroup } from './state-groups.js';

/** A property by which a baseline or a limit can select a group. */
export type Fact = 'name' | 'vpcId' | 'tags';

export interface PlannedGroup {
  /** The Terraform address of the group. `null` if Terraform manages only rules of the group. */
  readonly address: string | null;
  /** The group before apply. `null` if the plan creates the group. */
  readonly before: SelectableGroup | null;
  /** The group after apply. `null` if the plan deletes the group. A new group has a placeholder id. */
  readonly after: SelectableGroup | null;
  /** The account of the group. `null` if the plan does not contain the account. */
  readonly ownerId: string | null;
  /** Facts about the group that are known only after apply. */
  readonly unknownFacts: readonly Fact[];
  readonly rulesBefore: readonly KnownRule[];
  readonly rulesAfter: readonly KnownRule[];
  readonly unknownRules: readonly UnknownRule[];
}

export interface PlannedGroups {
  readonly groups: readonly PlannedGroup[];
  /** Rule resources whose group is known only after apply. */
  readonly unplaced: readonly UnplacedRule[];
  /** The addresses of new groups, by their placeholder ids. */
  readonly newGroups: ReadonlyMap<string, string>;
}

export interface UnplacedRule {
  readonly address: string;
  readonly rules: readonly ResourceRule[];
}

/** A change of a resource. `after` is `null` if the plan deletes the resource. */
interface ResourceChange {
  /** The resource before apply. */
  readonly resource: TerraformResource;
  readonly after: unknown;
  readonly unknown: unknown;
  /** Whether the plan deletes or replaces the resource. */
  readonly isDeleted: boolean;
}

/**
 * @param plan the output of `terraform show -json` for a plan: https://developer.hashicorp.com/terraform/internals/json-format
 * @throws {Failure} when a rule cannot be read.
 */
export function groupsInTerraformPlan(plan: unknown): PlannedGroups {
  return new PlanReader(plan).read();
}

class PlanReader {
  private readonly priorValues: unknown;
  private readonly configuration: unknown;
  private readonly changes: readonly ResourceChange[];
  /** The addresses of the resources in `resource_changes`. The plan does not change any other resource. */
  private readonly mentioned: ReadonlySet<string>;
  private readonly newGroups = new Map<string, string>();
  /** The ids of the managed groups after apply, by address. A new group has a placeholder id. */
  private readonly idsByAddress = new Map<string, string>();
  private readonly unplaced: UnplacedRule[] = [];

  constructor(plan: unknown) {
    this.priorValues = jsonMember(jsonMember(plan, 'prior_state'), 'values');
    this.configuration = jsonMember(plan, 'configuration');
    const entries = jsonListMember(plan, 'resource_changes').filter((entry) => jsonMember(entry, 'deposed') === undefined);
    this.changes = entries.flatMap(terraformResourceChange);
    this.mentioned = new Set(
      entries.flatMap((entry) => [jsonTextMember(entry, 'address') ?? '', jsonTextMember(entry, 'previous_address') ?? '']),
    );
  }

  read(): PlannedGroups {
    const prior = new Map(groupsInTerraformState(this.priorValues).map((group) => [group.id, group]));
    const groupChanges = this.changes.filter(({ resource }) => isGroupResource(resource));
    for (const { resource, after } of groupChanges) {
      if (after === null) continue;
      const id = jsonTextMember(after, 'id') ?? `sg-${'f'.repeat(9)}${String(this.newGroups.size).padStart(8, '0')}`;
      if (jsonTextMember(after, 'id') === null) this.newGroups.set(id, resource.address);
      this.idsByAddress.set(resource.address, id);
    }
    const deleted = new Set(groupChanges.filter(({ isDeleted }) => isDeleted).map(({ resource }) => jsonTextMember(resource.values, 'id')));
    const separate = this.rulesAfterApply();
    const changeOf = new Map(groupChanges.map((change) => [this.idsByAddress.get(change.resource.address) ?? '', change]));
    const ids = new Set([...prior.keys(), ...changeOf.keys(), ...separate.keys()].filter((id) => id !== ''));
    const groups = [...ids].map((id) => {
      if (deleted.has(id)) return { ...this.plannedGroup(id, prior.get(id), undefined, []), after: null };
      return this.plannedGroup(id, prior.get(id), changeOf.get(id), separate.get(id) ?? []);
    });
    return { groups, unplaced: this.unplaced, newGroups: this.newGroups };
  }

  /** Returns the rules of rule resources after apply, by group id. */
  private rulesAfterApply(): ReadonlyMap<string, readonly ResourceRule[]> {
    const rules = new Map<string, ResourceRule[]>();
    const read = (groupId: string, found: TerraformResource, afterUnknown?: unknown): readonly ResourceRule[] => {
      const { resource, unknown } = this.withNewSource(found, afterUnknown);
      return rulesOfTerraformResource(resource, groupId, unknown);
    };
    const add = (groupId: string, found: TerraformResource, afterUnknown?: unknown): void => {
      rules.set(groupId, [...(rules.get(groupId) ?? []), ...read(groupId, found, afterUnknown)]);
    };
    for (const resource of terraformResources(this.priorValues).filter(isRuleResource)) {
      const groupId = jsonTextMember(resource.values, 'security_group_id');
      if (groupId !== null && !this.mentioned.has(resource.address)) add(groupId, resource);
    }
    for (const { resource, after, unknown } of this.changes.filter((change) => isRuleResource(change.resource) && change.after !== null)) {
      const groupId = jsonTextMember(after, 'security_group_id') ?? this.referredGroup(resource.address, 'security_group_id');
      const values = { ...resource, values: after };
      if (groupId === undefined) this.unplaced.push({ address: resource.address, rules: read(UNKNOWN_GROUP, values, unknown) });
      else add(groupId, values, unknown);
    }
    return rules;
  }

  /**
   * Returns the id of the group that the attribute refers to. Returns `undefined` if the attribute refers to no group or to several groups.
   */
  private referredGroup(address: string, attribute: string): string | undefined {
    const [referred, ...others] = referredTerraformResources(this.configuration, address, attribute, [...this.idsByAddress.keys()]);
    return others.length > 0 || referred === undefined ? undefined : this.idsByAddress.get(referred);
  }

  /** If the source of a rule is a group that the plan creates, fills in the placeholder id of this group. */
  private withNewSource(
    resource: TerraformResource,
    unknown: unknown,
  ): { readonly resource: TerraformResource; readonly unknown: unknown } {
    for (const attribute of ['source_security_group_id', 'referenced_security_group_id']) {
      if (jsonMember(unknown, attribute) !== true) continue;
      const source = this.referredGroup(resource.address, attribute);
      if (source === undefined) continue;
      const values = { ...(resource.values as object), [attribute]: source };
      return { resource: { ...resource, values }, unknown: { ...(unknown as object), [attribute]: false } };
    }
    return { resource, unknown };
  }

  private plannedGroup(
    id: string,
    prior: TerraformGroup | undefined,
    change: ResourceChange | undefined,
    separate: readonly ResourceRule[],
  ): PlannedGroup {
    const address = change?.resource.address ?? prior?.address ?? null;
    const facts =
      change === undefined ? (prior ?? terraformGroupWithOnlyId(id)) : { ...terraformGroupFacts(withProviderGeneratedName(change)), id };
    const before = prior ?? (this.newGroups.has(id) ? undefined : terraformGroupWithOnlyId(id));
    const inline =
      change === undefined
        ? (prior?.inline ?? [])
        : rulesOfTerraformResource({ ...change.resource, values: change.after }, id, change.unknown);
    const unknownDirections = (['ingress', 'egress'] as const).filter((direction) => jsonMember(change?.unknown, direction) === true);
    const inlineBefore = prior?.inline ?? [];
    // If the blocks of a direction are known only after apply, assumes that these blocks do not change.
    const inlineAfter = [
      ...inline.filter((rule) => !unknownDirections.includes(rule.direction)),
      ...inlineBefore.filter((rule) => unknownDirections.includes(rule.direction)),
    ];
    const [known, unknownRules] = [
      [...separate, ...inlineAfter].filter(isKnownRule),
      [...separate, ...inline].filter((rule) => 'unknown' in rule),
    ];
    const rulesBefore = distinctKnownRules([...(prior?.separate ?? []), ...inlineBefore]);
    // If the configuration of a group has no blocks, the plan shows all live rules as blocks of the group. Therefore, the rule of a removed
    // rule resource is gone, even if a block still contains the rule.
    const gone = new Set([
      ...removedTerraformRuleKeys(prior?.separate ?? [], separate.filter(isKnownRule)),
      ...removedTerraformRuleKeys(inlineBefore, inlineAfter.filter(isKnownRule)),
    ]);
    const added = new Set([
      ...removedTerraformRuleKeys(separate.filter(isKnownRule), prior?.separate ?? []),
      ...removedTerraformRuleKeys(inlineAfter.filter(isKnownRule), inlineBefore),
    ]);
    return {
      address,
      before: before ?? null,
      after: facts,
      ownerId: facts.ownerId ?? prior?.ownerId ?? null,
      // If an unchanged group has no name here, the plan shows only the group's id, so all other facts are unknown.
      unknownFacts: change !== undefined ? factsUnknownUntilApply(change) : facts.name === null ? UNKNOWN_FACTS : [],
      rulesBefore,
      rulesAfter: distinctKnownRules([...known, ...rulesBefore]).filter(({ rule }) => !gone.has(ruleKey(rule)) || added.has(ruleKey(rule))),
      unknownRules: [
        ...unknownRules,
        // The plan shows the blocks of a new group as unknown even if rule resources contain all rules. Therefore, ignores unknown blocks
        // in a direction that has rule resources.
        ...unknownDirections
          .filter((direction) => !separate.some((rule) => rule.direction === direction))
          .map((direction) => ({ address: address ?? id, direction, unknown: [direction] })),
      ],
    };
  }
}

/** The placeholder for a group id that is known only after apply. */
export const UNKNOWN_GROUP = `sg-${'e'.repeat(17)}`;

export const UNKNOWN_FACTS: readonly Fact[] = ['name', 'vpcId', 'tags'];

/**
 * Returns the change in an entry of `resource_changes`, or an empty list for a data source. If the plan only removes a resource from the
 * state, `after` equals `before`.
 */
function terraformResourceChange(entry: unknown): ResourceChange[] {
  const [address, type] = [jsonTextMember(entry, 'address'), jsonTextMember(entry, 'type')];
  const change = jsonMember(entry, 'change');
  const actions = jsonListMember(change, 'actions');
  if (address === null || type === null || jsonMember(entry, 'mode') === 'data') return [];
  const before = jsonMember(change, 'before') ?? null;
  const isForgotten = actions.includes('forget');
  return [
    {
      resource: { address, type, mode: 'managed', values: before },
      after: isForgotten ? before : (jsonMember(change, 'after') ?? null),
      unknown: isForgotten ? undefined : jsonMember(change, 'after_unknown'),
      isDeleted: actions.includes('delete'),
    },
  ];
}

/**
 * Adds the name that the provider will generate to the values of the resource: the prefix and 26 digits (here zeros). A default group is
 * named `default`.
 */
function withProviderGeneratedName({ resource, after }: ResourceChange): unknown {
  const prefix = jsonTextMember(after, 'name_prefix');
  const name = resource.type === 'aws_default_security_group' ? 'default' : `${prefix ?? ''}${'0'.repeat(26)}`;
  return isPlannedNameUnknown({ resource, after }) || jsonTextMember(after, 'name') !== null ? after : { ...(after as object), name };
}

function isPlannedNameUnknown({ resource, after }: Pick<ResourceChange, 'resource' | 'after'>): boolean {
  const hasNone = jsonTextMember(after, 'name') === null && jsonTextMember(after, 'name_prefix') === null;
  return hasNone && resource.type !== 'aws_default_security_group';
}

function factsUnknownUntilApply(change: ResourceChange): Fact[] {
  const { unknown } = change;
  const tags = jsonMember(unknown, 'tags_all');
  const areTagsUnknown = tags === true || Object.values(tags ?? {}).includes(true);
  return [
    ...(isPlannedNameUnknown(change) ? (['name'] as const) : []),
    ...(jsonMember(unknown, 'vpc_id') === true ? (['vpcId'] as const) : []),
    ...(areTagsUnknown ? (['tags'] as const) : []),
  ];
}

/** Keeps only the first of several equal rules. */
function distinctKnownRules(rules: readonly KnownRule[]): KnownRule[] {
  const byKey = new Map([...rules].reverse().map((each) => [ruleKey(each.rule), each]));
  return [...byKey.values()].reverse();
}

/** Returns the keys of the rules in `before` that are not in `after`. */
function removedTerraformRuleKeys(before: readonly KnownRule[], after: readonly KnownRule[]): string[] {
  const left = new Set(after.map(({ rule }) => ruleKey(rule)));
  return before.map(({ rule }) => ruleKey(rule)).filter((key) => !left.has(key));
}

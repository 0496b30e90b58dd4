/** Reads the security group rules in Terraform resources. */
import {
  formatPermissionProblem,
  readPermissionRule,
  type Direction,
  type Rule,
  type RuleFields,
  type Traffic,
} from '@portcullis/permission-diff';
import { jsonListMember, jsonMember, jsonTextMember } from '../files/json-members.js';
import { Failure, readAllOrFailCommand } from '../command-line/failure.js';
import { terraformTags, type TerraformResource } from './resources.js';

/** A rule that a Terraform resource defines. */
export interface KnownRule {
  /** The address of the resource. */
  readonly address: string;
  readonly direction: Direction;
  readonly rule: Rule;
  /** The tags of the rule. A rule in a block has no tags. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A rule with attributes that are known only after apply. */
export interface UnknownRule {
  readonly address: string;
  readonly direction: Direction;
  /** The attributes that are known only after apply. */
  readonly unknown: readonly string[];
  /** Absent if the traffic is known only after apply. */
  readonly traffic?: Traffic;
}

export type ResourceRule = KnownRule | UnknownRule;

export function isKnownRule(rule: ResourceRule): rule is KnownRule {
  return 'rule' in rule;
}

/** The Terraform resource types of a security group. Their blocks `ingress` and `egress` contain rules. */
const GROUP_TYPES: ReadonlySet<string> = new Set(['aws_security_group', 'aws_default_security_group']);
/** The Terraform resource types that add rules to a group: one rule for each source. */
const RULE_TYPES: ReadonlySet<string> = new Set([
  'aws_security_group_rule',
  'aws_vpc_security_group_ingress_rule',
  'aws_vpc_security_group_egress_rule',
]);

export function isGroupResource({ type, mode }: Pick<TerraformResource, 'type' | 'mode'>): boolean {
  return mode === 'managed' && GROUP_TYPES.has(type);
}

export function isRuleResource({ type, mode }: Pick<TerraformResource, 'type' | 'mode'>): boolean {
  return mode === 'managed' && RULE_TYPES.has(type);
}

/**
 * Returns the rules of a group resource or of a rule resource. Returns an empty list for other resources.
 *
 * @param groupId the id of the group that has the rules
 * @param unknown the `after_unknown` of a plan
 * @throws {Failure} with a list of all rules that are invalid in a VPC.
 */
export function rulesOfTerraformResource(
  resource: Pick<TerraformResource, 'address' | 'type' | 'values'>,
  groupId: string,
  unknown?: unknown,
): readonly ResourceRule[] {
  const { address, type, values } = resource;
  const read = { address, groupId };
  if (GROUP_TYPES.has(type))
    return readAllOrFailCommand(DIRECTIONS, (direction) =>
      readAllOrFailCommand(jsonListMember(values, direction), (block, i) =>
        rulesOfTerraformBlock(block, jsonMember(jsonMember(unknown, direction), String(i)), { ...read, direction }),
      ),
    );
  if (type === 'aws_security_group_rule') {
    const direction = jsonMember(values, 'type') === 'egress' ? 'egress' : 'ingress';
    return rulesOfTerraformBlock(values, unknown, { ...read, direction });
  }
  if (!RULE_TYPES.has(type)) return [];
  return rulesOfVpcRuleResource(values, unknown, {
    ...read,
    direction: type.includes('egress') ? 'egress' : 'ingress',
    tags: terraformTags(values),
  });
}

const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

interface Reading {
  readonly address: string;
  readonly groupId: string;
  readonly direction: Direction;
  readonly tags?: KnownRule['tags'];
}

/** Reads a block of a group, or an `aws_security_group_rule`: one rule for each source. */
function rulesOfTerraformBlock(block: unknown, unknown: unknown, reading: Reading): ResourceRule[] {
  const common = {
    IpProtocol: jsonMember(block, 'protocol'),
    FromPort: jsonMember(block, 'from_port'),
    ToPort: jsonMember(block, 'to_port'),
  };
  const lists: readonly (readonly [string, (source: unknown) => RuleFields])[] = [
    ['cidr_blocks', (CidrIp) => ({ CidrIp })],
    ['ipv6_cidr_blocks', (CidrIpv6) => ({ CidrIpv6 })],
    ['prefix_list_ids', (PrefixListId) => ({ PrefixListId })],
    ['security_groups', terraformSourceGroupFields],
  ];
  const one = jsonMember(block, 'source_security_group_id');
  // The provider computes this attribute, so the plan shows it as unknown even if the rule has another source. The source is unknown only
  // if the rule has no other source.
  const isOneUnknown = isUnknownUntilApply(unknown, 'source_security_group_id') && !hasOtherTerraformSource(block, unknown);
  const sources: readonly RuleFields[] = [
    ...lists.flatMap(([name, fieldsOf]) =>
      jsonListMember(block, name)
        .filter((_, i) => jsonMember(jsonMember(unknown, name), String(i)) !== true)
        .map(fieldsOf),
    ),
    ...(jsonMember(block, 'self') === true ? [{ GroupId: reading.groupId }] : []),
    ...(typeof one === 'string' && jsonMember(block, 'self') !== true ? [terraformSourceGroupFields(one)] : []),
  ];
  const unknownSources = [
    ...lists.map(([name]) => name).filter((name) => isUnknownUntilApply(unknown, name)),
    ...(isOneUnknown ? ['source_security_group_id'] : []),
  ];
  return rulesFromAttributes(common, sources, { unknown, names: ['protocol', 'from_port', 'to_port'], unknownSources, block }, reading);
}

function hasOtherTerraformSource(block: unknown, unknown: unknown): boolean {
  const lists = ['cidr_blocks', 'ipv6_cidr_blocks', 'prefix_list_ids'];
  return (
    jsonMember(block, 'self') === true || lists.some((name) => jsonListMember(block, name).length > 0 || isUnknownUntilApply(unknown, name))
  );
}

/** Reads an `aws_vpc_security_group_ingress_rule` or `…_egress_rule`. */
function rulesOfVpcRuleResource(values: unknown, unknown: unknown, reading: Reading): ResourceRule[] {
  const common = {
    IpProtocol: jsonMember(values, 'ip_protocol'),
    FromPort: jsonMember(values, 'from_port'),
    ToPort: jsonMember(values, 'to_port'),
  };
  const group = jsonTextMember(values, 'referenced_security_group_id');
  const sources: readonly RuleFields[] = [
    {
      CidrIp: jsonMember(values, 'cidr_ipv4'),
      CidrIpv6: jsonMember(values, 'cidr_ipv6'),
      PrefixListId: jsonMember(values, 'prefix_list_id'),
      ...(group !== null && terraformSourceGroupFields(group)),
    },
  ];
  const names = ['cidr_ipv4', 'cidr_ipv6', 'prefix_list_id', 'referenced_security_group_id'];
  const unknownSources = names.filter((name) => isUnknownUntilApply(unknown, name));
  return rulesFromAttributes(
    common,
    unknownSources.length > 0 ? [] : sources,
    { unknown, names: ['ip_protocol', 'from_port', 'to_port'], unknownSources, block: values },
    reading,
  );
}

/** Terraform writes a group of another account as `<account>/<group>`. */
function terraformSourceGroupFields(text: unknown): RuleFields {
  const [, UserId, GroupId] = /^(\d{12})\/(.*)$/.exec(String(text)) ?? [];
  return GroupId === undefined ? { GroupId: text } : { GroupId, UserId };
}

interface Unknowns {
  readonly unknown: unknown;
  /** The names of the attributes that define the traffic. */
  readonly names: readonly string[];
  readonly unknownSources: readonly string[];
  readonly block: unknown;
}

function rulesFromAttributes(common: RuleFields, sources: readonly RuleFields[], unknowns: Unknowns, reading: Reading): ResourceRule[] {
  const { address, direction, tags = {} } = reading;
  const { unknown, names, unknownSources, block } = unknowns;
  const unknownTraffic = names.filter((name) => isUnknownUntilApply(unknown, name));
  const all = [...unknownTraffic, ...unknownSources];
  if (unknownTraffic.length > 0) return [{ address, direction, unknown: all }];
  const Description = jsonMember(block, 'description');
  const known = readAllOrFailCommand(sources, (source): KnownRule[] => {
    const pathOf = (field?: string): string => (field === undefined ? address : `${address}: ${field}`);
    const read = readPermissionRule({ ...common, ...source, Description }, { direction, descriptions: 'trusted', pathOf });
    if (!read.ok) throw new Failure(`invalid rule in Terraform: ${read.problems.map(formatPermissionProblem).join('; ')}`);
    return [{ address, direction, rule: read.value, tags }];
  });
  if (all.length === 0) return known;
  const traffic = readPermissionRule({ ...common, CidrIp: '0.0.0.0/0' }, { direction, pathOf: () => address });
  return [...known, { address, direction, unknown: all, ...(traffic.ok && { traffic: traffic.value.traffic }) }];
}

/** Reports whether an attribute, or an element of its list, is known only after apply. */
function isUnknownUntilApply(unknown: unknown, name: string): boolean {
  const value = jsonMember(unknown, name);
  return value === true || (Array.isArray(value) && value.includes(true));
}

/** Reads one rule with one source from its fields. EC2's `SecurityGroupRule` has one source, but `IpPermission` has lists of sources. */
import { permissionProblemCollector, type PermissionProblem, type ReadResult } from './problem.js';
import { readRuleDescription, SOURCES, type SourceOptions } from './read-source.js';
import { readPermissionTraffic } from './read-traffic.js';
import type { Direction, Rule } from './rule.js';

/** The fields of one rule, with the names in `IpPermission`. Exactly one of the fields for sources must be present. */
export interface RuleFields {
  readonly IpProtocol?: unknown;
  readonly FromPort?: unknown;
  readonly ToPort?: unknown;
  readonly CidrIp?: unknown;
  readonly CidrIpv6?: unknown;
  readonly PrefixListId?: unknown;
  readonly GroupId?: unknown;
  readonly GroupName?: unknown;
  /** The account that owns the source group. */
  readonly UserId?: unknown;
  readonly Description?: unknown;
}

export interface RuleOptions extends SourceOptions {
  /** @default 'ingress' */
  readonly direction?: Direction;
  /**
   * Returns the path of a field for messages, e.g. `rules[0].CidrIpv4` for `CidrIp`. If `field` is absent, returns the path of the rule.
   */
  readonly pathOf: (field?: keyof RuleFields) => string;
}

/** Returns the rule, or every problem of the fields. A source that is `null` or empty counts as absent. Never throws. */
export function readPermissionRule(fields: RuleFields, options: RuleOptions): ReadResult<Rule> {
  const { direction = 'ingress', pathOf } = options;
  const problems: PermissionProblem[] = [];
  const refuse = permissionProblemCollector(problems, (field) => pathOf(field === '' ? undefined : (field.slice(1) as keyof RuleFields)));
  const values: Readonly<Record<string, unknown>> = { ...fields };
  const kinds = SOURCES.filter(
    ([, name]) => isRuleFieldPresent(values[name]) || (name === 'GroupId' && isRuleFieldPresent(values.GroupName)),
  );
  const [kind] = kinds;
  if (kinds.length > 1) {
    const expected = 'only one source: a CIDR block, a prefix list or a group';
    problems.push({ code: 'several-sources', path: pathOf(), text: `${kinds.length} sources`, expected });
    return { ok: false, problems };
  }
  const traffic = readPermissionTraffic(refuse, fields);
  const source = kind === undefined ? refuse('no-source', '', undefined, SOME_SOURCE) : kind[2](refuse, values, options);
  const description = kind === undefined ? null : readRuleDescription(refuse, values, options);
  if (traffic === null || source === null || problems.length > 0) return { ok: false, problems };
  return { ok: true, value: description === null ? { direction, traffic, source } : { direction, traffic, source, description } };
}

const SOME_SOURCE = 'a source: a CIDR block, a prefix list or a group';

function isRuleFieldPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

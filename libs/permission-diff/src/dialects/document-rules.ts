/**
 * The ways in which documents of AWS spell rules: permissions with their lists of sources, one flat permission among the parameters of a
 * call, and the items of a rule set. One reader for AWS Config and for both encodings of CloudTrail, which differ only in what
 * `Located` hides.
 */
import { isFields, offendingText, type PermissionProblem } from '../problem.js';
import { readRules, type ReadOptions } from '../read-rules.js';
import type { Rule } from '../rule.js';
import { at, fieldsIn, isPresent, membersOf, scalarOf, textOf, type Located } from './located.js';

/** A rule as a document tells it. */
export interface RecordedRule extends Rule {
  /** `sgr-…`; `null` where the document names the rule by its values alone. */
  readonly ruleId: string | null;
}

/** What could be read, and why the rest could not. Without problems, `rules` is all there is. */
export interface Reading {
  readonly rules: readonly RecordedRule[];
  readonly problems: readonly PermissionProblem[];
}

/** The direction that the document is about, and the account that owns the group. */
export type DocumentOptions = Pick<ReadOptions, 'direction' | 'accountId'>;

/** Reads a list of EC2's `IpPermission`. */
export function readPermissions(list: Located, options: DocumentOptions): Reading {
  const reader = new RuleReader(options);
  for (const permission of membersOf(list, reader.problems)) reader.readPermission(permission);
  return reader;
}

/** Reads the permission that stands in the parameters themselves, beside an empty `ipPermissions`. None when there is none. */
export function readFlatPermission(parameters: Located, options: DocumentOptions): Reading {
  const reader = new RuleReader(options);
  reader.readFlatPermission(parameters);
  return reader;
}

/** Reads a list of EC2's `SecurityGroupRule`: one protocol, one source and, mostly, an id each. */
export function readRuleSet(list: Located, options: DocumentOptions): Reading {
  const reader = new RuleReader(options);
  for (const item of membersOf(list, reader.problems))
    reader.readRuleItem(item, textOf(at(item, 'securityGroupRuleId')));
  return reader;
}

/** Reads one EC2 `SecurityGroupRule`, or the `SecurityGroupRuleRequest` of a modification, whose id stands beside it. */
export function readRuleItem(item: Located, ruleId: string | null, options: DocumentOptions): Reading {
  const reader = new RuleReader(options);
  reader.readRuleItem(item, ruleId);
  return reader;
}

/** A rule under the names that `permission-diff` reads, each value still with its place in the record. */
type RuleFields = Readonly<Record<'IpProtocol' | 'FromPort' | 'ToPort' | 'Description', Located>> & SourceFields;
type SourceFields = Readonly<
  Partial<Record<'CidrIp' | 'CidrIpv6' | 'PrefixListId' | 'GroupId' | 'GroupName' | 'UserId', Located>>
>;

// What a permission is known to hold. `groups` is what CloudTrail calls `UserIdGroupPairs`, `ipv4Ranges` what AWS Config calls `IpRanges`.
const PERMISSION_KEYS = new Set(
  [
    'ipProtocol',
    'fromPort',
    'toPort',
    'ipv4Ranges',
    'ipRanges',
    'ipv6Ranges',
    'prefixListIds',
    'groups',
    'userIdGroupPairs',
    'tag',
  ].map((key) => key.toLowerCase()),
);

const FLAT_KEYS = [
  'ipProtocol',
  'fromPort',
  'toPort',
  'cidrIp',
  'sourceSecurityGroupName',
  'sourceSecurityGroupOwnerId',
] as const;

class RuleReader implements Reading {
  readonly rules: RecordedRule[] = [];
  readonly problems: PermissionProblem[] = [];

  constructor(private readonly options: DocumentOptions) {}

  readPermission(permission: Located): void {
    this.checkKeys(permission);
    const lists: readonly (readonly [list: Located, sourceOf: (entry: Located) => SourceFields])[] = [
      [at(permission, 'ipv4Ranges'), (entry) => ({ CidrIp: at(entry, 'cidrIp') })],
      // AWS Config lists the same blocks once more, as plain texts.
      [at(permission, 'ipRanges'), (entry) => ({ CidrIp: isFields(entry.value) ? at(entry, 'cidrIp') : entry })],
      [at(permission, 'ipv6Ranges'), (entry) => ({ CidrIpv6: at(entry, 'cidrIpv6') })],
      [at(permission, 'prefixListIds'), (entry) => ({ PrefixListId: at(entry, 'prefixListId') })],
      [
        at(permission, 'groups', 'userIdGroupPairs'),
        (entry) => ({ GroupId: at(entry, 'groupId'), GroupName: at(entry, 'groupName'), UserId: at(entry, 'userId') }),
      ],
    ];
    const sources = lists.flatMap(([list, sourceOf]) =>
      membersOf(list, this.problems).map((entry) => ({ entry, source: sourceOf(entry) })),
    );
    for (const { entry, source } of sources) {
      this.readRule({ ...trafficOf(permission), ...source, Description: at(entry, 'description') }, entry, null);
    }
    // Left to `permission-diff` to refuse: a permission open to nobody is not a permission.
    if (sources.length === 0) this.readRule({ ...trafficOf(permission), Description: NOWHERE }, permission, null);
  }

  readFlatPermission(parameters: Located): void {
    if (!FLAT_KEYS.some((key) => isPresent(at(parameters, key)))) return;
    const source: SourceFields = {
      CidrIp: at(parameters, 'cidrIp'),
      GroupName: at(parameters, 'sourceSecurityGroupName'),
      UserId: at(parameters, 'sourceSecurityGroupOwnerId'),
    };
    this.readRule({ ...trafficOf(parameters), ...source, Description: NOWHERE }, parameters, null);
  }

  readRuleItem(item: Located, ruleId: string | null): void {
    const group = at(item, 'referencedGroupInfo');
    const source: SourceFields = {
      CidrIp: at(item, 'cidrIpv4'),
      CidrIpv6: at(item, 'cidrIpv6'),
      PrefixListId: at(item, 'prefixListId'),
      GroupId: isPresent(group) ? at(group, 'groupId') : at(item, 'referencedGroupId'),
      UserId: at(group, 'userId'),
    };
    this.readRule({ ...trafficOf(item), ...source, Description: at(item, 'description') }, item, ruleId);
  }

  /** A list under a name we do not know may be a new kind of source: to pass over it would be to lose what it lets in. */
  private checkKeys(permission: Located): void {
    for (const [name, field] of fieldsIn(permission)) {
      if (PERMISSION_KEYS.has(name.toLowerCase()) || typeof field.value !== 'object') continue;
      if (membersOf(field, this.problems).length === 0) continue;
      const expected = 'a list of sources of a kind known to this library: IPv4, IPv6, prefix lists or groups';
      this.problems.push({ code: 'unknown-key', path: field.path, text: offendingText(field.value), expected });
    }
  }

  private readRule(fields: RuleFields, where: Located, ruleId: string | null): void {
    const read = readRules([permissionOf(fields)], { ...this.options, descriptions: 'trusted' });
    if (read.ok) this.rules.push(...read.value.map((rule) => ({ ...rule, ruleId })));
    else this.problems.push(...read.problems.map((problem) => relocated(problem, fields, where)));
  }
}

const NOWHERE: Located = { value: undefined, path: '' };

function trafficOf(parent: Located): Pick<RuleFields, 'IpProtocol' | 'FromPort' | 'ToPort'> {
  return { IpProtocol: at(parent, 'ipProtocol'), FromPort: at(parent, 'fromPort'), ToPort: at(parent, 'toPort') };
}

/** Returns EC2's `IpPermission`, its values as the caller once sent them, for `readRules` to accept or refuse. */
function permissionOf(fields: RuleFields): unknown {
  const { CidrIp, CidrIpv6, PrefixListId, GroupId, GroupName, UserId } = fields;
  const described = isPresent(fields.Description) ? { Description: scalarOf(fields.Description) } : {};
  return {
    IpProtocol: scalarOf(fields.IpProtocol),
    FromPort: integerOf(fields.FromPort),
    ToPort: integerOf(fields.ToPort),
    IpRanges: listOfOne({ CidrIp }, described),
    Ipv6Ranges: listOfOne({ CidrIpv6 }, described),
    PrefixListIds: listOfOne({ PrefixListId }, described),
    UserIdGroupPairs: listOfOne({ GroupId, GroupName }, { UserId: accountIdOf(UserId), ...described }),
  };
}

/** Returns a list of the one source that is there, or nothing. */
function listOfOne(source: Readonly<Record<string, Located | undefined>>, rest: object): unknown {
  const present = Object.entries(source).flatMap(([key, field]) =>
    field !== undefined && isPresent(field) ? [[key, scalarOf(field)] as const] : [],
  );
  return present.length === 0 ? undefined : [{ ...Object.fromEntries(present), ...rest }];
}

/** Ports are recorded as numbers and, in records that went through other hands, as text. */
function integerOf(field: Located): unknown {
  const text = scalarOf(field);
  return typeof text === 'string' && /^-?\d{1,10}$/.test(text) ? Number(text) : text;
}

/** An account id that the record turned into a number has lost its leading zeros. */
function accountIdOf(field: Located | undefined): unknown {
  if (field === undefined) return undefined;
  return typeof field.value === 'number' ? String(field.value).padStart(12, '0') : scalarOf(field);
}

/** Returns the problem under the record's own path instead of the path within the permission made of it. */
function relocated(problem: PermissionProblem, fields: RuleFields, where: Located): PermissionProblem {
  const name = problem.path.slice(problem.path.lastIndexOf('.') + 1);
  const field = Object.entries(fields).find(([key]) => key === name)?.[1];
  return { ...problem, path: field === undefined || field.path === '' ? where.path : field.path };
}

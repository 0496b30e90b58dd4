/**
 * The ways in which documents of AWS spell rules: permissions with their lists of sources, one flat permission among the parameters of a
 * call, and single rules. One reader serves EC2's answers, AWS Config and both encodings of CloudTrail, which differ in little but what
 * `Located` hides.
 */
import { isFields, offendingText, type PermissionProblem } from '../problem.js';
import { readRules, type ReadOptions } from '../read-rules.js';
import type { Rule } from '../rule.js';
import { at, atLikeOthers, fieldsIn, isPresent, membersOf, scalarOf, textOf, type Located } from './located.js';

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
  const reader = newReader(options);
  for (const permission of membersOf(list, reader.problems)) readPermission(reader, permission);
  return reader;
}

/** Reads the permission that stands in the parameters themselves, beside an empty `ipPermissions`. None when there is none. */
export function readFlatPermission(parameters: Located, options: DocumentOptions): Reading {
  const reader = newReader(options);
  const traffic = trafficOf(parameters);
  const source: SourceFields = {
    CidrIp: at(parameters, 'cidrIp'),
    GroupName: at(parameters, 'sourceSecurityGroupName'),
    UserId: at(parameters, 'sourceSecurityGroupOwnerId'),
  };
  if (Object.values({ ...traffic, ...source }).some(isPresent)) {
    readRule(reader, { ...traffic, ...source }, parameters, null);
  }
  return reader;
}

/** Reads a list of EC2's `SecurityGroupRule`: one protocol, one source and, mostly, an id each. */
export function readRuleSet(list: Located, options: DocumentOptions): Reading {
  const reader = newReader(options);
  for (const item of membersOf(list, reader.problems)) readItem(reader, item, textOf(at(item, 'securityGroupRuleId')));
  return reader;
}

/** Reads one EC2 `SecurityGroupRule`, or the `SecurityGroupRuleRequest` of a modification, whose id stands beside it. */
export function readRuleItem(item: Located, ruleId: string | null, options: DocumentOptions): Reading {
  const reader = newReader(options);
  readItem(reader, item, ruleId);
  return reader;
}

/** A rule under the names of `IpPermission`, each value still with its place in the document. */
type RuleFields = Readonly<Record<'IpProtocol' | 'FromPort' | 'ToPort', Located>> & SourceFields;
type SourceFields = Readonly<Partial<Record<SourceField | 'Description', Located>>>;
type SourceField = 'CidrIp' | 'CidrIpv6' | 'PrefixListId' | 'GroupId' | 'GroupName' | 'UserId';

/** The lists of a permission and what their entries hold, or are: AWS Config's `ipRanges` are plain texts. */
const LISTS: readonly (readonly [list: string, ...fields: [SourceField, ...SourceField[]]])[] = [
  // AWS Config's name for what `ipRanges` names, too.
  ['ipv4Ranges', 'CidrIp'],
  ['ipRanges', 'CidrIp'],
  ['ipv6Ranges', 'CidrIpv6'],
  ['prefixListIds', 'PrefixListId'],
  // CloudTrail's name for what the others call `userIdGroupPairs`.
  ['groups', 'GroupId', 'GroupName', 'UserId'],
  ['userIdGroupPairs', 'GroupId', 'GroupName', 'UserId'],
];
const PERMISSION_KEYS = new Set(
  ['ipProtocol', 'fromPort', 'toPort', 'tag', ...LISTS.map(([list]) => list)].map((key) => key.toLowerCase()),
);

interface Reader {
  readonly options: DocumentOptions;
  readonly rules: RecordedRule[];
  readonly problems: PermissionProblem[];
}

function newReader(options: DocumentOptions): Reader {
  return { options, rules: [], problems: [] };
}

function readPermission(reader: Reader, permission: Located): void {
  const { problems } = reader;
  // A list under a name we do not know may be a new kind of source: to pass over it would be to lose what it lets in.
  for (const [name, { value, path }] of fieldsIn(permission)) {
    if (PERMISSION_KEYS.has(name.toLowerCase()) || typeof value !== 'object') continue;
    if (membersOf({ value, path }, problems).length === 0) continue;
    const expected = 'a list of sources of a known kind: IPv4, IPv6, prefix lists or groups';
    problems.push({ code: 'unknown-key', path, text: offendingText(value), expected });
  }
  const traffic = trafficOf(permission);
  let isForSomebody = false;
  for (const [list, ...fields] of LISTS) {
    for (const entry of membersOf(at(permission, list), problems)) {
      isForSomebody = true;
      const source: SourceFields = isFields(entry.value) ? fieldsOf(entry, fields) : { [fields[0]]: entry };
      readRule(reader, { ...traffic, ...source, Description: at(entry, 'description') }, entry, null);
    }
  }
  // Left to `readRules` to refuse: a permission open to nobody is not a permission.
  if (!isForSomebody) readRule(reader, traffic, permission, null);
}

function readItem(reader: Reader, item: Located, ruleId: string | null): void {
  const group = at(item, 'referencedGroupInfo');
  const sources: SourceFields = {
    CidrIp: at(item, 'cidrIpv4'),
    ...fieldsOf(item, ['CidrIpv6', 'PrefixListId']),
    GroupId: isPresent(group) ? at(group, 'groupId') : at(item, 'referencedGroupId'),
  };
  const given = Object.values(sources).filter(isPresent);
  if (given.length > 1) {
    const expected = 'exactly one of a CIDR block, a prefix list and a group';
    reader.problems.push({ code: 'several-sources', path: item.path, text: `${given.length} sources`, expected });
    return;
  }
  const fields = { ...trafficOf(item), ...sources, UserId: at(group, 'userId'), Description: at(item, 'description') };
  readRule(reader, fields, item, ruleId);
}

function readRule({ options, rules, problems }: Reader, fields: RuleFields, where: Located, ruleId: string | null): void {
  const read = readRules([permissionOf(fields)], { ...options, descriptions: 'trusted' });
  if (read.ok) rules.push(...read.value.map((rule) => ({ ...rule, ruleId })));
  else problems.push(...read.problems.map((problem) => relocated(problem, fields, where)));
}

function trafficOf(parent: Located): Pick<RuleFields, 'IpProtocol' | 'FromPort' | 'ToPort'> {
  return fieldsOf(parent, ['IpProtocol', 'FromPort', 'ToPort']);
}

/** Returns the fields of those names, which documents write in camelCase or in PascalCase. */
function fieldsOf<Name extends string>(parent: Located, names: readonly Name[]): Record<Name, Located> {
  return Object.fromEntries(names.map((name) => [name, atLikeOthers(parent, name)])) as Record<Name, Located>;
}

/** Returns EC2's `IpPermission`, its values as the caller once sent them, for `readRules` to accept or refuse. */
function permissionOf(fields: RuleFields): unknown {
  const { CidrIp, CidrIpv6, PrefixListId, GroupId, GroupName, UserId } = fields;
  const described = { Description: valueOf(fields.Description) };
  return {
    IpProtocol: valueOf(fields.IpProtocol),
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
  const present = Object.entries(source).filter(([, field]) => field !== undefined && isPresent(field));
  return present.length === 0 ? undefined : [{ ...Object.fromEntries(present.map(([key, field]) => [key, valueOf(field)])), ...rest }];
}

function valueOf(field: Located | undefined): unknown {
  return field && scalarOf(field);
}

/** Ports are recorded as numbers and, in records that went through other hands, as text. */
function integerOf(field: Located): unknown {
  const text = scalarOf(field);
  return typeof text === 'string' && /^-?\d{1,10}$/.test(text) ? Number(text) : text;
}

/** An account id that the record turned into a number has lost its leading zeros. */
function accountIdOf(field: Located | undefined): unknown {
  return typeof field?.value === 'number' ? String(field.value).padStart(12, '0') : valueOf(field);
}

/** Returns the problem under the document's own path instead of the path within the permission made of it. */
function relocated(problem: PermissionProblem, fields: RuleFields, where: Located): PermissionProblem {
  const name = problem.path.slice(problem.path.lastIndexOf('.') + 1);
  const field = Object.entries(fields).find(([key]) => key === name)?.[1];
  return { ...problem, path: field?.path ?? where.path };
}

/**
 * The ways in which records spell rules: permissions with their lists of sources, one flat permission among the parameters of a call, and
 * single rules. `Located` hides how CloudTrail's two encodings differ.
 */
import { isObject, offendingText, readRule, type Direction, type RuleFields } from '@portcullis/permission-diff';
import { at, atLikeOthers, fieldsIn, isPresent, membersOf, scalarOf, textOf, type Located } from './located.js';
import type { RecordedRule } from '@portcullis/permission-diff';
import type { RecordProblem } from './problem.js';

/** What could be read of the rules, and why the rest could not. Without problems, `rules` is all there is. */
export interface Telling {
  readonly rules: readonly RecordedRule[];
  readonly problems: readonly RecordProblem[];
}

/** Reads a list of EC2's `IpPermission`. */
export function readPermissions(list: Located, direction: Direction): Telling {
  const reader = newReader(direction);
  for (const permission of membersOf(list, reader.problems)) readPermission(reader, permission);
  return reader;
}

/** Reads the permission whose fields are parameters of the call, beside an empty `ipPermissions`. Returns no rule if there is none. */
export function readFlatPermission(parameters: Located, direction: Direction): Telling {
  const reader = newReader(direction);
  const fields: PlacedFields = {
    ...trafficOf(parameters),
    CidrIp: at(parameters, 'cidrIp'),
    GroupName: at(parameters, 'sourceSecurityGroupName'),
    UserId: at(parameters, 'sourceSecurityGroupOwnerId'),
  };
  if (Object.values(fields).some(isPresent)) addRule(reader, fields, parameters, null);
  return reader;
}

/** Reads a list of EC2's `SecurityGroupRule`: one protocol, one source and, mostly, an id each. */
export function readRuleSet(list: Located, direction: Direction): Telling {
  const reader = newReader(direction);
  for (const item of membersOf(list, reader.problems)) addItem(reader, item, textOf(at(item, 'securityGroupRuleId')));
  return reader;
}

/** Reads one EC2 `SecurityGroupRule`, or the `SecurityGroupRuleRequest` of a modification, whose id stands beside it. */
export function readRuleItem(item: Located, ruleId: string | null, direction: Direction): Telling {
  const reader = newReader(direction);
  addItem(reader, item, ruleId);
  return reader;
}

/** The values of a rule under the names of `IpPermission`, each still with its place in the record. */
type PlacedFields = Readonly<Partial<Record<keyof RuleFields, Located>>>;

/** The lists of a permission, and the fields of their entries. An entry that is a scalar is its first field. */
const LISTS: readonly (readonly [list: string, ...fields: [keyof RuleFields, ...(keyof RuleFields)[]]])[] = [
  ['ipRanges', 'CidrIp'],
  ['ipv6Ranges', 'CidrIpv6'],
  ['prefixListIds', 'PrefixListId'],
  // CloudTrail's name for what EC2 calls `userIdGroupPairs`.
  ['groups', 'GroupId', 'GroupName', 'UserId'],
  ['userIdGroupPairs', 'GroupId', 'GroupName', 'UserId'],
];
const PERMISSION_KEYS = new Set(
  ['ipProtocol', 'fromPort', 'toPort', 'tag', ...LISTS.map(([list]) => list)].map((key) => key.toLowerCase()),
);

interface Reader {
  readonly direction: Direction;
  readonly rules: RecordedRule[];
  readonly problems: RecordProblem[];
}

function newReader(direction: Direction): Reader {
  return { direction, rules: [], problems: [] };
}

function readPermission(reader: Reader, permission: Located): void {
  const { problems } = reader;
  // A list under an unknown name may be a new kind of source. To ignore it would be to miss what it lets in.
  for (const [name, { value, path }] of fieldsIn(permission)) {
    if (PERMISSION_KEYS.has(name.toLowerCase()) || typeof value !== 'object') continue;
    if (membersOf({ value, path }, problems).length === 0) continue;
    const expected = 'a list of sources of a known kind: IPv4, IPv6, prefix lists or groups';
    problems.push({ code: 'unknown-key', path, text: offendingText(value), expected });
  }
  const traffic = trafficOf(permission);
  let hasSource = false;
  for (const [list, ...fields] of LISTS) {
    for (const entry of membersOf(at(permission, list), problems)) {
      hasSource = true;
      const source: PlacedFields = isObject(entry.value) ? fieldsOf(entry, fields) : { [fields[0]]: entry };
      addRule(reader, { ...traffic, ...source, Description: at(entry, 'description') }, entry, null);
    }
  }
  if (!hasSource) addRule(reader, traffic, permission, null);
}

function addItem(reader: Reader, item: Located, ruleId: string | null): void {
  const group = at(item, 'referencedGroupInfo');
  const fields = {
    ...trafficOf(item),
    CidrIp: at(item, 'cidrIpv4'),
    ...fieldsOf(item, ['CidrIpv6', 'PrefixListId']),
    GroupId: isPresent(group) ? at(group, 'groupId') : at(item, 'referencedGroupId'),
    UserId: at(group, 'userId'),
    Description: at(item, 'description'),
  };
  addRule(reader, fields, item, ruleId);
}

function addRule({ direction, rules, problems }: Reader, fields: PlacedFields, where: Located, ruleId: string | null): void {
  const read = readRule(valuesOf(fields), {
    direction,
    descriptions: 'trusted',
    pathOf: (field) => (field === undefined ? where.path : (fields[field] ?? where).path),
  });
  if (read.ok) rules.push({ ...read.value, ruleId });
  else problems.push(...read.problems);
}

function trafficOf(parent: Located): PlacedFields {
  return fieldsOf(parent, ['IpProtocol', 'FromPort', 'ToPort']);
}

/** Returns the fields of those names, which records write in camelCase or in PascalCase. */
function fieldsOf(parent: Located, names: readonly (keyof RuleFields)[]): PlacedFields {
  return Object.fromEntries(names.map((name) => [name, atLikeOthers(parent, name)]));
}

/** Returns the values as the caller once sent them. */
function valuesOf(fields: PlacedFields): RuleFields {
  const values = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, scalarOf(field)]));
  return { ...values, FromPort: integerOf(values.FromPort), ToPort: integerOf(values.ToPort), UserId: accountIdOf(fields.UserId) };
}

/** Ports are recorded as numbers and, in records that went through other hands, as text. */
function integerOf(text: unknown): unknown {
  return typeof text === 'string' && /^-?\d{1,10}$/.test(text) ? Number(text) : text;
}

/** An account id that the record turned into a number has lost its leading zeros. */
function accountIdOf(field: Located | undefined): unknown {
  return typeof field?.value === 'number' ? String(field.value).padStart(12, '0') : field && scalarOf(field);
}

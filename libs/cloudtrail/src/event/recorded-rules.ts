/**
 * Reads the forms in which records write rules: permissions with lists of sources, one flat permission among the parameters of a call, and
 * single rules. `Located` hides the difference between the two encodings.
 */
import { diffRules, isObject, readRule, type Direction, type RecordedRule, type RuleFields } from '@portcullis/permission-diff';
import { at, atLikeOthers, fieldsIn, isPresent, membersOf, problemAt, scalarOf, textOf, type Located } from './located.js';
import type { RecordProblem } from './problem.js';

/** The readable rules, and the problems of the others. If there are no problems, `rules` is complete. */
export interface RulesRead {
  readonly rules: readonly RecordedRule[];
  readonly problems: readonly RecordProblem[];
}

/** Reads a list of EC2's `IpPermission`. */
export function readPermissions(list: Located, direction: Direction): RulesRead {
  const reader = newReader(direction);
  for (const permission of membersOf(list, reader.problems)) readPermission(reader, permission);
  return reader;
}

/** Reads the flat permission if the call has one. Its fields are parameters of the call, next to an empty `ipPermissions`. */
export function readFlatPermission(parameters: Located, direction: Direction): RulesRead {
  const reader = newReader(direction);
  const fields: LocatedFields = {
    ...trafficOf(parameters),
    CidrIp: at(parameters, 'cidrIp'),
    GroupName: at(parameters, 'sourceSecurityGroupName'),
    UserId: at(parameters, 'sourceSecurityGroupOwnerId'),
  };
  if (Object.values(fields).some(isPresent)) addRule(reader, fields, parameters, null);
  return reader;
}

/** Reads a list of EC2's `SecurityGroupRule`. Each has one protocol, one source and usually an id. */
export function readRuleSet(list: Located, direction: Direction): RulesRead {
  const reader = newReader(direction);
  for (const item of membersOf(list, reader.problems)) addItem(reader, item, textOf(at(item, 'securityGroupRuleId')));
  return reader;
}

/** Reads one `SecurityGroupRule`. Also reads the `SecurityGroupRuleRequest` of a Modify call, whose id is outside the item. */
export function readRuleItem(item: Located, ruleId: string | null, direction: Direction): RulesRead {
  const reader = newReader(direction);
  addItem(reader, item, ruleId);
  return reader;
}

/**
 * Returns the most reliable rules of a call. It prefers EC2's answer, if readable, because the answer is canonical and has the ids.
 * Otherwise it returns the rules of the request, if readable, or else all readable rules of both.
 */
export function mostReliable(response: RulesRead, request: RulesRead): RulesRead {
  if (response.rules.length > 0 && response.problems.length === 0) return response;
  return request.problems.length === 0 ? request : combined(response, request);
}

/** Returns the readable rules of both, with the problems of both. */
export function combined(response: RulesRead, request: RulesRead): RulesRead {
  const onlyRequested = diffRules(request.rules, response.rules).missing;
  return { rules: [...response.rules, ...onlyRequested], problems: [...response.problems, ...request.problems] };
}

/** The values of a rule under the names of `IpPermission`, each with its path in the record. */
type LocatedFields = Readonly<Partial<Record<keyof RuleFields, Located>>>;

/** The lists of a permission with the fields of their entries. A scalar entry is read as the value of the first field. */
const LISTS: readonly (readonly [list: string, ...fields: [keyof RuleFields, ...(keyof RuleFields)[]]])[] = [
  ['ipRanges', 'CidrIp'],
  ['ipv6Ranges', 'CidrIpv6'],
  ['prefixListIds', 'PrefixListId'],
  // CloudTrail's name for EC2's `userIdGroupPairs`.
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
  // A list under an unknown name may be a new kind of source. Ignoring it would hide the traffic that it allows.
  for (const [name, field] of fieldsIn(permission)) {
    if (PERMISSION_KEYS.has(name.toLowerCase()) || typeof field.value !== 'object') continue;
    if (membersOf(field, problems).length === 0) continue;
    problems.push(problemAt('unknown-key', field, 'a list of sources of a known kind: IPv4, IPv6, prefix lists or groups'));
  }
  const traffic = trafficOf(permission);
  let hasSource = false;
  for (const [list, ...fields] of LISTS) {
    for (const entry of membersOf(at(permission, list), problems)) {
      hasSource = true;
      const source: LocatedFields = isObject(entry.value) ? fieldsOf(entry, fields) : { [fields[0]]: entry };
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

function addRule({ direction, rules, problems }: Reader, fields: LocatedFields, where: Located, ruleId: string | null): void {
  const read = readRule(valuesOf(fields), {
    direction,
    descriptions: 'trusted',
    pathOf: (field) => (field === undefined ? where.path : (fields[field] ?? where).path),
  });
  if (read.ok) rules.push({ ...read.value, ruleId });
  else problems.push(...read.problems);
}

function trafficOf(parent: Located): LocatedFields {
  return fieldsOf(parent, ['IpProtocol', 'FromPort', 'ToPort']);
}

/** Returns the fields with these names, in camelCase or PascalCase. */
function fieldsOf(parent: Located, names: readonly (keyof RuleFields)[]): LocatedFields {
  return Object.fromEntries(names.map((name) => [name, atLikeOthers(parent, name)]));
}

/** Returns the values as the caller sent them. */
function valuesOf(fields: LocatedFields): RuleFields {
  const values = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, scalarOf(field)]));
  return { ...values, FromPort: integerOf(values.FromPort), ToPort: integerOf(values.ToPort), UserId: accountIdOf(fields.UserId) };
}

/** Ports are recorded as numbers, or as text if another tool has rewritten the record. */
function integerOf(text: unknown): unknown {
  return typeof text === 'string' && /^-?\d{1,10}$/.test(text) ? Number(text) : text;
}

/** An account id that was coerced to a number has lost its leading zeros. */
function accountIdOf(field: Located | undefined): unknown {
  return typeof field?.value === 'number' ? String(field.value).padStart(12, '0') : field && scalarOf(field);
}

/**
 * Reads the rules in a record. Records write rules in three forms: as permissions with lists of sources, as one flat permission among the
 * parameters of the call, or as single rules. The functions of `located.ts` read both of CloudTrail's encodings.
 */
import { diffRules, isObject, readPermissionRule, type Direction, type RecordedRule, type RuleFields } from '@portcullis/permission-diff';
import {
  recordField,
  recordFieldLikeOthers,
  recordFields,
  isFieldRecorded,
  recordedMembers,
  recordProblem,
  recordedScalar,
  recordedText,
  type Located,
} from './located.js';
import type { RecordProblem } from './problem.js';

/** The rules that could be read, and the problems of the other rules. If there are no problems, `rules` is complete. */
export interface RulesRead {
  readonly rules: readonly RecordedRule[];
  readonly problems: readonly RecordProblem[];
}

/** Reads a list of permissions in the form of EC2's `IpPermission`. */
export function readRecordedPermissions(list: Located, direction: Direction): RulesRead {
  const reader = newRecordedRuleReader(direction);
  for (const permission of recordedMembers(list, reader.problems)) addRecordedPermission(reader, permission);
  return reader;
}

/**
 * Reads the flat permission of a call, if the call has one. The fields of a flat permission are parameters of the call, and `ipPermissions`
 * is empty.
 */
export function readFlatRecordedPermission(parameters: Located, direction: Direction): RulesRead {
  const reader = newRecordedRuleReader(direction);
  const fields: LocatedFields = {
    ...recordedTrafficFields(parameters),
    CidrIp: recordField(parameters, 'cidrIp'),
    GroupName: recordField(parameters, 'sourceSecurityGroupName'),
    UserId: recordField(parameters, 'sourceSecurityGroupOwnerId'),
  };
  if (Object.values(fields).some(isFieldRecorded)) addRecordedRule(reader, fields, parameters, null);
  return reader;
}

/** Reads a list of rules in the form of EC2's `SecurityGroupRule`. Each rule has one protocol, one source and usually an id. */
export function readRecordedRuleSet(list: Located, direction: Direction): RulesRead {
  const reader = newRecordedRuleReader(direction);
  for (const item of recordedMembers(list, reader.problems))
    addRecordedRuleItem(reader, item, recordedText(recordField(item, 'securityGroupRuleId')));
  return reader;
}

/**
 * Reads one rule in the form of EC2's `SecurityGroupRule`, or of the `SecurityGroupRuleRequest` in a Modify call. The caller passes the
 * rule id, because a `SecurityGroupRuleRequest` does not contain the id.
 */
export function readRecordedRuleItem(item: Located, ruleId: string | null, direction: Direction): RulesRead {
  const reader = newRecordedRuleReader(direction);
  addRecordedRuleItem(reader, item, ruleId);
  return reader;
}

/**
 * Returns the most reliable rules of a call. If EC2's response lists rules and all are readable, returns these rules, because EC2 writes
 * them in canonical form and with their ids. Otherwise, if the whole request is readable, returns the rules of the request. Otherwise,
 * returns all readable rules of the response and of the request.
 */
export function mostReliableRecordedRules(response: RulesRead, request: RulesRead): RulesRead {
  if (response.rules.length > 0 && response.problems.length === 0) return response;
  return request.problems.length === 0 ? request : combineRecordedRules(response, request);
}

/** Returns the readable rules and the problems of both the response and the request. Each rule appears once. */
export function combineRecordedRules(response: RulesRead, request: RulesRead): RulesRead {
  const onlyRequested = diffRules(request.rules, response.rules).missing;
  return { rules: [...response.rules, ...onlyRequested], problems: [...response.problems, ...request.problems] };
}

/** The fields of a rule, with the names that `IpPermission` uses. Each value has its path in the record. */
type LocatedFields = Readonly<Partial<Record<keyof RuleFields, Located>>>;

/**
 * The lists of sources in a permission, and the fields in an entry of each list. If an entry is a scalar, the scalar is the value of the
 * first field.
 */
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

function newRecordedRuleReader(direction: Direction): Reader {
  return { direction, rules: [], problems: [] };
}

function addRecordedPermission(reader: Reader, permission: Located): void {
  const { problems } = reader;
  // A list with an unknown name is possibly a new kind of source. If we ignored the list, the traffic that it allows would stay hidden.
  for (const [name, field] of recordFields(permission)) {
    if (PERMISSION_KEYS.has(name.toLowerCase()) || typeof field.value !== 'object') continue;
    if (recordedMembers(field, problems).length === 0) continue;
    problems.push(recordProblem('unknown-key', field, 'a list of sources of a known kind: IPv4, IPv6, prefix lists or groups'));
  }
  const traffic = recordedTrafficFields(permission);
  let hasSource = false;
  for (const [list, ...fields] of LISTS) {
    for (const entry of recordedMembers(recordField(permission, list), problems)) {
      hasSource = true;
      const source: LocatedFields = isObject(entry.value) ? recordedRuleFields(entry, fields) : { [fields[0]]: entry };
      addRecordedRule(reader, { ...traffic, ...source, Description: recordField(entry, 'description') }, entry, null);
    }
  }
  if (!hasSource) addRecordedRule(reader, traffic, permission, null);
}

function addRecordedRuleItem(reader: Reader, item: Located, ruleId: string | null): void {
  const group = recordField(item, 'referencedGroupInfo');
  const fields = {
    ...recordedTrafficFields(item),
    CidrIp: recordField(item, 'cidrIpv4'),
    ...recordedRuleFields(item, ['CidrIpv6', 'PrefixListId']),
    GroupId: isFieldRecorded(group) ? recordField(group, 'groupId') : recordField(item, 'referencedGroupId'),
    UserId: recordField(group, 'userId'),
    Description: recordField(item, 'description'),
  };
  addRecordedRule(reader, fields, item, ruleId);
}

function addRecordedRule({ direction, rules, problems }: Reader, fields: LocatedFields, where: Located, ruleId: string | null): void {
  const read = readPermissionRule(recordedRuleValues(fields), {
    direction,
    descriptions: 'trusted',
    pathOf: (field) => (field === undefined ? where.path : (fields[field] ?? where).path),
  });
  if (read.ok) rules.push({ ...read.value, ruleId });
  else problems.push(...read.problems);
}

function recordedTrafficFields(parent: Located): LocatedFields {
  return recordedRuleFields(parent, ['IpProtocol', 'FromPort', 'ToPort']);
}

/** Returns the fields with these names. In the record, a name can be in camelCase or PascalCase. */
function recordedRuleFields(parent: Located, names: readonly (keyof RuleFields)[]): LocatedFields {
  return Object.fromEntries(names.map((name) => [name, recordFieldLikeOthers(parent, name)]));
}

/** Returns the values of the fields as the caller sent them. */
function recordedRuleValues(fields: LocatedFields): RuleFields {
  const values = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, recordedScalar(field)]));
  return {
    ...values,
    FromPort: recordedInteger(values.FromPort),
    ToPort: recordedInteger(values.ToPort),
    UserId: recordedAccountId(fields.UserId),
  };
}

/** CloudTrail records ports as numbers. If another tool has rewritten the record, ports can be text. */
function recordedInteger(text: unknown): unknown {
  return typeof text === 'string' && /^-?\d{1,10}$/.test(text) ? Number(text) : text;
}

/** If CloudTrail has turned an account id into a number, the id has lost its leading zeros. */
function recordedAccountId(field: Located | undefined): unknown {
  return typeof field?.value === 'number' ? String(field.value).padStart(12, '0') : field && recordedScalar(field);
}

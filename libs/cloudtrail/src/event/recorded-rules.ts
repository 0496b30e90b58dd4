/**
 * Reads the rules in a record. A record contains rules in one of three forms: permissions with lists of sources, one flat permission among
 * the parameters of the call, or single rules. CloudTrail writes each form in one of two encodings, which `located.ts` reads.
 */
import { diffRules, isObject, readPermissionRule, type Direction, type RecordedRule, type RuleFields } from '@portcullis/permission-diff';
import {
  cloudTrailField,
  cloudTrailFieldInParentCase,
  cloudTrailFields,
  isCloudTrailFieldPresent,
  cloudTrailListMembers,
  cloudTrailProblem,
  cloudTrailScalar,
  cloudTrailText,
  type Located,
} from './located.js';
import type { RecordProblem } from './problem.js';

/** The readable rules, and the problems of unreadable rules. If `problems` is empty, `rules` is complete. */
export interface RulesRead {
  readonly rules: readonly RecordedRule[];
  readonly problems: readonly RecordProblem[];
}

/** Reads a list of permissions in the form of EC2's `IpPermission`. */
export function readCloudTrailPermissions(list: Located, direction: Direction): RulesRead {
  const reader = newCloudTrailRuleReader(direction);
  for (const permission of cloudTrailListMembers(list, reader.problems)) addCloudTrailPermission(reader, permission);
  return reader;
}

/**
 * Reads the flat permission of a call, if the call has one. The fields of a flat permission are parameters of the call, and `ipPermissions`
 * is empty.
 */
export function readFlatCloudTrailPermission(parameters: Located, direction: Direction): RulesRead {
  const reader = newCloudTrailRuleReader(direction);
  const fields: LocatedFields = {
    ...cloudTrailTrafficFields(parameters),
    CidrIp: cloudTrailField(parameters, 'cidrIp'),
    GroupName: cloudTrailField(parameters, 'sourceSecurityGroupName'),
    UserId: cloudTrailField(parameters, 'sourceSecurityGroupOwnerId'),
  };
  if (Object.values(fields).some(isCloudTrailFieldPresent)) addCloudTrailRule(reader, fields, parameters, null);
  return reader;
}

/** Reads a list of rules in the form of EC2's `SecurityGroupRule`. Each rule has one protocol, one source and usually an id. */
export function readCloudTrailRuleSet(list: Located, direction: Direction): RulesRead {
  const reader = newCloudTrailRuleReader(direction);
  for (const item of cloudTrailListMembers(list, reader.problems))
    addCloudTrailRuleItem(reader, item, cloudTrailText(cloudTrailField(item, 'securityGroupRuleId')));
  return reader;
}

/**
 * Reads one rule in the form of EC2's `SecurityGroupRule`, or of the `SecurityGroupRuleRequest` in a Modify call. The caller passes the
 * rule id, because a `SecurityGroupRuleRequest` does not contain the id.
 */
export function readCloudTrailRuleItem(item: Located, ruleId: string | null, direction: Direction): RulesRead {
  const reader = newCloudTrailRuleReader(direction);
  addCloudTrailRuleItem(reader, item, ruleId);
  return reader;
}

/**
 * Returns the most reliable rules of a call. If EC2's response lists rules and all are readable, returns the rules of the response, because
 * these have ids and canonical form. Otherwise, if the whole request is readable, returns the rules of the request. Otherwise, returns all
 * readable rules of the response and of the request.
 */
export function mostReliableCloudTrailRules(response: RulesRead, request: RulesRead): RulesRead {
  if (response.rules.length > 0 && response.problems.length === 0) return response;
  return request.problems.length === 0 ? request : combineCloudTrailRules(response, request);
}

/** Returns the readable rules and the problems of both the response and the request. Each rule appears once. */
export function combineCloudTrailRules(response: RulesRead, request: RulesRead): RulesRead {
  const onlyRequested = diffRules(request.rules, response.rules).missing;
  return { rules: [...response.rules, ...onlyRequested], problems: [...response.problems, ...request.problems] };
}

/** The fields of a rule, with the names that `IpPermission` uses. Each value has its path in the record. */
type LocatedFields = Readonly<Partial<Record<keyof RuleFields, Located>>>;

/**
 * The lists of sources in a permission, each with the fields of its entries. An entry that is a scalar instead of an object is the value of
 * the first field.
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

function newCloudTrailRuleReader(direction: Direction): Reader {
  return { direction, rules: [], problems: [] };
}

function addCloudTrailPermission(reader: Reader, permission: Located): void {
  const { problems } = reader;
  // A list with an unknown name may contain a new kind of source. Ignoring the list could hide open traffic, so report the list as a
  // problem.
  for (const [name, field] of cloudTrailFields(permission)) {
    if (PERMISSION_KEYS.has(name.toLowerCase()) || typeof field.value !== 'object') continue;
    if (cloudTrailListMembers(field, problems).length === 0) continue;
    problems.push(cloudTrailProblem('unknown-key', field, 'a list of sources of a known kind: IPv4, IPv6, prefix lists or groups'));
  }
  const traffic = cloudTrailTrafficFields(permission);
  let hasSource = false;
  for (const [list, ...fields] of LISTS) {
    for (const entry of cloudTrailListMembers(cloudTrailField(permission, list), problems)) {
      hasSource = true;
      const source: LocatedFields = isObject(entry.value) ? cloudTrailRuleFields(entry, fields) : { [fields[0]]: entry };
      addCloudTrailRule(reader, { ...traffic, ...source, Description: cloudTrailField(entry, 'description') }, entry, null);
    }
  }
  if (!hasSource) addCloudTrailRule(reader, traffic, permission, null);
}

function addCloudTrailRuleItem(reader: Reader, item: Located, ruleId: string | null): void {
  const group = cloudTrailField(item, 'referencedGroupInfo');
  const fields = {
    ...cloudTrailTrafficFields(item),
    CidrIp: cloudTrailField(item, 'cidrIpv4'),
    ...cloudTrailRuleFields(item, ['CidrIpv6', 'PrefixListId']),
    GroupId: isCloudTrailFieldPresent(group) ? cloudTrailField(group, 'groupId') : cloudTrailField(item, 'referencedGroupId'),
    UserId: cloudTrailField(group, 'userId'),
    Description: cloudTrailField(item, 'description'),
  };
  addCloudTrailRule(reader, fields, item, ruleId);
}

function addCloudTrailRule({ direction, rules, problems }: Reader, fields: LocatedFields, where: Located, ruleId: string | null): void {
  const read = readPermissionRule(cloudTrailRuleValues(fields), {
    direction,
    descriptions: 'trusted',
    pathOf: (field) => (field === undefined ? where.path : (fields[field] ?? where).path),
  });
  if (read.ok) rules.push({ ...read.value, ruleId });
  else problems.push(...read.problems);
}

function cloudTrailTrafficFields(parent: Located): LocatedFields {
  return cloudTrailRuleFields(parent, ['IpProtocol', 'FromPort', 'ToPort']);
}

/** Returns the fields with these names. In the record, a name can be in camelCase or PascalCase. */
function cloudTrailRuleFields(parent: Located, names: readonly (keyof RuleFields)[]): LocatedFields {
  return Object.fromEntries(names.map((name) => [name, cloudTrailFieldInParentCase(parent, name)]));
}

/** Returns the values of the fields as the caller sent them to EC2. */
function cloudTrailRuleValues(fields: LocatedFields): RuleFields {
  const values = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, cloudTrailScalar(field)]));
  return {
    ...values,
    FromPort: cloudTrailInteger(values.FromPort),
    ToPort: cloudTrailInteger(values.ToPort),
    UserId: cloudTrailAccountId(fields.UserId),
  };
}

/** CloudTrail records ports as numbers, but a tool that forwards records may write ports as text. */
function cloudTrailInteger(text: unknown): unknown {
  return typeof text === 'string' && /^-?\d{1,10}$/.test(text) ? Number(text) : text;
}

/** CloudTrail records some account ids as numbers, which lack leading zeros. */
function cloudTrailAccountId(field: Located | undefined): unknown {
  return typeof field?.value === 'number' ? String(field.value).padStart(12, '0') : field && cloudTrailScalar(field);
}

/** Reads AWS Config's configuration items of type `AWS::EC2::SecurityGroup`. */
import { isObject, permissionReadResult, permissionProblemCollector, type PermissionProblem, type ReadResult } from './problem.js';
import { readPermissionRule, type RuleFields } from './read-rule.js';
import type { ReadOptions } from './read-rules.js';
import type { Rule } from './rule.js';
import { readPermissionListsOfGroup, type SecurityGroupRules } from './security-group.js';

/**
 * Returns the rules of a configuration item, or every problem. Accepts three forms of an item. In a notification, `configuration` is an
 * object. In a result of `GetResourceConfigHistory`, `configuration` is JSON text. The third form is the configuration itself. Reads all
 * versions of the schema. Old versions list blocks as texts in `ipRanges`. Newer versions also list the same blocks as objects in
 * `ipv4Ranges`. A block in both lists is one rule. For a deleted group, returns a problem. Never throws.
 *
 * @see https://github.com/awslabs/aws-config-resource-schema
 */
export function readConfigItemRules(item: unknown): ReadResult<SecurityGroupRules> {
  if (!isObject(item)) return readConfigItemPermissions(item, 'item');
  const { configuration = null } = item;
  // Without `configuration`, an object with `ipPermissions` is itself a configuration.
  if (configuration === null && Array.isArray(item.ipPermissions)) return readConfigItemPermissions(item, '');
  if (configuration !== null)
    return readConfigItemPermissions(
      typeof configuration === 'string' ? parsePermissionsJson(configuration) : configuration,
      'configuration',
    );
  const expected = 'the configuration of the group, as an object or as JSON text; a deleted group has no configuration';
  return { ok: false, problems: [{ code: 'no-configuration', path: 'configuration', text: 'absent', expected }] };
}

function readConfigItemPermissions(configuration: unknown, path: string): ReadResult<SecurityGroupRules> {
  return readPermissionListsOfGroup(
    configuration,
    path,
    ['groupId', 'ownerId', 'ipPermissions', 'ipPermissionsEgress'],
    readConfigPermissions,
  );
}

/** Returns invalid JSON unchanged, because `readPermissionListsOfGroup` reports a text as a problem. */
function parsePermissionsJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The lists of sources in a permission, and the fields of their entries. If an entry is a text, as in `ipRanges`, the text is the value of
 * the first field.
 */
const LISTS: readonly (readonly [list: string, ...fields: (keyof RuleFields)[]])[] = [
  ['ipv4Ranges', 'CidrIp'],
  ['ipRanges', 'CidrIp'],
  ['ipv6Ranges', 'CidrIpv6'],
  ['prefixListIds', 'PrefixListId'],
  ['userIdGroupPairs', 'GroupId', 'GroupName', 'UserId'],
];

type Options = ReadOptions & { readonly path: string };

function readConfigPermissions(permissions: readonly unknown[], options: Options): ReadResult<readonly Rule[]> {
  const rules: Rule[] = [];
  const problems: PermissionProblem[] = [];
  // Loops by index to visit the holes of a sparse array, too.
  for (let i = 0; i < permissions.length; i++) {
    readConfigPermission(permissions[i], { ...options, path: `${options.path}[${i}]` }, rules, problems);
  }
  return permissionReadResult(rules, problems);
}

function readConfigPermission(permission: unknown, options: Options, rules: Rule[], problems: PermissionProblem[]): void {
  const { path } = options;
  const values = isObject(permission) ? permission : {};
  const refuse = permissionProblemCollector(problems, (field) => `${path}.${field}`);
  for (const [key, value] of Object.entries(values)) {
    // Refuses an unknown list or object. The list or object could be a new kind of source. An ignored source would hide traffic.
    if (!isObject(value) && !Array.isArray(value)) continue;
    if (Object.keys(value).length === 0 || LISTS.some(([list]) => list === key)) continue;
    refuse('unknown-key', key, value, 'a list of sources of a known kind: IPv4, IPv6, prefix lists or groups');
  }
  const traffic = ruleFieldsFromCamelCase(values, ['IpProtocol', 'FromPort', 'ToPort']);
  const add = (source: RuleFields, pathOf: (field?: keyof RuleFields) => string): void => {
    const pathIn = (field?: keyof RuleFields): string =>
      field !== undefined && field in traffic ? `${path}.${ruleFieldInCamelCase(field)}` : pathOf(field);
    const read = readPermissionRule({ ...traffic, ...source }, { ...options, pathOf: pathIn });
    if (read.ok) rules.push(read.value);
    else problems.push(...read.problems);
  };
  let sources = 0;
  for (const [list, ...fields] of LISTS) {
    const entries: unknown = values[list] ?? [];
    if (!Array.isArray(entries)) {
      refuse('wrong-type', list, entries, 'a list of sources');
      continue;
    }
    sources += entries.length;
    for (let i = 0; i < entries.length; i++) {
      const entry: unknown = entries[i];
      const at = `${path}.${list}[${i}]`;
      if (isObject(entry)) {
        add(ruleFieldsFromCamelCase(entry, [...fields, 'Description']), (field) =>
          field === undefined ? at : `${at}.${ruleFieldInCamelCase(field)}`,
        );
      } else {
        add(Object.fromEntries(fields.slice(0, 1).map((field) => [field, entry])), () => at);
      }
    }
  }
  if (sources === 0) add({}, () => path);
}

/** Reads these fields from an object whose keys are in camelCase. */
function ruleFieldsFromCamelCase(values: Readonly<Record<string, unknown>>, fields: readonly (keyof RuleFields)[]): RuleFields {
  return Object.fromEntries(fields.map((field) => [field, values[ruleFieldInCamelCase(field)]]));
}

function ruleFieldInCamelCase(field: string): string {
  return field.charAt(0).toLowerCase() + field.slice(1);
}

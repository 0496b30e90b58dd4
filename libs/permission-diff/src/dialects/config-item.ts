/** Reads AWS Config's configuration items of `AWS::EC2::SecurityGroup`. */
import { GROUP_ID, isGroupId } from '../ids.js';
import { isFields, offendingText, readResult, type PermissionProblem, type ReadResult } from '../problem.js';
import { ruleKey } from '../rule.js';
import { readPermissions, type RecordedRule } from './document-rules.js';
import { at, isPresent, textOf, type Located } from './located.js';
import type { SecurityGroupRules } from './security-group.js';

/**
 * Returns the rules of a configuration item, or every problem: the item of a notification, whose `configuration` is an object, that of
 * `GetResourceConfigHistory`, whose `configuration` is JSON text, or the bare configuration. All versions: `ipv4Ranges` and `ipRanges`
 * name the same blocks, as objects and as texts, old versions have only the latter, and a block named twice is one rule. The item of a
 * deleted group is a problem, not a group without rules. Never throws.
 *
 * @see https://github.com/awslabs/aws-config-resource-schema
 */
export function readConfigItem(item: unknown): ReadResult<SecurityGroupRules> {
  const problems: PermissionProblem[] = [];
  const problem = (code: PermissionProblem['code'], { value, path }: Located, expected: string) => {
    problems.push({ code, path, text: offendingText(value), expected });
  };
  const configuration = configurationOf(item);
  if (!isFields(configuration.value)) {
    const isAbsent = configuration.value === undefined || configuration.value === null;
    const expected = 'what the group holds, as an object or as JSON text of one: an item of a deleted group has none';
    problem(isAbsent ? 'no-configuration' : 'wrong-type', configuration, expected);
    return { ok: false, problems };
  }
  const groupId = textOf(at(configuration, 'groupId')) ?? '';
  if (!isGroupId(groupId)) problem('not-an-id', at(configuration, 'groupId'), GROUP_ID);
  const accountId = textOf(at(configuration, 'ownerId'));
  const rules = new Map<string, RecordedRule>();
  for (const direction of ['ingress', 'egress'] as const) {
    const list = at(configuration, direction === 'ingress' ? 'ipPermissions' : 'ipPermissionsEgress');
    if (!Array.isArray(list.value)) problem('wrong-type', list, 'a list of permissions, empty when there are none');
    const read = readPermissions(list, { direction, ...(accountId === null ? {} : { accountId }) });
    problems.push(...read.problems);
    // Of a block named twice the first has the description.
    for (const rule of read.rules) if (!rules.has(ruleKey(rule))) rules.set(ruleKey(rule), rule);
  }
  return readResult({ groupId, rules: [...rules.values()] }, problems);
}

function configurationOf(item: unknown): Located {
  const whole: Located = { value: item, path: '' };
  if (!isFields(item)) return { value: item, path: 'item' };
  // The bare configuration has no field of that name, and the item has no rules of its own.
  const configuration = at(whole, 'configuration');
  if (!('configuration' in item) && isPresent(at(whole, 'ipPermissions'))) return whole;
  return typeof configuration.value === 'string' ? parsed(configuration) : configuration;
}

function parsed({ value, path }: Located): Located {
  try {
    return { value: JSON.parse(String(value)) as unknown, path };
  } catch {
    // Refused as the text that it is.
    return { value, path };
  }
}

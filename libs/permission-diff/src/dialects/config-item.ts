/** Reads AWS Config's configuration items of `AWS::EC2::SecurityGroup`. */
import { isFields, offendingText, type ReadResult } from '../problem.js';
import { at, isPresent, type Located } from './located.js';
import { readLocatedGroup, type SecurityGroupRules } from './security-group.js';

/**
 * Returns the rules of a configuration item, or every problem: the item of a notification, whose `configuration` is an object, that of
 * `GetResourceConfigHistory`, whose `configuration` is JSON text, or the bare configuration. All versions: `ipv4Ranges` and `ipRanges`
 * name the same blocks, as objects and as texts, old versions have only the latter, and a block named twice is one rule. The item of a
 * deleted group is a problem, not a group without rules. Never throws.
 *
 * @see https://github.com/awslabs/aws-config-resource-schema
 */
export function readConfigItem(item: unknown): ReadResult<SecurityGroupRules> {
  const configuration = configurationOf({ value: item, path: '' });
  if (isPresent(configuration) || !isFields(item)) return readLocatedGroup(configuration);
  const { path, value } = configuration;
  const expected = 'what the group holds, as an object or as JSON text: the item of a deleted group has nothing';
  return { ok: false, problems: [{ code: 'no-configuration', path, text: offendingText(value), expected }] };
}

function configurationOf(item: Located): Located {
  if (!isFields(item.value)) return { value: item.value, path: 'item' };
  const configuration = at(item, 'configuration');
  // The bare configuration has no field of that name, and an item has no rules of its own.
  if (!isPresent(configuration)) return isPresent(at(item, 'ipPermissions')) ? item : configuration;
  return typeof configuration.value === 'string' ? parsed(configuration.value, configuration) : configuration;
}

function parsed(text: string, { value, path }: Located): Located {
  try {
    return { value: JSON.parse(text) as unknown, path };
  } catch {
    // Not JSON: refused for what it is, a text.
    return { value, path };
  }
}

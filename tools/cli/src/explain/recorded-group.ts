/** The group as the item in an event of AWS Config has it, in the place of EC2. */
import { readConfigItem } from '@portcullis/permission-diff';
import type { LiveRule, SecurityGroupReader } from '@portcullis/security-groups';
import { unasked } from './traced-groups.js';

/** Returns a reader that knows this one group; nothing where the event has no item whose rules can be read. */
export function recordedGroup(event: unknown): SecurityGroupReader | undefined {
  const item = fieldOf(parsed(fieldOf(event, 'invokingEvent')), 'configurationItem');
  const id = fieldOf(item, 'resourceId');
  const read = readConfigItem(item);
  if (typeof id !== 'string' || !read.ok) return undefined;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const configuration = fieldOf(item, 'configuration');
  const facts = {
    id,
    name: text(fieldOf(item, 'resourceName')) ?? text(fieldOf(configuration, 'groupName')),
    vpcId: text(fieldOf(configuration, 'vpcId')),
    ownerId: text(fieldOf(item, 'awsAccountId')),
    tags: Object.fromEntries(
      Object.entries(fieldOf(item, 'tags') ?? {}).flatMap(([key, value]) =>
        typeof value === 'string' ? [[key, value]] : [],
      ),
    ),
  };
  // An item has neither the ids nor the tags of rules.
  const rules = read.value.rules.map((rule, i): LiveRule => ({ ...rule, ruleId: `sgr-recorded-${i + 1}`, tags: {} }));
  const nobody = unasked();
  return {
    ...nobody,
    readRules: (groupId) => (groupId === id ? Promise.resolve(rules) : nobody.readRules(groupId)),
    describeGroup: (groupId) => (groupId === id ? Promise.resolve(facts) : nobody.describeGroup(groupId)),
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    // The steps tell that it is not JSON.
    return undefined;
  }
}

/** The group as the item in an event of AWS Config has it, in the place of EC2. */
import { readConfigItem } from '@portcullis/permission-diff';
import type { LiveRule, SecurityGroupReader } from '@portcullis/security-groups';
import { jsonIn, memberOf } from '../files/json.js';
import { unasked } from './traced-groups.js';

/** Returns a reader that knows this one group; nothing where the event has no item whose rules can be read. */
export function recordedGroup(event: unknown): SecurityGroupReader | undefined {
  const item = memberOf(jsonIn(memberOf(event, 'invokingEvent')), 'configurationItem');
  const id = memberOf(item, 'resourceId');
  const read = readConfigItem(item);
  if (typeof id !== 'string' || !read.ok) return undefined;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const configuration = memberOf(item, 'configuration');
  const facts = {
    id,
    name: text(memberOf(item, 'resourceName')) ?? text(memberOf(configuration, 'groupName')),
    vpcId: text(memberOf(configuration, 'vpcId')),
    ownerId: text(memberOf(item, 'awsAccountId')),
    tags: Object.fromEntries(
      Object.entries(memberOf(item, 'tags') ?? {}).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
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

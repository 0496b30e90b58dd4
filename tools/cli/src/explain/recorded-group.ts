/** Reads the group from AWS Config's event instead of from EC2. */
import { readConfigItem } from '@portcullis/permission-diff';
import type { LiveRule, SecurityGroupReader } from '@portcullis/security-groups';
import { jsonIn, memberOf } from '../files/json.js';
import { unaskedReader } from './unasked.js';

/** Returns a reader that knows only this group; `undefined` if the event has no item with readable rules. */
export function recordedGroup(event: unknown): SecurityGroupReader | undefined {
  const item = memberOf(jsonIn(memberOf(event, 'invokingEvent')), 'configurationItem');
  const id = memberOf(item, 'resourceId');
  const read = readConfigItem(item);
  if (typeof id !== 'string' || !read.ok) return undefined;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const configuration = memberOf(item, 'configuration');
  const tags = Object.entries(memberOf(item, 'tags') ?? {}).filter((tag): tag is [string, string] => typeof tag[1] === 'string');
  const facts = {
    id,
    name: text(memberOf(item, 'resourceName')) ?? text(memberOf(configuration, 'groupName')),
    vpcId: text(memberOf(configuration, 'vpcId')),
    ownerId: text(memberOf(item, 'awsAccountId')),
    tags: Object.fromEntries(tags),
  };
  // An item has neither the ids nor the tags of its rules.
  const rules = read.value.rules.map((rule, i): LiveRule => ({ ...rule, ruleId: `sgr-recorded-${i + 1}`, tags: {} }));
  const others = unaskedReader();
  return {
    ...others,
    readRules: (groupId) => (groupId === id ? Promise.resolve(rules) : others.readRules(groupId)),
    describeGroup: (groupId) => (groupId === id ? Promise.resolve(facts) : others.describeGroup(groupId)),
  };
}

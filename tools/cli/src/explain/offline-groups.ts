/** Reads groups without calling EC2, for `--offline` and for events of other accounts. */
import type { Finding } from '@portcullis/finding';
import { readConfigItemRules } from '@portcullis/permission-diff';
import type { LiveRule, SecurityGroupReader } from '@portcullis/security-groups';
import { offlineEc2Reader } from '../aws/refusing-ec2-reader.js';
import { parseJsonText, jsonMember, jsonTextMember } from '../files/json-members.js';

/** Replaces the error code `NotAsked` in the text with words. */
export function explainNotAskedCode(text: string): string {
  return text.replace(/(\w+ failed with )?\bNotAsked\b/g, 'EC2 was not called');
}

export function explainNotAskedFinding(finding: Finding): Finding {
  return { ...finding, summary: explainNotAskedCode(finding.summary) };
}

/**
 * Returns a reader of the group in an event of AWS Config. Returns `undefined` if the event has no configuration item with readable rules.
 */
export function configItemReaderToExplain(event: unknown): SecurityGroupReader | undefined {
  const item = jsonMember(parseJsonText(jsonMember(event, 'invokingEvent')), 'configurationItem');
  const id = jsonTextMember(item, 'resourceId');
  const read = readConfigItemRules(item);
  if (id === null || !read.ok) return undefined;
  const configuration = jsonMember(item, 'configuration');
  const tags = Object.entries(jsonMember(item, 'tags') ?? {}).filter((tag): tag is [string, string] => typeof tag[1] === 'string');
  const facts = {
    id,
    name: jsonTextMember(item, 'resourceName') ?? jsonTextMember(configuration, 'groupName'),
    vpcId: jsonTextMember(configuration, 'vpcId'),
    ownerId: jsonTextMember(item, 'awsAccountId'),
    tags: Object.fromEntries(tags),
  };
  // A configuration item contains neither the ids nor the tags of the rules.
  const rules = read.value.rules.map((rule, i): LiveRule => ({ ...rule, ruleId: `sgr-recorded-${i + 1}`, tags: {} }));
  const others = offlineEc2Reader();
  return {
    ...others,
    readRules: (groupId) => (groupId === id ? Promise.resolve(rules) : others.readRules(groupId)),
    describeGroup: (groupId) => (groupId === id ? Promise.resolve(facts) : others.describeGroup(groupId)),
  };
}

/** The groups as they are, and as they would be after each call: nothing is written but in memory. */
import { describeRules } from '@portcullis/finding';
import { readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import type { LiveRule, SecurityGroupReader, SecurityGroups } from '@portcullis/security-groups';
import type { Steps } from './steps.js';

export function rehearsedGroups(reader: SecurityGroupReader, steps: Steps): SecurityGroups {
  const changed = new Map<string, readonly LiveRule[]>();
  let made = 0;
  // Read once: a write shows at once, and nobody else writes.
  const rulesOf = async (groupId: string): Promise<readonly LiveRule[]> => {
    const rules = changed.get(groupId) ?? (await reader.readRules(groupId));
    changed.set(groupId, rules);
    return rules;
  };
  const withId = (rule: Rule): LiveRule => {
    made += 1;
    return { ...rule, ruleId: `sgr-rehearsed-${made}`, tags: {} };
  };
  const call = (verb: string, direction: Direction): string => `${verb}SecurityGroup${direction === 'ingress' ? 'Ingress' : 'Egress'}`;
  return {
    ...reader,
    readRules: rulesOf,
    authorize: async (groupId, direction, permissions) => {
      const read = readRules(permissions, { direction });
      const added = read.ok ? read.value.map(withId) : [];
      steps.add(`it would call ${call('Authorize', direction)}: ${describeRules(added)}`);
      changed.set(groupId, [...(await rulesOf(groupId)), ...added]);
    },
    revoke: async (groupId, direction, ruleIds) => {
      const rules = await rulesOf(groupId);
      steps.add(`it would call ${call('Revoke', direction)}: ${describeRules(rules.filter(({ ruleId }) => ruleIds.includes(ruleId)))}`);
      changed.set(
        groupId,
        rules.filter(({ ruleId }) => !ruleIds.includes(ruleId)),
      );
    },
    replace: async (groupId, ruleId, rule) => {
      steps.add(`it would call ModifySecurityGroupRules: ${ruleId} becomes ${describeRules([rule])}`);
      const rules = await rulesOf(groupId);
      changed.set(
        groupId,
        rules.map((each) => (each.ruleId === ruleId ? { ...each, ...rule } : each)),
      );
    },
  };
}

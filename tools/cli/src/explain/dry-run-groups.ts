/** Simulates writes to security groups: changes the rules only in memory. */
import { describeRules } from '@portcullis/finding';
import { readRules } from '@portcullis/permission-diff';
import type { LiveRule, SecurityGroupReader, SecurityGroups } from '@portcullis/security-groups';
import type { Steps } from './steps.js';

/**
 * Returns a reader and writer of security groups. Reads rules from EC2, but changes rules only in memory. Adds a step to the explanation
 * for each change.
 */
export function explainGroupWrites(reader: SecurityGroupReader, steps: Steps): SecurityGroups {
  const current = new Map<string, readonly LiveRule[]>();
  let added = 0;
  const rulesOf = async (groupId: string): Promise<readonly LiveRule[]> => {
    const rules = current.get(groupId) ?? (await reader.readRules(groupId));
    current.set(groupId, rules);
    return rules;
  };
  const suffix = { ingress: 'Ingress', egress: 'Egress' } as const;
  return {
    ...reader,
    readRules: rulesOf,
    authorize: async (groupId, direction, permissions) => {
      const read = readRules(permissions, { direction });
      const rules = (read.ok ? read.value : []).map((rule): LiveRule => {
        added += 1;
        return { ...rule, ruleId: `sgr-dry-run-${added}`, tags: {} };
      });
      steps.add(`the remediator would call AuthorizeSecurityGroup${suffix[direction]}: ${describeRules(rules)}`);
      current.set(groupId, [...(await rulesOf(groupId)), ...rules]);
    },
    revoke: async (groupId, direction, ruleIds) => {
      const rules = await rulesOf(groupId);
      const [revoked, kept] = [true, false].map((isRevoked) => rules.filter(({ ruleId }) => ruleIds.includes(ruleId) === isRevoked));
      steps.add(`the remediator would call RevokeSecurityGroup${suffix[direction]}: ${describeRules(revoked ?? [])}`);
      current.set(groupId, kept ?? []);
    },
    replace: async (groupId, ruleId, rule) => {
      steps.add(`the remediator would call ModifySecurityGroupRules: ${ruleId} becomes ${describeRules([rule])}`);
      const rules = (await rulesOf(groupId)).map((each) => (each.ruleId === ruleId ? { ...each, ...rule } : each));
      current.set(groupId, rules);
    },
  };
}

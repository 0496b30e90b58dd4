// EC2 refuses a call as a whole: one rule that is there already (Authorize) or is not there (Revoke), and nothing is
// changed. moto works permission by permission and leaves what it did before it met the fault. What it did is taken
// back.
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { RuleIds } from './rule-ids.js';
import { rulesGained, type GroupStates } from '../security-groups.js';
import { addRule, removeRule } from '../rule-writes.js';

/** Brings the groups back to `before`. Reports whether there was anything to take back. */
export const takeBack = async (
  ec2: EC2Client,
  ruleIds: RuleIds,
  before: GroupStates,
  after: GroupStates,
): Promise<boolean> => {
  const added = rulesGained(before, after);
  const removed = rulesGained(after, before);
  for (const rule of added) await removeRule(ec2, ruleIds, rule);
  for (const rule of removed) await addRule(ec2, ruleIds, rule);
  return added.length + removed.length > 0;
};

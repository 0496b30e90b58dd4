import type { Rule } from './rule.js';

/**
 * Returns a function that fills in the account of a group source that names none, where the rules name just one account with that
 * group: a group id belongs to one account, and EC2 fills it in.
 */
export function ownersIn(...ruleLists: readonly (readonly Rule[])[]): <R extends Rule>(rule: R) => R {
  const owners = new Map<string, string | null>();
  for (const rules of ruleLists) {
    for (const { source } of rules) {
      if (source.kind !== 'group' || source.userId === undefined) continue;
      const known = owners.get(source.groupId);
      // Two accounts for one id: one of them is wrong, and it is not for us to say which.
      owners.set(source.groupId, known === undefined || known === source.userId ? source.userId : null);
    }
  }
  return (rule) => {
    const { source } = rule;
    if (source.kind !== 'group' || source.userId !== undefined) return rule;
    const userId = owners.get(source.groupId) ?? undefined;
    return userId === undefined ? rule : { ...rule, source: { ...source, userId } };
  };
}

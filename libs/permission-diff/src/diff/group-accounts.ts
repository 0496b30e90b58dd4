import type { Rule } from '../rules/rule.js';

/**
 * Fills in the account of each group source that has none, if the lists name exactly one account for the group: a group id belongs to one
 * account, and EC2 fills in that account. If a list needs no change, the same list is returned.
 */
export function fillInGroupAccounts<R extends Rule>(...lists: readonly (readonly R[])[]): readonly (readonly R[])[] {
  if (!lists.some((rules) => rules.some(ruleLacksGroupAccount))) return lists;
  const owners = new Map<string, string | null>();
  for (const { source } of lists.flat()) {
    if (source.kind !== 'group' || source.userId === undefined) continue;
    const known = owners.get(source.groupId);
    // If one id has two accounts, one of them is wrong, and we cannot tell which.
    owners.set(source.groupId, known === undefined || known === source.userId ? source.userId : null);
  }
  const withOwner = (rule: R): R => {
    const { source } = rule;
    const userId = source.kind === 'group' && source.userId === undefined ? owners.get(source.groupId) : undefined;
    return userId === undefined || userId === null ? rule : { ...rule, source: { ...source, userId } };
  };
  return lists.map((rules) => rules.map(withOwner));
}

function ruleLacksGroupAccount({ source }: Rule): boolean {
  return source.kind === 'group' && source.userId === undefined;
}

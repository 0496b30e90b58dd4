import type { Rule } from '../rules/rule.js';

/**
 * Adds the missing account to each group source, if the lists name exactly one account for that group id. EC2 also adds the account,
 * because a group id belongs to one account. If no source lacks an account, returns the same lists.
 */
export function fillInRuleSourceAccounts<R extends Rule>(...lists: readonly (readonly R[])[]): readonly (readonly R[])[] {
  if (!lists.some((rules) => rules.some(ruleLacksSourceAccount))) return lists;
  const owners = new Map<string, string | null>();
  for (const { source } of lists.flat()) {
    if (source.kind !== 'group' || source.userId === undefined) continue;
    const known = owners.get(source.groupId);
    // If the lists name two accounts for one id, one account is wrong, and nobody can tell which one.
    owners.set(source.groupId, known === undefined || known === source.userId ? source.userId : null);
  }
  const withOwner = (rule: R): R => {
    const { source } = rule;
    const userId = source.kind === 'group' && source.userId === undefined ? owners.get(source.groupId) : undefined;
    return userId === undefined || userId === null ? rule : { ...rule, source: { ...source, userId } };
  };
  return lists.map((rules) => rules.map(withOwner));
}

function ruleLacksSourceAccount({ source }: Rule): boolean {
  return source.kind === 'group' && source.userId === undefined;
}

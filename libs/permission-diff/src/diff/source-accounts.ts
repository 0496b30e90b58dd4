import type { Rule } from '../rules/rule.js';

type FromSource = Pick<Rule, 'source'>;

/**
 * Adds an account to each source group without an account, if other items of the lists name an account for the same group id. Adds no
 * account if the lists name different accounts for the id. If no source lacks an account, returns the same lists.
 */
export function fillInRuleSourceAccounts<const Lists extends readonly (readonly FromSource[])[]>(...lists: Lists): Lists {
  if (!lists.some((rules) => rules.some(ruleLacksSourceAccount))) return lists;
  const owners = new Map<string, string | null>();
  for (const { source } of lists.flat()) {
    if (source.kind !== 'group' || source.userId === undefined) continue;
    const known = owners.get(source.groupId);
    // `null` if the lists name two accounts for the id, because a group belongs to only one account.
    owners.set(source.groupId, known === undefined || known === source.userId ? source.userId : null);
  }
  const withOwner = <R extends FromSource>(rule: R): R => {
    const { source } = rule;
    const userId = source.kind === 'group' && source.userId === undefined ? owners.get(source.groupId) : undefined;
    return userId === undefined || userId === null ? rule : { ...rule, source: { ...source, userId } };
  };
  return lists.map((rules) => rules.map(withOwner)) as readonly (readonly FromSource[])[] as Lists;
}

function ruleLacksSourceAccount({ source }: FromSource): boolean {
  return source.kind === 'group' && source.userId === undefined;
}

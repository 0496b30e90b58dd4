import { fillInRuleSourceAccounts } from './source-accounts.js';
import type { Rule } from '../rules/rule.js';
import { ALL_TRAFFIC } from '../rules/traffic.js';

const fromGroup = (groupId: string, userId?: string): Rule => ({
  direction: 'ingress',
  traffic: ALL_TRAFFIC,
  source: userId === undefined ? { kind: 'group', groupId } : { kind: 'group', groupId, userId },
});

const filled = (rule: Rule, ...lists: readonly (readonly Rule[])[]) => fillInRuleSourceAccounts([rule], ...lists).flat()[0];

const [a, b] = ['111122223333', '444455556666'];
const fromAnyone: Rule = {
  direction: 'ingress',
  traffic: ALL_TRAFFIC,
  source: { kind: 'ipv4', cidr: '0.0.0.0/0', address: 0, prefixLength: 0 },
};

describe('fillInRuleSourceAccounts adds missing accounts', () => {
  it.each<[why: string, named: readonly Rule[], filledIn: string | undefined]>([
    ['is the account that another rule names for the group', [fromGroup('sg-1', a)], a],
    ['is the named account, even if it is named twice', [fromGroup('sg-1', a), fromGroup('sg-1', a)], a],
    ['stays unknown if no rule names an account', [fromGroup('sg-1'), fromAnyone], undefined],
    ['is not the account of another group', [fromGroup('sg-2', a)], undefined],
    ['stays unknown if two accounts are named', [fromGroup('sg-1', a), fromGroup('sg-1', b)], undefined],
    [
      'stays unknown even if one of two accounts is named again',
      ['sg-1', 'sg-1', 'sg-1'].map((id, i) => fromGroup(id, [a, b, a][i])),
      undefined,
    ],
  ])('the missing account of a source group %s', (_why, named, filledIn) => {
    expect(filled(fromGroup('sg-1'), named, [])).toEqual(fromGroup('sg-1', filledIn));
  });

  it('fillInRuleSourceAccounts searches every list for the missing account of a source group', () => {
    expect(filled(fromGroup('sg-1'), [], [fromGroup('sg-1', a)])).toEqual(fromGroup('sg-1', a));
  });

  it('fillInRuleSourceAccounts does not replace an account that a rule names', () => {
    expect(filled(fromGroup('sg-1', b), [fromGroup('sg-1', a), fromGroup('sg-2')])).toEqual(fromGroup('sg-1', b));
  });

  it('fillInRuleSourceAccounts returns the same lists if no source lacks an account', () => {
    const lists = [[fromGroup('sg-1', a)], [fromAnyone]];

    fillInRuleSourceAccounts(...lists).forEach((list, i) => {
      expect(list).toBe(lists[i]);
    });
  });

  it('fillInRuleSourceAccounts adds no account to address blocks', () => {
    expect(filled(fromAnyone, [fromGroup('sg-1', a), fromGroup('sg-1')])).toBe(fromAnyone);
  });
});

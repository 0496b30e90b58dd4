import { withOwners } from './owners.js';
import type { Rule } from '../rule/rule.js';
import { ALL_TRAFFIC } from '../rule/traffic.js';

const fromGroup = (groupId: string, userId?: string): Rule => ({
  direction: 'ingress',
  traffic: ALL_TRAFFIC,
  source: userId === undefined ? { kind: 'group', groupId } : { kind: 'group', groupId, userId },
});

const filled = (rule: Rule, ...lists: readonly (readonly Rule[])[]) => withOwners([rule], ...lists)[0]?.[0];

const [a, b] = ['111122223333', '444455556666'];
const fromAnyone: Rule = {
  direction: 'ingress',
  traffic: ALL_TRAFFIC,
  source: { kind: 'ipv4', cidr: '0.0.0.0/0', address: 0, prefixLength: 0 },
};

describe('the account of a group source that names none', () => {
  it.each<[why: string, named: readonly Rule[], filledIn: string | undefined]>([
    ['is the one that another rule names with the group', [fromGroup('sg-1', a)], a],
    ['is that one however often it is named', [fromGroup('sg-1', a), fromGroup('sg-1', a)], a],
    ['stays open when nobody names one', [fromGroup('sg-1'), fromAnyone], undefined],
    ['is not that of another group', [fromGroup('sg-2', a)], undefined],
    ['stays open when two are named', [fromGroup('sg-1', a), fromGroup('sg-1', b)], undefined],
    ['stays open even when one of the two is named again', ['sg-1', 'sg-1', 'sg-1'].map((id, i) => fromGroup(id, [a, b, a][i])), undefined],
  ])('%s', (_why, named, filledIn) => {
    expect(filled(fromGroup('sg-1'), named, [])).toEqual(fromGroup('sg-1', filledIn));
  });

  it('is looked for in every list', () => {
    expect(filled(fromGroup('sg-1'), [], [fromGroup('sg-1', a)])).toEqual(fromGroup('sg-1', a));
  });

  it('does not replace one that is named', () => {
    expect(filled(fromGroup('sg-1', b), [fromGroup('sg-1', a), fromGroup('sg-2')])).toEqual(fromGroup('sg-1', b));
  });

  it('is not given to addresses', () => {
    expect(filled(fromAnyone, [fromGroup('sg-1', a), fromGroup('sg-1')])).toBe(fromAnyone);
  });
});

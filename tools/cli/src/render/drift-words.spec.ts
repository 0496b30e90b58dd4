import { baseline, liveRules } from '@portcullis/security-groups/testing';
import { stateOfBaseline } from '../testing/states.js';
import { renderGainedAccess, renderLostAccess } from './drift-words.js';

/** Returns what `renderGainedAccess` and `renderLostAccess` say about a group with these declared and live rules. */
function words(declared: readonly string[], live: readonly string[], options: Parameters<typeof baseline>[1] = {}) {
  const group = { id: 'sg-1', name: 'web', vpcId: 'vpc-1' };
  const state = stateOfBaseline(group, baseline(declared, options), liveRules(...live));
  if (state.kind !== 'drifted') throw new Error('it should have drifted');
  return { gained: renderGainedAccess(state), lost: renderLostAccess(state) };
}

it.each<[string, readonly string[], readonly string[], string]>([
  [
    'a part of the traffic is declared',
    ['tcp 22 from 10.0.0.0/8'],
    ['tcp 22 from 0.0.0.0/0'],
    'SSH open to the whole internet (declared: 10.0.0.0/8)',
  ],
  ['nothing is declared', [], ['tcp 22 from 0.0.0.0/0'], 'SSH open to the whole internet (not declared)'],
  [
    'the same traffic over IPv4 and IPv6',
    [],
    ['tcp 22 from 0.0.0.0/0', 'tcp 22 from ::/0'],
    'SSH open to the whole internet (not declared)',
  ],
  ['traffic only over IPv6', [], ['tcp 22 from ::/0'], 'SSH open to the whole internet over IPv6 (not declared)'],
  [
    'all traffic, of which two services are declared',
    ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/8'],
    ['-1 from 0.0.0.0/0'],
    'all traffic open to the whole internet (declared: tcp/22 10.0.0.0/8, tcp/443 0.0.0.0/0)',
  ],
  [
    'the sentence names three declared ranges and counts the other ranges',
    ['1', '2', '3', '4', '5'].map((n) => `tcp 22 from ${n}.0.0.0/8`),
    ['tcp 22 from 0.0.0.0/0'],
    'SSH open to the whole internet (declared: 1.0.0.0/8, 2.0.0.0/8, 3.0.0.0/8 and 2 more)',
  ],
  [
    'a range, of which a part is declared',
    ['tcp 22 from 10.1.0.0/16'],
    ['tcp 22 from 10.0.0.0/8'],
    'SSH (tcp/22) open to 10.0.0.0/8 (declared: 10.1.0.0/16)',
  ],
  ['a single address', [], ['tcp 4000 from 203.0.113.7/32'], 'tcp/4000 open to 203.0.113.7 alone (not declared)'],
  ['a security group', [], ['tcp 4000 from sg-2'], 'tcp/4000 open to the security group sg-2 (not declared)'],
  [
    'the sentence omits a rule that another undeclared rule covers',
    [],
    ['tcp 22 from 10.0.0.0/8', 'tcp 22 from 10.1.0.0/16'],
    'SSH (tcp/22) open to 10.0.0.0/8 (not declared)',
  ],
])('renderGainedAccess describes undeclared traffic in one sentence: %s', (_what, declared, live, sentence) => {
  expect(words(declared, live).gained).toEqual([sentence]);
});

it('renderGainedAccess describes an undeclared rule, and then names the rules that a permit tolerates', () => {
  const permit = [{ rule: 'tcp 22 from 192.0.2.0/24', until: '2027-01-31', reason: 'CHG-1' }];

  expect(words([], ['tcp 22 from 0.0.0.0/0', 'tcp 22 from 192.0.2.0/24'], { permit }).gained).toEqual([
    'SSH open to the whole internet (left alone: 192.0.2.0/24)',
  ]);
});

it('renderGainedAccess omits an undeclared rule if declared rules allow all its traffic', () => {
  expect(words(['tcp 22 from 10.0.0.0/8'], ['tcp 22 from 10.0.0.0/8', 'tcp 22 from 10.1.0.0/16'])).toEqual({ gained: [], lost: [] });
});

it.each<[readonly string[], readonly string[], readonly string[]]>([
  [['tcp 443 from 10.0.0.0/8'], [], ['HTTPS (tcp/443) from 10.0.0.0/8']],
  [['tcp 443 from 10.0.0.0/9', 'tcp 443 from 10.128.0.0/9'], [], ['HTTPS (tcp/443) from 10.0.0.0/9', 'HTTPS (tcp/443) from 10.128.0.0/9']],
  [['tcp 443 from 0.0.0.0/0'], ['tcp 443 from 10.0.0.0/8'], ['a part of HTTPS (tcp/443) from anybody on IPv4 (0.0.0.0/0)']],
  [['tcp 443 from 10.1.0.0/16'], ['tcp 443 from 10.0.0.0/8'], []],
])('with the declared rules %j and the live rules %j, renderLostAccess returns %j', (declared, live, lost) => {
  expect(words(declared, live).lost).toEqual(lost);
});

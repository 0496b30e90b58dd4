import { perms } from '../testing/notation.js';
import { InvalidPermissionError } from '../rules/problem.js';
import { covers, overlaps } from './covers.js';

describe('covers', () => {
  it.each<[string, string[], string[], boolean]>([
    ['an empty list covers an empty list', [], [], true],
    ['everything covers an empty list', ['-1 from 0.0.0.0/0'], [], true],
    ['an empty list does not cover traffic', [], ['tcp 22 from 10.0.0.0/8'], false],
    ['a rule covers itself', ['tcp 22 from sg-1'], ['tcp 22 from sg-1'], true],
    ['a wider rule covers a narrower rule', ['tcp 1-99 from 10.0.0.0/8'], ['tcp 22 from 10.1.0.0/16'], true],
    ['a narrower rule does not cover a wider rule', ['tcp 22 from 10.1.0.0/16'], ['tcp 22 from 10.0.0.0/8'], false],
    ['two halves cover the whole', ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'], ['tcp 22 from 10.0.0.0/8'], true],
    [
      'two halves with a missing port do not cover the whole',
      ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'],
      ['tcp 22-23 from 10.0.0.0/8'],
      false,
    ],
    ['all traffic covers a protocol without ports', ['-1 from sg-1'], ['50 from sg-1'], true],
    ['all ports of two protocols are not all traffic', ['tcp 0-65535 from sg-1', 'udp 0-65535 from sg-1'], ['-1 from sg-1'], false],
    ['the world does not cover a group', ['-1 from 0.0.0.0/0 ::/0'], ['tcp 22 from sg-1'], false],
    ['a block without its last address does not cover the whole block', ['tcp 22 from 10.0.0.0/32'], ['tcp 22 from 10.0.0.0/31'], false],
  ])('covers is correct: %s', (_why, granted, wanted, expected) => {
    expect(covers(perms(...granted), perms(...wanted))).toBe(expected);
  });

  it('covers compares the given blocks of a prefix list', () => {
    const addresses = { 'pl-1': ['10.1.0.0/16', '10.2.0.0/16'] };

    expect(covers(perms('tcp 22 from 10.0.0.0/8'), perms('tcp 22 from pl-1'), { addresses })).toBe(true);
    expect(covers(perms('tcp 22 from 10.1.0.0/16'), perms('tcp 22 from pl-1'), { addresses })).toBe(false);
  });
});

describe('overlaps', () => {
  it.each<[string, string[], string[], boolean]>([
    ['an empty list with an empty list', [], [], false],
    ['an empty list with everything', [], ['-1 from 0.0.0.0/0'], false],
    ['adjacent blocks', ['tcp 22 from 10.0.0.0/9'], ['tcp 22 from 10.128.0.0/9'], false],
    ['a block inside another block', ['tcp 22 from 10.0.0.0/8'], ['tcp 22 from 10.128.0.0/9'], true],
    ['adjacent ports', ['tcp 1-21 from 10.0.0.0/8'], ['tcp 22 from 10.0.0.0/8'], false],
    ['port ranges with one common port', ['tcp 1-22 from 10.0.0.0/8'], ['tcp 22-99 from 10.0.0.0/8'], true],
    ['the same ports of two protocols', ['tcp 22 from 10.0.0.0/8'], ['udp 22 from 10.0.0.0/8'], false],
    ['all traffic with a protocol', ['-1 from 10.0.0.0/8'], ['47 from 10.0.0.0/8'], true],
    ['two ICMP codes of the same type', ['icmp 3/4 from ::/0'], ['icmp 3/3 from ::/0'], false],
    ['an ICMP code with any code of its type', ['icmp 3/4 from ::/0'], ['icmp 3/-1 from ::/0'], true],
    ['a group with itself', ['tcp 22 from sg-1'], ['-1 from sg-1'], true],
    ['a group with a block', ['tcp 22 from sg-1'], ['tcp 22 from 0.0.0.0/0'], false],
    ['IPv4 with IPv6', ['-1 from 0.0.0.0/0'], ['-1 from ::/0'], false],
  ])('overlaps is correct in both orders, for %s', (_why, a, b, expected) => {
    expect(overlaps(perms(...a), perms(...b))).toBe(expected);
    expect(overlaps(perms(...b), perms(...a))).toBe(expected);
  });
});

it.each([
  ['covers', covers, 'granted', 'wanted'],
  ['overlaps', overlaps, 'a', 'b'],
] as const)('%s refuses invalid permissions, and names the list with the invalid permissions', (_name, ask, first, second) => {
  const bad = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 2 }];
  const act = () => ask(bad, bad);

  expect(act).toThrow(InvalidPermissionError);
  expect(act).toThrow(`\`${first}[0]\``);
  expect(act).toThrow(`\`${second}[0]\``);
});

import { perms } from '../testing/notation.js';
import { InvalidPermissionError } from '../read/problem.js';
import { covers, overlaps } from './covers.js';

describe('covers', () => {
  it.each<[string, string[], string[], boolean]>([
    ['nothing is covered by nothing', [], [], true],
    ['everything covers nothing', ['-1 from 0.0.0.0/0'], [], true],
    ['nothing covers no traffic', [], ['tcp 22 from 10.0.0.0/8'], false],
    ['a rule covers itself', ['tcp 22 from sg-1'], ['tcp 22 from sg-1'], true],
    ['a wider rule', ['tcp 1-99 from 10.0.0.0/8'], ['tcp 22 from 10.1.0.0/16'], true],
    ['a narrower rule does not', ['tcp 22 from 10.1.0.0/16'], ['tcp 22 from 10.0.0.0/8'], false],
    ['two halves together', ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'], ['tcp 22 from 10.0.0.0/8'], true],
    ['two halves, one port short', ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'], ['tcp 22-23 from 10.0.0.0/8'], false],
    ['all traffic covers a protocol without ports', ['-1 from sg-1'], ['50 from sg-1'], true],
    ['all ports of two protocols are not all traffic', ['tcp 0-65535 from sg-1', 'udp 0-65535 from sg-1'], ['-1 from sg-1'], false],
    ['the world does not cover a group', ['-1 from 0.0.0.0/0 ::/0'], ['tcp 22 from sg-1'], false],
    ['the last address may be the one that lacks', ['tcp 22 from 10.0.0.0/32'], ['tcp 22 from 10.0.0.0/31'], false],
  ])('%s', (_why, granted, wanted, expected) => {
    expect(covers(perms(...granted), perms(...wanted))).toBe(expected);
  });

  it('opens a prefix list whose blocks are given', () => {
    const addresses = { 'pl-1': ['10.1.0.0/16', '10.2.0.0/16'] };

    expect(covers(perms('tcp 22 from 10.0.0.0/8'), perms('tcp 22 from pl-1'), { addresses })).toBe(true);
    expect(covers(perms('tcp 22 from 10.1.0.0/16'), perms('tcp 22 from pl-1'), { addresses })).toBe(false);
  });
});

describe('overlaps', () => {
  it.each<[string, string[], string[], boolean]>([
    ['nothing with nothing', [], [], false],
    ['nothing with everything', [], ['-1 from 0.0.0.0/0'], false],
    ['blocks side by side', ['tcp 22 from 10.0.0.0/9'], ['tcp 22 from 10.128.0.0/9'], false],
    ['a block within another', ['tcp 22 from 10.0.0.0/8'], ['tcp 22 from 10.128.0.0/9'], true],
    ['ports side by side', ['tcp 1-21 from 10.0.0.0/8'], ['tcp 22 from 10.0.0.0/8'], false],
    ['ports that share an end', ['tcp 1-22 from 10.0.0.0/8'], ['tcp 22-99 from 10.0.0.0/8'], true],
    ['the same ports of two protocols', ['tcp 22 from 10.0.0.0/8'], ['udp 22 from 10.0.0.0/8'], false],
    ['all traffic with a protocol', ['-1 from 10.0.0.0/8'], ['47 from 10.0.0.0/8'], true],
    ['a code with another of its type', ['icmp 3/4 from ::/0'], ['icmp 3/3 from ::/0'], false],
    ['a code with any of its type', ['icmp 3/4 from ::/0'], ['icmp 3/-1 from ::/0'], true],
    ['a group with itself', ['tcp 22 from sg-1'], ['-1 from sg-1'], true],
    ['a group with a block', ['tcp 22 from sg-1'], ['tcp 22 from 0.0.0.0/0'], false],
    ['two families', ['-1 from 0.0.0.0/0'], ['-1 from ::/0'], false],
  ])('%s', (_why, a, b, expected) => {
    expect(overlaps(perms(...a), perms(...b))).toBe(expected);
    expect(overlaps(perms(...b), perms(...a))).toBe(expected);
  });
});

it.each([
  ['covers', covers, 'granted', 'wanted'],
  ['overlaps', overlaps, 'a', 'b'],
] as const)('%s refuses bad permissions, naming the list they are in', (_name, ask, first, second) => {
  const bad = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 2 }];
  const act = () => ask(bad, bad);

  expect(act).toThrow(InvalidPermissionError);
  expect(act).toThrow(`\`${first}[0]\``);
  expect(act).toThrow(`\`${second}[0]\``);
});

import type { IpPermission } from './ec2-permission.js';
import { readRules } from './read-rules.js';
import { compareRules, formatRule, ruleCovers, rulesOverlap, type Direction, type Rule } from './rule.js';

const rule = (permission: IpPermission, direction: Direction = 'ingress'): Rule => {
  const read = readRules([permission], { direction });
  if (!read.ok || read.value[0] === undefined) throw new Error('not one rule');
  return read.value[0];
};
const from = (CidrIp: string) => ({ IpRanges: [{ CidrIp }] });
const tcp = (FromPort: number, ToPort: number) => ({ IpProtocol: 'tcp', FromPort, ToPort });
const icmp = (FromPort: number, ToPort: number) => ({ IpProtocol: 'icmp', FromPort, ToPort });
const group = (GroupId: string, UserId?: string) => ({ UserIdGroupPairs: [{ GroupId, UserId }] });

describe('two rules overlap', () => {
  it.each<[string, IpPermission, IpPermission, boolean]>([
    ['if their ports have one in common', { ...tcp(80, 443), ...from('10.0.0.0/8') }, { ...tcp(443, 500), ...from('10.0.0.0/8') }, true],
    ['but not if their ports are adjacent', { ...tcp(80, 442), ...from('10.0.0.0/8') }, { ...tcp(443, 500), ...from('10.0.0.0/8') }, false],
    ['but not if their blocks are disjoint', { ...tcp(80, 80), ...from('10.0.0.0/9') }, { ...tcp(80, 80), ...from('10.128.0.0/9') }, false],
    ['if one rule is for all traffic', { IpProtocol: '-1', ...from('0.0.0.0/0') }, { ...icmp(8, 0), ...from('10.0.0.0/8') }, true],
    [
      'but not if their protocols differ',
      { IpProtocol: 'udp', FromPort: 53, ToPort: 53, ...from('0.0.0.0/0') },
      { ...tcp(53, 53), ...from('0.0.0.0/0') },
      false,
    ],
    ['if one ICMP rule allows any code', { ...icmp(8, -1), ...from('0.0.0.0/0') }, { ...icmp(8, 3), ...from('0.0.0.0/0') }, true],
    ['if one ICMP rule allows any type', { ...icmp(-1, -1), ...from('0.0.0.0/0') }, { ...icmp(3, 4), ...from('0.0.0.0/0') }, true],
    ['but not if their ICMP types differ', { ...icmp(8, -1), ...from('0.0.0.0/0') }, { ...icmp(0, -1), ...from('0.0.0.0/0') }, false],
    [
      'if both are for the same protocol without ports',
      { IpProtocol: '50', ...from('0.0.0.0/0') },
      { IpProtocol: '50', ...from('10.0.0.0/8') },
      true,
    ],
    ['if both are for the same group', { IpProtocol: '-1', ...group('sg-1') }, { ...tcp(22, 22), ...group('sg-1', '111122223333') }, true],
    [
      'but not if one is for a group and one for a block, because the addresses of the group are unknown',
      { IpProtocol: '-1', ...group('sg-1') },
      { IpProtocol: '-1', ...from('0.0.0.0/0') },
      false,
    ],
  ])('%s', (_name, a, b, expected) => {
    expect(rulesOverlap(rule(a), rule(b))).toBe(expected);
    expect(rulesOverlap(rule(b), rule(a))).toBe(expected);
  });

  it('and cover each other only if they have the same direction', () => {
    const permission = { IpProtocol: '-1', ...from('0.0.0.0/0') };

    expect(rulesOverlap(rule(permission), rule(permission, 'egress'))).toBe(false);
    expect(ruleCovers(rule(permission), rule(permission, 'egress'))).toBe(false);
  });
});

it('orders rules by direction, then by traffic, then by source', () => {
  const inOrder = [
    rule({ ...tcp(22, 22), ...from('10.0.0.0/8') }),
    rule({ ...tcp(22, 22), ...from('10.0.0.0/9') }),
    rule({ ...tcp(22, 22), ...group('sg-1') }),
    rule({ ...tcp(22, 23), ...from('9.0.0.0/8') }),
    rule({ ...tcp(23, 23), ...from('9.0.0.0/8') }),
    rule({ IpProtocol: '-1', ...from('9.0.0.0/8') }, 'egress'),
    rule({ ...tcp(22, 22), ...from('9.0.0.0/8') }, 'egress'),
  ];
  const words = inOrder.map(formatRule);

  expect([...inOrder].reverse().sort(compareRules).map(formatRule)).toEqual(words);
  expect([...inOrder].sort(compareRules).map(formatRule)).toEqual(words);
});

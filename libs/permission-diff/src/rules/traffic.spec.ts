import { canonicalProtocol, formatTraffic, trafficKey, type ServiceRange, type Traffic } from './traffic.js';

describe('a protocol', () => {
  it.each([
    ['tcp', 'tcp'],
    ['UDP', 'udp'],
    ['6', 'tcp'],
    ['17', 'udp'],
    ['1', 'icmp'],
    ['58', 'icmpv6'],
    ['ICMPv6', 'icmpv6'],
    ['all', '-1'],
    ['-1', '-1'],
    ['0', '0'],
    ['255', '255'],
    ['256', undefined],
    ['050', undefined],
    ['50 ', undefined],
    ['x50', undefined],
    ['icmpv60', undefined],
    ['', undefined],
  ])('canonicalProtocol, for %j, returns %j', (text, protocol) => {
    expect(canonicalProtocol(text)).toBe(protocol);
  });
});

const ports = (protocol: 'tcp' | 'udp', fromPort: number, toPort = fromPort): Traffic => ({
  kind: 'ports',
  protocol,
  fromPort,
  toPort,
});
const icmp = (type: number, code: number, protocol: 'icmp' | 'icmpv6' = 'icmp'): Traffic => ({
  kind: 'icmp',
  protocol,
  type,
  code,
});

it('trafficKey orders traffic by protocol number, then by `FromPort`, then by `ToPort`, with all traffic first', () => {
  const inOrder: Traffic[] = [
    { kind: 'all' },
    { kind: 'protocol', protocol: '0' },
    icmp(-1, -1),
    icmp(0, 0),
    icmp(8, -1),
    icmp(8, 0),
    ports('tcp', 0),
    ports('tcp', 0, 1),
    ports('tcp', 0, 65535),
    ports('tcp', 1),
    ports('tcp', 65535),
    ports('udp', 0),
    { kind: 'protocol', protocol: '50' },
    icmp(-1, -1, 'icmpv6'),
    { kind: 'protocol', protocol: '255' },
  ];

  const keys = inOrder.map(trafficKey);

  expect(keys).toEqual([...keys].sort((a, b) => a - b));
  expect(new Set(keys).size).toBe(keys.length);
  expect(Math.max(...keys)).toBeLessThan(2 ** 43);
});

it.each<[Traffic | ServiceRange, string]>([
  [{ kind: 'all' }, 'all traffic'],
  [{ protocol: '-1' }, 'all traffic'],
  [{ kind: 'protocol', protocol: '50' }, 'protocol 50'],
  [{ protocol: '7-16' }, 'protocols 7-16'],
  [ports('tcp', 443), 'tcp/443'],
  [ports('udp', 53, 54), 'udp/53-54'],
  [icmp(-1, -1), 'icmp any type'],
  [icmp(8, -1), 'icmp type 8'],
  [icmp(3, 4), 'icmp type 3 code 4'],
  [{ protocol: 'icmp', fromType: 0, toType: 255, fromCode: 0, toCode: 255 }, 'icmp any type'],
  [{ protocol: 'icmp', fromType: 3, toType: 5, fromCode: 0, toCode: 255 }, 'icmp type 3-5'],
  [{ protocol: 'icmp', fromType: 200, toType: 255, fromCode: 0, toCode: 255 }, 'icmp type 200-255'],
  [{ protocol: 'icmpv6', fromType: 0, toType: 255, fromCode: 1, toCode: 255 }, 'icmpv6 type 0-255 code 1-255'],
])('formatTraffic writes %j as %s', (traffic, text) => {
  expect(formatTraffic(traffic)).toBe(text);
});

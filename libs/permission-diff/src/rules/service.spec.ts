import {
  commonServices,
  cutServices,
  longestRuleServices,
  LAST_SERVICE,
  mergedServices,
  protocolOfServices,
  SEGMENT,
  servicesOfTraffic,
  trafficOfServices,
} from './service.js';
import { ALL_TRAFFIC, formatTraffic, type Traffic } from './traffic.js';

const tcp = (fromPort: number, toPort = fromPort): Traffic => ({ kind: 'ports', protocol: 'tcp', fromPort, toPort });
const icmp = (type: number, code: number): Traffic => ({ kind: 'icmp', protocol: 'icmp', type, code });
const esp: Traffic = { kind: 'protocol', protocol: '50' };
const span = (first: number, last = first) => ({ first, last });

it.each<[Traffic]>([
  [ALL_TRAFFIC],
  [tcp(0)],
  [tcp(0, 65535)],
  [{ kind: 'ports', protocol: 'udp', fromPort: 53, toPort: 65535 }],
  [icmp(-1, -1)],
  [icmp(0, -1)],
  [icmp(255, 255)],
  [{ kind: 'icmp', protocol: 'icmpv6', type: 128, code: 0 }],
  [esp],
])('places %j on the axis, and reads it back', (traffic) => {
  expect(trafficOfServices(servicesOfTraffic(traffic))).toEqual(traffic);
});

it('places protocols beside each other, without a gap', () => {
  expect(servicesOfTraffic(ALL_TRAFFIC)).toEqual(span(0, 256 * SEGMENT - 1));
  expect(servicesOfTraffic({ kind: 'protocol', protocol: '7' }).first).toBe(servicesOfTraffic(tcp(0, 65535)).last + 1);
  expect(servicesOfTraffic(icmp(3, -1))).toEqual(span(SEGMENT + 3 * 256, SEGMENT + 3 * 256 + 255));
  expect(servicesOfTraffic({ kind: 'protocol', protocol: '255' }).last).toBe(LAST_SERVICE);
});

it.each([
  [span(0, LAST_SERVICE), [['-1', 0, LAST_SERVICE]]],
  [span(SEGMENT * 6 + 5, SEGMENT * 6 + 9), [['tcp', SEGMENT * 6 + 5, SEGMENT * 6 + 9]]],
  [span(SEGMENT, SEGMENT * 255 - 1), [['1-254', SEGMENT, SEGMENT * 255 - 1]]],
  [span(SEGMENT * 7, SEGMENT * 17 - 1), [['7-16', SEGMENT * 7, SEGMENT * 17 - 1]]],
  [
    span(SEGMENT * 2 - 1, SEGMENT * 3),
    [
      ['icmp', SEGMENT * 2 - 1, SEGMENT * 2 - 1],
      ['2', SEGMENT * 2, SEGMENT * 3 - 1],
      ['3', SEGMENT * 3, SEGMENT * 3],
    ],
  ],
  [
    span(SEGMENT * 58 + 255, SEGMENT * 58 + 512),
    [
      ['icmpv6', SEGMENT * 58 + 255, SEGMENT * 58 + 255],
      ['icmpv6', SEGMENT * 58 + 256, SEGMENT * 58 + 511],
      ['icmpv6', SEGMENT * 58 + 512, SEGMENT * 58 + 512],
    ],
  ],
])('cuts %j around protocols and ICMP types', (services, expected) => {
  expect(cutServices(services).map((piece) => [protocolOfServices(piece), piece.first, piece.last])).toEqual(expected);
});

it.each([
  ['that share an end', span(1, 5), span(5, 9), span(5)],
  ['one of which contains the other', span(1, 9), span(3, 4), span(3, 4)],
  ['that are adjacent', span(1, 4), span(5, 9), undefined],
])('returns the common services of two intervals %s', (_what, a, b, expected) => {
  expect(commonServices(a, b)).toEqual(expected);
  expect(commonServices(b, a)).toEqual(expected);
});

it('merges intervals that overlap or are adjacent', () => {
  expect(mergedServices([span(9, 10), span(1, 8), span(2, 3), span(12), span(13, 20)])).toEqual([span(1, 10), span(12, 20)]);
  expect(mergedServices([])).toEqual([]);
});

it.each<[within: string, service: Traffic, intervals: readonly Traffic[], expected: string]>([
  ['all traffic', tcp(22), [ALL_TRAFFIC], 'all traffic'],
  ['a range of ports', tcp(22), [tcp(1, 4), tcp(20, 30)], 'tcp/20-30'],
  ['a range that ends with the port', tcp(30), [tcp(20, 30)], 'tcp/20-30'],
  ['a range that begins with the port', tcp(20), [tcp(20, 30)], 'tcp/20-30'],
  ['a whole protocol', esp, [esp], 'protocol 50'],
  ['all ICMP types', icmp(8, 0), [icmp(-1, -1)], 'icmp any type'],
  ['one ICMP type', icmp(8, 3), [icmp(3, -1), icmp(8, -1)], 'icmp type 8'],
  ['one ICMP code', icmp(8, 3), [icmp(8, 3)], 'icmp type 8 code 3'],
  ['no interval', tcp(22), [tcp(1, 4)], 'tcp/22'],
])('widens a service to the widest traffic of one rule within %s', (_what, service, intervals, expected) => {
  const around = longestRuleServices(servicesOfTraffic(service).first, intervals.map(servicesOfTraffic));

  expect(formatTraffic(trafficOfServices(around))).toBe(expected);
});

it('widens a service only inside its protocol, and an ICMP code only to a whole type', () => {
  const { first } = servicesOfTraffic(tcp(22));

  expect(longestRuleServices(first, [span(first - 100, first + SEGMENT)])).toEqual(servicesOfTraffic(tcp(0, 65535)));
  expect(longestRuleServices(SEGMENT + 300, [span(SEGMENT + 10, SEGMENT + 511)])).toEqual(servicesOfTraffic(icmp(1, -1)));
  expect(longestRuleServices(SEGMENT + 300, [span(SEGMENT + 10, SEGMENT + 510)])).toEqual(span(SEGMENT + 300));
  expect(longestRuleServices(SEGMENT + 300, [span(SEGMENT + 257, SEGMENT + 511)])).toEqual(span(SEGMENT + 300));
  expect(longestRuleServices(SEGMENT + 10, [span(SEGMENT - 10, SEGMENT + 9 + 256)])).toEqual(servicesOfTraffic(icmp(0, -1)));
});

import {
  commonServiceInterval,
  cutServiceInterval,
  widestServiceIntervalOfRule,
  LAST_SERVICE,
  mergeServiceIntervals,
  protocolOfServiceInterval,
  SEGMENT,
  serviceIntervalOfTraffic,
  trafficOfServiceInterval,
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
])('trafficOfServiceInterval is the inverse of serviceIntervalOfTraffic, for %j', (traffic) => {
  expect(trafficOfServiceInterval(serviceIntervalOfTraffic(traffic))).toEqual(traffic);
});

it('serviceIntervalOfTraffic returns adjacent intervals for adjacent protocol numbers', () => {
  expect(serviceIntervalOfTraffic(ALL_TRAFFIC)).toEqual(span(0, 256 * SEGMENT - 1));
  expect(serviceIntervalOfTraffic({ kind: 'protocol', protocol: '7' }).first).toBe(serviceIntervalOfTraffic(tcp(0, 65535)).last + 1);
  expect(serviceIntervalOfTraffic(icmp(3, -1))).toEqual(span(SEGMENT + 3 * 256, SEGMENT + 3 * 256 + 255));
  expect(serviceIntervalOfTraffic({ kind: 'protocol', protocol: '255' }).last).toBe(LAST_SERVICE);
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
])('cutServiceInterval cuts %j at the borders of protocols and ICMP types', (services, expected) => {
  expect(cutServiceInterval(services).map((piece) => [protocolOfServiceInterval(piece), piece.first, piece.last])).toEqual(expected);
});

it.each([
  ['that share an end', span(1, 5), span(5, 9), span(5)],
  ['one of which contains the other', span(1, 9), span(3, 4), span(3, 4)],
  ['that are adjacent', span(1, 4), span(5, 9), undefined],
])('commonServiceInterval returns the services in both of two intervals %s', (_what, a, b, expected) => {
  expect(commonServiceInterval(a, b)).toEqual(expected);
  expect(commonServiceInterval(b, a)).toEqual(expected);
});

it('mergeServiceIntervals merges intervals that overlap or are adjacent', () => {
  expect(mergeServiceIntervals([span(9, 10), span(1, 8), span(2, 3), span(12), span(13, 20)])).toEqual([span(1, 10), span(12, 20)]);
  expect(mergeServiceIntervals([])).toEqual([]);
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
])(
  'widestServiceIntervalOfRule returns the widest traffic of one rule around a service, within %s',
  (_what, service, intervals, expected) => {
    const around = widestServiceIntervalOfRule(serviceIntervalOfTraffic(service).first, intervals.map(serviceIntervalOfTraffic));

    expect(formatTraffic(trafficOfServiceInterval(around))).toBe(expected);
  },
);

it('widestServiceIntervalOfRule returns traffic of one protocol, and either one ICMP code or whole ICMP types', () => {
  const { first } = serviceIntervalOfTraffic(tcp(22));

  expect(widestServiceIntervalOfRule(first, [span(first - 100, first + SEGMENT)])).toEqual(serviceIntervalOfTraffic(tcp(0, 65535)));
  expect(widestServiceIntervalOfRule(SEGMENT + 300, [span(SEGMENT + 10, SEGMENT + 511)])).toEqual(serviceIntervalOfTraffic(icmp(1, -1)));
  expect(widestServiceIntervalOfRule(SEGMENT + 300, [span(SEGMENT + 10, SEGMENT + 510)])).toEqual(span(SEGMENT + 300));
  expect(widestServiceIntervalOfRule(SEGMENT + 300, [span(SEGMENT + 257, SEGMENT + 511)])).toEqual(span(SEGMENT + 300));
  expect(widestServiceIntervalOfRule(SEGMENT + 10, [span(SEGMENT - 10, SEGMENT + 9 + 256)])).toEqual(serviceIntervalOfTraffic(icmp(0, -1)));
});

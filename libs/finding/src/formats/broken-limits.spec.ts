import type { Bound, Rule, Traffic } from '@portcullis/permission-diff';
import { rulesFromWords as rules } from '@portcullis/permission-diff/testing';
import { describeBrokenLimits } from './broken-limits.js';

type Part = readonly [rule: string, services: readonly string[], senders?: readonly string[], rest?: Partial<Bound>];

const trafficOf = (text: string): Traffic[] => rules([`${text} from 0.0.0.0/0`]).map(({ traffic }) => traffic);
const sourceOf = (text: string): Rule['source'][] => rules([`-1 from ${text}`]).map(({ source }) => source);

const partsOf = ([text, services, senders = [], rest]: Part) => {
  const traffic = services.flatMap(trafficOf);
  const bound: Bound = { services: traffic, senders: senders.flatMap(sourceOf), groups: 'none', ...rest };
  return rules([text]).map((rule) => ({ rule, bound, traffic }));
};

it.each<[string, string, readonly Part[]]>([
  [
    'the service by name, the source and what is allowed of it',
    'SSH from 0.0.0.0/0 minus 10.0.0.0/8',
    [['tcp 22 from 0.0.0.0/0', ['tcp 22'], ['10.0.0.0/8', '2001:db8::/32']]],
  ],
  ['services with one name once', 'RDP from ::/0', [['-1 from ::/0', ['tcp 3389', 'udp 3389']]]],
  ['traffic without a name as it is', 'tcp/20-30 from 0.0.0.0/0', [['tcp 20-30 from 0.0.0.0/0', ['tcp 20-30']]]],
  [
    'services from one source together',
    'SSH, RDP from 0.0.0.0/0',
    [
      ['-1 from 0.0.0.0/0', ['tcp 22']],
      ['-1 from 0.0.0.0/0', ['tcp 3389']],
    ],
  ],
  [
    'at most three sources, and counts the others',
    'SSH from 1.0.0.0/8, SSH from 2.0.0.0/8, SSH from 3.0.0.0/8 and 1 more',
    [1, 2, 3, 4].map((n): Part => [`tcp 22 from ${n}.0.0.0/8`, ['tcp 22']]),
  ],
  ['a list that may contain allowed blocks', 'SSH from 192.0.2.0/24 minus pl-1', [['tcp 22 from 192.0.2.0/24', ['tcp 22'], ['pl-1']]]],
  ['a group', 'all traffic from sg-1', [['-1 from sg-1', ['-1'], ['10.0.0.0/8', 'pl-1']]]],
  [
    'how wide a block may be',
    'SSH from 10.0.0.0/8 (wider than /16)',
    [['tcp 22 from 10.0.0.0/8', ['tcp 22'], [], { notWiderThan: { ipv4: 16 } }]],
  ],
  [
    'that blocks are too wide only together',
    'SSH from 10.0.0.0/16 (together wider than /16)',
    [['tcp 22 from 10.0.0.0/16', ['tcp 22'], [], { notWiderThan: { ipv4: 16 } }]],
  ],
])('names %s', (_, words, parts) => {
  expect(describeBrokenLimits([{ limit: { name: 'no-admin' }, parts: parts.flatMap(partsOf) }])).toEqual([
    `broken limit no-admin: ${words}`,
  ]);
});

import { readRules } from '../read/read-rules.js';
import { formatRule, type Direction, type Rule } from '../rule/rule.js';
import { perms } from '../testing/notation.js';
import { exposedServices, exposingRules, formatServices, SENSITIVE_SERVICES } from './exposed-services.js';

function rules(lines: readonly string[], direction: Direction = 'ingress'): readonly Rule[] {
  const read = readRules(perms(...lines), { direction });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

const namesOf = (...lines: string[]): string[] => exposedServices(rules(lines)).map((service) => formatServices([service]));

it.each<[string, string[], string[]]>([
  ['one port', ['tcp 22 from 0.0.0.0/0'], ['SSH (tcp/22)']],
  ['a range with several', ['tcp 3300-3400 from ::/0'], ['MySQL (tcp/3306)', 'RDP (tcp/3389)']],
  ['two halves of the world', ['udp 11211 from 0.0.0.0/1', 'udp 11211 from 128.0.0.0/1'], ['memcached (udp/11211)']],
  ['what all traffic and one port let in together', ['-1 from 16.0.0.0/5', 'tcp 6379 from 24.0.0.0/5'], ['Redis (tcp/6379)']],
  ['a port that is none of them', ['tcp 443 from 0.0.0.0/0'], []],
  ['a port that the world does not reach', ['tcp 22 from 10.0.0.0/8'], []],
  ['the port of a service over the other protocol', ['udp 22 from 0.0.0.0/0', 'tcp 161 from 0.0.0.0/0'], []],
  ['ICMP, whose type is no port', ['icmp 22/-1 from 0.0.0.0/0'], []],
  ['nothing', [], []],
])('names the sensitive services that the world reaches by %s', (_what, lines, names) => {
  expect(namesOf(...lines)).toEqual(names);
});

// Security Hub EC2.19 and the red ports of Trusted Advisor, without those of the web and of mail.
const LISTED_BY_AWS = [20, 21, 22, 23, 135, 445, 1433, 1434, 3306, 3389, 4333, 5432, 5500, 5601, 9200, 9300];

it.each([...LISTED_BY_AWS, 2049, 2380, 5901, 5984, 7199, 9092, 27018, 50000])('takes tcp/%d for a sensitive service', (port) => {
  expect(namesOf(`tcp ${port} from 0.0.0.0/0`)).toEqual([expect.stringContaining(`(tcp/${port})`)]);
});

it.each([111, 137, 138, 161, 389, 1434, 2049, 3389, 11211])('takes udp/%d for a sensitive service', (port) => {
  expect(namesOf(`udp ${port} from 0.0.0.0/0`)).toEqual([expect.stringContaining(`(udp/${port})`)]);
});

it.each([25, 80, 110, 143, 443, 3000, 5000, 8080, 8088, 8888])(
  'takes tcp/%d, which people offer to the world, for no sensitive service',
  (port) => {
    expect(namesOf(`tcp ${port} from 0.0.0.0/0`)).toEqual([]);
  },
);

it('says in words which services they are, of many the first few', () => {
  const { length } = SENSITIVE_SERVICES;

  expect(formatServices(SENSITIVE_SERVICES.slice(2, 4))).toBe('SSH (tcp/22), Telnet (tcp/23)');
  expect(formatServices(SENSITIVE_SERVICES)).toBe(`FTP (tcp/20), FTP (tcp/21), SSH (tcp/22), Telnet (tcp/23) and ${length - 4} more`);
});

it('names all of them where all traffic is let in', () => {
  expect(exposedServices(rules(['-1 from 0.0.0.0/0']))).toEqual(SENSITIVE_SERVICES);
});

it('takes no egress for exposure', () => {
  expect(exposedServices(rules(['tcp 22 from 0.0.0.0/0'], 'egress'))).toEqual([]);
});

it('names the services that the world reaches by a prefix list whose blocks are given', () => {
  const bastion = rules(['tcp 22 from pl-1']);
  const held = (...cidrs: string[]) => new Map([['pl-1', rules(cidrs.map((cidr) => `-1 from ${cidr}`)).map(({ source }) => source)]]);

  expect(exposedServices(bastion)).toEqual([]);
  expect(exposedServices(bastion, held('0.0.0.0/1', '128.0.0.0/1'))).toMatchObject([{ name: 'SSH' }]);
  expect(exposedServices(bastion, held('10.0.0.0/8'))).toEqual([]);
});

describe('the rules that expose a sensitive service', () => {
  const exposing = (...lines: string[]): string[] => exposingRules(rules(lines)).map(formatRule);

  it.each<[string, string[], string[]]>([
    ['the one that opens it alone', ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0'], ['tcp/22 from 0.0.0.0/0']],
    [
      'every one of those that open it together',
      ['tcp 22 from 16.0.0.0/5', 'tcp 80 from 8.0.0.0/5', '-1 from 24.0.0.0/5'],
      ['tcp/22 from 16.0.0.0/5', 'all traffic from 24.0.0.0/5'],
    ],
    ['none while too few addresses reach it', ['tcp 22 from 16.0.0.0/5', 'tcp 80 from 24.0.0.0/5'], []],
    ['not those of a group beside them', ['tcp 22 from sg-1', 'tcp 22 from ::/0'], ['tcp/22 from ::/0']],
  ])('are %s', (_what, lines, expected) => {
    expect(exposing(...lines)).toEqual(expected);
  });

  it('leave nothing exposed when they go', () => {
    const all = rules(['tcp 22 from 0.0.0.0/1', 'tcp 0-65535 from 24.0.0.0/5', 'udp 161 from ::/0', 'tcp 22 from pl-1']);
    const blocks = rules(['-1 from 16.0.0.0/5', '-1 from 24.0.0.0/5']).map(({ source }) => source);
    const gone = exposingRules(all, new Map([['pl-1', blocks]]));

    expect(gone).toHaveLength(4);
    expect(exposedServices(all.filter((rule) => !gone.includes(rule)))).toEqual([]);
  });

  it('are ingress rules', () => {
    expect(exposingRules(rules(['tcp 22 from 0.0.0.0/0'], 'egress'))).toEqual([]);
  });
});

it('lists each port of a protocol once, ascending, tcp before udp', () => {
  const places = SENSITIVE_SERVICES.map(({ protocol, port }) => port * 2 + (protocol === 'tcp' ? 0 : 1));

  expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
});

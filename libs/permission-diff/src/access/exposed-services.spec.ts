import { formatTraffic } from '../rules/traffic.js';
import { formatRule } from '../rules/rule.js';
import { rulesFromWords as rules } from '../testing/notation.js';
import { exposedServices, exposingRules, formatServices, SENSITIVE_SERVICES, servicesNamed } from './exposed-services.js';

const namesOf = (...lines: string[]): string[] => exposedServices(rules(lines)).map((service) => formatServices([service]));

it.each<[string, string[], string[]]>([
  ['a single port', ['tcp 22 from 0.0.0.0/0'], ['SSH (tcp/22)']],
  ['a range with several sensitive ports', ['tcp 3300-3400 from ::/0'], ['MySQL (tcp/3306)', 'RDP (tcp/3389)']],
  ['two halves of the world', ['udp 11211 from 0.0.0.0/1', 'udp 11211 from 128.0.0.0/1'], ['memcached (udp/11211)']],
  ['all traffic and a single port together', ['-1 from 16.0.0.0/5', 'tcp 6379 from 24.0.0.0/5'], ['Redis (tcp/6379)']],
  ['a port that no sensitive service uses', ['tcp 443 from 0.0.0.0/0'], []],
  ['a port that is open only to a private network', ['tcp 22 from 10.0.0.0/8'], []],
  ['the port of a sensitive service with another protocol', ['udp 22 from 0.0.0.0/0', 'tcp 161 from 0.0.0.0/0'], []],
  ['an ICMP type with the number of a port', ['icmp 22/-1 from 0.0.0.0/0'], []],
  ['nothing', [], []],
])('exposedServices names the sensitive services that the world reaches through %s', (_what, lines, names) => {
  expect(namesOf(...lines)).toEqual(names);
});

// The ports of Security Hub's control EC2.19 and of Trusted Advisor's red alerts, except web and mail ports.
const LISTED_BY_AWS = [20, 21, 22, 23, 135, 445, 1433, 1434, 3306, 3389, 4333, 5432, 5500, 5601, 9200, 9300];

it.each([...LISTED_BY_AWS, 2049, 2380, 5901, 5984, 7199, 9092, 27018, 50000])('exposedServices considers tcp/%d sensitive', (port) => {
  expect(namesOf(`tcp ${port} from 0.0.0.0/0`)).toEqual([expect.stringContaining(`(tcp/${port})`)]);
});

it.each([111, 137, 138, 161, 389, 1434, 2049, 3389, 11211])('exposedServices considers udp/%d sensitive', (port) => {
  expect(namesOf(`udp ${port} from 0.0.0.0/0`)).toEqual([expect.stringContaining(`(udp/${port})`)]);
});

it.each([25, 80, 110, 143, 443, 3000, 5000, 8080, 8088, 8888])(
  'exposedServices does not consider tcp/%d sensitive, because people open this port to the world on purpose',
  (port) => {
    expect(namesOf(`tcp ${port} from 0.0.0.0/0`)).toEqual([]);
  },
);

it('formatServices names at most four services, and counts the other services', () => {
  const { length } = SENSITIVE_SERVICES;

  expect(formatServices(SENSITIVE_SERVICES.slice(2, 4))).toBe('SSH (tcp/22), Telnet (tcp/23)');
  expect(formatServices(SENSITIVE_SERVICES)).toBe(`FTP (tcp/20), FTP (tcp/21), SSH (tcp/22), Telnet (tcp/23) and ${length - 4} more`);
});

it('exposedServices names every sensitive service if the rules let in all traffic', () => {
  expect(exposedServices(rules(['-1 from 0.0.0.0/0']))).toEqual(SENSITIVE_SERVICES);
});

it('exposedServices ignores egress rules', () => {
  const egress = rules(['tcp 22 from 0.0.0.0/0'], 'egress');

  expect(exposedServices(egress)).toEqual([]);
  expect(exposedServices([...egress, ...rules(['tcp 443 from 0.0.0.0/0'])])).toEqual([]);
});

it('exposedServices names the services that the world reaches through a prefix list with given blocks', () => {
  const bastion = rules(['tcp 22 from pl-1']);
  const held = (...cidrs: string[]) => new Map([['pl-1', rules(cidrs.map((cidr) => `-1 from ${cidr}`)).map(({ source }) => source)]]);

  expect(exposedServices(bastion)).toEqual([]);
  expect(exposedServices(bastion, held('0.0.0.0/1', '128.0.0.0/1'))).toMatchObject([{ name: 'SSH' }]);
  expect(exposedServices(bastion, held('10.0.0.0/8'))).toEqual([]);
});

describe('exposingRules', () => {
  const exposing = (...lines: string[]): string[] => exposingRules(rules(lines)).map(formatRule);

  it.each<[string, string[], string[]]>([
    ['the single rule that exposes a service', ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0'], ['tcp/22 from 0.0.0.0/0']],
    [
      'all rules that expose a service only together',
      ['tcp 22 from 16.0.0.0/5', 'tcp 80 from 8.0.0.0/5', '-1 from 24.0.0.0/5'],
      ['tcp/22 from 16.0.0.0/5', 'all traffic from 24.0.0.0/5'],
    ],
    ['no rules if too few addresses reach the service', ['tcp 22 from 16.0.0.0/5', 'tcp 80 from 24.0.0.0/5'], []],
    ['only the rule for the world, not the rule for a group', ['tcp 22 from sg-1', 'tcp 22 from ::/0'], ['tcp/22 from ::/0']],
  ])('exposingRules returns %s', (_what, lines, expected) => {
    expect(exposing(...lines)).toEqual(expected);
  });

  it('without the rules that exposingRules returns, no sensitive service is exposed', () => {
    const all = rules(['tcp 22 from 0.0.0.0/1', 'tcp 0-65535 from 24.0.0.0/5', 'udp 161 from ::/0', 'tcp 22 from pl-1']);
    const blocks = rules(['-1 from 16.0.0.0/5', '-1 from 24.0.0.0/5']).map(({ source }) => source);
    const gone = exposingRules(all, new Map([['pl-1', blocks]]));

    expect(gone).toHaveLength(4);
    expect(exposedServices(all.filter((rule) => !gone.includes(rule)))).toEqual([]);
  });

  it('exposingRules returns no egress rules, even for the port of an exposed service', () => {
    const [ingress, egress] = [rules(['tcp 22 from 0.0.0.0/0']), rules(['tcp 22 from 0.0.0.0/0'], 'egress')];

    expect(exposingRules(egress)).toEqual([]);
    expect(exposingRules([...egress, ...ingress])).toEqual(ingress);
  });
});

it('SENSITIVE_SERVICES lists each port of a protocol once, in ascending order, with tcp before udp', () => {
  const places = SENSITIVE_SERVICES.map(({ protocol, port }) => port * 2 + (protocol === 'tcp' ? 0 : 1));

  expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
});

it('servicesNamed returns all ports of a service by its name in lower case', () => {
  expect(servicesNamed('rdp')?.map(formatTraffic)).toEqual(['tcp/3389', 'udp/3389']);
  expect(servicesNamed('sql-server-browser')).toEqual([{ kind: 'ports', protocol: 'udp', fromPort: 1434, toPort: 1434 }]);
});

it.each(['', 'RDP', 'rdp ', 'all', 'constructor'])(
  'servicesNamed returns nothing for %j, because SERVICE_NAMES does not contain the name',
  (name) => {
    expect(servicesNamed(name)).toBeUndefined();
  },
);

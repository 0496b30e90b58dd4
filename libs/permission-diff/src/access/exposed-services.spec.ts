import { readRules } from '../read-rules.js';
import type { Direction, Rule } from '../rule.js';
import { perms } from '../testing/notation.js';
import { exposedServices, SENSITIVE_SERVICES } from './exposed-services.js';

function rules(lines: readonly string[], direction: Direction = 'ingress'): readonly Rule[] {
  const read = readRules(perms(...lines), { direction });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

const namesOf = (...lines: string[]): string[] => exposedServices(rules(lines)).map(({ name }) => name);

it.each<[string, string[], string[]]>([
  ['one port', ['tcp 22 from 0.0.0.0/0'], ['SSH']],
  ['a range with several', ['tcp 3300-3400 from ::/0'], ['MySQL', 'RDP']],
  ['two halves of the world', ['udp 11211 from 0.0.0.0/1', 'udp 11211 from 128.0.0.0/1'], ['memcached']],
  ['what all traffic and one port let in together', ['-1 from 16.0.0.0/5', 'tcp 6379 from 24.0.0.0/5'], ['Redis']],
  ['a port that is none of them', ['tcp 443 from 0.0.0.0/0'], []],
  ['a port that not the world reaches', ['tcp 22 from 10.0.0.0/8'], []],
  ['ICMP, whose type is no port', ['icmp 22/-1 from 0.0.0.0/0'], []],
  ['nothing', [], []],
])('names the sensitive services that the world reaches by %s', (_what, lines, names) => {
  expect(namesOf(...lines)).toEqual(names);
});

it('names all of them where all traffic is let in', () => {
  expect(exposedServices(rules(['-1 from 0.0.0.0/0']))).toEqual(SENSITIVE_SERVICES);
});

it('takes no egress for exposure', () => {
  expect(exposedServices(rules(['tcp 22 from 0.0.0.0/0'], 'egress'))).toEqual([]);
});

it('lists each port once, ascending', () => {
  const ports = SENSITIVE_SERVICES.map(({ port }) => port);

  expect(ports).toEqual([...new Set(ports)].sort((a, b) => a - b));
});

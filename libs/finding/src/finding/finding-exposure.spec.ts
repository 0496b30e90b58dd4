import { rulesFromWords as rules } from '@portcullis/permission-diff/testing';
import { exposureOfDrift, exposureWords } from './finding-exposure.js';

type Attached = NonNullable<Parameters<typeof exposureOfDrift>[3]>;
type User = Attached['users'][number];

function instance(name: string | null, ...publicAddresses: string[]): User {
  return { kind: 'instance', id: 'i-1', name, publicAddresses };
}

function attached(...users: User[]): Attached {
  return { interfaces: users.length, withPublicAddress: users.filter((user) => user.publicAddresses.length > 0).length, users };
}

const SSH = ['tcp 22 from 0.0.0.0/0'];
const bastion = instance('bastion-1', '203.0.113.9');
const kind = (of: User['kind'], id: string | null): User => ({ kind: of, id, name: null, publicAddresses: [] });
const open = (text: string): string => `SSH open to the internet${text}`;

it.each<[string, readonly string[], readonly string[], Attached | undefined, string | undefined]>([
  ['nothing', ['tcp 22 from 10.0.0.0/8'], [], undefined, undefined],
  ['a range that is less than the world', ['tcp 22 from 198.51.0.0/16'], [], undefined, undefined],
  ['SSH on an unknown group', SSH, [], undefined, open('')],
  ['SSH, which the baseline declares for a network', SSH, ['tcp 22 from 10.0.0.0/8'], undefined, open(' (declared: 10.0.0.0/8)')],
  ['SSH, which the baseline declares within a range', SSH, ['tcp 20-30 from sg-2'], undefined, open(' (declared: sg-2)')],
  ['SSH while only HTTPS is declared', SSH, ['tcp 443 from 10.0.0.0/8'], undefined, open('')],
  ['all traffic while SSH is declared', ['-1 from ::/0'], ['tcp 22 from 10.0.0.0/8'], undefined, 'all traffic open to the internet'],
  ['two services', [...SSH, 'tcp 3389 from ::/0'], ['tcp 22 from 10.0.0.0/8'], undefined, 'SSH and RDP open to the internet'],
  [
    'many services',
    ['tcp 22 from ::/0', 'tcp 80 from ::/0', 'tcp 443 from ::/0', 'tcp 8001 from ::/0', 'tcp 9001 from ::/0', 'tcp 9002 from ::/0'],
    [],
    undefined,
    'SSH, HTTP, HTTPS and 3 more open to the internet',
  ],
  ['an instance with a public address', SSH, [], attached(bastion), open(' on bastion-1 (203.0.113.9)')],
  [
    'an instance and a declared source',
    SSH,
    ['tcp 22 from 10.0.0.0/8'],
    attached(bastion),
    open(' on bastion-1 (203.0.113.9), declared: 10.0.0.0/8'),
  ],
  ['an instance without a name', SSH, [], attached(instance(null, '2001:db8::1')), open(' on i-1 (2001:db8::1)')],
  ['an instance without a public address', SSH, [], attached(instance('db-1')), open(' on db-1 (no public address)')],
  [
    'several users',
    SSH,
    [],
    attached(bastion, kind('load-balancer', 'shop')),
    open(' on bastion-1 (203.0.113.9) and load balancer shop (no public address)'),
  ],
  [
    'a database, a function and an interface',
    SSH,
    [],
    attached(kind('database', 'RDS'), kind('function', 'orders'), kind('other', null)),
    open(' on database RDS (no public address), function orders (no public address) and an unnamed network interface (no public address)'),
  ],
  [
    'many users',
    SSH,
    [],
    attached(...Array.from({ length: 40 }, (_, i) => instance(`web-${i}`))),
    open(' on web-0 (no public address), web-1 (no public address), web-2 (no public address) and 37 more'),
  ],
  [
    'many addresses',
    SSH,
    [],
    attached(instance('a', '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4')),
    open(' on a (192.0.2.1, 192.0.2.2, 192.0.2.3 and 1 more)'),
  ],
  [
    'nothing attached, and a declared source',
    SSH,
    ['tcp 22 from sg-2'],
    attached(),
    open(' (declared: sg-2), but nothing is attached to the group'),
  ],
  ['nothing attached', SSH, [], attached(), open(', but nothing is attached to the group')],
])('`exposureOfDrift` and `exposureWords` name the services that a drift opens: %s', (_, excess, declared, what, words) => {
  const exposed = exposureOfDrift(rules(excess), rules(declared), new Map(), what);

  expect(exposed && exposureWords(exposed.exposure)).toBe(words);
});

it.each<[string, string]>([
  ['web 1; severity info', '"web 1; severity info"'],
  ['a"b', '"a\\"b"'],
  ['new\nline\u202e\u0000', '"new line  "'],
  ['x'.repeat(256), 'x'.repeat(40)],
  ['😀'.repeat(100), `"${'😀'.repeat(40)}"`],
  ['', '""'],
])('`exposureWords` shows the instance name %j, which an attacker can choose, as %s', (name, shown) => {
  const exposed = exposureOfDrift(rules(SSH), [], new Map(), attached(instance(name, '203.0.113.9')));

  expect(exposed && exposureWords(exposed.exposure)).toBe(open(` on ${shown} (203.0.113.9)`));
});

it('`exposureOfDrift` returns only short lists, even if hundreds of services are open and hundreds of instances are in the group', () => {
  const many = Array.from({ length: 300 }, (_, i) =>
    instance('n'.repeat(256), ...Array.from({ length: 50 }, (_, j) => `2001:db8::${i}:${j}`)),
  );
  const excess = rules(Array.from({ length: 300 }, (_, i) => `tcp ${i + 1} from 0.0.0.0/0`));
  const exposed = exposureOfDrift(excess, excess, new Map(), attached(...many));

  expect(exposed?.rules).toHaveLength(300);
  expect(exposed?.exposure).toMatchObject({
    moreServices: 294,
    services: ['FTP', 'SSH', 'Telnet', 'rpcbind', 'Windows RPC'],
    attached: { interfaces: 300, withPublicAddress: 300, moreUsers: 295 },
  });
  expect(Buffer.byteLength(JSON.stringify(exposed?.exposure))).toBeLessThan(2_500);
});

it('`exposureOfDrift` reads the entries of a prefix list, and treats a list with unknown entries as empty', () => {
  const addresses = new Map([['pl-1', rules(SSH).map(({ source }) => source)]]);

  expect(exposureOfDrift(rules(['tcp 22 from pl-1', 'tcp 22 from pl-2']), [], addresses)?.rules).toEqual(rules(['tcp 22 from pl-1']));
});

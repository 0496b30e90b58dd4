/**
 * Security groups for tests of limits. The rules are written as a caller sends them to EC2, in the notation of `perms`. EC2 accepts each of
 * them. All groups were written for these tests; none was copied from another project.
 */

export interface LimitCase {
  /** Why a comparison of texts misses the group, or why a careless tool reports it by mistake. */
  readonly why: string;
  readonly ingress: readonly string[];
  readonly egress?: readonly string[];
  /** The blocks of the prefix lists that the rules name, by id. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}

const LIST = 'pl-aaaaaaaa';
const OTHER_LIST = 'pl-bbbbbbbb';

/** Returns rules that let the sources use SSH and RDP. */
function admin(...sources: readonly string[]): readonly string[] {
  return [`tcp 22 from ${sources.join(' ')}`, `tcp 3389 from ${sources.join(' ')}`];
}

/** Returns all IPv4 blocks with this prefix length, which must be at most 8. */
function blocksOfLength(length: number): readonly string[] {
  return Array.from({ length: 2 ** length }, (_, i) => `${i * 2 ** (8 - length)}.0.0.0/${length}`);
}

/** Returns the fewest blocks that contain every IPv4 address except the given address. */
function allExcept(...octets: readonly number[]): readonly string[] {
  return Array.from({ length: 32 }, (_, i) => {
    // EC2 clears the host bits, which come after the prefix.
    const flipped = octets.map((octet, at) => (at === i >> 3 ? octet ^ (128 >> (i & 7)) : octet));
    return `${flipped.join('.')}/${i + 1}`;
  });
}

function onList(...blocks: readonly string[]): Pick<LimitCase, 'lists'> {
  return { lists: { [LIST]: blocks } };
}

const HALVES = ['0.0.0.0/1', '128.0.0.0/1'];
const ALL_BUT_10 = ['0.0.0.0/5', '8.0.0.0/7', '11.0.0.0/8', '12.0.0.0/6', '16.0.0.0/4', '32.0.0.0/3', '64.0.0.0/2', '128.0.0.0/1'];
const REGISTRIES = ['2400::/12', '2600::/12', '2800::/12', '2a00::/12', '2c00::/12'];
const OFFICES = Array.from({ length: 50 }, (_, i) => `198.51.100.${i}/32`);

/** Groups that let a large part of the world use SSH, RDP or both. */
export const EVASIVE: readonly LimitCase[] = [
  // Blocks
  { why: 'Two halves are the world, and neither is 0.0.0.0/0.', ingress: admin(...HALVES) },
  { why: 'Four quarters are the world, even for a tool that knows the halves.', ingress: admin(...blocksOfLength(2)) },
  {
    why: 'A half and two quarters are the world.',
    ingress: admin('0.0.0.0/1', '128.0.0.0/2', '192.0.0.0/2'),
  },
  { why: 'Sixteen /4 blocks are the world.', ingress: admin(...blocksOfLength(4)) },
  {
    why: 'Twenty-eight /5 blocks leave out one around 10.0.0.0/8 and addresses that nobody has, so the sum is not exactly the world.',
    ingress: admin(
      ...blocksOfLength(5)
        .filter((block) => block !== '8.0.0.0/5')
        .slice(0, 28),
    ),
  },
  { why: 'The private block 10.0.0.0/8 is missing, which no sender on the internet has.', ingress: admin(...ALL_BUT_10) },
  { why: 'A single address is missing, and a range hides the ports.', ingress: [`tcp 22-3389 from ${allExcept(192, 0, 2, 1).join(' ')}`] },
  {
    why: 'Sixty /6 blocks fill the quota of rules and leave out only addresses that nobody has.',
    ingress: [`tcp 22-3389 from ${blocksOfLength(6).slice(0, 60).join(' ')}`],
  },
  { why: 'One half is two billion addresses.', ingress: admin('0.0.0.0/1') },
  { why: 'A quarter is one billion addresses.', ingress: admin('64.0.0.0/2') },
  {
    why: 'Fifty harmless addresses stand between the two halves.',
    ingress: [`tcp 22 from 0.0.0.0/1 ${OFFICES.join(' ')} 128.0.0.0/1`, 'tcp 3389 from 10.0.0.0/8'],
  },
  {
    why: 'Each half has another port range, and only the admin ports are in both.',
    ingress: ['tcp 22-23 from 0.0.0.0/1', 'tcp 21-22 from 128.0.0.0/1', 'tcp 3389-3390 from 0.0.0.0/1', 'tcp 3388-3389 from 128.0.0.0/1'],
  },
  // IPv6
  { why: 'The group has no IPv4 source at all.', ingress: admin('::/0') },
  { why: 'Two halves are all IPv6 addresses, and neither is ::/0.', ingress: admin('::/1', '8000::/1') },
  { why: 'All IPv6 addresses in use begin with the same three bits.', ingress: admin('2000::/3') },
  { why: 'Two halves of the addresses in use.', ingress: admin('2000::/4', '3000::/4') },
  {
    why: 'The main blocks of the five registries reach every continent, and are 1/819 of all addresses.',
    ingress: admin(...REGISTRIES),
  },
  { why: 'One registry alone is a continent.', ingress: admin('2a00::/12') },
  {
    why: 'SSH is open by IPv4 and RDP by IPv6, each without its /0.',
    ingress: ['tcp 22 from 0.0.0.0/2 64.0.0.0/2', 'tcp 3389 from 2000::/3'],
  },
  // Spelling. EC2 rewrites these spellings, but they appear unchanged in pull requests and logs.
  { why: 'An uncompressed ::/0 is another text.', ingress: admin('0:0:0:0:0:0:0:0/0') },
  { why: 'The bits after a /0 do not matter, so this is ::/0.', ingress: admin('2001:DB8::1/0') },
  { why: 'This looks like one host and is 0.0.0.0/0.', ingress: admin('203.0.113.9/0') },
  { why: 'These look private and are the two halves.', ingress: admin('10.0.0.1/1', '192.168.0.1/1') },
  // Ports
  { why: 'The range contains the ports, and no port equals them.', ingress: ['tcp 20-4000 from 0.0.0.0/0'] },
  { why: 'The range of all ports begins with 0, which some languages take for no port.', ingress: ['tcp 0-65535 from 0.0.0.0/0'] },
  { why: 'The ports are the ends of two ranges.', ingress: ['tcp 1-22 from 0.0.0.0/0', 'tcp 3389-65535 from 0.0.0.0/0'] },
  { why: 'All protocols have no ports to compare.', ingress: ['-1 from 0.0.0.0/0'] },
  { why: 'A rule for all protocols ignores its ports, so 443 is a disguise.', ingress: ['-1 443-443 from 0.0.0.0/0'] },
  { why: 'All protocols, from two halves.', ingress: [`-1 from ${HALVES.join(' ')}`] },
  { why: 'All protocols, from the IPv6 addresses in use.', ingress: ['-1 from 2000::/3'] },
  { why: 'All TCP ports, from four quarters.', ingress: [`tcp 0-65535 from ${blocksOfLength(2).join(' ')}`] },
  // Protocols
  { why: 'Protocol 6 is TCP.', ingress: ['6 22 from 0.0.0.0/0', '6 3389 from 0.0.0.0/0'] },
  { why: 'EC2 accepts upper case.', ingress: ['TCP 22 from 0.0.0.0/0', 'TCP 3389 from 0.0.0.0/0'] },
  { why: 'RDP also runs over UDP.', ingress: [`udp 3389 from ${HALVES.join(' ')}`] },
  // Prefix lists
  { why: 'The group has no block at all, and the list has 0.0.0.0/0.', ingress: admin(LIST), ...onList('0.0.0.0/0') },
  { why: 'The list has the two halves.', ingress: admin(LIST), ...onList(...HALVES) },
  { why: 'One half is on a list, the other in a rule.', ingress: admin(LIST, '128.0.0.0/1'), ...onList('0.0.0.0/1') },
  {
    why: 'Each of two lists has one half.',
    ingress: admin(LIST, OTHER_LIST),
    lists: { [LIST]: ['0.0.0.0/1'], [OTHER_LIST]: ['128.0.0.0/1'] },
  },
  { why: 'The list has the IPv6 addresses in use.', ingress: admin(LIST), ...onList('2000::/3') },
  {
    why: 'The list has half of all addresses, in blocks of which no two touch.',
    ingress: admin(LIST),
    ...onList(...blocksOfLength(5).filter((_, i) => i % 2 === 0)),
  },
];

/** Groups that let the world use no port other than tcp/80 and tcp/443. */
export const INNOCENT: readonly LimitCase[] = [
  // Web
  { why: 'A web server is open on purpose.', ingress: ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'] },
  { why: 'A web server is open on purpose, also by IPv6.', ingress: ['tcp 80 from 0.0.0.0/0 ::/0', 'tcp 443 from 0.0.0.0/0 ::/0'] },
  { why: 'Two halves on a web port are a web server.', ingress: [`tcp 443 from ${HALVES.join(' ')}`] },
  { why: 'The IPv6 addresses in use, on a web port.', ingress: ['tcp 443 from 2000::/3'] },
  { why: 'Protocol 6 and upper case are TCP on web ports, too.', ingress: ['6 80 from 0.0.0.0/0', 'TCP 443 from 0.0.0.0/0'] },
  { why: 'A list of everybody, on a web port.', ingress: [`tcp 443 from ${LIST}`], ...onList('0.0.0.0/0', '::/0') },
  {
    why: 'A web server for the world and SSH for the company, in one group.',
    ingress: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/8'],
  },
  // Private addresses
  { why: 'A /8 is wide, and private.', ingress: admin('10.0.0.0/8') },
  { why: 'A /12 is wide, and private.', ingress: admin('172.16.0.0/12') },
  { why: 'The addresses of carriers are not on the internet.', ingress: admin('100.64.0.0/10') },
  { why: 'A /7 is wide, and unique local IPv6.', ingress: admin('fc00::/7') },
  { why: 'Host bits do not make a private block public.', ingress: admin('10.1.2.3/8') },
  { why: 'Two wide halves of a private block.', ingress: admin('10.0.0.0/9', '10.128.0.0/9') },
  { why: 'All private blocks at once.', ingress: admin('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16') },
  { why: 'All protocols, from inside.', ingress: ['-1 from 10.0.0.0/8'] },
  { why: 'All ports, from inside.', ingress: ['tcp 0-65535 from 172.16.0.0/12', 'udp 0-65535 from 172.16.0.0/12'] },
  { why: 'udp/22 is not SSH, and the senders are private.', ingress: ['udp 22 from 10.0.0.0/8'] },
  { why: 'A range that contains both ports, from inside.', ingress: ['tcp 20-4000 from 192.168.0.0/16'] },
  // Known public addresses
  { why: 'One address of an administrator.', ingress: admin('198.51.100.7/32') },
  { why: 'Two offices.', ingress: admin('198.51.100.0/24', '203.0.113.0/24') },
  { why: 'The prefix of a site.', ingress: admin('2001:db8:1::/48') },
  { why: 'Host bits do not make an office the world.', ingress: admin('203.0.113.9/24') },
  { why: 'Sixteen neighbors make a /16, and no more.', ingress: admin(...Array.from({ length: 16 }, (_, i) => `198.18.${i * 16}.0/20`)) },
  { why: 'Fifty single addresses are fifty senders.', ingress: [`tcp 22 from ${OFFICES.join(' ')}`] },
  { why: 'A database for one partner.', ingress: ['tcp 3306 from 203.0.113.0/28', 'tcp 5432 from 203.0.113.0/28'] },
  // Groups
  { why: 'A bastion, by its group.', ingress: admin('sg-aaaaaaaa') },
  { why: 'A group of another account is no part of the world.', ingress: admin('sg-aaaaaaaa@444455556666') },
  { why: 'The default group lets its own members use everything.', ingress: ['-1 from sg-bbbbbbbb'] },
  { why: 'Two groups and a private block.', ingress: admin('sg-aaaaaaaa', 'sg-bbbbbbbb', '10.0.0.0/8') },
  // Prefix lists
  { why: 'A list of private blocks.', ingress: admin(LIST), ...onList('10.0.0.0/8', '172.16.0.0/12') },
  { why: 'A list of two offices.', ingress: admin(LIST), ...onList('198.51.100.0/24', '203.0.113.0/24') },
  { why: 'A list without an entry lets nobody in.', ingress: admin(LIST), ...onList() },
  // Other protocols
  { why: 'Ping has a type, not a port.', ingress: ['icmp 8/-1 from 0.0.0.0/0'] },
  { why: 'All of ICMP has no port.', ingress: ['icmp from 0.0.0.0/0', 'icmpv6 from ::/0'] },
  { why: 'Type 22 is where a port would be.', ingress: ['icmp 22/-1 from 0.0.0.0/0'] },
  { why: 'Path MTU discovery needs type 3, code 4.', ingress: ['icmp 3/4 from 0.0.0.0/0'] },
  { why: 'GRE has no ports, and was once read as SSH.', ingress: ['47 from 0.0.0.0/0'] },
  { why: 'IPsec has no ports.', ingress: ['50 from 0.0.0.0/0', '51 from 0.0.0.0/0'] },
  // Neither rules nor ingress
  { why: 'Egress to the world lets nobody in.', ingress: [], egress: ['-1 from 0.0.0.0/0', '-1 from ::/0'] },
  { why: 'A group without rules lets nobody in.', ingress: [] },
];

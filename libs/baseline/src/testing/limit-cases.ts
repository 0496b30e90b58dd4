/**
 * Security groups for tests of limits. The rules are spelt as a caller sends them to EC2, in the notation of `rulesFromWords`. EC2 accepts
 * all of these rules. All groups were written for these tests; none was copied from another project.
 */

export interface LimitCase {
  /** A sentence about the rules of the group, for test titles. */
  readonly title: string;
  readonly ingress: readonly string[];
  readonly egress?: readonly string[];
  /** The blocks of each prefix list that a rule refers to. The keys are the ids of the prefix lists. */
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
  { title: 'Two /1 blocks together contain all IPv4 addresses.', ingress: admin(...HALVES) },
  { title: 'Four /2 blocks together contain all IPv4 addresses.', ingress: admin(...blocksOfLength(2)) },
  {
    title: 'A /1 block and two /2 blocks together contain all IPv4 addresses.',
    ingress: admin('0.0.0.0/1', '128.0.0.0/2', '192.0.0.0/2'),
  },
  { title: 'Sixteen /4 blocks together contain all IPv4 addresses.', ingress: admin(...blocksOfLength(4)) },
  {
    title: 'Twenty-eight /5 blocks cover almost all public IPv4 addresses.',
    ingress: admin(
      ...blocksOfLength(5)
        .filter((block) => block !== '8.0.0.0/5')
        .slice(0, 28),
    ),
  },
  { title: 'Eight blocks cover all IPv4 addresses except the private block 10.0.0.0/8.', ingress: admin(...ALL_BUT_10) },
  {
    title: 'The blocks leave out only one IPv4 address, and a port range contains SSH and RDP.',
    ingress: [`tcp 22-3389 from ${allExcept(192, 0, 2, 1).join(' ')}`],
  },
  {
    title: 'Sixty /6 blocks use the whole quota of rules, and cover all public IPv4 addresses.',
    ingress: [`tcp 22-3389 from ${blocksOfLength(6).slice(0, 60).join(' ')}`],
  },
  { title: 'A /1 block is half of all IPv4 addresses.', ingress: admin('0.0.0.0/1') },
  { title: 'A /2 block is a quarter of all IPv4 addresses.', ingress: admin('64.0.0.0/2') },
  {
    title: 'A permission lists fifty single addresses between two /1 blocks.',
    ingress: [`tcp 22 from 0.0.0.0/1 ${OFFICES.join(' ')} 128.0.0.0/1`, 'tcp 3389 from 10.0.0.0/8'],
  },
  {
    title: 'Two /1 blocks have different port ranges, which overlap only in SSH and RDP.',
    ingress: ['tcp 22-23 from 0.0.0.0/1', 'tcp 21-22 from 128.0.0.0/1', 'tcp 3389-3390 from 0.0.0.0/1', 'tcp 3388-3389 from 128.0.0.0/1'],
  },
  // IPv6
  { title: 'The only source is ::/0, so a check of IPv4 blocks finds nothing.', ingress: admin('::/0') },
  { title: 'Two /1 blocks together contain all IPv6 addresses.', ingress: admin('::/1', '8000::/1') },
  { title: 'The block 2000::/3 contains all public IPv6 addresses.', ingress: admin('2000::/3') },
  { title: 'Two /4 blocks together contain all public IPv6 addresses.', ingress: admin('2000::/4', '3000::/4') },
  {
    title: 'Five /12 blocks are the main IPv6 blocks of the five internet registries.',
    ingress: admin(...REGISTRIES),
  },
  { title: 'One /12 block is the main IPv6 block of one internet registry.', ingress: admin('2a00::/12') },
  {
    title: 'SSH is open to half of all IPv4 addresses, and RDP to all public IPv6 addresses.',
    ingress: ['tcp 22 from 0.0.0.0/2 64.0.0.0/2', 'tcp 3389 from 2000::/3'],
  },
  // EC2 rewrites the spellings of these rules, but pull requests and logs contain the original spellings.
  { title: 'The source is ::/0 in its uncompressed spelling.', ingress: admin('0:0:0:0:0:0:0:0/0') },
  { title: 'The source is ::/0 with host bits.', ingress: admin('2001:DB8::1/0') },
  { title: 'The source looks like one host, but its prefix length makes it 0.0.0.0/0.', ingress: admin('203.0.113.9/0') },
  {
    title: 'The sources look private, but their prefix lengths make them all IPv4 addresses.',
    ingress: admin('10.0.0.1/1', '192.168.0.1/1'),
  },
  // Ports
  { title: 'A port range contains SSH and RDP, but neither is its first or last port.', ingress: ['tcp 20-4000 from 0.0.0.0/0'] },
  { title: 'The port range of a rule for all TCP ports begins with 0.', ingress: ['tcp 0-65535 from 0.0.0.0/0'] },
  {
    title: 'Port 22 is the last port of one range, and port 3389 is the first port of another range.',
    ingress: ['tcp 1-22 from 0.0.0.0/0', 'tcp 3389-65535 from 0.0.0.0/0'],
  },
  { title: 'A rule for all protocols has no ports to compare.', ingress: ['-1 from 0.0.0.0/0'] },
  { title: 'A rule for all protocols names port 443, but EC2 ignores this port.', ingress: ['-1 443-443 from 0.0.0.0/0'] },
  { title: 'Rules for all protocols allow two /1 blocks.', ingress: [`-1 from ${HALVES.join(' ')}`] },
  { title: 'A rule for all protocols allows all public IPv6 addresses.', ingress: ['-1 from 2000::/3'] },
  { title: 'Rules for all TCP ports allow four /2 blocks.', ingress: [`tcp 0-65535 from ${blocksOfLength(2).join(' ')}`] },
  // Protocols
  { title: 'The protocol is the number 6, which is TCP.', ingress: ['6 22 from 0.0.0.0/0', '6 3389 from 0.0.0.0/0'] },
  { title: 'The protocol is TCP in upper case, which EC2 accepts.', ingress: ['TCP 22 from 0.0.0.0/0', 'TCP 3389 from 0.0.0.0/0'] },
  { title: 'RDP over UDP is open to all IPv4 addresses.', ingress: [`udp 3389 from ${HALVES.join(' ')}`] },
  // Prefix lists
  { title: 'The only source is a prefix list that contains 0.0.0.0/0.', ingress: admin(LIST), ...onList('0.0.0.0/0') },
  { title: 'The only source is a prefix list that contains two /1 blocks.', ingress: admin(LIST), ...onList(...HALVES) },
  {
    title: 'One /1 block is in a prefix list, and the other /1 block is in a rule.',
    ingress: admin(LIST, '128.0.0.0/1'),
    ...onList('0.0.0.0/1'),
  },
  {
    title: 'Two prefix lists contain one /1 block each.',
    ingress: admin(LIST, OTHER_LIST),
    lists: { [LIST]: ['0.0.0.0/1'], [OTHER_LIST]: ['128.0.0.0/1'] },
  },
  { title: 'The only source is a prefix list that contains all public IPv6 addresses.', ingress: admin(LIST), ...onList('2000::/3') },
  {
    title: 'A prefix list contains half of all IPv4 addresses, in blocks that are not adjacent.',
    ingress: admin(LIST),
    ...onList(...blocksOfLength(5).filter((_, i) => i % 2 === 0)),
  },
];

/** Groups that let the world use no port other than tcp/80 and tcp/443. */
export const INNOCENT: readonly LimitCase[] = [
  // Web
  { title: 'A web server is open to all IPv4 addresses.', ingress: ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'] },
  { title: 'A web server is open to all IPv4 and IPv6 addresses.', ingress: ['tcp 80 from 0.0.0.0/0 ::/0', 'tcp 443 from 0.0.0.0/0 ::/0'] },
  { title: 'A web server is open to two /1 blocks.', ingress: [`tcp 443 from ${HALVES.join(' ')}`] },
  { title: 'A web server is open to all public IPv6 addresses.', ingress: ['tcp 443 from 2000::/3'] },
  {
    title: 'A web server is open, and its rules write TCP as 6 and in upper case.',
    ingress: ['6 80 from 0.0.0.0/0', 'TCP 443 from 0.0.0.0/0'],
  },
  {
    title: 'A web server is open to a prefix list that contains all addresses.',
    ingress: [`tcp 443 from ${LIST}`],
    ...onList('0.0.0.0/0', '::/0'),
  },
  {
    title: 'A web server is open to the world, and SSH only to a private block.',
    ingress: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/8'],
  },
  // Private addresses
  { title: 'SSH and RDP are open to the private block 10.0.0.0/8.', ingress: admin('10.0.0.0/8') },
  { title: 'SSH and RDP are open to the private block 172.16.0.0/12.', ingress: admin('172.16.0.0/12') },
  { title: 'SSH and RDP are open to the shared addresses of carriers, 100.64.0.0/10.', ingress: admin('100.64.0.0/10') },
  { title: 'SSH and RDP are open to all unique local IPv6 addresses.', ingress: admin('fc00::/7') },
  { title: 'SSH and RDP are open to a private block that is written with host bits.', ingress: admin('10.1.2.3/8') },
  { title: 'SSH and RDP are open to the two halves of a private block.', ingress: admin('10.0.0.0/9', '10.128.0.0/9') },
  { title: 'SSH and RDP are open to all private IPv4 blocks.', ingress: admin('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16') },
  { title: 'All protocols are open to a private block.', ingress: ['-1 from 10.0.0.0/8'] },
  {
    title: 'All TCP and UDP ports are open to a private block.',
    ingress: ['tcp 0-65535 from 172.16.0.0/12', 'udp 0-65535 from 172.16.0.0/12'],
  },
  { title: 'UDP port 22, which is not SSH, is open to a private block.', ingress: ['udp 22 from 10.0.0.0/8'] },
  { title: 'A port range that contains SSH and RDP is open to a private block.', ingress: ['tcp 20-4000 from 192.168.0.0/16'] },
  // Known public addresses
  { title: 'SSH and RDP are open to one public address.', ingress: admin('198.51.100.7/32') },
  { title: 'SSH and RDP are open to the blocks of two offices.', ingress: admin('198.51.100.0/24', '203.0.113.0/24') },
  { title: 'SSH and RDP are open to the IPv6 block of one site.', ingress: admin('2001:db8:1::/48') },
  { title: 'SSH and RDP are open to the block of an office that is written with host bits.', ingress: admin('203.0.113.9/24') },
  {
    title: 'SSH and RDP are open to sixteen adjacent /20 blocks, which form a /16 block.',
    ingress: admin(...Array.from({ length: 16 }, (_, i) => `198.18.${i * 16}.0/20`)),
  },
  { title: 'SSH is open to fifty single addresses.', ingress: [`tcp 22 from ${OFFICES.join(' ')}`] },
  {
    title: 'Two database ports are open to the block of one partner.',
    ingress: ['tcp 3306 from 203.0.113.0/28', 'tcp 5432 from 203.0.113.0/28'],
  },
  // Groups
  { title: 'SSH and RDP are open to the security group of a bastion host.', ingress: admin('sg-aaaaaaaa') },
  { title: 'SSH and RDP are open to a security group of another account.', ingress: admin('sg-aaaaaaaa@444455556666') },
  { title: 'All protocols are open to one security group.', ingress: ['-1 from sg-bbbbbbbb'] },
  { title: 'SSH and RDP are open to two security groups and a private block.', ingress: admin('sg-aaaaaaaa', 'sg-bbbbbbbb', '10.0.0.0/8') },
  // Prefix lists
  { title: 'SSH and RDP are open to a prefix list of private blocks.', ingress: admin(LIST), ...onList('10.0.0.0/8', '172.16.0.0/12') },
  { title: 'SSH and RDP are open to a prefix list of two offices.', ingress: admin(LIST), ...onList('198.51.100.0/24', '203.0.113.0/24') },
  { title: 'SSH and RDP are open to a prefix list without entries.', ingress: admin(LIST), ...onList() },
  // Other protocols
  { title: 'ICMP echo requests are open to the world.', ingress: ['icmp 8/-1 from 0.0.0.0/0'] },
  { title: 'All ICMP and ICMPv6 traffic is open to the world.', ingress: ['icmp from 0.0.0.0/0', 'icmpv6 from ::/0'] },
  { title: 'ICMP type 22, which is not a port, is open to the world.', ingress: ['icmp 22/-1 from 0.0.0.0/0'] },
  { title: 'Path MTU discovery (ICMP type 3, code 4) is open to the world.', ingress: ['icmp 3/4 from 0.0.0.0/0'] },
  { title: 'GRE, which has no ports, is open to the world.', ingress: ['47 from 0.0.0.0/0'] },
  { title: 'IPsec, which has no ports, is open to the world.', ingress: ['50 from 0.0.0.0/0', '51 from 0.0.0.0/0'] },
  // No ingress
  { title: 'The group has only egress rules, to the world.', ingress: [], egress: ['-1 from 0.0.0.0/0', '-1 from ::/0'] },
  { title: 'The group has no rules.', ingress: [] },
];

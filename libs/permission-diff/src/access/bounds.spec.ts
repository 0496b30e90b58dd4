import { formatRule, type Rule } from '../rules/rule.js';
import type { Source } from '../rules/source.js';
import { rulesFromWords, words } from '../testing/notation.js';
import { accessBeyond, type Bound, type BoundOptions } from './bounds.js';
import { narrowRules, type NarrowOptions } from './narrow.js';

const rules = (...lines: string[]): readonly Rule[] => rulesFromWords(lines);

const sources = (...texts: string[]): readonly Source[] => texts.flatMap((text) => rules(`-1 from ${text}`).map(({ source }) => source));

/** Makes a bound from services, such as `tcp 22, icmp 8/-1`, and the allowed senders. */
function bound(services: string, senders: readonly string[], more: Partial<Bound> = {}): Bound {
  const traffic = services.split(', ').flatMap((text) => rules(`${text} from ::/0`).map((rule) => rule.traffic));
  return { services: traffic, senders: sources(...senders), groups: 'none', ...more };
}

const listed = (entries: Readonly<Record<string, readonly string[]>>): BoundOptions => ({
  addresses: new Map(Object.entries(entries).map(([id, cidrs]) => [id, sources(...cidrs)])),
});

const beyond = (given: readonly Rule[], bounds: readonly Bound[], options?: BoundOptions): string[] =>
  words(accessBeyond(given, bounds, options).ranges);
const broken = (given: readonly Rule[], bounds: readonly Bound[], options?: BoundOptions): string[] =>
  accessBeyond(given, bounds, options).rules.map(formatRule);
const narrowed = (given: readonly Rule[], bounds: readonly Bound[], options?: NarrowOptions): string[] | undefined =>
  narrowRules(given, bounds, options)?.map(formatRule);

const SSH_FROM_INSIDE = bound('tcp 22', ['10.0.0.0/8']);
const NOT_WIDE = bound('-1', ['10.0.0.0/8'], { groups: 'any', notWiderThan: { ipv4: 16, ipv6: 48 } });

describe('accessBeyond', () => {
  it('accessBeyond finds a wide block that consists of many blocks of very different sizes, in any order of the rules', () => {
    const lengths = Array.from({ length: 60 }, (_, i) => 48 + i);
    const block = (at: bigint, length: number): string => `${at.toString(16).replace(/(?<=^(?:.{4})+)(?=.)/g, ':')}/${length}`;
    const start = 0x20010db8000000000000000000000000n;
    const after = (length: number): bigint => start + 2n ** 81n - 2n ** BigInt(129 - length);
    const parts = [...lengths.map((length) => block(after(length), length)), block(after(108), 107)];
    const [widest = '', ...others] = parts;
    const lines = (blocks: readonly string[]): string[] => blocks.map((cidr) => `tcp 22 from ${cidr}`);

    for (const order of [parts, [...parts].reverse(), [widest, ...others.reverse()]])
      expect(beyond(rules(...lines(order)), [NOT_WIDE])).toEqual(['tcp 22 from 2001:db8::/47']);
    expect(beyond(rules(...lines(parts.slice(1))), [NOT_WIDE])).toEqual([]);
  });

  it.each<[title: string, lines: string[], expected: string[]]>([
    ['a wide block', ['tcp 22 from 0.0.0.0/1'], ['tcp 22 from 0.0.0.0/5', 'tcp 22 from 8.0.0.0/7', 'tcp 22 from 11.0.0.0/8']],
    ['a range of ports', ['tcp 20-30 from 11.0.0.0/8'], ['tcp 22 from 11.0.0.0/8']],
    ['all traffic', ['-1 from 11.0.0.0/8'], ['tcp 22 from 11.0.0.0/8']],
    ['IPv6', ['tcp 22 from ::/0'], ['tcp 22 from ::/0']],
    ['a group', ['tcp 22 from sg-1'], ['tcp 22 from sg-1']],
    ['two halves of a block', ['tcp 22 from 12.0.0.0/9', 'tcp 22 from 12.128.0.0/9'], ['tcp 22 from 12.0.0.0/8']],
  ])('accessBeyond finds SSH from a forbidden sender in %s', (_title, lines, expected) => {
    expect(beyond(rules(...lines), [SSH_FROM_INSIDE]).slice(0, 3)).toEqual(expected);
  });

  it.each([
    ['other services', 'tcp 23-65535 from 0.0.0.0/0'],
    ['other protocols', 'udp 22 from 0.0.0.0/0'],
    ['listed blocks', '-1 from 10.0.0.0/8'],
    ['blocks within listed blocks', 'tcp 22 from 10.255.255.255/32'],
  ])('accessBeyond allows %s', (_title, line) => {
    expect(accessBeyond(rules(line), [SSH_FROM_INSIDE])).toEqual({ ranges: [], rules: [] });
  });

  it('accessBeyond allows a block if two listed blocks together contain the block', () => {
    expect(beyond(rules('tcp 22 from 10.0.0.0/8'), [bound('tcp 22', ['10.128.0.0/9', '10.0.0.0/9'])])).toEqual([]);
  });

  it('accessBeyond returns all rules that let in traffic beyond the bounds, and keeps the order of these rules', () => {
    const lines = ['-1 from 11.0.0.0/8', 'tcp 443 from 0.0.0.0/0', 'tcp 22 from sg-1', 'tcp 22 from 10.0.0.0/9', 'tcp 22 from 0.0.0.0/0'];

    expect(broken(rules(...lines), [SSH_FROM_INSIDE])).toEqual([
      'all traffic from 11.0.0.0/8',
      'tcp/22 from sg-1',
      'tcp/22 from 0.0.0.0/0',
    ]);
  });

  it('accessBeyond returns traffic only once if the traffic is beyond several bounds', () => {
    const bounds = [bound('tcp 20-22', []), bound('tcp 22-30', []), bound('udp 1', [])];

    expect(beyond(rules('tcp 22-25 from 11.0.0.0/8', 'tcp 21 from 11.0.0.0/8'), bounds)).toEqual(['tcp 21-25 from 11.0.0.0/8']);
  });

  it('accessBeyond checks egress rules like ingress rules', () => {
    expect(broken(rulesFromWords(['tcp 22 from 11.0.0.0/8'], 'egress'), [SSH_FROM_INSIDE])).toEqual(['tcp/22 to 11.0.0.0/8']);
  });

  it('accessBeyond leaves out permitted traffic, but returns all other traffic beyond the bounds', () => {
    const permitted = rules('tcp 22 from 11.0.0.0/8', 'tcp 22 from sg-1');

    expect(beyond(rules('tcp 22 from 11.0.0.0/8', '-1 from sg-1@111122223333'), [SSH_FROM_INSIDE], { permitted })).toEqual([]);
    expect(beyond(rules('tcp 22 from 10.0.0.0/7', 'tcp 22 from 12.0.0.0/8'), [SSH_FROM_INSIDE], { permitted })).toEqual([
      'tcp 22 from 12.0.0.0/8',
    ]);
  });

  describe('for groups', () => {
    const GROUPS = ['tcp 22 from sg-1', 'tcp 22 from sg-2@111122223333', 'tcp 22 from sg-3@444455556666'];

    it.each<[title: string, more: Partial<Bound>, senders: string[], expected: string[]]>([
      [
        'none by default',
        {},
        [],
        ['tcp/22 from sg-1', 'tcp/22 from sg-2 (account 111122223333)', 'tcp/22 from sg-3 (account 444455556666)'],
      ],
      ['the groups of the own account', { groups: 'ownAccount' }, [], ['tcp/22 from sg-3 (account 444455556666)']],
      ['all groups', { groups: 'any' }, [], []],
      ['the listed groups', {}, ['sg-3', 'sg-1@111122223333'], ['tcp/22 from sg-2 (account 111122223333)']],
      [
        'no listed group of another account',
        {},
        ['sg-3@111122223333'],
        ['tcp/22 from sg-1', 'tcp/22 from sg-2 (account 111122223333)', 'tcp/22 from sg-3 (account 444455556666)'],
      ],
    ])('accessBeyond, for groups as sources, allows %s', (_title, more, senders, expected) => {
      expect(broken(rules(...GROUPS), [bound('tcp 22', senders, more)], { accountId: '111122223333' })).toEqual(expected);
    });

    it('if `accountId` is absent, a bound with `ownAccount` allows only source groups that name no account', () => {
      expect(broken(rules(...GROUPS), [bound('tcp 22', [], { groups: 'ownAccount' })])).toEqual([
        'tcp/22 from sg-2 (account 111122223333)',
        'tcp/22 from sg-3 (account 444455556666)',
      ]);
    });

    it('accessBeyond allows a group only by its id, even if a listed block contains the addresses of the group', () => {
      const options = listed({ 'sg-1': ['203.0.113.7/32'] });

      expect(beyond(rules('tcp 22 from sg-1'), [bound('tcp 22', ['203.0.113.0/24'])], options)).toEqual(['tcp 22 from sg-1']);
      expect(beyond(rules('tcp 22 from 203.0.113.7/32'), [bound('tcp 22', ['sg-1'])], options)).toEqual(['tcp 22 from 203.0.113.7/32']);
    });
  });

  describe('for prefix lists', () => {
    it('accessBeyond checks the entries of a prefix list against the bounds', () => {
      const options = listed({ 'pl-1': ['10.1.0.0/16', '11.0.0.0/8'], 'pl-2': [] });

      expect(accessBeyond(rules('tcp 22 from pl-1', 'tcp 22 from pl-2'), [SSH_FROM_INSIDE], options)).toMatchObject({
        ranges: [{ source: { cidr: '11.0.0.0/8' } }],
        rules: [{ source: { prefixListId: 'pl-1' } }],
      });
    });

    it('accessBeyond forbids a prefix list with unknown entries if the bound does not list the prefix list', () => {
      expect(beyond(rules('tcp 22 from pl-1', 'tcp 22 from pl-2'), [bound('tcp 22', ['pl-2'])])).toEqual(['tcp 22 from pl-1']);
      expect(beyond(rules('tcp 22 from pl-1'), [NOT_WIDE])).toEqual(['tcp 22 from pl-1']);
    });

    it('accessBeyond uses the current entries of a listed prefix list in each call, even for the same bound object', () => {
      const fromList = bound('tcp 22', ['pl-1']);
      const given = rules('tcp 22 from 10.0.0.0/8', 'tcp 22 from pl-1');

      expect(beyond(given, [fromList], listed({ 'pl-1': ['10.0.0.0/9', '10.128.0.0/9'] }))).toEqual([]);
      expect(beyond(given, [fromList], listed({ 'pl-1': ['10.0.0.0/9'] }))).toEqual(['tcp 22 from 10.128.0.0/9']);
      expect(beyond(given, [fromList])).toEqual(['tcp 22 from 10.0.0.0/8']);
    });
  });

  describe('for wide blocks', () => {
    it.each<[title: string, lines: string[], expected: string[]]>([
      ['allows narrow blocks', ['-1 from 11.0.0.0/16', 'tcp 22 from 2001:db8::/48', 'tcp 22 from 10.0.0.0/8'], []],
      ['finds a wide block', ['tcp 1 from 11.0.0.0/15'], ['tcp 1 from 11.0.0.0/15']],
      ['finds narrow blocks that together are wide', ['tcp 1-9 from 11.0.0.0/16', '-1 from 11.1.0.0/16'], ['tcp 1-9 from 11.0.0.0/15']],
      [
        'finds many narrow IPv6 blocks that together are wide',
        ['tcp 1 from 2001:db8::/48', 'tcp 1 from 2001:db8:1::/49', 'tcp 1 from 2001:db8:1:8000::/49'],
        ['tcp 1 from 2001:db8::/47'],
      ],
      ['allows neighbors that do not form a block', ['tcp 1 from 11.1.0.0/16', 'tcp 1 from 11.2.0.0/16'], []],
      ['allows neighbors of different services', ['tcp 1 from 11.0.0.0/16', 'tcp 2 from 11.1.0.0/16'], []],
      ['does not count listed blocks', ['tcp 1 from 10.0.0.0/8', 'tcp 1 from 11.0.0.0/16'], []],
      ['finds what is left of a block without its listed part', ['tcp 1 from 10.0.0.0/7'], ['tcp 1 from 11.0.0.0/8']],
      ['allows all groups', ['tcp 1 from sg-1@444455556666'], []],
    ])('accessBeyond %s', (_title, lines, expected) => {
      expect(beyond(rules(...lines), [NOT_WIDE])).toEqual(expected);
    });

    it('accessBeyond allows only listed IPv6 blocks if `notWiderThan` has no length for IPv6', () => {
      const bounds = [bound('-1', [], { notWiderThan: { ipv4: 8 } })];

      expect(beyond(rules('tcp 1 from 11.0.0.0/8', 'tcp 1 from 2001:db8::/128'), bounds)).toEqual(['tcp 1 from 2001:db8::/128']);
    });

    it('accessBeyond allows every IPv4 block if `notWiderThan.ipv4` is 0', () => {
      expect(beyond(rules('-1 from 0.0.0.0/1', '-1 from 128.0.0.0/1'), [bound('-1', [], { notWiderThan: { ipv4: 0 } })])).toEqual([]);
    });

    it('accessBeyond returns a wide rule, but not the narrow rules next to the wide rule', () => {
      const lines = ['tcp 1 from 11.0.0.0/16', 'tcp 1 from 12.0.0.0/8', 'tcp 1 from 11.3.0.0/16'];

      expect(accessBeyond(rules(...lines), [NOT_WIDE])).toMatchObject({
        ranges: [{ source: { cidr: '12.0.0.0/8' } }],
        rules: [{ source: { cidr: '12.0.0.0/8' } }],
      });
    });
  });
});

describe('narrowRules', () => {
  it.each<[title: string, lines: string[], expected: string[]]>([
    ['keeps allowed rules', ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/8'], ['tcp/22 from 10.0.0.0/8', 'tcp/443 from 0.0.0.0/0']],
    ['drops a rule whose traffic is all beyond the bounds', ['tcp 22 from 11.0.0.0/8', 'tcp 22 from sg-1'], []],
    ['narrows the block', ['tcp 22 from 0.0.0.0/0'], ['tcp/22 from 10.0.0.0/8']],
    ['narrows the ports', ['tcp 20-30 from 11.0.0.0/8'], ['tcp/20-21 from 11.0.0.0/8', 'tcp/23-30 from 11.0.0.0/8']],
    [
      'lets rules overlap if it then needs fewer rules',
      ['tcp 20-30 from 10.0.0.0/7'],
      ['tcp/20-21 from 10.0.0.0/7', 'tcp/20-30 from 10.0.0.0/8', 'tcp/23-30 from 10.0.0.0/7'],
    ],
    ['merges rules', ['tcp 1-2 from 11.0.0.0/9', 'tcp 3-5 from 11.0.0.0/9', 'tcp 1-5 from 11.128.0.0/9'], ['tcp/1-5 from 11.0.0.0/8']],
    ['keeps all traffic of an allowed sender', ['-1 from 10.0.0.0/8'], ['all traffic from 10.0.0.0/8']],
  ])('narrowRules %s', (_title, lines, expected) => {
    expect(narrowed(rules(...lines), [SSH_FROM_INSIDE])).toEqual(expected);
  });

  it.each<[title: string, services: string, lines: string[], expected: string[]]>([
    ['one ICMP type', 'icmp 8/-1', ['icmp 8/-1 from ::/0', 'icmp 9/-1 from ::/0'], ['icmp type 9 from ::/0']],
    [
      'single ICMP codes',
      'icmp 3/4',
      ['icmp 3/4 from ::/0', 'icmp 3/5 from ::/0', 'icmp 3/6 from ::/0'],
      ['icmp type 3 code 5 from ::/0', 'icmp type 3 code 6 from ::/0'],
    ],
    ['all ICMP types', 'tcp 22', ['icmp from ::/0', 'icmp 8/-1 from ::/0'], ['icmp any type from ::/0']],
    ['whole protocols', '50', ['50 from ::/0', '51 from ::/0', '58 from ::/0'], ['protocol 51 from ::/0', 'icmpv6 any type from ::/0']],
  ])('narrowRules returns rules that EC2 can store, for %s', (_title, services, lines, expected) => {
    const permissions = lines.map((line) => line.replace('58 from', 'icmpv6 -1/-1 from'));

    expect(narrowed(rules(...permissions), [bound(services, [])])).toEqual(expected);
  });

  it('narrowRules returns 255 rules for an ICMP type if one of its codes is forbidden', () => {
    const given = rules('icmp 3/-1 from 0.0.0.0/0');

    expect(narrowed(given, [bound('icmp 3/4', [])], { maxRules: 255 })).toHaveLength(255);
    expect(narrowed(given, [bound('icmp 3/4', [])], { maxRules: 254 })).toBeUndefined();
  });

  it('narrowRules needs 257 rules for all traffic except one port, and returns `undefined` if `maxRules` is smaller', () => {
    const given = rules('-1 from 11.0.0.0/8');

    expect(narrowed(given, [SSH_FROM_INSIDE])).toBeUndefined();
    expect(narrowed(given, [SSH_FROM_INSIDE], { maxRules: 257 })).toHaveLength(257);
  });

  it('narrowRules returns at most 60 rules by default', () => {
    const ports = (count: number) => Array.from({ length: count }, (_, i) => `tcp ${2 * i} from 11.0.0.0/8`);

    expect(narrowed(rules(...ports(60)), [])).toHaveLength(60);
    expect(narrowed(rules(...ports(61)), [])).toBeUndefined();
  });

  it('narrowRules returns no rules for traffic that the carried rules let in', () => {
    expect(
      narrowed(rules('tcp 22 from 0.0.0.0/0', 'tcp 80 from 10.0.0.0/9'), [SSH_FROM_INSIDE], { carried: rules('-1 from 10.0.0.0/8') }),
    ).toEqual([]);
    expect(narrowed(rules('tcp 1-9 from sg-1', 'udp 1 from sg-1'), [], { carried: rules('tcp 1-10 from sg-1') })).toEqual([
      'udp/1 from sg-1',
    ]);
  });

  it('narrowRules checks the given rules and the carried rules together against the bounds', () => {
    const carried = rules('tcp 1 from 11.0.0.0/16');

    expect(narrowed(rules('tcp 1 from 11.1.0.0/16'), [NOT_WIDE])).toHaveLength(1);
    expect(narrowed(rules('tcp 1 from 11.1.0.0/16'), [NOT_WIDE], { carried })).toEqual([]);
  });

  it('narrowRules keeps the direction of the rules', () => {
    expect(narrowed(rulesFromWords(['tcp 22 from 0.0.0.0/0'], 'egress'), [SSH_FROM_INSIDE])).toEqual(['tcp/22 to 10.0.0.0/8']);
  });

  it('narrowRules copies the description of the first covering rule, or else of the first overlapping rule', () => {
    const described = (description: string, ...lines: string[]) => rules(...lines).map((rule) => ({ ...rule, description }));
    const given = [
      ...described('part', 'tcp 22 from 10.0.0.0/9'),
      ...described('whole', 'tcp 22 from 0.0.0.0/0'),
      ...described('lower', 'udp 1 from 11.0.0.0/9'),
      ...rules('udp 1 from 11.128.0.0/9', 'udp 5 from sg-1'),
    ];

    expect(narrowRules(given, [SSH_FROM_INSIDE])?.map(({ description, ...rule }) => [formatRule(rule), description])).toEqual([
      ['tcp/22 from 10.0.0.0/8', 'whole'],
      ['udp/1 from 11.0.0.0/8', 'lower'],
      ['udp/5 from sg-1', undefined],
    ]);
  });

  describe('narrowRules narrows rules for a prefix list with known entries', () => {
    const options = listed({ 'pl-1': ['10.0.0.0/16', '11.0.0.0/16'] });

    it.each<[title: string, lines: string[], bounds: Bound[], expected: string[] | undefined]>([
      ['keeps a rule if all of its traffic is allowed', ['tcp 443 from pl-1'], [SSH_FROM_INSIDE], ['tcp/443 from pl-1']],
      ['drops a rule if none of its traffic is allowed', ['tcp 22 from pl-1'], [bound('tcp 22', [])], []],
      [
        'keeps a rule if the bounds forbid the same service only to other senders',
        ['tcp 22 from pl-1', 'tcp 22 from 12.0.0.0/8'],
        [bound('tcp 22', ['pl-1'])],
        ['tcp/22 from pl-1'],
      ],
      ['narrows the ports', ['tcp 22-30 from pl-1'], [bound('tcp 22', [])], ['tcp/23-30 from pl-1']],
      ['returns nothing if only a part of the list is allowed', ['tcp 22 from pl-1'], [SSH_FROM_INSIDE], undefined],
      [
        'returns nothing if, for one of several ports, only a part of the list is allowed',
        ['tcp 20-30 from pl-1'],
        [SSH_FROM_INSIDE],
        undefined,
      ],
    ])('narrowRules, for a prefix list with known entries, %s', (_title, lines, bounds, expected) => {
      expect(narrowed(rules(...lines), bounds, options)).toEqual(expected);
    });

    it('narrowRules returns no rule for a prefix list if carried rules let in all of its entries', () => {
      const given = rules('tcp 22-23 from pl-1');

      expect(narrowed(given, [], { ...options, carried: rules('tcp 22-23 from 10.0.0.0/7') })).toEqual([]);
      expect(narrowed(given, [], { ...options, carried: rules('tcp 22-23 from 10.0.0.0/8', 'tcp 23 from pl-1') })).toEqual([
        'tcp/22-23 from pl-1',
      ]);
    });
  });
});

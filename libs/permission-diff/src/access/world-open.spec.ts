import * as fc from 'fast-check';
import { InvalidPermissionError } from '../rules/problem.js';
import { perms } from '../testing/notation.js';
import { runs } from '../testing/runs.js';
import { isWorldOpen } from './world-open.js';

// Source: https://www.iana.org/assignments/ipv6-unicast-address-assignments/
const REGISTRIES = [
  ...['2001::/16', '2003::/18', '2400::/12', '2410::/12', '2600::/12', '2610::/23'],
  ...['2620::/23', '2630::/12', '2800::/12', '2a00::/12', '2a10::/12', '2c00::/12'],
];

describe('isWorldOpen', () => {
  it.each<[string, string[]]>([
    ['all of IPv4', ['tcp 22 from 0.0.0.0/0']],
    ['all of IPv6', ['tcp 22 from ::/0']],
    ['a block of length 0 with host bits', ['tcp 22 from 203.0.113.9/0']],
    ['two halves of IPv4', ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1']],
    ['one half of IPv4', ['tcp 22 from 0.0.0.0/1']],
    ['all routed IPv6 addresses', ['tcp 22 from 2000::/3']],
    ['the world for a protocol without ports', ['47 from 0.0.0.0/0']],
    ['the world for all traffic', ['-1 from ::/0']],
    ['a quarter of IPv4 for one port of many', ['tcp 1-9 from 10.0.0.0/8', 'tcp 5 from 0.0.0.0/2']],
    ['a sixteenth of IPv4 in sixteen parts', Array.from({ length: 16 }, (_, i) => `tcp 22 from ${16 + i}.0.0.0/8`)],
    ['two adjacent blocks that are large enough only at their common port', ['tcp 1-22 from 64.0.0.0/5', 'tcp 22-99 from 72.0.0.0/5']],
    ['two separate blocks that are large enough only at their common port', ['tcp 1-22 from 64.0.0.0/5', 'tcp 22-99 from 96.0.0.0/5']],
    ['fourteen public networks of IPv4', Array.from({ length: 14 }, (_, i) => `tcp 22 from ${16 + i}.0.0.0/8`)],
    ['a sixteenth of IPv4 that contains private networks', ['tcp 22 from 0.0.0.0/4']],
    ['every IPv6 block of the registries', REGISTRIES.map((block) => `tcp 22 from ${block}`)],
    ['the IPv6 block of one registry', ['tcp 22 from 2600::/12']],
    ['the IPv6 block of one registry in parts', ['tcp 22 from 2a00::/13', 'tcp 22 from 2a08::/14', 'tcp 22 from 2a0c::/14']],
  ])('isWorldOpen is true for %s', (_why, permissions) => {
    expect(isWorldOpen(perms(...permissions))).toBe(true);
  });

  it.each<[string, string[]]>([
    ['an empty list', []],
    ['the largest private network', ['-1 from 10.0.0.0/8']],
    ['the private IPv6 addresses', ['-1 from fc00::/7']],
    ['unrouted IPv6 addresses', ['-1 from ::/3', '-1 from 4000::/2', '-1 from 8000::/1']],
    ['a group', ['-1 from sg-1']],
    ['a prefix list without given blocks', ['-1 from pl-1']],
    ['less than a sixteenth of IPv4', Array.from({ length: 13 }, (_, i) => `tcp 22 from ${16 + i}.0.0.0/8`)],
    ['less than a sixteenth of IPv6', ['tcp 22 from 2600::/13']],
    ['IPv6 blocks that no registry has yet', ['-1 from 3000::/4', '-1 from 2100::/8', '-1 from 2d00::/8']],
    ['multicast and reserved IPv4', ['-1 from 224.0.0.0/3']],
    ['all private networks together', ['-1 from 10.0.0.0/8', '-1 from 172.16.0.0/12', '-1 from 192.168.0.0/16', '-1 from fc00::/7']],
    ['the same block many times', Array.from({ length: 16 }, (_, i) => `tcp 1-${99 + i} from 16.0.0.0/8`)],
    ['two large blocks without a common port', ['tcp 1-21 from 64.0.0.0/5', 'tcp 22-99 from 72.0.0.0/5']],
    ['a large IPv4 block beside a large IPv6 block', ['tcp 22 from 64.0.0.0/5', 'tcp 22 from 2000::/8']],
  ])('isWorldOpen is false for %s', (_why, permissions) => {
    expect(isWorldOpen(perms(...permissions))).toBe(false);
  });

  it('isWorldOpen is true for a prefix list that contains the world', () => {
    const addresses = { 'pl-1': ['0.0.0.0/1', '128.0.0.0/1'] };

    expect(isWorldOpen(perms('tcp 22 from pl-1'), { addresses })).toBe(true);
  });

  it('isWorldOpen is true only if the rules let in at least the fraction `share` of the addresses in use', () => {
    const half = perms('tcp 22 from 0.0.0.0/1');

    expect(isWorldOpen(half, { share: 0.56 })).toBe(true);
    expect(isWorldOpen(half, { share: 0.57 })).toBe(false);
    expect(isWorldOpen(perms('tcp 22 from 16.0.0.0/8'), { share: 1 / 256 })).toBe(true);
    expect(isWorldOpen(perms('tcp 22 from 10.0.0.0/8'), { share: Number.MIN_VALUE })).toBe(false);
    expect(isWorldOpen(perms('tcp 22 from 2001:db8::1/128'), { share: Number.MIN_VALUE })).toBe(true);
  });

  it('isWorldOpen requires every address in use if the share is 1', () => {
    expect(isWorldOpen(perms('tcp 22 from 0.0.0.0/0'), { share: 1 })).toBe(true);
    expect(isWorldOpen(perms('tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1'), { share: 1 })).toBe(true);
    expect(isWorldOpen(perms('tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/2'), { share: 1 })).toBe(false);
    expect(isWorldOpen(perms('tcp 22 from 2000::/3'), { share: 1 })).toBe(true);
    expect(isWorldOpen(perms('tcp 22 from 2000::/5'), { share: 1 })).toBe(false);
  });

  it('isWorldOpen does not add up blocks if their port ranges have no common port, in any order', () => {
    const [below, above] = ['tcp 1-21 from 64.0.0.0/5', 'tcp 22-99 from 64.0.0.0/5'];
    const apart = ['tcp 100-200 from 72.0.0.0/5', 'tcp 1-99 from 200.0.0.0/6'];

    for (const order of [
      [below, above, ...apart],
      [...apart, above, below],
    ])
      expect(isWorldOpen(perms(...order))).toBe(false);
  });

  it.each([0, -1, 1.01, NaN])('isWorldOpen refuses %d as a share', (share) => {
    expect(() => isWorldOpen([], { share })).toThrow(new RangeError(`\`share\` must be greater than 0 and at most 1, not ${share}`));
  });

  it('isWorldOpen refuses invalid permissions', () => {
    expect(() => isWorldOpen([{ IpProtocol: 'tcp' }])).toThrow(InvalidPermissionError);
    expect(() => isWorldOpen([{ IpProtocol: 'tcp' }])).toThrow('`permissions[0].FromPort`');
  });
});

describe('isWorldOpen agrees with a count of all networks of one prefix length', () => {
  /** All networks with the same prefix length. The cell of a network is its number. */
  interface Grid {
    readonly cells: number;
    readonly inUse: (cell: number) => boolean;
    /** Returns the CIDR block of the network `cell`, with this prefix length. */
    readonly text: (cell: number, bits: number) => string;
  }
  const within = (cell: number, first: number, last: number): boolean => first <= cell && cell <= last;

  const ipv4: Grid = {
    // Networks with a prefix length of 16.
    cells: 2 ** 16,
    inUse: (cell) =>
      within(cell, 0x0100, 0xdfff) &&
      !within(cell, 0x0a00, 0x0aff) &&
      !within(cell, 0x7f00, 0x7fff) &&
      !within(cell, 0xac10, 0xac1f) &&
      cell !== 0xc0a8,
    text: (cell, bits) => `${cell >> 8}.${cell & 255}.0.0/${bits}`,
  };
  const ipv6: Grid = {
    // All networks with a prefix length of 23 inside 2000::/3.
    cells: 2 ** 20,
    inUse: (cell) => {
      const [first, rest] = [0x2000 + Math.floor(cell / 128), cell % 128];
      const registries = [0x2400, 0x2410, 0x2600, 0x2630, 0x2800, 0x2a00, 0x2a10, 0x2c00];
      return (
        first === 0x2001 ||
        (first === 0x2003 && rest < 32) ||
        ([0x2610, 0x2620].includes(first) && rest === 0) ||
        registries.includes(first & 0xfff0)
      );
    },
    text: (cell, bits) => `${(0x2000 + Math.floor(cell / 128)).toString(16)}:${((cell % 128) * 512).toString(16)}::/${bits + 3}`,
  };

  const blocks = (bits: number): fc.Arbitrary<readonly (readonly [cell: number, bits: number, port: number])[]> =>
    fc.array(fc.tuple(fc.nat(2 ** bits - 1), fc.integer({ min: 1, max: bits }), fc.constantFrom(1, 2)), {
      minLength: 1,
      maxLength: 12,
    });

  it.each<[family: string, grid: Grid, bits: number]>([
    ['IPv4', ipv4, 16],
    ['IPv6', ipv6, 20],
  ])('isWorldOpen agrees with a simple count of %s networks, in any order of the rules', (_family, grid, bits) => {
    const used = Uint8Array.from({ length: grid.cells }, (_, cell) => (grid.inUse(cell) ? 1 : 0));
    const size = used.reduce((sum, bit) => sum + bit, 0);
    fc.assert(
      fc.property(blocks(bits), fc.constantFrom(1 / 16, 1 / 3, 1 / 100), (given, share) => {
        const shares = [1, 2].map((port) => {
          const open = new Uint8Array(grid.cells);
          for (const [cell, length, at] of given) {
            const width = 2 ** (bits - length);
            const first = Math.floor(cell / width) * width;
            if (at === port) open.set(used.subarray(first, first + width), first);
          }
          return open.reduce((sum, bit) => sum + bit, 0) / size;
        });
        const permissions = given.flatMap(([cell, length, port]) => perms(`tcp ${port} from ${grid.text(cell, length)}`));

        expect(isWorldOpen(permissions, { share })).toBe(Math.max(...shares) >= share);
        expect(isWorldOpen([...permissions].reverse(), { share })).toBe(isWorldOpen(permissions, { share }));
      }),
      { numRuns: runs(30) },
    );
  });
});

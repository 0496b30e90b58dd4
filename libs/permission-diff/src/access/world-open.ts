import { cidrBlocksOverlap, type Block } from '../rules/block.js';
import { parseCidr } from '../rules/cidr.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import { accessRegionDifference } from './difference.js';
import type { Rule } from '../rules/rule.js';
import { readAccessLists, type AccessOptions } from './read-access.js';
import { accessRegionsOfRules, type Addresses } from './access-region.js';
import { isBlockSource, type Source } from '../rules/source.js';

export interface WorldOpenOptions extends AccessOptions {
  /**
   * A service is open to the world if the rules let in at least this share of the addresses in use. The share must be greater than 0 and at
   * most 1. Private and reserved addresses are not in use. An IPv6 address is in use only if IANA has allocated the address to a registry.
   *
   * @default 1/16: about as much as `16.0.0.0/4` or `2600::/12`, and more than any single organization owns
   */
  readonly share?: number;
}

const DEFAULT_SHARE = 1 / 16;

/**
 * Reports whether the permissions open at least one service to the world. The world is at least `share` of the IPv4 addresses in use, or of
 * the IPv6 addresses in use. The addresses of all permissions for a service are added up, so thousands of small blocks together can be the
 * world.
 *
 * @throws {InvalidPermissionError} listing every permission that EC2 would refuse.
 * @throws {RangeError} unless `share` is greater than 0 and at most 1.
 */
export function isWorldOpen(permissions: readonly IpPermission[], options: WorldOpenOptions = {}): boolean {
  const { rules, addresses } = readAccessLists({ permissions }, options);
  return areRulesWorldOpen(rules.permissions, addresses, options.share);
}

/**
 * The same as `isWorldOpen`, but for parsed rules. All rules must have the same direction.
 *
 * @throws {RangeError} unless `share` is greater than 0 and at most 1.
 */
export function areRulesWorldOpen(rules: readonly Rule[], addresses: Addresses = new Map(), share = DEFAULT_SHARE): boolean {
  if (!(share > 0 && share <= 1)) throw new RangeError(`\`share\` must be greater than 0 and at most 1, not ${share}`);
  // No two runs contain the same traffic, so no address counts twice for a service.
  const runs = accessRegionDifference(accessRegionsOfRules(rules, addresses), []).missing;
  // `exposedServices` calls this function for each service, and most rules let in no traffic of that service.
  // Stryker disable next-line ConditionalExpression: only saves time
  if (runs.length === 0) return false;
  return worldAddresses().some((world) => {
    const changes: [service: number, addresses: bigint][] = [];
    for (const { first, last, senders } of runs) {
      const addresses = countWorldOpenAddresses(senders, world);
      // `last + 0.5` sorts between the last service of this run and the next service.
      changes.push([first, addresses], [last + 0.5, -addresses]);
    }
    changes.sort(([a], [b]) => a - b);
    let open = 0n;
    return changes.some(([, addresses]) => Number((open += addresses)) / world.size >= share);
  });
}

/**
 * The addresses in use in one address family: the allocated blocks without the reserved blocks. The blocks in each list are disjoint.
 */
interface World {
  readonly allocated: readonly Block[];
  readonly reserved: readonly Block[];
  /** The number of addresses in use, as `countWorldOpenAddresses` counts them. */
  readonly size: number;
}

let cachedWorlds: readonly World[] | undefined;

/** Parses the blocks on the first call, not when the library loads. */
function worldAddresses(): readonly World[] {
  // Stryker disable StringLiteral,ArrayDeclaration: The worlds are cached, so Stryker would run only the first test that needs them
  cachedWorlds ??= [
    parseWorld(
      '0.0.0.0/0',
      // Private, loopback, multicast and reserved addresses. The smaller special-purpose blocks do not affect the result. Source:
      // https://www.iana.org/assignments/iana-ipv4-special-registry/
      '0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16 224.0.0.0/3',
    ),
    parseWorld(
      // The blocks that IANA had allocated to regional registries on 2024-11-01. On that day, IANA allocated `2410::/12`, the latest block.
      // `2001::/16` stands for many smaller allocations. Source: https://www.iana.org/assignments/ipv6-unicast-address-assignments/
      '2001::/16 2003::/18 2400::/12 2410::/12 2600::/12 2610::/23 2620::/23 2630::/12 2800::/12 2a00::/12 2a10::/12 2c00::/12',
      '',
    ),
  ];
  // Stryker restore all
  return cachedWorlds;
}

function parseWorld(allocated: string, reserved: string): World {
  const blocks = { allocated: parseWorldOpenBlocks(allocated), reserved: parseWorldOpenBlocks(reserved) };
  return { ...blocks, size: Number(countWorldOpenAddresses(blocks.allocated, blocks)) };
}

function parseWorldOpenBlocks(cidrs: string): readonly Block[] {
  // Stryker disable next-line ArrayDeclaration: only the compiler needs the default
  return cidrs.split(' ').flatMap((cidr) => parseCidr(cidr) ?? []);
}

/**
 * Returns how many of the senders' addresses are in use. An IPv4 address counts as 2 ** 96 IPv6 addresses. The senders must be disjoint.
 * Groups and prefix lists with unknown blocks count as 0 addresses.
 */
function countWorldOpenAddresses(senders: readonly Source[], { allocated, reserved }: Omit<World, 'size'>): bigint {
  return countSharedAddresses(senders, allocated) - countSharedAddresses(senders, reserved);
}

function countSharedAddresses(senders: readonly Source[], blocks: readonly Block[]): bigint {
  let addresses = 0n;
  for (const a of senders) {
    for (const b of blocks) {
      // If two blocks overlap, the wider block contains the narrower block.
      if (isBlockSource(a) && cidrBlocksOverlap(a, b)) addresses += 1n << BigInt(128 - Math.max(a.prefixLength, b.prefixLength));
    }
  }
  return addresses;
}

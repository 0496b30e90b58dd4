import type { IpPermission } from '../ec2-permission.js';
import { valuesOf } from '../problem.js';
import { readAddresses } from './addresses.js';
import { differenceOf } from './difference.js';
import { readGiven, regionsOfAll, type AccessOptions } from './read-access.js';
import type { Region } from './region.js';
import type { Sender } from './sender.js';

export interface WorldOpenOptions extends AccessOptions {
  /**
   * From what share of all addresses on something counts as open to the world, over 0 and up to 1. Of IPv6 only global unicast,
   * `2000::/3`, is counted: no other address comes from the Internet (source: IANA, IPv6 global unicast address assignments).
   *
   * @default 1/16, as much as `0.0.0.0/4`: more than any one owner has
   */
  readonly share?: number;
}

/**
 * Reports whether the permissions let in some traffic from so large a share of the IPv4 or the IPv6 addresses that it is the world,
 * however the blocks are spelled: `0.0.0.0/1` beside `128.0.0.0/1`, `203.0.113.9/0`, `2000::/3`, or thousands of small ones.
 *
 * @throws {InvalidPermissionError} listing every permission that EC2 would refuse.
 * @throws {RangeError} when `share` is not over 0 and up to 1.
 */
export function isWorldOpen(permissions: readonly IpPermission[], options: WorldOpenOptions = {}): boolean {
  const [rules, addresses] = valuesOf([
    readGiven('permissions', permissions, options),
    readAddresses(options.addresses),
  ]);
  const [regions = []] = regionsOfAll([rules], addresses);
  return isWorldOpenRegions(regions, options.share);
}

const DEFAULT_SHARE = 1 / 16;

function isWorldOpenRegions(regions: readonly Region[], share = DEFAULT_SHARE): boolean {
  if (!(share > 0 && share <= 1)) throw new RangeError(`\`share\` must be over 0 and up to 1, not ${share}`);
  // Disjoint, so that no address is counted twice.
  const runs = differenceOf(regions, []).missing;
  return WORLDS.some(({ size, within }) => {
    const changes = runs.flatMap(({ first, last, senders }) => {
      const addresses = senders.reduce((sum, sender) => sum + within(sender), 0n);
      return addresses === 0n
        ? []
        : [
            { service: first, addresses },
            { service: last + 1, addresses: -addresses },
          ];
    });
    // At one service what ends goes before what begins.
    changes.sort((a, b) => a.service - b.service || (a.addresses < b.addresses ? -1 : 1));
    let open = 0n;
    return changes.some(({ addresses }) => {
      open += addresses;
      return Number(open) / Number(size) >= share;
    });
  });
}

/** The addresses of each family that come from the Internet, and how many of them a sender holds. */
const WORLDS: readonly { readonly size: bigint; readonly within: (sender: Sender) => bigint }[] = [
  {
    size: 1n << 32n,
    within: (sender) => ('words' in sender && sender.words.length === 1 ? 1n << BigInt(32 - sender.prefixLength) : 0n),
  },
  {
    size: 1n << 125n,
    within: (sender) => {
      if (!('words' in sender) || sender.words.length === 1) return 0n;
      const [word = 0] = sender.words;
      // A block wider than `2000::/3` holds all of it or nothing, and all of it only from the first address on.
      if (sender.prefixLength < 3) return word === 0 ? 1n << 125n : 0n;
      return word >>> 29 === 1 ? 1n << BigInt(128 - sender.prefixLength) : 0n;
    },
  },
];

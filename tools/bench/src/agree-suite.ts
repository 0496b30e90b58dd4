import { compareAccess, type IpPermission } from '@portcullis/permission-diff';
import { randomOf, type Random } from '@portcullis/permission-diff/testing';
import { countFigure, promiseNone, type BenchOptions, type BenchReport } from './bench-report.js';
import { pickBenchItem, makeBenchList } from './bench-inputs.js';
import { oracleFault, oracleRuleOfPermission, oracleRulesOfRanges } from './oracle.js';

export default function benchAgree({ quick }: BenchOptions): BenchReport {
  const short = compareWithOracle(quick ? 1_900 : 98_000, 6);
  const long = compareWithOracle(quick ? 20 : 2_000, 30);
  const differences = [...short.differences, ...long.differences];
  const row = (lists: string, { pairs, ranges, differences: found }: Comparisons) => ({
    lists,
    pairs: countFigure(pairs),
    'ranges answered': countFigure(ranges),
    differences: countFigure(found.length),
  });
  return {
    tables: { 'compareAccess compared with the oracle': [row('of up to 6 rules', short), row('of up to 30 rules', long)] },
    promises: [
      promiseNone(
        `difference between compareAccess and the oracle in ${countFigure(short.pairs + long.pairs).text} random pairs of lists`,
        differences,
      ),
    ],
    notes: differences.slice(0, 3),
  };
}

interface Comparisons {
  readonly pairs: number;
  readonly ranges: number;
  /** A text for each difference, with the pair of lists. */
  readonly differences: readonly string[];
}

/**
 * Compares `compareAccess` with the oracle for random pairs of lists of at most `most` rules. The number of a pair is the random seed of
 * the pair.
 */
export function compareWithOracle(pairs: number, most: number): Comparisons {
  const differences: string[] = [];
  let ranges = 0;
  for (let seed = 1; seed <= pairs; seed++) {
    const random = randomOf(seed);
    const required = benchOverlappingRules(random, most);
    const actual = benchOverlappingRules(random, most);
    const { missing, excess, equal } = compareAccess(required, actual);
    ranges += missing.length + excess.length;
    const fault =
      oracleFault(
        required.map(oracleRuleOfPermission),
        actual.map(oracleRuleOfPermission),
        oracleRulesOfRanges(missing),
        oracleRulesOfRanges(excess),
      ) ?? (equal === (missing.length + excess.length === 0) ? undefined : '`equal` contradicts `missing` and `excess`');
    if (fault !== undefined) differences.push(`seed ${seed}: ${fault}; ${JSON.stringify([required, actual])}`);
  }
  return { pairs, ranges, differences };
}

/** Returns rules that probably overlap: all blocks are near one of two addresses, and the ports come from a short list. */
export function benchOverlappingRules(random: Random, most: number): readonly IpPermission[] {
  const bases = [benchRandomOctets(random), benchRandomOctets(random)] as const;
  return makeBenchList(random(most + 1), () => ({
    ...benchRandomTraffic(random),
    ...benchRandomSource(random, pickBenchItem(random, bases)),
  }));
}

type Octets = readonly [number, number, number];

function benchRandomOctets(random: Random): Octets {
  return [random(256), random(256), random(256)];
}

function benchRandomTraffic(random: Random): IpPermission {
  const kind = random(10);
  if (kind === 0) return { IpProtocol: pickBenchItem(random, ['-1', 'all']) };
  if (kind === 1) return { IpProtocol: pickBenchItem(random, ['0', '2', '5', '7', '16', '18', '47', '50', '57', '59', '255']) };
  if (kind <= 3) {
    const FromPort = pickBenchItem(random, [-1, 0, 3, 8, 254, 255]);
    const ToPort = FromPort === -1 ? -1 : pickBenchItem(random, [-1, -1, -1, -1, 0, 1, 4, 255]);
    return { IpProtocol: pickBenchItem(random, ['icmp', '1', 'icmpv6', '58']), FromPort, ToPort };
  }
  const [a, b] = [pickBenchItem(random, [0, 22, 80, 443, 1024, 65_535]), pickBenchItem(random, [0, 22, 23, 442, 1023, 65_535])];
  return { IpProtocol: pickBenchItem(random, ['tcp', '6', 'TCP', 'udp', '17', 'UDP']), FromPort: Math.min(a, b), ToPort: Math.max(a, b) };
}

function benchRandomSource(random: Random, [a, b, c]: Octets): IpPermission {
  const kind = random(8);
  if (kind === 0) {
    return {
      UserIdGroupPairs: [
        { GroupId: pickBenchItem(random, ['sg-1', 'sg-2']), UserId: pickBenchItem(random, ['111122223333', '444455556666']) },
      ],
    };
  }
  if (kind === 1) return { PrefixListIds: [{ PrefixListId: pickBenchItem(random, ['pl-1', 'pl-2']) }] };
  const last = random(256);
  if (kind > 3)
    return { IpRanges: [{ CidrIp: `${a}.${b}.${c}.${last}/${pickBenchItem(random, [0, 1, 2, 8, 22, 23, 24, 25, 26, 30, 31, 32])}` }] };
  // The first 32 bits come from one of the two addresses, so that the IPv6 blocks also overlap.
  const groups = [a * 256 + b, c * 256, 0, 0, 0, 0, 0, 0];
  const [place, unit] = pickBenchItem<readonly [number, number]>(random, [
    [7, 1],
    [7, 256],
    [3, 1],
    [2, 256],
  ]);
  groups[place] = last * unit;
  const address = groups.map((group) => group.toString(16)).join(':');
  return { Ipv6Ranges: [{ CidrIpv6: `${address}/${pickBenchItem(random, [0, 1, 3, 28, 31, 32, 33, 40, 63, 64, 65, 127, 128])}` }] };
}

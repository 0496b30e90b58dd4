/** Compares the answers of `boundAccess` with two other implementations that share no code with the library. */
import { boundAccess, type IpPermission, type PermissionBound } from '@portcullis/permission-diff';
import {
  fewestRules,
  OWN_ACCOUNT,
  packetsBeyond,
  packetsOf,
  permissionBound,
  randomOf,
  TINY_RULES,
  tinyCase,
  type Random,
  type TinyCase,
} from '@portcullis/permission-diff/testing';
import { pickBenchItem } from './bench-inputs.js';
import { oracleRuleContains, findOracleTrafficFault, oracleRuleOfPermission, oracleRulesOfRanges, type OracleRule } from './oracle.js';
import { benchOverlappingRules } from './agree-suite.js';

export interface LimitsComparison {
  readonly against: string;
  readonly cases: number;
  /** The number of cases with traffic beyond the bounds. */
  readonly broken: number;
  /** The number of rules in the `within` of all answers. */
  readonly narrowed: number;
  /** A text for each wrong answer, with the seed of the case. */
  readonly faults: readonly string[];
}

type Answer = ReturnType<typeof boundAccess>;

function countOracleLimitFaults(
  against: string,
  cases: number,
  tryOut: (random: Random) => readonly [answer: Answer, fault: string | undefined],
): LimitsComparison {
  const faults: string[] = [];
  let broken = 0;
  let narrowed = 0;
  for (let seed = 1; seed <= cases; seed++) {
    const [{ beyond, within }, fault] = tryOut(randomOf(seed));
    if (beyond.length > 0) broken++;
    narrowed += oraclePermissionPerSource(within ?? []).length;
    if (fault !== undefined) faults.push(`seed ${seed}: ${fault}`);
  }
  return { against, cases, broken, narrowed, faults };
}

/** Returns one permission for each source. */
function oraclePermissionPerSource(permissions: readonly IpPermission[]): readonly IpPermission[] {
  return permissions.flatMap(({ IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [], ...traffic }) => [
    ...IpRanges.map((range) => ({ ...traffic, IpRanges: [range] })),
    ...Ipv6Ranges.map((range) => ({ ...traffic, Ipv6Ranges: [range] })),
    ...UserIdGroupPairs.map((pair) => ({ ...traffic, UserIdGroupPairs: [pair] })),
    ...PrefixListIds.map((list) => ({ ...traffic, PrefixListIds: [list] })),
  ]);
}

const KNOWN = new Map(TINY_RULES.map((rule) => [JSON.stringify(rule.permission), rule]));

/** The rules that each allow only one packet. */
const PACKETS = TINY_RULES.filter(({ traffic, source }) => traffic.services.length * source.senders.length === 1).map(
  ({ permission, packets }) => ({ permission, packets, asRule: oracleRuleOfPermission(permission) }),
);

/**
 * Checks `boundAccess` in random cases with only 88 possible packets. `beyond` must contain exactly the packets beyond the bounds. `within`
 * must allow all other packets of the rules, with the fewest possible rules.
 */
export function tryLimitsInTinyUniverse(cases: number): LimitsComparison {
  return countOracleLimitFaults('an exhaustive search, for 88 possible packets', cases, (random) => {
    const one = tinyCase(random);
    const answer = boundOracleTinyCase(one);
    const beyond = packetsBeyond(one);
    const ranges = oracleRulesOfRanges(answer.beyond);
    const wrong = PACKETS.find(
      (packet) => ranges.filter((range) => oracleRuleContains(range, packet.asRule)).length !== Number((packet.packets & beyond) !== 0n),
    );
    if (wrong !== undefined) return [answer, `\`beyond\` is wrong about the packet of this rule: ${JSON.stringify(wrong.permission)}`];
    const left = packetsOf(one.rules) & ~beyond;
    const rules = oraclePermissionPerSource(answer.within ?? []).map((permission) => KNOWN.get(JSON.stringify(permission)));
    const known = rules.filter((rule) => rule !== undefined);
    if (answer.within === undefined || known.length < rules.length) return [answer, '`within` contains a rule that no case can contain'];
    if (packetsOf(known) !== left) return [answer, '`within` allows the wrong packets'];
    const fewest = fewestRules(left, left);
    return [answer, known.length === fewest ? undefined : `\`within\` has ${known.length} rules, expected ${fewest}`];
  });
}

function boundOracleTinyCase({ rules, bounds, permitted }: TinyCase): Answer {
  const written = (list: TinyCase['rules']) => list.map(({ permission }) => permission);
  return boundAccess(written(rules), bounds.map(permissionBound), { permit: written(permitted), accountId: OWN_ACCOUNT });
}

/** Checks `boundAccess` with random rules, for every possible packet. */
export function compareLimitsWithOracle(cases: number): LimitsComparison {
  return countOracleLimitFaults('the oracle, for all traffic', cases, (random) => {
    const rules = benchOverlappingRules(random, 6);
    const permit = random(3) === 0 ? benchOverlappingRules(random, 1) : [];
    const services = random(3) === 0 ? undefined : benchOverlappingRules(random, 4).slice(0, 2);
    const senders = [...benchOverlappingRules(random, 2), ...rules.filter(() => random(6) === 0)];
    const groups = pickBenchItem(random, ['none', 'ownAccount', 'any'] as const);
    const bound: PermissionBound = {
      ...(services !== undefined && { services }),
      ...(senders.length > 0 && { onlyFrom: oracleMergedSources(senders) }),
      groups,
    };
    const answer = boundAccess(rules, [bound], { permit, accountId: OWN_ACCOUNT });

    const letIn = rules.map(oracleRuleOfPermission);
    const judged = rules.filter((rule) => !oracleAllowsSourceGroup(rule, groups)).map(oracleRuleOfPermission);
    const bounded = services === undefined ? [EVERYTHING] : services.map(oracleRuleOfPermission);
    const allowed = [
      ...senders.map((sender) => ({ ...EVERYTHING, from: oracleRuleOfPermission(sender).from })),
      ...permit.map(oracleRuleOfPermission),
    ];
    const beyond = oracleRulesOfRanges(answer.beyond);
    const within = answer.within && oraclePermissionPerSource(answer.within).map(oracleRuleOfPermission);
    const fault = findOracleTrafficFault([...letIn, ...bounded, ...allowed, ...beyond, ...(within ?? [])], (times, service) => {
      const isBounded = bounded.some(({ first, last }) => first <= service && service <= last);
      const isBeyond = isBounded && times(judged) > 0 && times(allowed) === 0;
      if (times(beyond) !== Number(isBeyond)) return `allowed ${times(beyond)} times by \`beyond\`, expected ${Number(isBeyond)}`;
      if (within === undefined) return undefined;
      const isWithin = times(letIn) > 0 && !isBeyond;
      return times(within) > 0 === isWithin ? undefined : `${isWithin ? 'missing in' : 'wrongly in'} \`within\``;
    });
    return [answer, fault];
  });
}

const EVERYTHING: OracleRule = { first: 0, last: 256 * 65_536 - 1, from: { opaque: 'nobody' } };

/** Returns whether a bound with these `groups` allows the source group of the rule. */
function oracleAllowsSourceGroup({ UserIdGroupPairs: [pair] = [] }: IpPermission, groups: 'none' | 'ownAccount' | 'any'): boolean {
  return pair !== undefined && (groups === 'any' || (groups === 'ownAccount' && pair.UserId === OWN_ACCOUNT));
}

function oracleMergedSources(permissions: readonly IpPermission[]): NonNullable<PermissionBound['onlyFrom']> {
  const lists = ['IpRanges', 'Ipv6Ranges', 'UserIdGroupPairs', 'PrefixListIds'] as const;
  return Object.fromEntries(lists.map((list) => [list, permissions.flatMap((permission): readonly object[] => permission[list] ?? [])]));
}

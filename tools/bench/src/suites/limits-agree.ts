/** Compares what is beyond and within limits with two implementations that share no code with the library. */
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
import { pick } from '../inputs.js';
import { contains, faultInPieces, ruleOfPermission, rulesOfRanges, type OracleRule } from '../oracle.js';
import { rulesThatMeet } from './agree.js';

export interface Agreement {
  readonly against: string;
  readonly cases: number;
  /** The cases with traffic beyond the bounds. */
  readonly broken: number;
  /** The rules after narrowing, in all cases together. */
  readonly narrowed: number;
  /** In words, each with the seed that reproduces it. */
  readonly faults: readonly string[];
}

type Answer = ReturnType<typeof boundAccess>;

function agreement(
  against: string,
  cases: number,
  tryOut: (random: Random) => readonly [answer: Answer, fault: string | undefined],
): Agreement {
  const faults: string[] = [];
  let broken = 0;
  let narrowed = 0;
  for (let seed = 1; seed <= cases; seed++) {
    const [{ beyond, within }, fault] = tryOut(randomOf(seed));
    if (beyond.length > 0) broken++;
    narrowed += sourcesIn(within ?? []).length;
    if (fault !== undefined) faults.push(`seed ${seed}: ${fault}`);
  }
  return { against, cases, broken, narrowed, faults };
}

/** Returns one permission for each source. */
function sourcesIn(permissions: readonly IpPermission[]): readonly IpPermission[] {
  return permissions.flatMap(({ IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [], ...traffic }) => [
    ...IpRanges.map((range) => ({ ...traffic, IpRanges: [range] })),
    ...Ipv6Ranges.map((range) => ({ ...traffic, Ipv6Ranges: [range] })),
    ...UserIdGroupPairs.map((pair) => ({ ...traffic, UserIdGroupPairs: [pair] })),
    ...PrefixListIds.map((list) => ({ ...traffic, PrefixListIds: [list] })),
  ]);
}

const KNOWN = new Map(TINY_RULES.map((rule) => [JSON.stringify(rule.permission), rule]));

/** The rules of one packet. */
const PACKETS = TINY_RULES.filter(({ traffic, source }) => traffic.services.length * source.senders.length === 1).map(
  ({ permission, packets }) => ({ permission, packets, asRule: ruleOfPermission(permission) }),
);

/** Tries cases of a tiny universe: the packets beyond by definition, and the fewest rules of all sets of rules for the others. */
export function triedOut(cases: number): Agreement {
  return agreement('every set of rules in a universe of 88 packets', cases, (random) => {
    const one = tinyCase(random);
    const answer = tinyAnswer(one);
    const beyond = packetsBeyond(one);
    const ranges = rulesOfRanges(answer.beyond);
    const wrong = PACKETS.find(
      (packet) => ranges.filter((range) => contains(range, packet.asRule)).length !== Number((packet.packets & beyond) !== 0n),
    );
    if (wrong !== undefined) return [answer, `wrong beyond the bounds: ${JSON.stringify(wrong.permission)}`];
    const left = packetsOf(one.rules) & ~beyond;
    const rules = sourcesIn(answer.within ?? []).map((permission) => KNOWN.get(JSON.stringify(permission)));
    const known = rules.filter((rule) => rule !== undefined);
    if (answer.within === undefined || known.length < rules.length)
      return [answer, 'within the bounds is not written in rules of the universe'];
    if (packetsOf(known) !== left) return [answer, 'wrong within the bounds'];
    const fewest = fewestRules(left, left);
    return [answer, known.length === fewest ? undefined : `${known.length} rules instead of ${fewest}`];
  });
}

function tinyAnswer({ rules, bounds, permitted }: TinyCase): Answer {
  const written = (list: TinyCase['rules']) => list.map(({ permission }) => permission);
  return boundAccess(written(rules), bounds.map(permissionBound), { permit: written(permitted), accountId: OWN_ACCOUNT });
}

/** Tries random rules of all kinds, and checks every piece of traffic that they distinguish. */
export function comparedWithOracle(cases: number): Agreement {
  return agreement('every piece of traffic of random rules', cases, (random) => {
    const rules = rulesThatMeet(random, 6);
    const permit = random(3) === 0 ? rulesThatMeet(random, 1) : [];
    const services = random(3) === 0 ? undefined : rulesThatMeet(random, 4).slice(0, 2);
    const senders = [...rulesThatMeet(random, 2), ...rules.filter(() => random(6) === 0)];
    const groups = pick(random, ['none', 'ownAccount', 'any'] as const);
    const bound: PermissionBound = {
      ...(services !== undefined && { services }),
      ...(senders.length > 0 && { onlyFrom: merged(senders) }),
      groups,
    };
    const answer = boundAccess(rules, [bound], { permit, accountId: OWN_ACCOUNT });

    const letIn = rules.map(ruleOfPermission);
    const judged = rules.filter((rule) => !isGroupAllowed(rule, groups)).map(ruleOfPermission);
    const bounded = services === undefined ? [EVERYTHING] : services.map(ruleOfPermission);
    const allowed = [...senders.map((sender) => ({ ...EVERYTHING, from: ruleOfPermission(sender).from })), ...permit.map(ruleOfPermission)];
    const beyond = rulesOfRanges(answer.beyond);
    const within = answer.within && sourcesIn(answer.within).map(ruleOfPermission);
    const fault = faultInPieces([...letIn, ...bounded, ...allowed, ...beyond, ...(within ?? [])], (times, service) => {
      const isBounded = bounded.some(({ first, last }) => first <= service && service <= last);
      const isBeyond = isBounded && times(judged) > 0 && times(allowed) === 0;
      if (times(beyond) !== Number(isBeyond)) return `${times(beyond)} times beyond, expected ${Number(isBeyond)}`;
      if (within === undefined) return undefined;
      const isWithin = times(letIn) > 0 && !isBeyond;
      return times(within) > 0 === isWithin ? undefined : `${isWithin ? 'not ' : ''}within`;
    });
    return [answer, fault];
  });
}

const EVERYTHING: OracleRule = { first: 0, last: 256 * 65_536 - 1, from: { opaque: 'nobody' } };

/** Groups that a bound allows by their account may send although no list names them. */
function isGroupAllowed({ UserIdGroupPairs: [pair] = [] }: IpPermission, groups: 'none' | 'ownAccount' | 'any'): boolean {
  return pair !== undefined && (groups === 'any' || (groups === 'ownAccount' && pair.UserId === OWN_ACCOUNT));
}

function merged(permissions: readonly IpPermission[]): NonNullable<PermissionBound['onlyFrom']> {
  const lists = ['IpRanges', 'Ipv6Ranges', 'UserIdGroupPairs', 'PrefixListIds'] as const;
  return Object.fromEntries(lists.map((list) => [list, permissions.flatMap((permission): readonly object[] => permission[list] ?? [])]));
}

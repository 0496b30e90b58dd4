import { permissionsOf } from '../diff/permissions-of.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import { readRules } from '../rules/read-rules.js';
import type { Rule } from '../rules/rule.js';
import { ALL_TRAFFIC } from '../rules/traffic.js';
import { oneByOne } from '../testing/arbitraries.js';
import { permissionsOfRanges } from '../testing/notation.js';
import { randomOf } from '../testing/random.js';
import { runs } from '../testing/runs.js';
import {
  fewestRules,
  OWN_ACCOUNT,
  packetsBeyond,
  packetsOf,
  permissionBound,
  TINY_RULES,
  tinyCase,
  type TinyCase,
  type TinyRule,
} from '../testing/tiny-bounds.js';
import { boundAccess, widestBlocks, type BoundedAccess } from './bound-access.js';
import { accessBeyond, type Bound } from './bounds.js';
import { narrowRules } from './narrow.js';

const KNOWN = new Map(TINY_RULES.map((rule) => [JSON.stringify(rule.permission), rule]));

/**
 * Returns the rules in `TINY_RULES` for these permissions. @throws {Error} if `TINY_RULES` has no rule for a permission.
 */
function tinyRules(permissions: readonly IpPermission[]): TinyRule[] {
  return permissions.flatMap(oneByOne).map((permission) => {
    const rule = KNOWN.get(JSON.stringify(permission));
    if (rule === undefined) throw new Error(`not a rule of the universe: ${JSON.stringify(permission)}`);
    return rule;
  });
}

const packetsIn = (permissions: readonly IpPermission[]): bigint => packetsOf(tinyRules(permissions));
const written = (rules: readonly TinyRule[]): IpPermission[] => rules.map(({ permission }) => permission);

function answerTo({ rules, bounds, permitted }: TinyCase): BoundedAccess {
  return boundAccess(written(rules), bounds.map(permissionBound), { permit: written(permitted), accountId: OWN_ACCOUNT });
}

function parsed(rules: readonly TinyRule[]): readonly Rule[] {
  const read = readRules(written(rules));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

function boundOf({ services, senders, groups, notWiderThan }: TinyCase['bounds'][number]): Bound {
  return {
    services: services?.flatMap((one) =>
      parsed(TINY_RULES.filter(({ traffic }) => traffic === one).slice(0, 1)).map(({ traffic }) => traffic),
    ) ?? [ALL_TRAFFIC],
    senders: senders.flatMap((one) => parsed(TINY_RULES.filter(({ source }) => source === one).slice(0, 1)).map(({ source }) => source)),
    groups,
    ...(notWiderThan !== undefined && { notWiderThan }),
  };
}

const CASES = Array.from({ length: runs(400) }, (_, seed) => tinyCase(randomOf(seed + 1))).map((given) => ({
  given,
  packets: packetsOf(given.rules),
  beyond: packetsBeyond(given),
}));

/** Each test asks again, so that mutation testing knows which tests run the code. */
const answers = () => CASES.map((one) => ({ ...one, answer: answerTo(one.given) }));

it('the random cases include many with no traffic, with some traffic and with all traffic beyond the bounds', () => {
  const kept = CASES.filter(({ beyond }) => beyond === 0n).length;
  const lost = CASES.filter(({ beyond, packets }) => beyond === packets).length;

  expect(Math.min(kept, lost, CASES.length - kept - lost)).toBeGreaterThan(CASES.length / 10);
});

it('accessBeyond finds exactly the packets that the definition of bounds forbids', () => {
  expect(answers().filter(({ answer, beyond }) => packetsIn(permissionsOfRanges(answer.beyond)) !== beyond)).toEqual([]);
});

it('accessBeyond finds no packet twice', () => {
  const sizeOf = (packets: bigint): number => packets.toString(2).replaceAll('0', '').length;
  const sumOf = (permissions: readonly IpPermission[]) => tinyRules(permissions).reduce((sum, { packets }) => sum + sizeOf(packets), 0);

  expect(answers().filter(({ answer, beyond }) => sumOf(permissionsOfRanges(answer.beyond)) !== sizeOf(beyond))).toEqual([]);
});

it('narrowRules returns rules for exactly the packets within the bounds', () => {
  expect(
    answers().filter(({ answer, packets, beyond }) => packetsIn(answer.within ?? written(TINY_RULES)) !== (packets & ~beyond)),
  ).toEqual([]);
});

it('narrowRules returns the fewest rules that are possible', () => {
  const isFewest = (packets: bigint, rules: readonly IpPermission[] = []) =>
    rules.flatMap(oneByOne).length === fewestRules(packets, packets);

  expect(answers().filter(({ answer, packets, beyond }) => !isFewest(packets & ~beyond, answer.within))).toEqual([]);
});

it('narrowRules returns rules within the bounds, and narrowing these rules again returns the same rules', () => {
  const again = ({ given, answer: { within = [] } }: ReturnType<typeof answers>[number]) =>
    answerTo({ ...given, rules: tinyRules(within) });

  expect(answers().filter((one) => JSON.stringify(again(one)) !== JSON.stringify({ beyond: [], within: one.answer.within }))).toEqual([]);
});

it('accessBeyond and narrowRules give the same result if rules and bounds are split, repeated and reversed', () => {
  // Splits rules into the smallest rules: each has one service and one sender.
  const split = (rules: readonly TinyRule[]) =>
    TINY_RULES.filter(
      ({ traffic, source, packets }) =>
        traffic.services.length * source.senders.length === 1 && rules.some((rule) => (packets & ~rule.packets) === 0n),
    );
  const respelled = ({ rules, bounds, permitted }: TinyCase): TinyCase => ({
    rules: [...split(rules), ...rules].reverse(),
    bounds: [...bounds, ...bounds].reverse(),
    permitted: split(permitted),
  });

  expect(answers().filter(({ given, answer }) => JSON.stringify(answerTo(respelled(given))) !== JSON.stringify(answer))).toEqual([]);
});

it('accessBeyond returns all rules that let in packets beyond the bounds, and keeps the order of these rules', () => {
  const found = ({ given: { rules, bounds, permitted } }: (typeof CASES)[number]) => {
    const judged = parsed(rules);
    const options = { permitted: parsed(permitted), accountId: OWN_ACCOUNT };
    return accessBeyond(judged, bounds.map(boundOf), options).rules.map((rule) => judged.indexOf(rule));
  };
  const expected = ({ given: { rules }, beyond }: (typeof CASES)[number]) =>
    rules.flatMap(({ packets }, i) => ((packets & beyond) === 0n ? [] : i));

  expect(CASES.filter((one) => found(one).join() !== expected(one).join())).toEqual([]);
});

it('narrowRules returns no rules for the packets of carried rules', () => {
  const faults = Array.from({ length: runs(400) }, (_, seed) => {
    const random = randomOf(seed + 1);
    const { rules } = tinyCase(random);
    const carried = TINY_RULES.filter(() => random(100) === 0);
    const narrowed = tinyRules(permissionsOf(narrowRules(parsed(rules), [], { carried: parsed(carried) }) ?? []));
    const found = packetsOf(narrowed);
    const isRight = (found & ~packetsOf(rules)) === 0n && (packetsOf(rules) & ~packetsOf(carried) & ~found) === 0n;
    const isNeeded = (rule: TinyRule) =>
      (rule.packets & ~packetsOf(carried) & ~packetsOf(narrowed.filter((other) => other !== rule))) !== 0n;
    return isRight && narrowed.every(isNeeded) ? [] : { rules, carried, narrowed };
  });

  expect(faults.flat()).toEqual([]);
});

it('widestBlocks returns the prefix lengths of the widest blocks that the rules let in', () => {
  const expected = (packets: bigint) => {
    const lengths = (kind: string) =>
      TINY_RULES.filter((rule) => rule.source.kind === kind && (rule.packets & ~packets) === 0n).map(({ source }) => source.length ?? NaN);
    const [ipv4, ipv6] = [lengths('ipv4'), lengths('ipv6')];
    return { ...(ipv4.length > 0 && { ipv4: Math.min(...ipv4) }), ...(ipv6.length > 0 && { ipv6: Math.min(...ipv6) }) };
  };

  expect(CASES.map(({ given }) => widestBlocks(written(given.rules)))).toEqual(CASES.map(({ packets }) => expected(packets)));
});

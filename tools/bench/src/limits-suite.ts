import { accessBeyond, readRules, type Bound, type IpPermission, type Rule, type Source, type Traffic } from '@portcullis/permission-diff';
import { servicesNamed } from '@portcullis/permission-diff/exposure';
import { randomOf, type Random } from '@portcullis/permission-diff/testing';
import {
  promiseAtMost,
  countFigure,
  durationFigure,
  promiseNone,
  ratioFigure,
  type BenchOptions,
  type BenchReport,
} from './bench-report.js';
import { pickBenchItem, benchRealisticPermissions, makeBenchList } from './bench-inputs.js';
import { benchFastestRuns } from './measure.js';
import { compareLimitsWithOracle, tryLimitsInTinyUniverse } from './limits-oracle.js';

const GROUPS = 10_000;
const LIMITS = 20;
/** The promised time to check all groups against all limits. */
const PROMISED_MILLISECONDS = 1000;
/** The promised factor by which the time grows if the number of limits doubles. */
const PROMISED_GROWTH = 2.2;

export default function benchLimits({ quick }: BenchOptions): BenchReport {
  const groups = quick ? GROUPS / 10 : GROUPS;
  const random = randomOf(21);
  const permissions = makeBenchList(groups, () => benchLimitGroup(random));
  const rules = permissions.map(readBenchRules);
  const twice = makeBenchList(2 * LIMITS, (i) => benchLimitBounds(random, i));
  const some = twice.slice(0, LIMITS);

  const judged = (limitsOfAll: readonly (readonly Bound[])[]) => () => {
    let broken = 0;
    for (const group of rules)
      for (const bounds of limitsOfAll) if (accessBeyond(group, bounds, { accountId: ACCOUNT }).rules.length > 0) broken++;
    return broken;
  };
  const naive = () => {
    const literals = some.map(benchLiteralLimit);
    let broken = 0;
    for (const group of permissions) for (const literal of literals) if (breaksBenchLiteralLimit(group, literal)) broken++;
    return broken;
  };
  const [read = NaN, once = NaN, double = NaN, literal = NaN] = benchFastestRuns(
    [() => permissions.map(readBenchRules), judged(some), judged(twice), naive],
    1,
  );
  const row = (what: string, milliseconds: number, broken?: number) => ({
    ratio: ratioFigure(milliseconds / literal),
    what,
    'in all': durationFigure(milliseconds),
    'a group': durationFigure(milliseconds / groups),
    ...(broken === undefined ? { 'broken limits': '–' } : { 'broken limits': countFigure(broken) }),
  });
  const what = `${countFigure(groups).text} groups of 60 rules against ${LIMITS} limits`;
  const tried = tryLimitsInTinyUniverse(quick ? 1_000 : 50_000);
  const met = compareLimitsWithOracle(quick ? 1_000 : 50_000);
  return {
    tables: {
      [what]: [
        row('literal comparison of permissions', literal, naive()),
        row('read the rules', read),
        row(`check against ${LIMITS} limits`, once, judged(some)()),
        row(`check against ${2 * LIMITS} limits`, double, judged(twice)()),
      ],
      'boundAccess compared with two other implementations': [tried, met].map(({ against, cases, broken, narrowed }) => ({
        against,
        cases: countFigure(cases),
        broken: countFigure(broken),
        'rules after narrowing': countFigure(narrowed),
      })),
    },
    promises: [
      promiseNone(`wrong answer of boundAccess in ${countFigure(tried.cases).text} random cases with 88 possible packets`, tried.faults),
      promiseNone(`wrong answer of boundAccess in ${countFigure(met.cases).text} random cases, according to the oracle`, met.faults),
      promiseAtMost(what, durationFigure(read + once), durationFigure((PROMISED_MILLISECONDS * groups) / GROUPS)),
      promiseAtMost(
        'growth of the checking time if the number of limits doubles',
        ratioFigure(double / once),
        ratioFigure(PROMISED_GROWTH),
      ),
    ],
    notes: [...tried.faults.slice(0, 3), ...met.faults.slice(0, 3)],
  };
}

const ACCOUNT = '111122223333';

/**
 * Returns a group of 60 rules. One group in ten opens a service to too many senders, often in a way that a literal comparison misses.
 */
function benchLimitGroup(random: Random): IpPermission[] {
  const group = benchRealisticPermissions(random);
  if (random(10) > 0) return group;
  const open = (IpProtocol: string, FromPort: number, ToPort: number, ...cidrs: string[]): IpPermission => ({
    IpProtocol,
    FromPort,
    ToPort,
    IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
  });
  const opened = pickBenchItem(random, [
    open('tcp', 22, 22, '0.0.0.0/0'),
    open('tcp', 20, 30, '0.0.0.0/1', '128.0.0.0/1'),
    open('-1', -1, -1, '11.0.0.0/8'),
    { IpProtocol: 'tcp', FromPort: 3000, ToPort: 4000, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
  ]);
  return [...group.slice(1), opened];
}

function readBenchRules(permissions: readonly IpPermission[]): readonly Rule[] {
  const read = readRules(permissions, { descriptions: 'trusted' });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

const NAMES = ['ssh', 'rdp', 'mysql', 'postgresql', 'redis', 'mongodb', 'sql-server', 'oracle', 'docker', 'telnet'] as const;

/**
 * Returns the bounds of a limit that allows three services only from private networks. One limit in four also refuses every rule with a
 * wide block.
 */
function benchLimitBounds(random: Random, index: number): readonly Bound[] {
  const services: readonly Traffic[] = makeBenchList(3, (i) => NAMES[(index + 3 * i) % NAMES.length] ?? 'ssh').flatMap(
    (name) => servicesNamed(name) ?? [],
  );
  const private10 = benchLimitSources('10.0.0.0/8', `172.${16 + random(16)}.0.0/16`, `192.168.${random(256)}.0/24`);
  const narrowServices: Bound = { services, senders: private10, groups: 'ownAccount' };
  const noWideBlock: Bound = { services: [{ kind: 'all' }], senders: private10, groups: 'any', notWiderThan: { ipv4: 16, ipv6: 48 } };
  return index % 4 === 0 ? [narrowServices, noWideBlock] : [narrowServices];
}

function benchLimitSources(...cidrs: string[]): readonly Source[] {
  return readBenchRules([{ IpProtocol: '-1', IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) }]).map(({ source }) => source);
}

interface Literal {
  readonly ports: readonly number[];
  readonly cidrs: ReadonlySet<string>;
}

function benchLiteralLimit(bounds: readonly Bound[]): Literal {
  return {
    ports: bounds.flatMap(({ services }) => services.flatMap((traffic) => (traffic.kind === 'ports' ? traffic.fromPort : []))),
    cidrs: new Set(bounds.flatMap(({ senders }) => senders.flatMap((source) => ('cidr' in source ? source.cidr : [])))),
  };
}

/**
 * Returns whether a permission opens exactly one port of the limit to a block that the limit does not list. Public controls compare rules
 * in this way.
 */
function breaksBenchLiteralLimit(permissions: readonly IpPermission[], { ports, cidrs }: Literal): boolean {
  return permissions.some(
    ({ IpProtocol, FromPort, ToPort, IpRanges = [] }) =>
      IpProtocol === 'tcp' &&
      ports.some((port) => FromPort === port && ToPort === port) &&
      IpRanges.some(({ CidrIp = '' }) => !cidrs.has(CidrIp)),
  );
}

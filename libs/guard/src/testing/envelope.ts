/**
 * Tests that no step of a restoration leaves the safety envelope: no step opens undeclared traffic or cuts declared traffic. The real
 * handler runs several times on a simulated EC2 in which every call can fail. A model of packets checks each step. The model does not use
 * the rule comparison of `permission-diff`, which may have mistakes.
 */
import type { Baseline, Limit } from '@portcullis/baseline';
import type { Rule } from '@portcullis/permission-diff';
import {
  baseline,
  FAULTS,
  limit,
  liveRules,
  rule,
  SimulatedEc2,
  type BoundNotation,
  type Fault,
} from '@portcullis/security-groups/testing';
import * as fc from 'fast-check';
import { RetryableError } from '../restore/handler.js';
import { changeEvent, configurationOf, scheduledEvent } from './config-events.js';
import { remediator } from './remediator.js';
import { CONFIG_FAULTS, SimulatedConfig, type ConfigFault } from './simulated-config.js';

/** Rules whose traffic is equal, overlapping, nested or disjoint. */
const UNIVERSE: readonly string[] = [
  'tcp 22 from 10.0.0.0/8',
  'tcp 22 from 10.0.0.0/9',
  'tcp 22 from 10.128.0.0/9',
  'tcp 22 from 0.0.0.0/0',
  'tcp 22-80 from 0.0.0.0/0',
  'tcp 80 from 0.0.0.0/0',
  'tcp 80 from ::/0',
  'tcp 0-65535 from 10.0.0.0/8',
  'udp 53 from ::/0',
  'icmp 8 from 0.0.0.0/0',
  '-1 from 0.0.0.0/0',
  '-1 from ::/0',
  'tcp 22 from sg-2',
  '-1 from sg-2',
  'tcp 22 from pl-1',
  'tcp 80 from 10.0.0.0/8 # team-b',
  'udp 53 from 10.0.0.0/8 # team-b',
];

/** A packet: protocol, port (for ICMP the type), and sender. */
type Packet = readonly [protocol: string, port: number, sender: string];

const PACKETS: readonly Packet[] = ['10.1.0.1', '10.200.0.1', '192.0.2.1', '2001:db8::1', 'sg-2', 'pl-1'].flatMap((sender): Packet[] => [
  ['tcp', 22, sender],
  ['tcp', 80, sender],
  ['tcp', 443, sender],
  ['udp', 53, sender],
  ['icmp', 8, sender],
  ['icmp', 0, sender],
]);

/** Returns the packets that the rules let in, as a number with one bit for each packet. */
function letIn(rules: readonly Rule[]): bigint {
  return rules.reduce((bits, each) => bits | bitsOf(each), 0n);
}

const bitsOf = remembered((each: Rule) => PACKETS.reduce((sum, packet, i) => (passes(each, packet) ? sum | (1n << BigInt(i)) : sum), 0n));

/** Remembers the result for each rule, because the model asks for the same rules again and again. */
function remembered<T>(answer: (each: Rule) => T): (each: Rule) => T {
  const known = new WeakMap<Rule, { readonly value: T }>();
  return (each) => {
    const before = known.get(each) ?? { value: answer(each) };
    known.set(each, before);
    return before.value;
  };
}

/** Returns the packets whose bits are set, such as `tcp/22 from sg-2`. */
function packetsIn(bits: bigint): string[] {
  return PACKETS.flatMap(([protocol, port, sender], i) => ((bits >> BigInt(i)) & 1n ? [`${protocol}/${port} from ${sender}`] : []));
}

function passes({ traffic, source, direction }: Rule, [protocol, port, sender]: Packet): boolean {
  if (direction !== 'ingress') return false;
  const byTraffic =
    traffic.kind === 'all' ||
    (traffic.kind === 'ports' && traffic.protocol === protocol && traffic.fromPort <= port && port <= traffic.toPort) ||
    (traffic.kind === 'icmp' && traffic.protocol === protocol && traffic.type === port);
  return byTraffic && sends(source, sender);
}

function sends(source: Rule['source'], sender: string): boolean {
  switch (source.kind) {
    case 'group':
      return source.groupId === sender;
    case 'prefixList':
      return source.prefixListId === sender;
    case 'ipv6':
      return source.cidr === '::/0' && sender.includes(':');
    case 'ipv4': {
      const [address = '', length = ''] = source.cidr.split('/');
      if (!sender.includes('.')) return false;
      const bits = (text: string): string =>
        text
          .split('.')
          .map((octet) => Number(octet).toString(2).padStart(8, '0'))
          .join('');
      return bits(sender).startsWith(bits(address).slice(0, Number(length)));
    }
  }
}

/** A change that another writer makes just before one of our calls. */
type Meddling = { readonly adds: string } | { readonly removes: string };

/** A limit with one bound. */
interface DrawnLimit extends Pick<Limit, 'mode' | 'repair' | 'otherwise'> {
  readonly services: readonly string[];
  readonly onlyFrom: readonly string[];
  readonly groups: NonNullable<BoundNotation['groups']>;
}

export interface Schedule {
  /** Whether the group has a baseline. */
  readonly isGuarded: boolean;
  /** Whether the baseline is in mode `approve`. Every restoration runs as if the wait for its approval were over. */
  readonly isApproved: boolean;
  readonly limits: readonly DrawnLimit[];
  readonly declared: readonly string[];
  readonly permitted: readonly string[];
  readonly compare: Baseline['compare'];
  /** Whether the baseline ignores the rules of another owner. The descriptions of these rules begin with `team-b`. */
  readonly ignores: boolean;
  readonly live: readonly string[];
  /** The only entry of the prefix list `pl-1`. If `undefined`, the list does not exist. */
  readonly listed: string | undefined;
  /** How many more rules the quota allows than the baseline needs. */
  readonly room: number;
  readonly event: 'change' | 'schedule';
  /** The maximum number of rules that a run may revoke while faults occur. */
  readonly maxRevocations: number | undefined;
  /** The fault of each EC2 call, if the call fails. */
  readonly faults: readonly (Fault | undefined)[];
  readonly configFaults: readonly (ConfigFault | undefined)[];
  /** The change that another writer makes before each EC2 call, if any. */
  readonly meddling: readonly (Meddling | undefined)[];
  /** For each read, how many of the latest writes the read does not show yet. */
  readonly lags: readonly number[];
  readonly forgetsToRevoke: boolean;
  /** The number of EC2 calls after which the function runs out of time. */
  readonly calls: number;
}

const rules = fc.uniqueArray(fc.constantFrom(...UNIVERSE), { maxLength: 6 });
function rarely<T>(each: fc.Arbitrary<T>) {
  return fc.option(each, { nil: undefined, freq: 2 });
}

const limits: fc.Arbitrary<readonly DrawnLimit[]> = fc.array(
  fc.record({
    services: fc.constantFrom(['tcp 22'], ['tcp 0-1023', 'udp 53'], ['-1']),
    onlyFrom: fc.constantFrom([], ['10.0.0.0/8'], ['10.128.0.0/9', '::/0'], ['sg-2', '10.0.0.0/8']),
    groups: fc.constantFrom('none', 'any'),
    mode: fc.constantFrom('enforce', 'enforce', 'enforce', 'report'),
    repair: fc.constantFrom('narrow', 'narrow', 'revoke'),
    otherwise: fc.constantFrom('report', 'revoke'),
  }),
  { maxLength: 2 },
);

/** About half of the schedules have no limits. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  isGuarded: fc.boolean(),
  isApproved: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  limits: fc.oneof(fc.constant([]), limits),
  declared: fc.uniqueArray(fc.constantFrom(...UNIVERSE), { maxLength: 4 }),
  permitted: fc.uniqueArray(fc.constantFrom(...UNIVERSE), { maxLength: 1 }),
  compare: fc.constantFrom('rules', 'access'),
  ignores: fc.boolean(),
  live: rules,
  listed: fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', undefined),
  room: fc.nat(2),
  event: fc.constantFrom('change', 'schedule'),
  maxRevocations: rarely(fc.nat(2)),
  faults: fc.array(rarely(fc.constantFrom(...FAULTS)), { maxLength: 12 }),
  configFaults: fc.array(rarely(fc.constantFrom(...CONFIG_FAULTS)), { maxLength: 2 }),
  meddling: fc.array(
    rarely(fc.oneof(fc.record({ adds: fc.constantFrom(...UNIVERSE) }), fc.record({ removes: fc.constantFrom(...UNIVERSE) }))),
    { maxLength: 10 },
  ),
  lags: fc.array(fc.nat(2), { maxLength: 6 }),
  forgetsToRevoke: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  calls: fc.oneof({ weight: 3, arbitrary: fc.constant(Infinity) }, { weight: 1, arbitrary: fc.nat(8) }),
});

export interface Exploration {
  /**
   * Describes each step that opened undeclared traffic or cut declared traffic, and each final difference from the baseline and the limits.
   */
  readonly violations: readonly string[];
  /** The number of EC2 calls. */
  readonly calls: number;
}

/** Runs the schedule: one invocation with the schedule's faults, and then two invocations without faults. */
export async function play(schedule: Schedule): Promise<Exploration> {
  const world = new World(schedule);
  await world.run();
  world.calmDown();
  await world.run();
  await world.run();
  return { violations: [...world.violations, ...world.distance()], calls: world.ec2.calls.length };
}

class World {
  readonly violations: string[] = [];
  readonly ec2: SimulatedEc2;
  private readonly config = new SimulatedConfig();
  private readonly limits: readonly Limit[];
  private readonly baseline: Baseline | undefined;
  private readonly declared: readonly Rule[];
  /** The packets that the group must let in, because they are declared and no enforced limit forbids them. */
  private readonly wanted: bigint;
  /** The packets that the enforced limits forbid. */
  private readonly forbidden: bigint;
  /** The group's rules after every change so far. The current rules come last. */
  private readonly history: (readonly Rule[])[];
  /**
   * The rules that the remediator can assume to exist: the rules of the last read and the rules authorized later, without the rules revoked
   * later.
   */
  private known: readonly Rule[] = [];
  /** The rules that AWS Config has recorded, which are the initial rules. */
  private readonly recorded: readonly Rule[];
  private call = 0;
  private read = 0;
  private isCalm = false;

  constructor(private readonly schedule: Schedule) {
    const { declared, permitted, compare, ignores, live, listed, room } = schedule;
    this.ec2 = new SimulatedEc2(liveRules(...live));
    if (listed !== undefined) this.ec2.prefixLists.set('pl-1', [[listed]]);
    // The quota is large enough for the baseline, but the live rules may use up the whole quota.
    this.ec2.quota = Math.max(live.length, declared.length + permitted.length + (ignores ? 2 : 0)) + room;
    this.ec2.forgetsToRevoke = schedule.forgetsToRevoke;
    // The remediator does not evaluate a group that has neither a baseline nor limits.
    const isGuarded = schedule.isGuarded || schedule.limits.length === 0;
    this.declared = isGuarded ? declared.map(rule) : [];
    this.baseline = isGuarded
      ? baseline([...declared], {
          compare,
          ...(schedule.isApproved && { mode: 'approve' as const, approveWithin: 60 }),
          permit: permitted.map((each) => ({ rule: each })),
          ignore: ignores ? [{ descriptionPrefix: 'team-b' }] : [],
        })
      : undefined;
    this.limits = schedule.limits.map(({ services, onlyFrom, groups, ...rest }, i) =>
      limit([{ services, onlyFrom, groups }], { name: `limit-${i}`, ...rest }),
    );
    this.forbidden = this.enforced.reduce((bits, each) => bits | this.forbiddenBy(each), 0n);
    this.wanted = letIn(this.declared.filter((each) => !this.isLost(each))) & ~this.forbidden;
    this.history = [this.ec2.rules];
    this.recorded = this.ec2.rules;
    this.ec2.before = () => this.before();
    this.ec2.after = (words) => {
      this.after(words);
    };
    this.ec2.shown = () => this.shown();
    this.config.before = () => (this.isCalm ? undefined : schedule.configFaults[this.config.calls.length - 1]);
  }

  async run(): Promise<void> {
    const { schedule, ec2, config, isCalm } = this;
    const timeLeft = (): number => (isCalm ? Infinity : schedule.calls - ec2.calls.length);
    const settings = { maxRevocations: isCalm ? undefined : schedule.maxRevocations };
    const declared = [...(this.baseline === undefined ? [] : [this.baseline]), ...this.limits];
    const approvals = { start: () => Promise.resolve('over' as const), cancel: () => Promise.resolve(undefined) };
    const { run } = remediator(ec2, { declared, settings, config, timeLeft, approvals });
    try {
      const configuration = configurationOf(this.recorded);
      await run(schedule.event === 'change' ? changeEvent({ configuration }) : scheduledEvent());
    } catch (error) {
      if (!(error instanceof RetryableError)) this.violations.push(`the handler threw ${String(error)}`);
    }
  }

  private get enforced(): readonly DrawnLimit[] {
    return this.schedule.limits.filter(({ mode }) => mode === 'enforce');
  }

  private forbiddenBy({ services, onlyFrom, groups }: DrawnLimit): bigint {
    const { listed } = this.schedule;
    const isAllowed = (sender: string): boolean =>
      (sender.startsWith('sg-') && groups === 'any') ||
      (sender === 'pl-1' && (listed === undefined || onlyFrom.includes(listed))) ||
      onlyFrom.some((source) => sends(rule(`-1 from ${source}`).source, sender));
    const bounded = letIn(
      ['0.0.0.0/0', '::/0', 'sg-2', 'pl-1'].flatMap((source) => services.map((each) => rule(`${each} from ${source}`))),
    );
    return PACKETS.reduce((bits, [, , sender], i) => (isAllowed(sender) ? bits : bits | (1n << BigInt(i))), 0n) & bounded;
  }

  /** Reports whether an enforced limit may remove the whole rule. */
  private isLost(each: Rule): boolean {
    const broken = this.enforced.filter((drawn) => (bitsOf(each) & this.forbiddenBy(drawn)) !== 0n);
    const isBounded = this.enforced.some(({ services }) =>
      services.some((service) => (bitsOf(each) & letIn([rule(`${service} from pl-1`)])) !== 0n),
    );
    const isDoubtful = this.schedule.listed === undefined && isBounded;
    return isDoubtful || broken.some(({ repair }) => repair === 'revoke') || (broken.length > 0 && isUnwieldy(each));
  }

  /**
   * Returns the packets that the rules let in. If the schedule has limits, a rule for a prefix list also lets in packets from the entries
   * of the list.
   */
  private reach(rules: readonly Rule[]): bigint {
    const { listed, limits: drawn } = this.schedule;
    if (drawn.length === 0 || listed === undefined) return letIn(rules);
    const entries = rules.filter(({ source }) => source.kind === 'prefixList');
    return letIn([...rules, ...entries.map((each) => ({ ...each, source: rule(`-1 from ${listed}`).source }))]);
  }

  private isOthers({ description }: Rule): boolean {
    return this.baseline !== undefined && this.schedule.ignores && description?.startsWith('team-b') === true;
  }

  /** Stops all faults, and makes room in the quota. */
  calmDown(): void {
    const { ec2, schedule, declared } = this;
    this.isCalm = true;
    ec2.forgetsToRevoke = false;
    // Tolerated rules stay, so the quota must also have room for the declared rules.
    const permitted = letIn(schedule.permitted.map(rule));
    const tolerated = ec2.rules.filter((each) => this.isOthers(each) || (bitsOf(each) & ~permitted) === 0n);
    ec2.quota = Math.max(ec2.quota, declared.length + tolerated.length);
    // The remediator cannot turn an existing rule into a rule for a group or a prefix list, so each such declared rule needs room in the
    // quota.
    const others = declared.filter(({ source }) => source.kind === 'group' || source.kind === 'prefixList');
    if (others.length > 0) ec2.quota = Math.max(ec2.quota, ec2.rules.length + others.length);
    // To narrow a rule, the remediator may need several rules.
    if (this.limits.length > 0) ec2.quota += 60;
  }

  /** Returns how the final rules differ from the baseline and the limits. */
  distance(): string[] {
    const { ec2, declared, schedule } = this;
    // The remediator cannot narrow some rules, so accept that these rules and other rules for the same traffic remain.
    const stuck = this.enforced.every(({ otherwise }) => otherwise === 'revoke') ? [] : ec2.rules.filter(isUnwieldy);
    const beyond = letIn(ec2.rules) & this.forbidden & ~letIn(stuck);
    const broken = packetsIn(beyond).map((packet) => `at the end, the group lets in ${packet}, which a limit forbids`);
    if (this.baseline === undefined) return broken;
    const ours = ec2.rules.filter((each) => !this.isOthers(each));
    const allowed = [...declared, ...schedule.permitted.map(rule)];
    if (schedule.compare === 'access' || this.limits.length > 0) {
      return [
        ...broken,
        ...packetsIn(letIn(ours) & ~this.reach(allowed)).map((packet) => `at the end, the group lets in ${packet}, which is not declared`),
        ...packetsIn(this.wanted & ~this.reach(ec2.rules)).map(
          (packet) => `at the end, the group does not let in ${packet}, which is declared`,
        ),
      ];
    }
    const isIn = (list: readonly Rule[], each: Rule): boolean => list.some((other) => same(other, each));
    return [
      ...ours.filter((each) => !isIn(allowed, each)).map((each) => `at the end, the group has the undeclared rule ${JSON.stringify(each)}`),
      ...declared
        .filter((each) => !isIn(ec2.rules, each))
        .map((each) => `at the end, the group lacks the declared rule ${JSON.stringify(each)}`),
    ];
  }

  private before(): Fault | undefined {
    if (this.isCalm) {
      this.history.splice(0, this.history.length, this.ec2.rules);
      return undefined;
    }
    const index = this.call++;
    this.meddle(this.schedule.meddling[index]);
    this.history.push(this.ec2.rules);
    return this.schedule.faults[index];
  }

  private meddle(meddling: Meddling | undefined): void {
    if (meddling === undefined) return;
    const [theirs] = liveRules('adds' in meddling ? meddling.adds : meddling.removes);
    if (theirs === undefined) return;
    const others = this.ec2.rules.filter((each) => !same(each, theirs));
    const isThere = others.length < this.ec2.rules.length;
    if ('removes' in meddling) this.ec2.rules = others;
    else if (!isThere) this.ec2.rules = [...others, { ...theirs, ruleId: `sgr-theirs-${this.call}` }];
  }

  /** Returns the rules that a read shows. A stale read shows earlier rules. */
  private shown(): SimulatedEc2['rules'] {
    const lag = this.isCalm ? 0 : (this.schedule.lags[this.read++] ?? 0);
    const shown = this.history.at(-1 - lag) ?? this.history[0] ?? [];
    this.known = shown;
    return shown as SimulatedEc2['rules'];
  }

  /** Checks that a successful call opened no undeclared traffic and cut no declared traffic. */
  private after(words: string): void {
    if (!/^(authorize|revoke|replace)/.test(words)) return;
    const was = this.history.at(-1) ?? [];
    const is = this.ec2.rules;
    this.history.push(is);
    // Another writer may have removed these rules after the remediator's read. The remediator cannot prevent this, because EC2 has no
    // conditional writes.
    const missed = this.known.filter((each) => !was.some((other) => same(other, each)));
    // If the remediator narrows a rule that another writer has removed, the narrower rules open the allowed traffic again.
    const narrowed = this.limits.length === 0 ? 0n : this.reach(missed);
    const keeping = this.baseline === undefined ? letIn(was.filter((each) => !this.isLost(each))) & ~this.forbidden : this.wanted;
    const opened = letIn(is) & ~this.reach(was);
    // The remediator authorizes a declared rule for a prefix list even if it cannot read the list.
    const unsure = letIn(this.declared.filter(({ source }) => source.kind === 'prefixList'));
    this.violations.push(
      ...packetsIn(opened & ~this.reach(this.declared) & ~narrowed).map((packet) => `${words}: opened ${packet}, which is not declared`),
      ...packetsIn(opened & this.forbidden & ~unsure).map((packet) => `${words}: opened ${packet}, which a limit forbids`),
      ...packetsIn(letIn(was) & keeping & ~this.reach(is) & ~letIn(missed)).map(
        (packet) => `${words}: cut ${packet}, which is declared or allowed`,
      ),
    );
    const gone = (each: Rule): boolean => was.some((other) => same(other, each)) && !is.some((other) => same(other, each));
    const added = is.filter((each) => !was.some((other) => same(other, each)));
    this.known = [...this.known.filter((each) => !gone(each)), ...added];
  }
}

/**
 * Reports whether the remediator may be unable to narrow the rule. To narrow a rule for all traffic, the remediator may need too many
 * rules. A rule for a prefix list cannot be narrowed to some entries of the list.
 */
function isUnwieldy({ traffic, source }: Rule): boolean {
  return traffic.kind === 'all' || source.kind === 'prefixList';
}

function same(a: Rule, b: Rule): boolean {
  return a === b || textOf(a) === textOf(b);
}

const textOf = remembered(({ traffic, source }: Rule) => {
  const who = source.kind === 'group' ? source.groupId : source.kind === 'prefixList' ? source.prefixListId : source.cidr;
  return JSON.stringify([traffic, who]);
});

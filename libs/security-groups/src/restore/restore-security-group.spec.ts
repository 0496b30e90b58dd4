import { formatRule } from '@portcullis/permission-diff';
import type { CallErrorKind } from '../ec2/errors.js';
import { isAtBaseline } from '../plan/plan-rule-changes.js';
import { restoreSecurityGroup, type Restoration, type RestoreOptions } from './restore-security-group.js';
import { baseline, liveRules } from '../testing/notation.js';
import { SimulatedEc2 } from '../testing/simulated-ec2.js';

const AT_BASELINE = ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'];
const web = baseline(AT_BASELINE);
/** The declared rules as the simulated EC2 prints them. */
const WEB = ['tcp/443 from 0.0.0.0/0', 'tcp/80 from 0.0.0.0/0'];

const ec2With = (...rules: string[]): SimulatedEc2 => new SimulatedEc2(liveRules(...rules));
const run = (ec2: SimulatedEc2, declared = web, options: Partial<RestoreOptions> = {}): Promise<Restoration> =>
  restoreSecurityGroup(ec2, {
    groupId: 'sg-1',
    declaration: { baseline: declared, limits: [] },
    today: '2026-11-23',
    wait: () => Promise.resolve(),
    ...options,
  });
const words = (rules: Restoration['revoked'] | Restoration['authorized']): string[] => rules.map(formatRule);
const portsOf = (ports: readonly number[], rest: string): string[] => ports.map((port) => `tcp ${port} ${rest}`);

/** Adds rules with new ids, like another writer. */
let written = 0;
const add = (ec2: SimulatedEc2, ...rules: string[]): unknown =>
  (ec2.rules = [...ec2.rules, ...liveRules(...rules).map((rule) => ({ ...rule, ruleId: `sgr-theirs-${written++}` }))]);
const remove = (ec2: SimulatedEc2, rule: string): unknown => (ec2.rules = ec2.rules.filter((each) => formatRule(each) !== rule));
const waitInto = (pauses: number[]) => (milliseconds: number) => {
  pauses.push(milliseconds);
  return Promise.resolve();
};

it('authorizes at most a hundred rules in one call', async () => {
  const ec2 = ec2With();
  ec2.quota = 1000;

  await run(ec2, baseline(portsOf([...Array(201).keys()], 'from 10.0.0.0/8')));

  expect(ec2.callsOf('authorize').map((call) => call.split(',').length)).toEqual([100, 100, 1]);
});

describe('A refused call does not prevent the other changes', () => {
  it('does not revoke a rule that alone allows the traffic of a missing declared rule', async () => {
    const ec2 = ec2With('-1 from 0.0.0.0/0', 'udp 53 from 0.0.0.0/0').fail('authorize', 'transient');

    const { heldBack } = await run(ec2);

    expect(ec2.state).toEqual(['all traffic from 0.0.0.0/0']);
    expect(words(heldBack)).toEqual(['all traffic from 0.0.0.0/0']);
  });

  it.each([
    ['authorizes every other declared rule when EC2 always refuses one', [], 'tcp/443 ', ['tcp/80 from 0.0.0.0/0']],
    [
      'revokes every other undeclared rule when EC2 always refuses to revoke one',
      portsOf([80, 443, 1, 2], 'from 0.0.0.0/0'),
      'tcp/1 ',
      ['tcp/1 from 0.0.0.0/0', ...WEB],
    ],
  ])('%s', async (_, live, refused, state) => {
    const ec2 = ec2With(...live);
    ec2.before = (call) => (!call.startsWith('read') && call.includes(refused) ? 'refused' : undefined);

    const { failures } = await run(ec2);

    expect(ec2.state).toEqual(state);
    expect(failures.map(({ code }) => code)).toEqual(['InvalidParameterValue']);
  });
});

describe('If the quota is used up, a restoration keeps the safety envelope', () => {
  const full = (...rules: string[]): SimulatedEc2 => Object.assign(ec2With(...rules), { quota: 5 });
  const blocks = (count: number, traffic: string): string[] => Array.from({ length: count }, (_, i) => `${traffic} from ${i + 1}.0.0.0/8`);

  const kept = (count: number, wide = '0.0.0.0/0'): string[] => portsOf([...Array(count).keys()], `from ${wide}`);
  const carriers = ['10.0.0.0/9', '10.128.0.0/9', '11.0.0.0/8', '12.0.0.0/8'].map((block) => `tcp 80 from ${block}`);
  it.each<[string, string[], string[], string]>([
    [
      'revokes the rules that allow no declared traffic, and then authorizes the declared rules',
      kept(5),
      AT_BASELINE,
      'authorize revoke authorize',
    ],
    // Each undeclared rule allows the traffic of a declared rule, and must stay until this declared rule exists.
    [
      'authorizes rules one at a time if only some fit, then revokes the replaced rules',
      carriers,
      AT_BASELINE,
      'authorize authorize authorize revoke authorize',
    ],
    ['narrows an IPv4 rule in one call', kept(5), [...kept(4), 'tcp 4 from 10.0.0.0/8'], 'authorize replace'],
    ['narrows an IPv6 rule in one call', kept(5, '::/0'), [...kept(4, '::/0'), 'tcp 4 from 2001:db8::/32'], 'authorize replace'],
    [
      'authorizes the declared rule with a source group first, because no rule can be modified into it',
      [...kept(3), '-1 from sg-2'],
      [...kept(3), 'tcp 22 from 10.0.0.0/8', 'tcp 22 from sg-2'],
      'authorize authorize authorize revoke authorize',
    ],
    [
      'revokes an undeclared rule if another undeclared rule allows the same declared traffic',
      [...blocks(4, 'tcp 80'), 'tcp 0-65535 from 0.0.0.0/0'],
      AT_BASELINE,
      'authorize revoke authorize revoke',
    ],
    ['authorizes an IPv6 rule in a group that is full of IPv4 rules', blocks(5, 'tcp 90'), ['tcp 80 from ::/0'], 'authorize revoke'],
  ])('%s', async (_, live, declared, calls) => {
    const ec2 = full(...live);

    const { remaining, failures } = await run(ec2, baseline(declared));

    expect(ec2.words.slice(1, -1).join(' ')).toBe(calls);
    expect([isAtBaseline(remaining), failures]).toEqual([true, []]);
  });

  it('modifies an undeclared rule into a declared rule if no rule can be revoked first', async () => {
    const ec2 = full(...blocks(5, 'tcp 80'));

    const { authorized, revoked, failures } = await run(ec2);

    expect([ec2.state, failures]).toEqual([WEB, []]);
    expect(ec2.words).toEqual(['read', 'authorize', 'authorize', 'replace', 'revoke', 'authorize', 'read']);
    expect([authorized.length, revoked.length]).toEqual([2, 5]);
  });

  it.each(['sg-2', 'pl-1'])(
    'does not modify a rule with the source %s, because the role has no permission for this source',
    async (source) => {
      const ec2 = full(...kept(4), `-1 from ${source}`);

      const { remaining, heldBack, failures } = await run(ec2, baseline([...kept(4), `tcp 22 from ${source}`]));

      expect(ec2.calls.filter((call) => !call.startsWith('read'))).toEqual([`authorize tcp/22 from ${source}`]);
      expect(words(heldBack)).toEqual([`all traffic from ${source}`]);
      expect(remaining.authorize.map(({ rule }) => formatRule(rule))).toEqual([`tcp/22 from ${source}`]);
      expect(failures.map(({ kind }) => kind)).toEqual(['quota']);
    },
  );

  it('with `compare: access`, makes room for a declared rule without interrupting declared traffic', async () => {
    const halves = ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'];
    const ec2 = ec2With(...halves, '-1 from 0.0.0.0/0', 'tcp 22-80 from 0.0.0.0/0');
    ec2.quota = 4;
    const carriers = ['all traffic from 0.0.0.0/0', 'tcp/22-80 from 0.0.0.0/0', 'tcp/22 from 10.0.0.0/8'];
    const cut: string[] = [];
    ec2.after = (call) => {
      const isThere = (rule: string): boolean => ec2.state.includes(rule);
      if (
        !carriers.some(isThere) &&
        !liveRules(...halves)
          .map(formatRule)
          .every(isThere)
      )
        cut.push(call);
    };

    const declared = ['tcp 22 from 10.0.0.0/8', 'tcp 80 from 10.0.0.0/8', 'udp 53 from 10.0.0.0/8'];
    const { remaining } = await run(ec2, baseline(declared, { compare: 'access' }));

    expect(cut).toEqual([]);
    expect(isAtBaseline(remaining)).toBe(true);
  });

  it('does not try again to authorize a rule while the quota has no room for it', async () => {
    // The rule for all traffic allows the traffic of three missing rules. After the rules for ports 90 and 91 are revoked, the quota has
    // room for two of the missing rules.
    const ec2 = full(...kept(2), '-1 from 10.0.0.0/8', 'tcp 90 from 11.0.0.0/8', 'tcp 91 from 11.0.0.0/8');

    await run(ec2, baseline([...kept(2), ...portsOf([80, 81, 82], 'from 10.0.0.0/8')]));

    expect(ec2.calls).toEqual([
      'read',
      'authorize tcp/80 from 10.0.0.0/8, tcp/81 from 10.0.0.0/8, tcp/82 from 10.0.0.0/8',
      'revoke tcp/90 from 11.0.0.0/8, tcp/91 from 11.0.0.0/8',
      'authorize tcp/80 from 10.0.0.0/8, tcp/81 from 10.0.0.0/8',
      'authorize tcp/82 from 10.0.0.0/8',
      'replace all traffic from 10.0.0.0/8 by tcp/82 from 10.0.0.0/8',
      'read',
    ]);
  });

  it('authorizes an IPv6 rule even if the quota has no room for an IPv4 rule', async () => {
    const ec2 = full(...blocks(5, 'tcp 80'))
      .fail('replace', 'refused')
      .fail('revoke', 'refused');

    await run(ec2, baseline(['tcp 80 from 0.0.0.0/0', 'tcp 81 from ::/0']));

    expect(ec2.state).toContain('tcp/81 from ::/0');
  });

  it('authorizes as many declared rules as the quota allows, and returns the quota error for the other declared rules', async () => {
    const ec2 = full('tcp 90 from 10.0.0.0/8');

    const { remaining, failures } = await run(ec2, baseline(portsOf([1, 2, 3, 4, 5, 6, 7], 'from 0.0.0.0/0')));

    expect(ec2.state).toEqual([1, 2, 3, 4, 5].map((port) => `tcp/${port} from 0.0.0.0/0`));
    expect(remaining.authorize).toHaveLength(2);
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['RulesPerSecurityGroupLimitExceeded']));
  });
});

describe('The option `maxRevocations` limits the number of revocations', () => {
  const limited = (ec2: SimulatedEc2, maxRevocations: number): Promise<Restoration> => run(ec2, web, { maxRevocations });
  const STRAYS = portsOf([1, 2, 3], 'from 0.0.0.0/0');

  it('`maxRevocations` applies to all attempts together', async () => {
    const ec2 = ec2With(...STRAYS);
    ec2.meddle('revoke', () => add(ec2, ...STRAYS));

    const { ending, revoked } = await limited(ec2, 4);

    expect(ending).toEqual({ kind: 'too-many', revocations: 6 });
    expect(revoked).toHaveLength(3);
  });

  it('a revoked rule counts once for `maxRevocations`, even if a lagging read still shows the rule', async () => {
    const ec2 = ec2With(...STRAYS).lag(3);

    const { ending, remaining } = await limited(ec2, 3);

    expect([ending, isAtBaseline(remaining)]).toEqual([{ kind: 'done' }, true]);
    expect(ec2.words).toEqual(['read', 'authorize', 'revoke', 'read', 'read', 'read']);
  });

  it.each<[string, string[]]>([
    ['a rule', ['tcp 22 from 0.0.0.0/0']],
    ['a rule for all traffic', ['-1 from ::/0']],
    ['several rules together', ['tcp 22 from 0.0.0.0/5', 'tcp 22 from 8.0.0.0/5']],
  ])('if a plan exceeds `maxRevocations`, revokes only the rules that open a sensitive service to the world: %s', async (_, opening) => {
    const others = ['tcp 1 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/16', 'tcp 80 from 0.0.0.0/0', 'udp 52 from ::/0'];
    const ec2 = ec2With(...others, ...opening);

    const { ending, revoked, remaining } = await limited(ec2, 2);

    expect(ending).toEqual({ kind: 'too-many', revocations: 3 });
    expect(words(revoked)).toEqual(words(liveRules(...opening)));
    expect(ec2.state).toEqual(words(liveRules(...others)).sort());
    expect(remaining.revoke).toHaveLength(3);
  });

  const CARRYING = ['tcp 0-100 from 0.0.0.0/0', ...['1', '2', '3'].map((port) => `udp ${port} from 0.0.0.0/0`)];
  it('authorizes a missing declared rule before it revokes a rule that opens SSH to the world and allows the same traffic', async () => {
    const ec2 = ec2With(...CARRYING);

    await limited(ec2, 2);

    // The declared rule for port 443 is not authorized, because this rule does not overlap the revoked rule.
    expect(ec2.calls).toEqual(['read', 'authorize tcp/80 from 0.0.0.0/0', 'revoke tcp/0-100 from 0.0.0.0/0', 'read']);
  });

  it('modifies a rule that opens SSH to the world into the declared rule if the quota is used up', async () => {
    const ec2 = Object.assign(ec2With(...CARRYING), { quota: 4 });

    await limited(ec2, 2);

    expect(ec2.calls[2]).toBe('replace tcp/0-100 from 0.0.0.0/0 by tcp/80 from 0.0.0.0/0');
    expect(ec2.state).toEqual(['tcp/80 from 0.0.0.0/0', 'udp/1 from 0.0.0.0/0', 'udp/2 from 0.0.0.0/0', 'udp/3 from 0.0.0.0/0']);
  });

  it('revokes a rule that opens SSH to the world although a declared rule is missing, because another rule allows the declared traffic', async () => {
    const ec2 = ec2With('tcp 22-90 from 0.0.0.0/0', 'tcp 80-100 from 0.0.0.0/0').fail('authorize', 'denied');

    await limited(ec2, 0);

    expect(ec2.state).toEqual(['tcp/80-100 from 0.0.0.0/0']);
  });
});

it('ends with `done` and not with `out-of-time` if the last read before the deadline shows the group at its baseline', async () => {
  const ec2 = ec2With('tcp 445 from 0.0.0.0/0');

  const { ending } = await run(ec2, web, { timeLeft: () => (ec2.calls.length < 4 ? 1 : 0) });

  expect(ec2.words).toEqual(['read', 'authorize', 'revoke', 'read']);
  expect(ending).toEqual({ kind: 'done' });
});

describe('After a change by another writer, the restoration makes a new plan', () => {
  const STRAYED = [...AT_BASELINE, 'tcp 1 from 0.0.0.0/0'];

  it('revokes the other undeclared rules if another writer has already removed one of them', async () => {
    const ec2 = ec2With(...STRAYED, 'tcp 2 from 0.0.0.0/0');
    ec2.meddle('read', () => remove(ec2, 'tcp/1 from 0.0.0.0/0'));

    const { failures, remaining } = await run(ec2);

    expect([ec2.state, failures, isAtBaseline(remaining)]).toEqual([WEB, [], true]);
  });

  it.each<[string, string, (ec2: SimulatedEc2) => unknown]>([
    ['adds an undeclared rule', 'revoke tcp/22 from 0.0.0.0/0', (ec2) => add(ec2, 'tcp 22 from 0.0.0.0/0')],
    ['adds the revoked rule again', 'revoke tcp/1 from 0.0.0.0/0', (ec2) => add(ec2, 'tcp 1 from 0.0.0.0/0')],
    ['removes a declared rule', 'authorize tcp/80 from 0.0.0.0/0', (ec2) => remove(ec2, 'tcp/80 from 0.0.0.0/0')],
    [
      'modifies a declared rule, which keeps its id',
      'authorize tcp/80 from 0.0.0.0/0',
      (ec2) => {
        const { ruleId = '' } = ec2.rules.find((rule) => formatRule(rule) === 'tcp/80 from 0.0.0.0/0') ?? {};
        remove(ec2, 'tcp/80 from 0.0.0.0/0');
        ec2.rules = [...ec2.rules, ...liveRules('tcp 8080 from 0.0.0.0/0').map((rule) => ({ ...rule, ruleId }))];
      },
    ],
  ])('makes a new plan without a pause if another writer %s', async (_, call, write) => {
    const ec2 = ec2With(...STRAYED);
    ec2.meddle('revoke', () => write(ec2));

    const { remaining, isContested } = await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect([isAtBaseline(remaining), isContested]).toEqual([true, false]);
    // The read shows the change by another writer, so the read is current and no pause is necessary.
    expect(ec2.calls.slice(2, 4)).toEqual(['read', call]);
  });

  it('if another writer removes a declared rule, authorizes this rule again after a pause for lagging reads', async () => {
    const ec2 = ec2With('tcp 80 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0');
    ec2.meddle('revoke', () => remove(ec2, 'tcp/443 from 0.0.0.0/0'));

    await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect(ec2.callsOf('authorize')).toHaveLength(2);
  });

  it('gives up after four attempts with growing pauses if another writer adds an undeclared rule after each revocation', async () => {
    const ec2 = ec2With(...STRAYED);
    ec2.meddle('revoke', () => add(ec2, 'tcp 1 from 0.0.0.0/0'), Infinity);
    const pauses: number[] = [];

    const { remaining, failures, isContested, revoked } = await run(ec2, web, { wait: waitInto(pauses) });

    expect(remaining.revoke).toHaveLength(1);
    expect([failures, isContested, revoked.length]).toEqual([[], true, 4]);
    expect(pauses).toEqual([200, 400, 800]);
  });

  it('gives up after four attempts if another writer gives the undeclared rule a new id before each revocation', async () => {
    const ec2 = ec2With(...STRAYED);
    ec2.before = (call) => {
      if (!call.startsWith('revoke')) return undefined;
      remove(ec2, 'tcp/1 from 0.0.0.0/0');
      add(ec2, 'tcp 1 from 0.0.0.0/0');
      return undefined;
    };

    const { remaining, failures } = await run(ec2);

    expect(remaining.revoke.map(({ rule }) => formatRule(rule))).toEqual(['tcp/1 from 0.0.0.0/0']);
    expect(failures.map(({ kind }) => kind)).toEqual(['rule-not-found']);
    expect(ec2.callsOf('revoke')).toHaveLength(4);
  });
});

describe('The restoration trusts reads, not the responses to its calls', () => {
  it('does not revoke a rule that the restoration modified into a declared rule, even if a lagging read shows the old content', async () => {
    const ec2 = Object.assign(ec2With('tcp 0-65535 from 10.0.0.0/8'), { quota: 1 });
    const old = ec2.rules;
    const [added] = liveRules('tcp 22 from 10.0.0.0/8');
    let reads = 0;
    ec2.shown = () => (reads++ === 1 && added !== undefined ? [...old, { ...added, ruleId: 'sgr-theirs' }] : ec2.rules);

    await run(ec2, baseline(['tcp 22 from 0.0.0.0/0']));

    expect(ec2.state).toEqual(['tcp/22 from 0.0.0.0/0']);
    expect(ec2.callsOf('revoke tcp/22 from 0.0.0.0/0')).toEqual([]);
  });

  it('reads again after a pause if the first read shows no drift, but `isDoubtful` says that the read may be stale', async () => {
    const ec2 = ec2With('tcp 445 from 0.0.0.0/0').lag(1, liveRules(...AT_BASELINE));
    const pauses: number[] = [];

    await run(ec2, web, { isDoubtful: () => true, wait: waitInto(pauses) });

    expect(pauses[0]).toBeGreaterThanOrEqual(500);
    expect(ec2.state).toEqual(WEB);
  });
});

it('if the first revoke request is lost and another writer changes the rule, only the changed rule is reported as revoked', async () => {
  const ec2 = ec2With(...AT_BASELINE, 'tcp 1 from 10.0.0.0/8');
  const [other] = liveRules('tcp 2 from 10.0.0.0/8');
  ec2.fail('revoke', 'unsent', 1);
  const { before } = ec2;
  ec2.before = (call) => {
    if (call.startsWith('revoke') && other !== undefined)
      ec2.rules = ec2.rules.map((rule) => (rule.ruleId === 'sgr-3' ? { ...other, ruleId: 'sgr-3' } : rule));
    return before(call);
  };

  expect(words((await run(ec2)).revoked)).toEqual(['tcp/2 from 10.0.0.0/8']);
});

it('if a declared rule refers to a deleted group, authorizes the other declared rules and ends with `done`', async () => {
  const ec2 = ec2With();
  ec2.before = (call): CallErrorKind | undefined => (call.startsWith('authorize') && call.includes('sg-9') ? 'group-not-found' : undefined);

  const { ending, failures } = await run(ec2, baseline(['tcp 80 from 0.0.0.0/0', 'tcp 81 from sg-9']));

  expect([ending.kind, failures.map(({ code }) => code)]).toEqual(['done', ['InvalidGroup.NotFound']]);
  expect(ec2.state).toEqual(['tcp/80 from 0.0.0.0/0']);
  // The first two attempts send both rules in one call. The third and fourth call send one rule each.
  expect(ec2.callsOf('authorize')).toHaveLength(4);
});

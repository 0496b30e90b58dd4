import { baseline, liveRules, permissions, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { changeEvent, scheduledEvent } from '../../testing/config-events.js';
import { AT_BASELINE, ec2With, outcomeOf, remediator, web, WEB } from '../../testing/remediator.js';
import { SimulatedConfig } from '../../testing/simulated-config.js';

const STRAYS = ['tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0'];
const drifted = (): SimulatedEc2 => ec2With(...AT_BASELINE, ...STRAYS, '-1 to 0.0.0.0/0');
/** Returns a simulated EC2 in which the group `sg-1` and the groups with these ids have the same rules. */
const drifting = (...ids: string[]): SimulatedEc2 => alike(drifted(), ...ids);
function alike(ec2: SimulatedEc2, ...ids: string[]): SimulatedEc2 {
  for (const id of ids) ec2.add(id, ec2.rules);
  return ec2;
}
const guarding = (...ids: string[]) => [{ ...web, groups: { ids } }];
const reported = [{ ...web, mode: 'report' as const }];

describe('7. AWS Config gets an evaluation of each group', () => {
  it('an annotation has at most 256 characters and begins with the changes, even if many rules changed', async () => {
    const strays = Array.from({ length: 58 }, (_, i) => `tcp ${5000 + i} from 198.51.100.${i}/32`);

    const { annotation } = await outcomeOf(ec2With(...strays));

    expect(annotation).toMatch(/^restored to web: revoked tcp\/5000 from 198\.51\.100\.0\/32.{100,}/);
    expect(annotation?.length).toBeLessThanOrEqual(256);
  });

  it.each(['COMPLIANT', 'NON_COMPLIANT'] as const)(
    'if `reportRestored` is %s, the evaluation of a restored group has this value, and the next evaluation of the group is COMPLIANT',
    async (reportRestored) => {
      const { run, config } = remediator(drifted(), { settings: { reportRestored } });

      await run();
      await run();

      expect(config.kept.map(({ compliance }) => compliance)).toEqual([reportRestored, 'COMPLIANT']);
    },
  );
});

describe('7. A finding names the group, the changes and the reason', () => {
  it('a finding contains the exact rules before and after the restoration, and says that open connections may survive', async () => {
    const { findings } = await outcomeOf(drifted());

    const connections = 'connections already open through a revoked rule may live on';
    const egress = permissions('-1 to 0.0.0.0/0');
    const id = '1795000000000';
    expect(findings).toMatchObject([
      {
        schemaVersion: 1,
        id: `${id}:sg-1`,
        kind: 'restoration',
        severity: 'high',
        summary: `revoked tcp/465, tcp/993 from 0.0.0.0/0; ${connections}`,
        group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1', accountId: '111122223333', region: 'eu-west-1' },
        baseline: 'web',
        authorize: [],
        revoke: permissions(...STRAYS),
        rules: {
          before: { ingress: permissions(...AT_BASELINE, ...STRAYS), egress },
          after: { ingress: permissions(...AT_BASELINE), egress },
        },
        actor: null,
        event: { source: 'config', id, name: 'ConfigurationItemChangeNotification', time: '2026-11-23T10:00:00.000Z', errorCode: null },
        basis: 'live',
      },
    ]);
  });

  it.each([
    ['enforce', 'restoration'],
    ['report', 'drift'],
  ] as const)('in mode %s, the finding has kind %s and names the controls that the group broke', async (mode, kind) => {
    const { findings } = await outcomeOf(drifted(), { declared: [{ ...web, mode }] });

    expect(findings[0]).toMatchObject({
      kind,
      controls: expect.arrayContaining([{ standard: 'AWS Security Hub', id: 'EC2.18' }]) as unknown,
    });
  });

  it.each([
    ['the configuration item', () => changeEvent({ tags: { Owner: 'ana', Env: 'prod' } })],
    ['the response of EC2 to a scheduled event', scheduledEvent],
  ])('a finding contains the tags that name the owner, as in %s', async (_, event) => {
    const ec2 = drifted();
    ec2.add('sg-1', ec2.rules, { tags: { Owner: 'ana' } });

    expect((await outcomeOf(ec2, {}, event())).findings[0]?.group.tags).toEqual({ Owner: 'ana' });
  });

  it('a person can undo the restoration with the rules in the finding', async () => {
    const ec2 = drifted();
    const before = ec2.state;
    const { findings } = await outcomeOf(ec2);

    for (const permission of findings[0]?.revoke ?? []) await ec2.authorize('sg-1', 'ingress', [permission]);

    expect(ec2.state).toEqual(before);
  });

  it('a finding about an incomplete restoration names the rules that EC2 did not revoke', async () => {
    const { findings } = await outcomeOf(drifted().fail('revoke', 'denied'));

    expect(findings).toMatchObject([{ kind: 'drift', revoke: permissions(...STRAYS) }]);
    expect(findings[0]?.rules?.after).toEqual(findings[0]?.rules?.before);
  });

  it('the remediator emits a finding before it calls AWS Config, so that a failed call to AWS Config does not lose the finding', async () => {
    const config = new SimulatedConfig();
    const { run, findings } = remediator(drifted(), { config });
    const emitted: number[] = [];
    config.before = () => {
      emitted.push(findings.length);
      return undefined;
    };

    await run();

    expect(emitted).toEqual([1]);
  });

  it('a finding has a unique id for each group of a scheduled event', async () => {
    const { findings } = await outcomeOf(drifting('sg-2'), { declared: guarding('sg-1', 'sg-2') }, scheduledEvent());

    expect(findings.map(({ id }) => id)).toEqual(['2026-11-23T10:00:00.000Z:sg-1', '2026-11-23T10:00:00.000Z:sg-2']);
  });
});

describe('7. The severity of a rule for a prefix list depends on the entries of the list', () => {
  /**
   * Returns a simulated EC2 whose group has an undeclared rule for a prefix list with these CIDR blocks. Without blocks, the list does not
   * exist.
   */
  const listed = (...blocks: readonly string[]): SimulatedEc2 => {
    const ec2 = ec2With(...AT_BASELINE, 'tcp 22 from pl-1');
    if (blocks.length > 0) ec2.prefixLists.set('pl-1', [blocks]);
    return ec2;
  };

  it.each([
    ['0.0.0.0/0', 'critical'],
    ['10.0.0.0/8', 'medium'],
  ])(
    'if a rule refers to a prefix list with the entry %s, the finding has severity %s in enforce mode and in report mode',
    async (block, severity) => {
      expect((await outcomeOf(listed(block))).findings).toMatchObject([{ kind: 'restoration', severity }]);
      for (const event of [undefined, scheduledEvent()])
        expect((await outcomeOf(listed(block), { declared: reported }, event)).findings).toMatchObject([{ kind: 'drift', severity }]);
    },
  );

  it('if a prefix list cannot be read, the finding has severity high and says that the list could not be read', async () => {
    const restored = await outcomeOf(listed());
    const drift = await outcomeOf(listed(), { declared: reported });

    const connections = 'connections already open through a revoked rule may live on';
    const unread = 'prefix list pl-1 could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListID.NotFound';
    const summary = `revoked tcp/22 from pl-1; ${connections}; ${unread}`;
    expect(restored.findings).toMatchObject([{ kind: 'restoration', severity: 'high', summary }]);
    const reportOnly = `report only, nothing was changed: tcp/22 from pl-1 must be revoked; ${unread}`;
    expect(drift.findings).toMatchObject([{ kind: 'drift', severity: 'high', summary: reportOnly }]);
    expect(restored.measured).toMatchObject({ CallFailures: 1 });
  });

  it('the remediator reads a prefix list once for all groups of a scheduled event, before it changes a group', async () => {
    const ec2 = alike(listed('0.0.0.0/0'), 'sg-2');

    await outcomeOf(ec2, { declared: guarding('sg-1', 'sg-2') }, scheduledEvent());

    expect(ec2.callsOf('read the list')).toEqual(['read the list pl-1']);
    expect(ec2.calls.indexOf('read the list pl-1')).toBeLessThan(ec2.words.indexOf('revoke'));
  });

  it('the remediator does not read a prefix list that only declared rules or egress rules refer to', async () => {
    const ec2 = ec2With('tcp 22 from pl-1', 'tcp 22 to pl-2', 'tcp 80 from 0.0.0.0/0');

    await outcomeOf(ec2, { declared: [baseline(['tcp 22 from pl-1'], { egress: [] })] });

    expect(ec2.state).toEqual(['tcp/22 from pl-1']);
    expect(ec2.callsOf('read the list')).toEqual([]);
  });
});

describe('7. Metrics and the log show the changes', () => {
  it.each([
    ['drift and changed rules', ec2With(...STRAYS), { DriftFound: 1, RulesAuthorized: 2, RulesRevoked: 2 }],
    ['failures', drifted().fail('revoke', 'denied'), { DriftFound: 1, CallFailures: 1 }],
    ['nothing else for a group at its baseline', ec2With(...AT_BASELINE), {}],
  ])('the remediator measures the age of the event, and counts %s', async (_, ec2, counts) => {
    expect((await outcomeOf(ec2)).measured).toEqual({ EventAgeSeconds: 120, ...counts });
  });

  it('the remediator logs one line for each resource, with its ids and its result', async () => {
    const details = { eventId: '1795000000000', ruleName: 'portcullis', groupId: 'sg-1', baseline: 'web', compliance: 'COMPLIANT' };
    const message = 'restored to web: revoked tcp/465, tcp/993 from 0.0.0.0/0';

    expect((await outcomeOf(drifted())).logged.at(-1)).toEqual({ level: 'info', message, details });
  });

  it('at its start, the function logs once which baselines let the whole world reach a service', async () => {
    const exposed = { ...baseline(['tcp 22 from 0.0.0.0/0']), name: 'bastion' };
    const { run, logged } = remediator(ec2With(...AT_BASELINE), { declared: [{ ...exposed, groups: { ids: ['sg-2'] } }, web] });

    await run();
    await run();

    const message = 'the guard leaves these services open to the internet, because a baseline allows them: `bastion`: SSH (tcp/22)';
    const exposures = [{ baseline: 'bastion', services: ['tcp/22'] }];
    expect(logged.filter(({ level }) => level === 'warn')).toEqual([{ level: 'warn', message, details: { exposures } }]);
  });

  it('the log and the findings contain neither the event nor a secret in the event', async () => {
    const { run, logged, findings } = remediator(drifted());
    const item = { configuration: { groupName: 'web', note: 'hunter2' }, tags: { password: 'hunter2' } };

    await run({ ...changeEvent(item), resultToken: 'token-hunter2', ruleParameters: '{"key":"hunter2"}' });
    await run({ invokingEvent: 'hunter2', resultToken: 7 });

    expect(logged.length).toBeGreaterThan(1);
    expect(JSON.stringify([logged, findings])).not.toContain('hunter2');
  });
});

const BY_LIMIT = 'not restored: this run would have to revoke 2 rules, but `maxRevocations` is 1';
const limited = (ec2: SimulatedEc2, maxRevocations = 1, event?: unknown) => outcomeOf(ec2, { settings: { maxRevocations } }, event);
const scheduled = (ec2: SimulatedEc2, maxRevocations: number, ...ids: string[]) =>
  outcomeOf(ec2, { settings: { maxRevocations }, declared: guarding(...ids) }, scheduledEvent());

describe('7. If a run would revoke more rules than the maximum, the remediator only reports these rules', () => {
  it('if a run would revoke more rules than the maximum, the remediator changes nothing and says why', async () => {
    const { calls, kept, findings, measured } = await limited(drifted(), 1);

    expect(calls).toEqual(['read']);
    const annotation = `${BY_LIMIT}; nothing was changed; tcp/465, tcp/993 from 0.0.0.0/0 must be revoked`;
    expect(kept).toMatchObject([{ compliance: 'NON_COMPLIANT', annotation }]);
    expect(findings).toMatchObject([{ kind: 'drift', severity: 'high', revoke: permissions(...STRAYS) }]);
    expect(measured).toMatchObject({ DriftFound: 1 });
  });

  it('the remediator restores a group when the number of revocations equals the maximum', async () => {
    expect((await limited(drifted(), 2)).state).toEqual(['all traffic to 0.0.0.0/0', ...WEB]);
  });

  it('if the revocations of all groups of a scheduled event together exceed the maximum, the remediator changes no group', async () => {
    const ec2 = drifting('sg-2');
    ec2.add('sg-3', liveRules('tcp 80 from 0.0.0.0/0'));

    const { calls, findings } = await scheduled(ec2, 3, 'sg-1', 'sg-2', 'sg-3');

    expect(calls.filter((call) => /^(authorize|revoke|replace)/.test(call))).toEqual([]);
    expect(findings.map(({ summary }) => summary.includes('this run would have to revoke 4 rules'))).toEqual([true, true, true]);
  });

  it('if a group needs more revocations than its first read showed, all its revocations count towards the maximum of the scheduled event', async () => {
    const ec2 = alike(ec2With(...AT_BASELINE, 'tcp 1 from 10.0.0.0/8'), 'sg-2');
    ec2.meddle('revoke sg-1', () => (ec2.rules = [...ec2.rules, ...liveRules('tcp 2 from 10.0.0.0/8')]));

    await scheduled(ec2, 2, 'sg-1', 'sg-2');

    expect([ec2.stateOf('sg-1'), ec2.stateOf('sg-2')]).toEqual([WEB, ['tcp/1 from 10.0.0.0/8', ...WEB]]);
  });

  it('rules of groups in report mode do not count towards the maximum', async () => {
    const onlyReported = baseline([], { name: 'reported', mode: 'report', groups: { ids: ['sg-2'] } });

    const world = { declared: [web, onlyReported], settings: { maxRevocations: 2 } };
    expect((await outcomeOf(drifting('sg-2'), world, scheduledEvent())).state).toEqual(['all traffic to 0.0.0.0/0', ...WEB]);
  });
});

describe('7. Rules that let the world reach a sensitive service are revoked regardless of the maximum', () => {
  const OTHERS = ['tcp 1 from 10.0.0.0/8', 'tcp 2 from 10.0.0.0/8'];
  const flooded = (rule = 'tcp 22 from 0.0.0.0/0'): SimulatedEc2 => ec2With(...AT_BASELINE, rule, ...OTHERS);
  const left = ['tcp/1 from 10.0.0.0/8', 'tcp/2 from 10.0.0.0/8', ...WEB];
  const revoking = (rule: string) =>
    `${BY_LIMIT}; revoked ${rule}; rules that let the world reach a sensitive service are revoked regardless of \`maxRevocations\`; tcp/1, tcp/2 from 10.0.0.0/8 must be revoked`;

  it('if a run would exceed the maximum, the remediator revokes only the rules that let the world reach a sensitive service, and reports the other rules', async () => {
    const { state, kept, findings, results } = await limited(flooded());

    const told = revoking('tcp/22 from 0.0.0.0/0');
    expect(state).toEqual(left);
    expect(kept).toMatchObject([{ compliance: 'NON_COMPLIANT', annotation: told }]);
    expect(findings).toMatchObject([{ kind: 'drift', severity: 'critical', summary: told }]);
    expect(results).toMatchObject([{ revoked: permissions('tcp 22 from 0.0.0.0/0') }]);
  });

  it('if all groups of a scheduled event together exceed the maximum, only rules that let the world reach a sensitive service are revoked', async () => {
    const ec2 = alike(flooded(), 'sg-2');
    ec2.add('sg-3', liveRules(...AT_BASELINE, 'tcp 3 from 10.0.0.0/8'));

    const { findings } = await scheduled(ec2, 4, 'sg-1', 'sg-2', 'sg-3');

    expect(['sg-1', 'sg-2', 'sg-3'].map((id) => ec2.stateOf(id))).toEqual([left, left, ['tcp/3 from 10.0.0.0/8', ...WEB]]);
    const told = findings.map(({ summary }) => /revoke (\d rules), but `maxRevocations` is 4; ([a-z]+)/.exec(summary)?.slice(1).join(', '));
    expect(told).toEqual(['5 rules, revoked', '5 rules, revoked', '5 rules, nothing']);
  });

  it('rules that let the world reach a sensitive service do not count towards the maximum', async () => {
    const ec2 = ec2With(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0', 'tcp 23 from 0.0.0.0/0');
    ec2.add('sg-2', liveRules(...AT_BASELINE, 'tcp 3 from 10.0.0.0/8'));

    await scheduled(ec2, 1, 'sg-1', 'sg-2');

    expect([ec2.stateOf('sg-1'), ec2.stateOf('sg-2')]).toEqual([WEB, WEB]);
  });

  it('a group that reaches its baseline is reported as restored, even if the other groups of the scheduled event exceed the maximum', async () => {
    const ec2 = ec2With(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0');
    ec2.add('sg-2', liveRules(...AT_BASELINE, ...OTHERS));

    const { state, results, findings } = await scheduled(ec2, 1, 'sg-1', 'sg-2');

    expect(state).toEqual(WEB);
    expect(results[0]).toMatchObject({ groupId: 'sg-1', compliance: 'COMPLIANT' });
    expect(findings[0]).toMatchObject({ kind: 'restoration', atBaseline: true });
  });

  it('if the revocation of a rule for a sensitive service fails, the remediator names the rule, and Lambda retries the event if a retry may help', async () => {
    const { how, annotation } = await limited(flooded().fail('revoke', 'transient'));

    const needs = 'tcp/1, tcp/2 from 10.0.0.0/8 and tcp/22 from 0.0.0.0/0 must be revoked';
    const why = 'RevokeSecurityGroupIngress failed with RequestLimitExceeded';
    expect([how, annotation]).toEqual(['retried', `${BY_LIMIT}; nothing was changed; ${why}; ${needs}`]);
  });

  const throughList = (...blocks: string[]): SimulatedEc2 => {
    const ec2 = flooded('tcp 22 from pl-1');
    ec2.prefixLists.set('pl-1', [blocks]);
    return ec2;
  };

  it.each([changeEvent(), scheduledEvent()])(
    'above the maximum, the remediator revokes a rule that opens SSH to a prefix list with all IPv4 addresses',
    async (event) => {
      const { state, findings } = await limited(throughList('0.0.0.0/1', '128.0.0.0/1'), 1, event);

      expect(state).toEqual(left);
      expect(findings).toMatchObject([{ kind: 'drift', severity: 'critical', summary: revoking('tcp/22 from pl-1') }]);
    },
  );

  it('above the maximum, the remediator does not revoke a rule that opens SSH to a prefix list with only a private network', async () => {
    const { state, findings } = await limited(throughList('10.0.0.0/8'));

    expect(state).toContain('tcp/22 from pl-1');
    expect(findings).toMatchObject([{ kind: 'drift', severity: 'medium' }]);
  });

  it.each([
    ['denied', 'UnauthorizedOperation', 'resolved'],
    ['transient', 'RequestLimitExceeded', 'retried'],
  ] as const)(
    'above the maximum, the remediator does not revoke a rule whose prefix list cannot be read (%s: %s), and the run is %s',
    async (fault, code, expected) => {
      const { how, state, findings } = await limited(flooded('tcp 22 from pl-1').fail('read the list', fault));

      expect(how).toBe(expected);
      expect(state).toContain('tcp/22 from pl-1');
      const needs = 'tcp/1, tcp/2 from 10.0.0.0/8 and tcp/22 from pl-1 must be revoked';
      const unread = `prefix list pl-1 could not be read: GetManagedPrefixListEntries failed with ${code}`;
      const summary = `${BY_LIMIT.replace('2 rules', '3 rules')}; nothing was changed; ${needs}; ${unread}`;
      expect(findings).toMatchObject([{ kind: 'drift', severity: 'high', summary }]);
    },
  );
});

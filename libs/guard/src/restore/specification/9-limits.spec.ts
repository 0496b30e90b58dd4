import { baseline, limit, liveRules, SimulatedEc2, type Fault } from '@portcullis/security-groups/testing';
import { scheduledEvent } from '../../testing/config-events.js';
import { AT_BASELINE, ec2With, outcomeOf, web, WEB } from '../../testing/remediator.js';

const OWN_NET = '10.0.0.0/8';
const ssh = [{ services: ['tcp 22'], onlyFrom: [OWN_NET] }];
const revoking = limit(ssh);
const narrowing = limit(ssh, { repair: 'narrow' });
const BROKEN = 'broken limit no-admin: SSH from 0.0.0.0/0 minus 10.0.0.0/8';

describe('9. The remediator keeps a group without a baseline within its limits', () => {
  it('the remediator revokes the rule that breaks a limit, and keeps the other rules', async () => {
    const ec2 = ec2With('tcp 22 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', '-1 to 0.0.0.0/0');

    const { state, kept, findings, words } = await outcomeOf(ec2, { declared: [revoking] });

    expect(state).toEqual(['all traffic to 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
    const annotation = 'restored to the limit no-admin: revoked tcp/22 from 0.0.0.0/0';
    expect(kept).toMatchObject([{ compliance: 'COMPLIANT', annotation }]);
    const summary = `${BROKEN}; revoked tcp/22 from 0.0.0.0/0; connections already open through a revoked rule may live on`;
    const finding = { kind: 'restoration', severity: 'critical', summary, baseline: null, limits: ['no-admin'], atBaseline: true };
    expect(findings).toMatchObject([finding]);
    expect(words).toEqual(['read', 'revoke', 'read']);
  });

  it('to narrow a rule, the remediator first authorizes narrower rules with the same description, and then revokes the wide rule', async () => {
    const ec2 = ec2With('tcp 20-30 from 0.0.0.0/0 # jump hosts');

    const { calls, kept } = await outcomeOf(ec2, { declared: [narrowing] });

    const parts = 'tcp/20-21 from 0.0.0.0/0, tcp/20-30 from 10.0.0.0/8, tcp/23-30 from 0.0.0.0/0';
    expect(calls).toEqual(['read', `authorize ${parts}`, 'revoke tcp/20-30 from 0.0.0.0/0', 'read']);
    expect(ec2.rules.map(({ description }) => description)).toEqual(['jump hosts', 'jump hosts', 'jump hosts']);
    expect(kept).toMatchObject([{ compliance: 'COMPLIANT' }]);
  });

  it('for a group within its limits, the remediator makes one read and names the limits in the evaluation', async () => {
    const { kept, calls, findings } = await outcomeOf(ec2With('tcp 22 from 10.1.0.0/16'), {
      declared: [revoking, limit([{ notWiderThan: { ipv4: 16 } }], { name: 'wide' })],
    });

    expect([calls, findings]).toEqual([['read'], []]);
    expect(kept).toMatchObject([{ compliance: 'COMPLIANT', annotation: 'the group is within the limits no-admin, wide' }]);
  });

  it('if a group breaks a limit in report mode, the remediator changes nothing and reports the broken limit', async () => {
    const { state, kept, findings, words } = await outcomeOf(ec2With('tcp 22 from 0.0.0.0/0'), {
      declared: [{ ...revoking, mode: 'report' }],
    });

    expect([state, words]).toEqual([['tcp/22 from 0.0.0.0/0'], ['read']]);
    const summary = `${BROKEN}; report only, nothing was changed: tcp/22 from 0.0.0.0/0 must be revoked`;
    expect(kept).toMatchObject([{ compliance: 'NON_COMPLIANT', annotation: summary }]);
    const outlook = 'Portcullis does not restore the group: the rules that break its limits are only reported';
    expect(findings).toMatchObject([{ kind: 'drift', severity: 'critical', summary, outlook, limits: ['no-admin'] }]);
  });

  it('the remediator reports NOT_APPLICABLE for a group to which no limit applies, and does not read its rules', async () => {
    const { kept, calls } = await outcomeOf(ec2With('tcp 22 from 0.0.0.0/0'), {
      declared: [limit(ssh, { groups: { ids: [], all: true, except: { ids: ['sg-1'] } } })],
    });

    expect([kept.map(({ compliance }) => compliance), calls]).toEqual([['NOT_APPLICABLE'], []]);
  });

  it('the remediator looks up a group whose tags decide whether a limit applies', async () => {
    const except = { ids: [], tags: { Bastion: 'yes' } };
    const excepting = limit(ssh, { groups: { ids: [], all: true, except } });
    const bastion = ec2With('tcp 22 from 0.0.0.0/0');
    bastion.add('sg-1', liveRules('tcp 22 from 0.0.0.0/0'), { tags: { Bastion: 'yes' } });

    expect((await outcomeOf(bastion, { declared: [excepting] })).calls).toEqual(['describe']);
    expect((await outcomeOf(ec2With('tcp 22 from 0.0.0.0/0'), { declared: [excepting] })).words).toEqual([
      'describe',
      'read',
      'revoke',
      'read',
      'describe',
    ]);
  });
});

describe('9. A scheduled event evaluates every group that a limit selects', () => {
  it('the remediator lists all groups for a limit that selects all groups', async () => {
    const ec2 = new SimulatedEc2([], 'sg-1');
    for (const id of ['sg-1', 'sg-2', 'sg-3']) ec2.add(id, liveRules(id === 'sg-2' ? 'tcp 22 from 0.0.0.0/0' : 'tcp 22 from 10.0.0.0/8'));

    const { kept, calls } = await outcomeOf(ec2, { declared: [revoking] }, scheduledEvent());

    expect(kept.map(({ resourceId, compliance }) => [resourceId, compliance])).toEqual([
      ['sg-1', 'COMPLIANT'],
      ['sg-2', 'COMPLIANT'],
      ['sg-3', 'COMPLIANT'],
    ]);
    expect(calls).toEqual(['list', 'read sg-1, sg-2, sg-3', 'read sg-2', 'revoke sg-2 tcp/22 from 0.0.0.0/0', 'read sg-2', 'describe']);
  });

  it('the remediator revokes nothing above `maxRevocations`, except rules that let the world reach a sensitive service', async () => {
    const ec2 = new SimulatedEc2([], 'sg-1');
    for (const id of ['sg-1', 'sg-2'])
      ec2.add(id, liveRules('tcp 8001 from 10.0.0.0/8', 'tcp 8002 from 10.0.0.0/8', 'tcp 22 from 0.0.0.0/0'));
    const nothing = limit([{}], { name: 'nothing' });

    const { kept } = await outcomeOf(ec2, { declared: [nothing], settings: { maxRevocations: 3 } }, scheduledEvent());

    expect([ec2.stateOf('sg-1'), ec2.stateOf('sg-2')]).toEqual(Array(2).fill(['tcp/8001 from 10.0.0.0/8', 'tcp/8002 from 10.0.0.0/8']));
    expect(kept.map(({ compliance }) => compliance)).toEqual(['NON_COMPLIANT', 'NON_COMPLIANT']);
  });

  it('if EC2 cannot list the groups, the remediator reports that it did not evaluate the limited groups', async () => {
    const { how, findings } = await outcomeOf(ec2With().fail('list', 'transient'), { declared: [revoking] }, scheduledEvent());

    expect([how, findings.length]).toEqual(['retried', 1]);
    expect(findings[0]?.summary).toContain('or by a limit for all groups, were not evaluated');
  });
});

describe('9. Limits take precedence over the baseline of a group', () => {
  const bastion = baseline(['tcp 22 from 0.0.0.0/0', ...AT_BASELINE]);

  it('the remediator revokes a declared rule that breaks an enforced limit, and does not authorize the rule again', async () => {
    const { state, kept } = await outcomeOf(ec2With('tcp 22 from 0.0.0.0/0'), { declared: [bastion, revoking] });

    expect(state).toEqual(WEB);
    expect(kept).toMatchObject([
      { annotation: expect.stringMatching(/^restored to web and the limit no-admin: revoked tcp\/22/) as string },
    ]);
    const again = await outcomeOf(ec2With(...AT_BASELINE), { declared: [bastion, revoking] });
    expect(again.kept).toMatchObject([
      { compliance: 'COMPLIANT', annotation: 'the group is at its baseline web and within the limit no-admin' },
    ]);
  });

  it('the remediator restores the baseline, and only reports a rule that breaks a limit in report mode', async () => {
    const { state, kept, findings } = await outcomeOf(ec2With('tcp 22 from 0.0.0.0/0'), {
      declared: [bastion, { ...revoking, mode: 'report' }],
    });

    expect(state).toEqual(['tcp/22 from 0.0.0.0/0', ...WEB]);
    expect(kept).toMatchObject([{ compliance: 'NON_COMPLIANT' }]);
    const done = 'authorized tcp/80, tcp/443 from 0.0.0.0/0; report only: tcp/22 from 0.0.0.0/0 must be revoked';
    expect(findings).toMatchObject([{ kind: 'drift', summary: `${BROKEN}; ${done}`, limits: ['no-admin'] }]);
  });

  it('the remediator enforces a limit on a group whose baseline is in report mode', async () => {
    const { state, findings } = await outcomeOf(ec2With('tcp 22 from 0.0.0.0/0'), { declared: [{ ...web, mode: 'report' }, revoking] });

    expect(state).toEqual([]);
    const done = 'revoked tcp/22 from 0.0.0.0/0; report only: tcp/80, tcp/443 from 0.0.0.0/0 must be authorized';
    expect(findings).toMatchObject([
      { kind: 'drift', severity: 'critical', summary: `${BROKEN}; ${done}`, baseline: 'web', limits: ['no-admin'] },
    ]);
  });

  it('the remediator keeps a group within its limits even if several baselines select the group', async () => {
    const { state, kept, findings } = await outcomeOf(ec2With('tcp 22 from 0.0.0.0/0', 'tcp 9 from 10.0.0.0/8'), {
      declared: [web, { ...web, name: 'other' }, revoking],
    });

    expect(state).toEqual(['tcp/9 from 10.0.0.0/8']);
    expect(kept).toMatchObject([{ compliance: 'NON_COMPLIANT' }]);
    expect(findings).toMatchObject([
      {
        kind: 'restoration',
        baseline: null,
        summary: expect.stringMatching(/^several baselines select the group: other, web; broken limit/) as string,
      },
    ]);
  });
});

describe('9. The remediator keeps a rule of another owner only if `within` allows the rule', () => {
  const within = liveRules('tcp 30000-32767 from sg-2').map(({ ruleId, tags, ...each }) => each);
  const controlled = baseline(AT_BASELINE, { ignore: [{ descriptionPrefix: 'elbv2', within }] });

  it('the remediator keeps a rule of another owner that `within` allows, and revokes any other rule even if its description names that owner', async () => {
    const own = 'tcp 31000 from sg-2 # elbv2.k8s.aws/target';
    const { state } = await outcomeOf(ec2With(...AT_BASELINE, own, 'tcp 22 from 0.0.0.0/0 # elbv2.k8s.aws/target'), {
      declared: [controlled],
    });

    expect(state).toEqual([WEB[0], 'tcp/31000 from sg-2', ...WEB.slice(1)].sort());
  });
});

describe('9. The remediator revokes a rule for a prefix list only if the entries of the list break a limit', () => {
  it.each([
    ['the remediator keeps a rule whose prefix list has only allowed entries', [['10.1.0.0/16']], ['tcp/22 from pl-1']],
    ['the remediator revokes a rule whose prefix list also has forbidden entries', [['10.1.0.0/16', '0.0.0.0/0']], []],
  ])('%s', async (_, versions, expected) => {
    const ec2 = ec2With('tcp 22 from pl-1');
    ec2.prefixLists.set('pl-1', versions);

    expect((await outcomeOf(ec2, { declared: [revoking] })).state).toEqual(expected);
  });

  it.each<[Fault, 'resolved' | 'retried']>([
    ['transient', 'retried'],
    ['denied', 'resolved'],
  ])('if the read of the prefix list in a rule fails with the fault %s, the remediator only reports the rule', async (fault, expected) => {
    const ec2 = ec2With('tcp 22 from pl-1').fail('read the list', fault);

    const { how, words, findings } = await outcomeOf(ec2, { declared: [revoking] });

    expect([how, words]).toEqual([expected, ['read', 'read']]);
    expect(findings).toMatchObject([{ kind: 'drift', severity: 'high', limits: ['no-admin'] }]);
    expect(findings[0]?.summary).toContain('prefix list pl-1 could not be read');
  });

  it('if a prefix list in a limit cannot be read, the remediator only reports the rules that may break the limit', async () => {
    const ec2 = ec2With('tcp 22 from 192.0.2.0/24').fail('read the list', 'denied');

    const { state, findings } = await outcomeOf(ec2, { declared: [limit([{ services: ['tcp 22'], onlyFrom: ['pl-2'] }])] });

    expect(state).toEqual(['tcp/22 from 192.0.2.0/24']);
    const summary =
      'broken limit no-admin: SSH from 192.0.2.0/24 minus pl-2; report only, nothing was changed: tcp/22 from 192.0.2.0/24 must be revoked';
    expect(findings[0]?.summary).toBe(
      `${summary}; prefix list pl-2 could not be read: GetManagedPrefixListEntries failed with UnauthorizedOperation`,
    );
  });

  it.each([
    ['report', ['tcp/20-30 from pl-1'], 'drift'],
    ['revoke', [], 'restoration'],
  ] as const)(
    '`otherwise` decides whether the remediator reports or revokes a rule that it cannot narrow: %s',
    async (otherwise, expected, kind) => {
      const ec2 = ec2With('tcp 20-30 from pl-1');
      ec2.prefixLists.set('pl-1', [['10.1.0.0/16', '192.0.2.0/24']]);

      const { state, findings } = await outcomeOf(ec2, { declared: [{ ...narrowing, otherwise }] });

      expect(state).toEqual(expected);
      expect(findings).toMatchObject([{ kind }]);
    },
  );
});

describe('9. Narrowing a rule interrupts no allowed traffic', () => {
  it.each<Fault>(['transient', 'denied', 'unsent', 'quota', 'refused'])(
    'the remediator keeps a wide rule if the narrower rules for the allowed traffic cannot be authorized: %s',
    async (fault) => {
      const ec2 = ec2With('tcp 20-30 from 0.0.0.0/0').fail('authorize', fault).fail('replace', fault);

      const { state, findings } = await outcomeOf(ec2, { declared: [narrowing] });

      expect(state).toEqual(['tcp/20-30 from 0.0.0.0/0']);
      expect(findings).toMatchObject([{ kind: 'drift', limits: ['no-admin'] }]);
      expect(findings[0]?.summary).toContain('not revoked, to keep allowed traffic');
    },
  );
});

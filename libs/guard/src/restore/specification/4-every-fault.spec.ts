import { baseline, liveRules, permissions, SimulatedEc2, type Fault, compiled } from '@portcullis/security-groups/testing';
import { RetryableError, type Outcome } from '../handler.js';
import { scheduledEvent } from '../../testing/config-events.js';
import { AT_BASELINE, remediator, web, WEB, type Remediator } from '../../testing/remediator.js';
import { SimulatedConfig } from '../../testing/simulated-config.js';

/** Runs it; a retry is an answer here. */
const ended = async (run: Promise<Outcome>): Promise<'resolved' | 'retried'> => {
  try {
    await run;
    return 'resolved';
  } catch (error) {
    if (error instanceof RetryableError) return 'retried';
    throw error;
  }
};

const annotationOf = ({ config }: Remediator): string | undefined => config.kept.at(-1)?.annotation;

describe('4. A fault', () => {
  /** One rule is declared and missing, one is there and not declared, and they have no traffic in common. */
  const drifted = (): SimulatedEc2 => new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 445 from 0.0.0.0/0'));

  /** What goes wrong with every call of the kind, what is left, whether it is retried, and what AWS Config is told. */
  const EVERY_TIME: readonly [string, string, Fault, string[], 'resolved' | 'retried', RegExp][] = [
    [
      'Authorize',
      'authorize',
      'denied',
      ['tcp/80'],
      'resolved',
      /^not restored: AuthorizeSecurityGroupIngress failed with UnauthorizedOperation; tcp\/443 .* must be authorized$/,
    ],
    ['Authorize', 'authorize', 'transient', ['tcp/80'], 'retried', /failed with RequestLimitExceeded/],
    ['Authorize', 'authorize', 'unsent', ['tcp/80'], 'retried', /failed with ETIMEDOUT/],
    ['Authorize', 'authorize', 'refused', ['tcp/80'], 'resolved', /failed with InvalidParameterValue/],
    ['Authorize', 'authorize', 'quota', ['tcp/80'], 'resolved', /failed with RulesPerSecurityGroupLimitExceeded/],
    ['Authorize', 'authorize', 'group-not-found', ['tcp/80'], 'resolved', /failed with InvalidGroup.NotFound/],
    ['Authorize', 'authorize', 'duplicate', ['tcp/80'], 'retried', /failed with InvalidPermission.Duplicate/],
    [
      'Revoke',
      'revoke',
      'denied',
      ['tcp/443', 'tcp/445', 'tcp/80'],
      'resolved',
      /^not restored: RevokeSecurityGroupIngress failed with UnauthorizedOperation; tcp\/445 .* must be revoked$/,
    ],
    ['Revoke', 'revoke', 'transient', ['tcp/443', 'tcp/445', 'tcp/80'], 'retried', /failed with RequestLimitExceeded/],
    ['Revoke', 'revoke', 'unsent', ['tcp/443', 'tcp/445', 'tcp/80'], 'retried', /failed with ETIMEDOUT/],
    ['Revoke', 'revoke', 'refused', ['tcp/443', 'tcp/445', 'tcp/80'], 'resolved', /failed with InvalidParameterValue/],
    ['Revoke', 'revoke', 'rule-not-found', ['tcp/443', 'tcp/445', 'tcp/80'], 'retried', /failed with InvalidSecurityGroupRuleId.NotFound/],
  ];

  it.each(EVERY_TIME)('of every %s call: when %s meets %s, %j is left, and it is %s', async (_, call, fault, left, how, told) => {
    const ec2 = drifted();
    ec2.before = (made) => (made.startsWith(call) ? fault : undefined);
    const guard = remediator(ec2);

    expect(await ended(guard.run())).toBe(how);

    expect(ec2.state).toEqual(left.map((ports) => `${ports} from 0.0.0.0/0`));
    expect(guard.config.kept).toMatchObject([{ compliance: 'NON_COMPLIANT', annotation: expect.stringMatching(told) as string }]);
    expect(guard.findings).toMatchObject([{ kind: 'drift' }]);
    expect(guard.measured.CallFailures).toBeGreaterThan(0);
  });

  /** What goes wrong once with a call: the group is restored all the same, in the same invocation. */
  it.each<[string, string, Fault]>([
    ['the authorized rule was there already', 'authorize', 'duplicate'],
    ['the revoked rule was gone already', 'revoke', 'rule-not-found'],
    ['the group was full for a moment', 'authorize', 'quota'],
  ])('once: %s, and the group is restored all the same', async (_, call, fault) => {
    const ec2 = drifted();
    let met = false;
    ec2.before = (made) => {
      if (met || !made.startsWith(call)) return undefined;
      met = true;
      return fault;
    };
    const guard = remediator(ec2);

    await guard.run();

    expect(ec2.state).toEqual(WEB);
    expect(guard.config.kept).toMatchObject([{ compliance: 'COMPLIANT' }]);
    expect(guard.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each<[string, Fault]>([
    ['the answer is lost', 'unanswered'],
    ['the answer is no answer', 'garbled'],
  ])('after which EC2 has done what it was asked, and %s: what was done is found by reading', async (_, fault) => {
    const ec2 = drifted();
    ec2.before = (made) => (made.startsWith('authorize') || made.startsWith('revoke') ? fault : undefined);
    const guard = remediator(ec2);

    await guard.run();

    expect(ec2.state).toEqual(WEB);
    expect(guard.config.kept).toMatchObject([{ compliance: 'COMPLIANT' }]);
  });

  it('after which EC2 has done what it was asked, and its answer is lost: what was done is told like the rest', async () => {
    const ec2 = drifted();
    ec2.before = (made) => (made.startsWith('authorize') ? 'unanswered' : undefined);
    const guard = remediator(ec2);

    const { results } = await guard.run();

    const done = 'revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0';
    expect(results).toMatchObject([{ authorized: permissions('tcp 443 from 0.0.0.0/0') }]);
    expect(annotationOf(guard)).toBe(`restored to web: ${done}`);
    expect(guard.findings).toMatchObject([{ kind: 'restoration', summary: expect.stringContaining(done) as string }]);
    expect(guard.measured).toMatchObject({ RulesAuthorized: 1, RulesRevoked: 1 });
  });

  it('of an answer, after which nothing can be read: what may have been done is told', async () => {
    const ec2 = drifted();
    let reads = 0;
    ec2.before = (made) => (made.startsWith('authorize') ? 'unanswered' : made === 'read' && ++reads > 1 ? 'denied' : undefined);
    const guard = remediator(ec2);

    await guard.run();

    expect(annotationOf(guard)).toMatch(
      /^revoked tcp\/445 from 0.0.0.0\/0; perhaps authorized tcp\/443 from 0.0.0.0\/0: EC2 did not confirm it; whether /,
    );
  });

  describe('of the first read changes nothing:', () => {
    it.each<[Fault, 'resolved' | 'retried']>([
      ['transient', 'retried'],
      ['unsent', 'retried'],
      ['garbled', 'retried'],
      ['denied', 'resolved'],
    ])('%s is %s, and the group is undetermined', async (fault, how) => {
      const ec2 = drifted();
      ec2.before = () => fault;
      const guard = remediator(ec2);

      expect(await ended(guard.run())).toBe(how);

      expect(ec2.calls).toEqual(['read']);
      expect(annotationOf(guard)).toMatch(/^the live rules could not be read and nothing was changed: /);
      expect(guard.findings).toMatchObject([{ kind: 'undetermined' }]);
    });

    it('a rule of a kind we do not know is not passed over', async () => {
      const [rule] = liveRules('tcp 22 from 10.0.0.0/8');
      if (rule === undefined) throw new Error('a rule was written');
      const ec2 = new SimulatedEc2([{ ...rule, source: { kind: 'prefixList', prefixListId: '' } }]);
      const guard = remediator(ec2);

      expect(await ended(guard.run())).toBe('resolved');

      expect(ec2.calls).toEqual(['read']);
      expect(annotationOf(guard)).toContain('the live rules of `sg-1` cannot be read: ');
      expect(guard.findings).toMatchObject([{ kind: 'undetermined' }]);
    });
  });

  it.each<[Fault]>([['transient'], ['denied'], ['unsent'], ['garbled'], ['refused']])(
    'of the read of a prefix list, %s, keeps no group from being restored, and is not retried once it is',
    async (fault) => {
      const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 22 from pl-1'));
      ec2.before = (call) => (call === 'read the list pl-1' ? fault : undefined);
      const guard = remediator(ec2);

      expect(await ended(guard.run())).toBe('resolved');

      expect(ec2.calls.filter((call) => call === 'read the list pl-1')).toHaveLength(1);
      expect(ec2.state).toEqual(WEB);
      expect(guard.findings).toMatchObject([{ kind: 'restoration', severity: 'high' }]);
      expect(guard.logged).toContainEqual(
        expect.objectContaining({
          level: 'error',
          message: expect.stringMatching(/^GetManagedPrefixListEntries: /) as string,
        }),
      );
    },
  );

  it('of the reads that verify is told with what was done', async () => {
    const ec2 = drifted();
    let reads = 0;
    ec2.before = (call) => (call === 'read' && ++reads > 1 ? 'transient' : undefined);
    const guard = remediator(ec2);

    expect(await ended(guard.run())).toBe('retried');

    expect(annotationOf(guard)).toBe(
      'revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0; whether the group is at its baseline could not be read: DescribeSecurityGroupRules: RequestLimitExceeded: EC2 says no',
    );
    expect(guard.findings).toMatchObject([{ kind: 'undetermined' }]);
    expect(guard.measured).toMatchObject({ RulesAuthorized: 1, RulesRevoked: 1 });
  });

  it('that is none for EC2: a default VPC answers success and revokes nothing, which is found by reading', async () => {
    const ec2 = drifted();
    ec2.forgetsToRevoke = true;
    const guard = remediator(ec2);

    expect(await ended(guard.run())).toBe('retried');

    expect(annotationOf(guard)).toMatch(
      /^not restored: EC2 accepted every call, but reads do not show all of what they changed; tcp\/445 .* must be revoked$/,
    );
  });

  it('of a call that was lost while somebody else wrote is not told as a call that EC2 accepted', async () => {
    const ec2 = drifted();
    const others = liveRules('tcp 2 from 10.0.0.0/8').map((rule) => ({ ...rule, ruleId: 'sgr-other' }));
    let revocations = 0;
    ec2.before = (call) => {
      if (!call.startsWith('revoke') || revocations++ > 0) return undefined;
      ec2.rules = [...ec2.rules, ...others];
      return 'unsent';
    };
    const guard = remediator(ec2);

    expect(await ended(guard.run())).toBe('retried');

    expect(annotationOf(guard)).toBe(
      'not restored: perhaps revoked tcp/445 from 0.0.0.0/0: EC2 did not confirm it; tcp/445 from 0.0.0.0/0 must be revoked',
    );
  });

  it('that EC2 tells in its answer: what was there no more to be revoked is named, and the call has not succeeded', async () => {
    const ec2 = drifted();
    ec2.forgetsToRevoke = true;
    ec2.namesWhatItForgot = true;
    const guard = remediator(ec2);

    expect(await ended(guard.run())).toBe('retried');

    expect(annotationOf(guard)).toMatch(
      /^not restored: RevokeSecurityGroupIngress failed with UnknownIpPermissions; tcp\/445 .* must be revoked$/,
    );
  });

  it('of pages is none: a group is read to its last page', async () => {
    const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));
    ec2.pageSize = 1;

    await remediator(ec2).run();

    expect(ec2.state).toEqual(WEB);
  });

  describe('of a group that is deleted', () => {
    it('is found out before anything is written', async () => {
      const ec2 = new SimulatedEc2([]);
      ec2.exists = false;

      const { results, findings } = await remediator(ec2).run();

      expect(ec2.calls).toEqual(['read', 'describe']);
      expect(results).toMatchObject([{ compliance: 'NOT_APPLICABLE' }]);
      expect(findings).toEqual([]);
    });

    it.each(['read', 'authorize', 'revoke'])('before %s: it is NOT_APPLICABLE, and not made anew', async (moment) => {
      const ec2 = drifted();
      ec2.before = (call) => {
        if (call.startsWith(moment)) ec2.exists = false;
        return undefined;
      };
      const guard = remediator(ec2);

      expect(await ended(guard.run())).toBe('resolved');

      expect(guard.config.kept).toMatchObject([{ compliance: 'NOT_APPLICABLE', annotation: 'the group does not exist any more' }]);
    });

    it('after the last call is NOT_APPLICABLE too', async () => {
      const ec2 = drifted();
      ec2.after = (call) => {
        if (call.startsWith('revoke')) ec2.exists = false;
      };
      const guard = remediator(ec2);

      await guard.run();

      expect(guard.config.kept).toMatchObject([{ compliance: 'NOT_APPLICABLE' }]);
    });
  });

  describe('of time: close to its limit', () => {
    it.each([
      [1, 'nothing was changed'],
      [2, 'authorized tcp/443 from 0.0.0.0/0'],
      [3, 'revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0'],
    ])('after %i calls the function makes no other, says what it did, and is retried', async (calls, done) => {
      const ec2 = drifted();
      const guard = remediator(ec2, { timeLeft: () => (ec2.calls.length < calls ? 1 : 0) });

      expect(await ended(guard.run())).toBe('retried');

      expect(ec2.calls).toHaveLength(calls);
      expect(annotationOf(guard)).toBe(`the time was up before the group was read to be at its baseline; ${done}`);
    });

    it('a scheduled run names the groups it did not come to, says nothing of them to AWS Config, and is retried', async () => {
      const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE));
      for (const id of ['sg-2', 'sg-3']) ec2.add(id, liveRules(...AT_BASELINE));
      const declared = compiled({ ...web, groups: { ids: ['sg-1', 'sg-2', 'sg-3'] } });
      let asked = 0;
      const guard = remediator(ec2, { declared, timeLeft: () => (asked++ < 1 ? 1 : 0) });

      expect(await ended(guard.run(scheduledEvent()))).toBe('retried');

      expect(guard.config.kept.map(({ resourceId }) => resourceId)).toEqual(['sg-1']);
      expect(guard.findings).toMatchObject([
        {
          kind: 'undetermined',
          summary: 'the time was up before 2 groups were evaluated: sg-2, sg-3',
          group: { id: null },
        },
      ]);
    });
  });

  describe('of one group in a scheduled run never stops the others:', () => {
    const three = (): SimulatedEc2 => {
      const ec2 = drifted();
      for (const id of ['sg-2', 'sg-3']) ec2.add(id, drifted().rules);
      return ec2;
    };
    const declared = compiled({ ...web, groups: { ids: ['sg-1', 'sg-2', 'sg-3'] } });

    it.each<[string, (ec2: SimulatedEc2) => void]>([
      ['its calls are refused', (ec2) => (ec2.before = (call) => (/^(authorize|revoke) sg-2/.test(call) ? 'denied' : undefined))],
      ['it cannot be read', (ec2) => (ec2.before = (call) => (call === 'read sg-2' ? 'transient' : undefined))],
      [
        'it is deleted',
        (ec2) => {
          ec2.delete('sg-2');
        },
      ],
      [
        'something unforeseen is thrown',
        (ec2) => {
          const { readRules } = ec2;
          ec2.readRules = (id) => (id === 'sg-2' ? Promise.reject(new TypeError('x is not a function')) : readRules(id));
        },
      ],
    ])('%s', async (_, spoil) => {
      const ec2 = three();
      spoil(ec2);
      const guard = remediator(ec2, { declared });

      await ended(guard.run(scheduledEvent()));

      expect([ec2.stateOf('sg-1'), ec2.stateOf('sg-3')]).toEqual([WEB, WEB]);
      expect(guard.config.kept.map(({ resourceId }) => resourceId).sort()).toEqual(['sg-1', 'sg-2', 'sg-3']);
      expect(guard.config.kept.filter(({ compliance }) => compliance === 'COMPLIANT')).toHaveLength(2);
    });

    it('none of them can be read, and each is told', async () => {
      const ec2 = three();
      ec2.before = (call) => (call.startsWith('read') ? 'denied' : undefined);
      const guard = remediator(ec2, { declared });

      await guard.run(scheduledEvent());

      expect(guard.config.kept.map(({ compliance }) => compliance)).toEqual(Array(3).fill('NON_COMPLIANT'));
    });

    it('which groups there are cannot be read, and that is told of those it knows and of those it does not', async () => {
      const ec2 = three();
      ec2.before = () => 'transient';
      const byTag = baseline([], { name: 'tagged', groups: { ids: [], tags: { a: 'x' } } });
      const guard = remediator(ec2, { declared: compiled(...declared.baselines, byTag) });

      expect(await ended(guard.run(scheduledEvent()))).toBe('retried');

      expect(guard.config.kept).toHaveLength(3);
      expect(guard.findings.map(({ group, summary }) => `${group.id ?? 'no group'}: ${summary.slice(0, 41)}`)).toEqual([
        'sg-1: the live rules could not be read and noth',
        'sg-2: the live rules could not be read and noth',
        'sg-3: the live rules could not be read and noth',
        'no group: which groups are selected by tag, name or',
      ]);
    });
  });

  describe('of AWS Config loses no finding:', () => {
    it.each([
      ['FailedEvaluations', 'retried', /^AWS Config did not take the evaluations of sg-1$/],
      ['ThrottlingException', 'retried', /^PutEvaluations failed with ThrottlingException/],
      ['InvalidResultTokenException', 'resolved', /^PutEvaluations failed with InvalidResultTokenException/],
      ['NoSuchConfigRuleException', 'resolved', /^PutEvaluations failed with NoSuchConfigRuleException/],
    ] as const)('%s is %s', async (fault, how, told) => {
      const config = new SimulatedConfig();
      config.before = () => fault;
      const ec2 = drifted();
      const guard = remediator(ec2, { config });

      expect(await ended(guard.run())).toBe(how);

      expect(ec2.state).toEqual(WEB);
      expect(guard.findings).toMatchObject([{ kind: 'restoration' }]);
      expect(guard.logged).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringMatching(told) as string }));
    });
  });
});

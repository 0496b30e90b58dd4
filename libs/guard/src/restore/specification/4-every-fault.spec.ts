import { baseline, liveRules, permissions, SimulatedEc2, type Fault } from '@portcullis/security-groups/testing';
import { scheduledEvent } from '../../testing/config-events.js';
import { AT_BASELINE, remediator, web, WEB, type Remediator } from '../../testing/remediator.js';
import { SimulatedConfig, type ConfigFault } from '../../testing/simulated-config.js';

const DRIFTED = ['tcp 80 from 0.0.0.0/0', 'tcp 445 from 0.0.0.0/0'];
/** One declared rule is missing, and one undeclared rule is present. They have no traffic in common. */
const drifted = (): SimulatedEc2 => new SimulatedEc2(liveRules(...DRIFTED));
const annotationOf = ({ config }: Remediator): string | undefined => config.kept.at(-1)?.annotation;

describe('4. Every fault of EC2 is reported, and retried only if a retry may help', () => {
  const all = ['tcp/443', 'tcp/445', 'tcp/80'];
  it.each<[string, Fault, string[], 'resolved' | 'retried', RegExp]>([
    [
      'authorize',
      'denied',
      ['tcp/80'],
      'resolved',
      /^not restored: AuthorizeSecurityGroupIngress failed with UnauthorizedOperation; tcp\/443 .* must be authorized$/,
    ],
    ['authorize', 'transient', ['tcp/80'], 'retried', /failed with RequestLimitExceeded/],
    ['authorize', 'unsent', ['tcp/80'], 'retried', /failed with ETIMEDOUT/],
    ['authorize', 'refused', ['tcp/80'], 'resolved', /failed with InvalidParameterValue/],
    ['authorize', 'quota', ['tcp/80'], 'resolved', /failed with RulesPerSecurityGroupLimitExceeded/],
    ['authorize', 'group-not-found', ['tcp/80'], 'resolved', /failed with InvalidGroup.NotFound/],
    ['authorize', 'duplicate', ['tcp/80'], 'retried', /failed with InvalidPermission.Duplicate/],
    [
      'revoke',
      'denied',
      all,
      'resolved',
      /^not restored: RevokeSecurityGroupIngress failed with UnauthorizedOperation; tcp\/445 .* must be revoked$/,
    ],
    ['revoke', 'transient', all, 'retried', /failed with RequestLimitExceeded/],
    ['revoke', 'unsent', all, 'retried', /failed with ETIMEDOUT/],
    ['revoke', 'refused', all, 'resolved', /failed with InvalidParameterValue/],
    ['revoke', 'rule-not-found', all, 'retried', /failed with InvalidSecurityGroupRuleId.NotFound/],
  ])(
    'makes the other half of the changes when every %s call fails as %s: %j is left, and the run is %s',
    async (call, fault, left, how, told) => {
      const ec2 = drifted().fail(call, fault);
      const guard = remediator(ec2);

      expect(await guard.ended()).toBe(how);

      expect(ec2.state).toEqual(left.map((ports) => `${ports} from 0.0.0.0/0`));
      expect(guard.config.kept).toMatchObject([{ compliance: 'NON_COMPLIANT', annotation: expect.stringMatching(told) as string }]);
      expect(guard.findings).toMatchObject([{ kind: 'drift' }]);
      expect(guard.measured.CallFailures).toBeGreaterThan(0);
    },
  );

  it.each<[string, string, Fault]>([
    ['the authorized rule already existed', 'authorize', 'duplicate'],
    ['the revoked rule was already gone', 'revoke', 'rule-not-found'],
    ['the group was full for a moment', 'authorize', 'quota'],
  ])('restores the group in the same invocation when once %s', async (_, call, fault) => {
    const ec2 = drifted().fail(call, fault, 1);
    const guard = remediator(ec2);

    await guard.run();

    expect(ec2.state).toEqual(WEB);
    expect(guard.config.kept).toMatchObject([{ compliance: 'COMPLIANT' }]);
    expect(guard.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each<Fault>(['unanswered', 'garbled'])('reads the rules to find out what EC2 did when its answers are %s', async (fault) => {
    const ec2 = drifted().fail('authorize', fault).fail('revoke', fault);
    const guard = remediator(ec2);

    const { results } = await guard.run();

    const done = 'revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0';
    expect(ec2.state).toEqual(WEB);
    expect(results).toMatchObject([{ compliance: 'COMPLIANT', authorized: permissions('tcp 443 from 0.0.0.0/0') }]);
    expect(annotationOf(guard)).toBe(`restored to web: ${done}`);
    expect(guard.findings).toMatchObject([{ kind: 'restoration', summary: expect.stringContaining(done) as string }]);
    expect(guard.measured).toMatchObject({ RulesAuthorized: 1, RulesRevoked: 1 });
  });

  it.each<[Fault, 'resolved' | 'retried']>([
    ['transient', 'retried'],
    ['unsent', 'retried'],
    ['garbled', 'retried'],
    ['denied', 'resolved'],
  ])('changes nothing when the first read fails as %s: the group is undetermined, and the run is %s', async (fault, how) => {
    const ec2 = drifted().fail('', fault);
    const guard = remediator(ec2);

    expect(await guard.ended()).toBe(how);

    expect(ec2.calls).toEqual(['read']);
    expect(annotationOf(guard)).toMatch(/^the live rules could not be read and nothing was changed: /);
    expect(guard.findings).toMatchObject([{ kind: 'undetermined' }]);
  });

  it('changes nothing when the group has a rule of an unknown kind', async () => {
    const ec2 = drifted();
    ec2.rules = ec2.rules.map((rule) => ({ ...rule, source: { kind: 'prefixList', prefixListId: '' } }));
    const guard = remediator(ec2);

    expect(await guard.ended(scheduledEvent())).toBe('resolved');

    expect(ec2.calls).toEqual(['list', 'read']);
    expect(annotationOf(guard)).toContain('the live rules of `sg-1` cannot be read: ');
    expect(guard.findings).toMatchObject([{ kind: 'undetermined' }]);
  });

  it('reports what was done when the verifying reads fail', async () => {
    const ec2 = drifted();
    ec2.meddle('read', () => ec2.fail('read', 'transient'));
    const guard = remediator(ec2);

    expect(await guard.ended()).toBe('retried');

    expect(annotationOf(guard)).toBe(
      'revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0; whether the group is at its baseline could not be read: DescribeSecurityGroupRules: RequestLimitExceeded: EC2 says no',
    );
    expect(guard.findings).toMatchObject([{ kind: 'undetermined' }]);
    expect(guard.measured).toMatchObject({ RulesAuthorized: 1, RulesRevoked: 1 });
  });

  it('reports what may have been done when an answer is lost and the verifying reads fail', async () => {
    const ec2 = drifted().fail('authorize', 'unanswered');
    ec2.meddle('read', () => ec2.fail('read', 'denied'));
    const guard = remediator(ec2);

    await guard.run();

    expect(annotationOf(guard)).toMatch(
      /^revoked tcp\/445 from 0.0.0.0\/0; perhaps authorized tcp\/443 from 0.0.0.0\/0: EC2 did not confirm it; whether /,
    );
  });

  it.each([
    ['answers success and does nothing', false, 'EC2 accepted every call, but reads do not show all of what they changed'],
    ['names the permissions that it did not revoke', true, 'RevokeSecurityGroupIngress failed with UnknownIpPermissions'],
  ])('reads the rules to find out that a default VPC revoked nothing when EC2 %s', async (_, namesWhatItForgot, told) => {
    const guard = remediator(Object.assign(drifted(), { forgetsToRevoke: true, namesWhatItForgot }));

    expect(await guard.ended()).toBe('retried');

    expect(annotationOf(guard)).toBe(`not restored: ${told}; tcp/445 from 0.0.0.0/0 must be revoked`);
  });

  it('does not report a lost call as accepted when somebody else changed the group meanwhile', async () => {
    const ec2 = drifted().fail('revoke', 'unsent', 1);
    ec2.meddle(
      'authorize',
      () => (ec2.rules = [...ec2.rules, ...liveRules('tcp 2 from 10.0.0.0/8').map((rule) => ({ ...rule, ruleId: 'sgr-x' }))]),
    );
    const guard = remediator(ec2);

    expect(await guard.ended()).toBe('retried');

    expect(annotationOf(guard)).toBe(
      'not restored: perhaps revoked tcp/445 from 0.0.0.0/0: EC2 did not confirm it; tcp/445 from 0.0.0.0/0 must be revoked',
    );
  });

  it.each<Fault>(['transient', 'denied', 'unsent', 'garbled', 'refused'])(
    'restores a group, without a retry, when a prefix list cannot be read: %s',
    async (fault) => {
      const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 22 from pl-1')).fail('read the list', fault);
      const guard = remediator(ec2);

      expect(await guard.ended()).toBe('resolved');

      expect(ec2.callsOf('read the list')).toHaveLength(1);
      expect(ec2.state).toEqual(WEB);
      expect(guard.findings).toMatchObject([{ kind: 'restoration', severity: 'high' }]);
      const message = expect.stringMatching(/^GetManagedPrefixListEntries: /) as string;
      expect(guard.logged).toContainEqual(expect.objectContaining({ level: 'error', message }));
    },
  );
});

describe('4. A deleted group is NOT_APPLICABLE, and is not created again', () => {
  it.each(['before the read', 'before authorize', 'before revoke', 'after revoke'])(
    'answers NOT_APPLICABLE for a group that is deleted %s',
    async (moment) => {
      const ec2 = drifted();
      const [when, call = ''] = moment.replace('the ', '').split(' ');
      if (when === 'after') ec2.meddle(call, () => (ec2.exists = false));
      ec2.before = (made) => {
        if (when === 'before' && made.startsWith(call)) ec2.exists = false;
        return undefined;
      };
      const guard = remediator(ec2);

      expect(await guard.ended()).toBe('resolved');

      expect(guard.config.kept).toMatchObject([{ compliance: 'NOT_APPLICABLE', annotation: 'the group does not exist any more' }]);
      expect(guard.findings).toEqual([]);
      if (moment === 'before the read') expect(ec2.calls).toEqual(['read', 'describe']);
    },
  );
});

describe('4. Close to its time limit, the function stops and is retried', () => {
  it.each([
    [1, 'nothing was changed'],
    [2, 'authorized tcp/443 from 0.0.0.0/0'],
    [3, 'revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0'],
  ])('stops after %i calls, and says what it did', async (calls, done) => {
    const ec2 = drifted();
    const guard = remediator(ec2, { timeLeft: () => (ec2.calls.length < calls ? 1 : 0) });

    expect(await guard.ended()).toBe('retried');

    expect(ec2.calls).toHaveLength(calls);
    expect(annotationOf(guard)).toBe(`the time was up before the group was read to be at its baseline; ${done}`);
  });

  it('names the groups of a schedule that it did not reach, and reports nothing about them to AWS Config', async () => {
    const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE));
    for (const id of ['sg-2', 'sg-3']) ec2.add(id, liveRules(...AT_BASELINE));
    const declared = [{ ...web, groups: { ids: ['sg-1', 'sg-2', 'sg-3'] } }];
    let asked = 0;
    const guard = remediator(ec2, { declared, timeLeft: () => (asked++ < 1 ? 1 : 0) });

    expect(await guard.ended(scheduledEvent())).toBe('retried');

    expect(guard.config.kept.map(({ resourceId }) => resourceId)).toEqual(['sg-1']);
    expect(guard.findings).toMatchObject([
      { kind: 'undetermined', summary: 'the time was up before 2 groups were evaluated: sg-2, sg-3', group: { id: null } },
    ]);
  });
});

describe('4. A fault of one group in a schedule does not stop the others', () => {
  const three = (): SimulatedEc2 => {
    const ec2 = drifted();
    for (const id of ['sg-2', 'sg-3']) ec2.add(id, liveRules(...DRIFTED));
    return ec2;
  };
  const declared = [{ ...web, groups: { ids: ['sg-1', 'sg-2', 'sg-3'] } }];

  it.each<[string, (ec2: SimulatedEc2) => unknown]>([
    ['the calls for that group are refused', (ec2) => ec2.fail('authorize sg-2', 'denied').fail('revoke sg-2', 'denied')],
    ['it cannot be read', (ec2) => ec2.fail('read sg-2', 'transient')],
    ['that group is deleted', (ec2) => ec2.meddle('list', () => ec2.delete('sg-2'))],
    [
      'an unexpected error is thrown',
      (ec2) => {
        const { readRules } = ec2;
        ec2.readRules = (id) => (id === 'sg-2' ? Promise.reject(new TypeError('x is not a function')) : readRules(id));
      },
    ],
  ])('restores and reports the others when %s', async (_, spoil) => {
    const ec2 = three();
    spoil(ec2);
    const guard = remediator(ec2, { declared });

    await guard.ended(scheduledEvent());

    expect([ec2.stateOf('sg-1'), ec2.stateOf('sg-3')]).toEqual([WEB, WEB]);
    expect(guard.config.kept.map(({ resourceId }) => resourceId).sort()).toEqual(['sg-1', 'sg-2', 'sg-3']);
    expect(guard.config.kept.filter(({ compliance }) => compliance === 'COMPLIANT')).toHaveLength(2);
  });

  it('reports every group when EC2 answers no read', async () => {
    const guard = remediator(three().fail('read', 'denied'), { declared });

    await guard.run(scheduledEvent());

    expect(guard.config.kept.map(({ compliance }) => compliance)).toEqual(Array(3).fill('NON_COMPLIANT'));
  });

  it('reports the groups that baselines name by id, and that other groups are unknown, when groups cannot be listed', async () => {
    const byTag = baseline([], { name: 'tagged', groups: { ids: [], tags: { a: 'x' } } });
    const guard = remediator(three().fail('', 'transient'), { declared: [...declared, byTag] });

    expect(await guard.ended(scheduledEvent())).toBe('retried');

    expect(guard.config.kept).toHaveLength(3);
    expect(guard.findings.map(({ group, summary }) => `${group.id ?? 'no group'}: ${summary.slice(0, 41)}`)).toEqual([
      'sg-1: the live rules could not be read and noth',
      'sg-2: the live rules could not be read and noth',
      'sg-3: the live rules could not be read and noth',
      'no group: which groups are selected by tag, name or',
    ]);
  });
});

it.each<[ConfigFault, 'resolved' | 'retried', RegExp]>([
  ['FailedEvaluations', 'retried', /^AWS Config did not take the evaluations of sg-1$/],
  ['ThrottlingException', 'retried', /^PutEvaluations failed with ThrottlingException/],
  ['InvalidResultTokenException', 'resolved', /^PutEvaluations failed with InvalidResultTokenException/],
  ['NoSuchConfigRuleException', 'resolved', /^PutEvaluations failed with NoSuchConfigRuleException/],
])('4. Loses no finding when AWS Config answers %s, and is %s', async (fault, how, told) => {
  const config = Object.assign(new SimulatedConfig(), { before: () => fault });
  const ec2 = drifted();
  const guard = remediator(ec2, { config });

  expect(await guard.ended()).toBe(how);

  expect(ec2.state).toEqual(WEB);
  expect(guard.findings).toMatchObject([{ kind: 'restoration' }]);
  expect(guard.logged).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringMatching(told) as string }));
});

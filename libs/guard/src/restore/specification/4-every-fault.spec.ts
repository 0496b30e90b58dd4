import { baseline, liveRules, permissions, type Fault, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { scheduledEvent } from '../../testing/config-events.js';
import { AT_BASELINE, ec2With, outcomeOf, web, WEB } from '../../testing/remediator.js';
import { SimulatedConfig, type ConfigFault } from '../../testing/simulated-config.js';

const DRIFTED = ['tcp 80 from 0.0.0.0/0', 'tcp 445 from 0.0.0.0/0'];
/** Returns a simulated EC2 whose group lacks a declared rule and has an undeclared rule for other traffic. */
const drifted = (): SimulatedEc2 => ec2With(...DRIFTED);
const DONE = 'revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0';

describe('4. The remediator reports every failed call of EC2, and asks for a retry only if a retry may help', () => {
  const ONE = ['tcp/80'];
  const ALL = ['tcp/443', 'tcp/445', 'tcp/80'];
  const deniedOf = (call: string, needs: string) => new RegExp(`^not restored: ${call} failed with UnauthorizedOperation; ${needs}$`);
  it.each<[string, Fault, string[], 'resolved' | 'retried', RegExp]>([
    ['authorize', 'denied', ONE, 'resolved', deniedOf('AuthorizeSecurityGroupIngress', 'tcp/443 .* must be authorized')],
    ['authorize', 'transient', ONE, 'retried', /failed with RequestLimitExceeded/],
    ['authorize', 'unsent', ONE, 'retried', /failed with ETIMEDOUT/],
    ['authorize', 'refused', ONE, 'resolved', /failed with InvalidParameterValue/],
    ['authorize', 'quota', ONE, 'resolved', /failed with RulesPerSecurityGroupLimitExceeded/],
    ['authorize', 'group-not-found', ONE, 'resolved', /failed with InvalidGroup.NotFound/],
    ['authorize', 'duplicate', ONE, 'retried', /failed with InvalidPermission.Duplicate/],
    ['revoke', 'denied', ALL, 'resolved', deniedOf('RevokeSecurityGroupIngress', 'tcp/445 .* must be revoked')],
    ['revoke', 'transient', ALL, 'retried', /failed with RequestLimitExceeded/],
    ['revoke', 'unsent', ALL, 'retried', /failed with ETIMEDOUT/],
    ['revoke', 'refused', ALL, 'resolved', /failed with InvalidParameterValue/],
    ['revoke', 'rule-not-found', ALL, 'retried', /failed with InvalidSecurityGroupRuleId.NotFound/],
  ])(
    'if every %s call fails with the fault %s, the remediator makes all other changes. The group then lets in %j, and the run is %s',
    async (...row) => {
      const [call, fault, left, how, told] = row;
      const ended = await outcomeOf(drifted().fail(call, fault));

      expect([ended.how, ended.state]).toEqual([how, left.map((ports) => `${ports} from 0.0.0.0/0`)]);
      expect(ended.kept).toMatchObject([{ compliance: 'NON_COMPLIANT', annotation: expect.stringMatching(told) as string }]);
      expect(ended.findings).toMatchObject([{ kind: 'drift' }]);
      expect(ended.measured.CallFailures).toBeGreaterThan(0);
    },
  );

  it.each<[string, string, Fault]>([
    ['the authorized rule already existed', 'authorize', 'duplicate'],
    ['the revoked rule was already gone', 'revoke', 'rule-not-found'],
    ['the quota of the group was used up for a moment', 'authorize', 'quota'],
  ])('after a single failed call, the remediator restores the group in the same invocation: %s', async (_, call, fault) => {
    const { state, kept, logged } = await outcomeOf(drifted().fail(call, fault, 1));

    expect([state, logged.filter(({ level }) => level === 'error')]).toEqual([WEB, []]);
    expect(kept).toMatchObject([{ compliance: 'COMPLIANT' }]);
  });

  it.each<Fault>(['unanswered', 'garbled'])(
    'if the responses of EC2 are %s, the remediator reads the rules to find out which changes took effect',
    async (fault) => {
      const { state, results, findings, measured } = await outcomeOf(drifted().fail('authorize', fault).fail('revoke', fault));

      expect(state).toEqual(WEB);
      const authorized = permissions('tcp 443 from 0.0.0.0/0');
      expect(results).toMatchObject([{ compliance: 'COMPLIANT', authorized, annotation: `restored to web: ${DONE}` }]);
      expect(findings).toMatchObject([{ kind: 'restoration', summary: expect.stringContaining(DONE) as string }]);
      expect(measured).toMatchObject({ RulesAuthorized: 1, RulesRevoked: 1 });
    },
  );

  it.each<[Fault, 'resolved' | 'retried']>([
    ['transient', 'retried'],
    ['unsent', 'retried'],
    ['garbled', 'retried'],
    ['denied', 'resolved'],
  ])(
    'the remediator changes nothing when the first read fails with the fault %s: the finding is undetermined, and the run is %s',
    async (fault, expected) => {
      const { how, calls, annotation, findings } = await outcomeOf(drifted().fail('', fault));

      expect([how, calls]).toEqual([expected, ['read']]);
      expect(annotation).toMatch(/^nothing was changed, because the live rules could not be read: /);
      expect(findings).toMatchObject([{ kind: 'undetermined' }]);
    },
  );

  it('the remediator changes nothing when the group has a rule of an unknown kind', async () => {
    const ec2 = drifted();
    ec2.rules = ec2.rules.map((rule) => ({ ...rule, source: { kind: 'prefixList', prefixListId: '' } }));

    const { how, calls, annotation, findings } = await outcomeOf(ec2, {}, scheduledEvent());

    expect([how, calls]).toEqual(['resolved', ['list', 'read']]);
    expect(annotation).toContain('the live rules of `sg-1` cannot be read: ');
    expect(findings).toMatchObject([{ kind: 'undetermined' }]);
  });

  it('the remediator reports the changes that it made when the reads after the changes fail', async () => {
    const ec2 = drifted();
    ec2.meddle('read', () => ec2.fail('read', 'transient'));

    const { how, annotation, findings, measured } = await outcomeOf(ec2);

    const unread = 'DescribeSecurityGroupRules: RequestLimitExceeded: EC2 says no';
    expect(how).toBe('retried');
    expect(annotation).toBe(`${DONE}; it is unknown whether the group is at its baseline: ${unread}`);
    expect(findings).toMatchObject([{ kind: 'undetermined' }]);
    expect(measured).toMatchObject({ RulesAuthorized: 1, RulesRevoked: 1 });
  });

  it('the remediator reports a change as possible when the response is lost and the reads after the change fail', async () => {
    const ec2 = drifted().fail('authorize', 'unanswered');
    ec2.meddle('read', () => ec2.fail('read', 'denied'));

    const perhaps = 'perhaps authorized tcp/443 from 0.0.0.0/0, but EC2 did not confirm the call';
    expect((await outcomeOf(ec2)).annotation).toContain(`revoked tcp/445 from 0.0.0.0/0; ${perhaps}; it is unknown `);
  });

  it.each([
    ['returns success and does nothing', false, 'EC2 accepted every call, but later reads do not show every change'],
    ['names the permissions that it did not revoke', true, 'RevokeSecurityGroupIngress failed with UnknownIpPermissions'],
  ])(
    'if EC2 does not revoke a rule in a default VPC, the remediator detects this with a read: EC2 %s',
    async (_, namesWhatItForgot, told) => {
      const { how, annotation } = await outcomeOf(Object.assign(drifted(), { forgetsToRevoke: true, namesWhatItForgot }));

      expect([how, annotation]).toEqual(['retried', `not restored: ${told}; tcp/445 from 0.0.0.0/0 must be revoked`]);
    },
  );

  it('if a response is lost and somebody else changes the group, the remediator reports the call as unconfirmed', async () => {
    const ec2 = drifted().fail('revoke', 'unsent', 1);
    const [theirs] = liveRules('tcp 2 from 10.0.0.0/8');
    ec2.meddle('authorize', () => (ec2.rules = [...ec2.rules, ...(theirs ? [{ ...theirs, ruleId: 'sgr-x' }] : [])]));

    const { how, annotation } = await outcomeOf(ec2);

    const perhaps = 'perhaps revoked tcp/445 from 0.0.0.0/0, but EC2 did not confirm the call';
    expect([how, annotation]).toEqual(['retried', `not restored: ${perhaps}; tcp/445 from 0.0.0.0/0 must be revoked`]);
  });

  it.each<Fault>(['transient', 'denied', 'unsent', 'garbled', 'refused'])(
    'if the read of a prefix list fails with the fault %s, the remediator still restores the group, and Lambda does not retry the event',
    async (fault) => {
      const ec2 = ec2With(...AT_BASELINE, 'tcp 22 from pl-1').fail('read the list', fault);

      const { how, state, findings, logged } = await outcomeOf(ec2);

      expect([how, state, ec2.callsOf('read the list').length]).toEqual(['resolved', WEB, 1]);
      expect(findings).toMatchObject([{ kind: 'restoration', severity: 'high' }]);
      const message = expect.stringMatching(/^GetManagedPrefixListEntries: /) as string;
      expect(logged).toContainEqual(expect.objectContaining({ level: 'error', message }));
    },
  );
});

const declared = [{ ...web, groups: { ids: ['sg-1', 'sg-2', 'sg-3'] } }];
function three(rules: readonly string[] = DRIFTED): SimulatedEc2 {
  const ec2 = ec2With(...rules);
  for (const id of ['sg-2', 'sg-3']) ec2.add(id, liveRules(...rules));
  return ec2;
}

describe('4. A deleted group is reported as NOT_APPLICABLE, and is not created again', () => {
  it.each(['before the read', 'before authorize', 'before revoke', 'after revoke'])(
    'the remediator reports NOT_APPLICABLE for a group that is deleted %s',
    async (moment) => {
      const ec2 = drifted();
      const [when, call = ''] = moment.replace('the ', '').split(' ');
      if (when === 'after') ec2.meddle(call, () => (ec2.exists = false));
      ec2.before = (made) => {
        if (when === 'before' && made.startsWith(call)) ec2.exists = false;
        return undefined;
      };

      const { how, kept, findings } = await outcomeOf(ec2);

      expect([how, findings]).toEqual(['resolved', []]);
      expect(kept).toMatchObject([{ compliance: 'NOT_APPLICABLE', annotation: 'the group no longer exists' }]);
      if (moment === 'before the read') expect(ec2.calls).toEqual(['read', 'describe']);
    },
  );
});

describe('4. The remediator stops close to its deadline, and Lambda retries the event', () => {
  it.each([
    [1, 'nothing was changed'],
    [2, 'authorized tcp/443 from 0.0.0.0/0'],
    [3, DONE],
  ])('if the deadline comes after %i calls, the remediator stops and reports the changes that it made', async (calls, done) => {
    const ec2 = drifted();

    const { how, annotation } = await outcomeOf(ec2, { timeLeft: () => (ec2.calls.length < calls ? 1 : 0) });

    expect([how, ec2.calls.length]).toEqual(['retried', calls]);
    expect(annotation).toBe(`the function ran out of time before it could confirm that the group is at its baseline; ${done}`);
  });

  it('if the deadline comes during a scheduled event, the remediator names the groups that it did not evaluate, and sends no evaluations of these groups', async () => {
    let asked = 0;
    const { how, kept, findings } = await outcomeOf(
      three(AT_BASELINE),
      { declared, timeLeft: () => (asked++ < 1 ? 1 : 0) },
      scheduledEvent(),
    );

    expect([how, kept.map(({ resourceId }) => resourceId)]).toEqual(['retried', ['sg-1']]);
    const summary = 'the function ran out of time before it evaluated 2 groups: sg-2, sg-3';
    expect(findings).toMatchObject([{ kind: 'undetermined', summary, group: { id: null } }]);
  });
});

describe('4. A failure for one group does not stop the evaluation of the other groups of a scheduled event', () => {
  it.each<[string, (ec2: SimulatedEc2) => unknown]>([
    ['the calls for that group are refused', (ec2) => ec2.fail('authorize sg-2', 'denied').fail('revoke sg-2', 'denied')],
    ['that group cannot be read', (ec2) => ec2.fail('read sg-2', 'transient')],
    ['that group is deleted', (ec2) => ec2.meddle('list', () => ec2.delete('sg-2'))],
    [
      'the evaluation of that group throws an unexpected error',
      (ec2) => {
        const { readRules } = ec2;
        ec2.readRules = (id) => (id === 'sg-2' ? Promise.reject(new TypeError('x is not a function')) : readRules(id));
      },
    ],
  ])('the remediator restores and reports the other groups when %s', async (_, spoil) => {
    const ec2 = three();
    spoil(ec2);

    const { kept } = await outcomeOf(ec2, { declared }, scheduledEvent());

    expect([ec2.stateOf('sg-1'), ec2.stateOf('sg-3')]).toEqual([WEB, WEB]);
    expect(kept.map(({ resourceId }) => resourceId).sort()).toEqual(['sg-1', 'sg-2', 'sg-3']);
    expect(kept.filter(({ compliance }) => compliance === 'COMPLIANT')).toHaveLength(2);
  });

  it('if EC2 cannot list the groups, the remediator reports the groups that baselines name by id, and says that it did not evaluate other groups', async () => {
    const byTag = baseline([], { name: 'tagged', groups: { ids: [], tags: { a: 'x' } } });

    const world = { declared: [...declared, byTag] };
    const { how, kept, findings } = await outcomeOf(three().fail('', 'transient'), world, scheduledEvent());

    expect([how, kept.length]).toEqual(['retried', 3]);
    expect(findings.map(({ group, summary }) => `${group.id ?? 'no group'}: ${summary.slice(0, 41)}`)).toEqual([
      ...['sg-1', 'sg-2', 'sg-3'].map((id) => `${id}: nothing was changed, because the live rul`),
      'no group: groups that are selected by tag, name or ',
    ]);
  });
});

it.each<[ConfigFault, 'resolved' | 'retried', RegExp]>([
  ['FailedEvaluations', 'retried', /^AWS Config refused the evaluations of sg-1$/],
  ['ThrottlingException', 'retried', /^PutEvaluations failed with ThrottlingException/],
  ['InvalidResultTokenException', 'resolved', /^PutEvaluations failed with InvalidResultTokenException/],
  ['NoSuchConfigRuleException', 'resolved', /^PutEvaluations failed with NoSuchConfigRuleException/],
])('4. The remediator still reports its finding when AWS Config returns %s, and the run is %s', async (fault, expected, told) => {
  const config = Object.assign(new SimulatedConfig(), { before: () => fault });

  const { how, state, findings, logged } = await outcomeOf(drifted(), { config });

  expect([how, state]).toEqual([expected, WEB]);
  expect(findings).toMatchObject([{ kind: 'restoration' }]);
  expect(logged).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringMatching(told) as string }));
});

import type { CompiledBaseline } from '@portcullis/baseline';
import { baseline, liveRules, permissions, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { createHandler, RetryableError, type Outcome } from './handler.js';
import { EvaluationsError } from './ports.js';
import type { Settings } from './settings.js';
import { changeEvent, scheduledEvent } from './testing/config-events.js';
import { recordedPorts } from './testing/recorded-ports.js';

const web = baseline(['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0']);
const compiled = (...baselines: CompiledBaseline['baselines']): CompiledBaseline => ({
  format: 'portcullis-baseline',
  version: 1,
  baselines,
});

interface Circumstances {
  readonly event?: unknown;
  readonly declared?: CompiledBaseline;
  readonly reportRestored?: Settings['reportRestored'];
}

const invoke = (ec2: SimulatedEc2, circumstances: Circumstances = {}) => {
  const { event = changeEvent(), declared = compiled(web), reportRestored = 'COMPLIANT' } = circumstances;
  const recorded = recordedPorts(ec2);
  const handler = createHandler(declared, { reportRestored }, recorded.ports);
  return { recorded, run: (): Promise<Outcome> => handler(event) };
};

describe('a group at its baseline', () => {
  it('is COMPLIANT for one read and one evaluation, with the capture time and no finding', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'));
    const { recorded, run } = invoke(ec2);

    const outcome = await run();

    expect(outcome).toEqual({
      results: [
        {
          groupId: 'sg-1',
          compliance: 'COMPLIANT',
          annotation: 'the group is at its baseline web',
          authorized: [],
          revoked: [],
        },
      ],
      findings: [],
    });
    expect(ec2.calls).toEqual(['read']);
    expect(recorded.puts).toEqual([
      {
        evaluations: [
          {
            resourceType: 'AWS::EC2::SecurityGroup',
            resourceId: 'sg-1',
            compliance: 'COMPLIANT',
            annotation: 'the group is at its baseline web',
            orderingTime: new Date('2026-11-23T10:00:00.000Z'),
          },
        ],
        resultToken: 'token-1',
        testMode: false,
      },
    ]);
  });

  it('tells how old the event was', async () => {
    const { recorded, run } = invoke(new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0')));

    await run();

    expect(recorded.measured).toEqual({ EventAgeSeconds: 120 });
  });
});

describe('a group that drifted', () => {
  const drifted = (): SimulatedEc2 =>
    new SimulatedEc2(liveRules(...[80, 443, 465, 993].map((port) => `tcp ${port} from 0.0.0.0/0`)));

  it('is restored, reported COMPLIANT, and what was done is told', async () => {
    const ec2 = drifted();
    const { recorded, run } = invoke(ec2);

    const { results, findings } = await run();

    expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0', 'tcp/80 from 0.0.0.0/0']);
    expect(results).toEqual([
      {
        groupId: 'sg-1',
        compliance: 'COMPLIANT',
        annotation: 'restored to web: revoked tcp/465, tcp/993 from 0.0.0.0/0',
        authorized: [],
        revoked: permissions('tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0'),
      },
    ]);
    expect(findings).toMatchObject([
      {
        schemaVersion: 1,
        id: '1795000000000:sg-1',
        kind: 'restoration',
        severity: 'high',
        group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1', accountId: '111122223333', region: 'eu-west-1' },
        baseline: 'web',
        revoke: permissions('tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0'),
        actor: null,
        event: { source: 'config', time: '2026-11-23T10:00:00.000Z' },
        basis: 'live',
      },
    ]);
    expect(recorded.findings).toEqual(findings);
    expect(recorded.measured).toMatchObject({ RulesRevoked: 2 });
  });

  it('does not claim that open connections were cut', async () => {
    const { run } = invoke(drifted());

    const { findings } = await run();

    expect(findings[0]?.summary).toBe(
      'revoked tcp/465, tcp/993 from 0.0.0.0/0; connections already open through a revoked rule may live on',
    );
  });

  it('is reported NON_COMPLIANT after its restoration where the settings ask for it', async () => {
    const { run } = invoke(drifted(), { reportRestored: 'NON_COMPLIANT' });

    const { results } = await run();

    expect(results[0]?.compliance).toBe('NON_COMPLIANT');
  });

  it('is changed once, however often the event is delivered', async () => {
    const ec2 = drifted();
    const { run } = invoke(ec2);

    await run();
    await run();

    expect(ec2.calls.filter((call) => call.startsWith('revoke'))).toHaveLength(1);
  });

  it('is told and not touched in report mode', async () => {
    const ec2 = drifted();
    const { run } = invoke(ec2, { declared: compiled({ ...web, mode: 'report' }) });

    const { results, findings } = await run();

    expect(ec2.calls).toEqual(['read']);
    expect(results).toMatchObject([
      {
        compliance: 'NON_COMPLIANT',
        authorized: [],
        revoked: [],
        annotation: expect.stringContaining('nothing was changed') as string,
      },
    ]);
    expect(findings).toMatchObject([
      { kind: 'drift', revoke: permissions('tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0') },
    ]);
  });

  it('has its egress told apart from its ingress', async () => {
    const ec2 = new SimulatedEc2(liveRules('-1 to 0.0.0.0/0'));
    const { run } = invoke(ec2, { declared: compiled(baseline([], { egress: permissions('tcp 443 to 0.0.0.0/0') })) });

    const { results } = await run();

    expect(results[0]).toMatchObject({
      authorized: [],
      revoked: [],
      egress: { authorized: permissions('tcp 443 to 0.0.0.0/0'), revoked: permissions('-1 to 0.0.0.0/0') },
    });
  });

  it('has an annotation that AWS Config takes, however much was done', async () => {
    const ec2 = new SimulatedEc2(
      liveRules(...Array.from({ length: 58 }, (_, i) => `tcp ${5000 + i} from 198.51.100.${i}/32`)),
    );
    const { recorded, run } = invoke(ec2);

    await run();

    const annotation = recorded.puts[0]?.evaluations[0]?.annotation ?? '';
    expect(annotation).toMatch(/^restored to web: revoked tcp\/5000 from 198\.51\.100\.0\/32/);
    expect(annotation.length).toBeLessThanOrEqual(256);
  });
});

describe('a group that could not be restored', () => {
  it('is NON_COMPLIANT, says why, and is retried when that may help', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0'));
    ec2.before = (call) => (call.startsWith('revoke') ? 'transient' : undefined);
    const { recorded, run } = invoke(ec2);

    await expect(run()).rejects.toBeInstanceOf(RetryableError);

    expect(recorded.puts[0]?.evaluations).toMatchObject([
      {
        compliance: 'NON_COMPLIANT',
        annotation: 'not restored: revoke failed with RequestLimitExceeded; tcp/22 from 0.0.0.0/0 must be revoked',
      },
    ]);
    expect(recorded.findings).toMatchObject([{ kind: 'drift', severity: 'critical' }]);
    expect(recorded.measured).toMatchObject({ CallFailures: 1 });
  });

  it('is not retried when the role may not', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0'));
    ec2.before = (call) => (call.startsWith('revoke') ? 'denied' : undefined);
    const { run } = invoke(ec2);

    const { results } = await run();

    expect(results).toMatchObject([
      { compliance: 'NON_COMPLIANT', annotation: expect.stringContaining('UnauthorizedOperation') as string },
    ]);
  });

  it('because its rules could not be read is left alone, NON_COMPLIANT and undetermined', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.before = () => 'denied';
    const { recorded, run } = invoke(ec2);

    const { results } = await run();

    expect(ec2.calls).toEqual(['read']);
    expect(results).toMatchObject([{ compliance: 'NON_COMPLIANT' }]);
    expect(recorded.findings).toMatchObject([{ kind: 'undetermined' }]);
  });
});

describe('a group that was changed and could not be read again', () => {
  it('is NON_COMPLIANT and undetermined, what was done is told, and it is retried', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0'));
    let reads = 0;
    ec2.before = (call) => (call === 'read' && ++reads > 1 ? 'transient' : undefined);
    const { recorded, run } = invoke(ec2);

    await expect(run()).rejects.toBeInstanceOf(RetryableError);

    expect(recorded.puts[0]?.evaluations).toMatchObject([
      {
        compliance: 'NON_COMPLIANT',
        annotation:
          'revoked tcp/22 from 0.0.0.0/0; whether the group is at its baseline could not be read: read: RequestLimitExceeded',
      },
    ]);
    expect(recorded.findings).toMatchObject([{ kind: 'undetermined' }]);
    expect(recorded.measured).toMatchObject({ RulesRevoked: 1 });
  });
});

describe('a group that is not to be restored', () => {
  const notGuarded = compiled(baseline([], { groups: { ids: ['sg-9'] } }));

  it('because no baseline selects it is NOT_APPLICABLE, and never read', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 22 from 0.0.0.0/0'));
    const { run } = invoke(ec2, { declared: notGuarded });

    const { results, findings } = await run();

    expect(results).toEqual([
      {
        groupId: 'sg-1',
        compliance: 'NOT_APPLICABLE',
        annotation: 'no baseline selects the group',
        authorized: [],
        revoked: [],
      },
    ]);
    expect([ec2.calls, findings]).toEqual([[], []]);
  });

  it.each([
    ['it was deleted', changeEvent({ configurationItemStatus: 'ResourceDeleted', configuration: null })],
    ['it left the scope', { ...changeEvent(), eventLeftScope: true }],
    ['it is no security group', changeEvent({ resourceType: 'AWS::EC2::Instance' })],
  ])('because %s is NOT_APPLICABLE, and never read', async (_name, event) => {
    const ec2 = new SimulatedEc2(liveRules('tcp 22 from 0.0.0.0/0'));
    const { run } = invoke(ec2, { event });

    const { results } = await run();

    expect([results[0]?.compliance, ec2.calls]).toEqual(['NOT_APPLICABLE', []]);
  });

  it('because it vanished meanwhile is NOT_APPLICABLE', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.exists = false;
    const { run } = invoke(ec2);

    const { results } = await run();

    expect(results[0]?.compliance).toBe('NOT_APPLICABLE');
  });
});

describe('a schedule', () => {
  it('evaluates every guarded group, and reports them together', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'));
    const declared = compiled(
      baseline(['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'], { groups: { ids: ['sg-1', 'sg-2'] } }),
    );
    const { recorded, run } = invoke(ec2, { event: scheduledEvent(), declared });

    await run();

    expect(recorded.puts.map(({ evaluations }) => evaluations.map(({ resourceId }) => resourceId))).toEqual([
      ['sg-1', 'sg-2'],
    ]);
  });
});

describe('reporting to AWS Config', () => {
  const group = (): SimulatedEc2 =>
    new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0'));

  it('asks for nothing to be stored when a tester sent the event', async () => {
    const { recorded, run } = invoke(group(), { event: { ...changeEvent(), resultToken: 'TESTMODE' } });

    await run();

    expect(recorded.puts[0]?.testMode).toBe(true);
  });

  it('that fails for a while is retried, and the finding is not lost', async () => {
    const { recorded, run } = invoke(group());
    recorded.refuse = new EvaluationsError('PutEvaluations failed with ThrottlingException', true);

    await expect(run()).rejects.toThrow('ThrottlingException');

    expect(recorded.findings).toHaveLength(1);
  });

  it('that fails for good is told and not retried', async () => {
    const { recorded, run } = invoke(group());
    recorded.refuse = new EvaluationsError('PutEvaluations failed with InvalidResultTokenException', false);

    await run();

    expect(recorded.logged).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'PutEvaluations failed with InvalidResultTokenException' }),
    );
  });
});

describe('an event that cannot be read', () => {
  it('is a finding, and neither a crash nor a change', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 22 from 0.0.0.0/0'));
    const { recorded, run } = invoke(ec2, { event: { invokingEvent: '{' } });

    const outcome = await run();

    expect(outcome.results).toEqual([]);
    expect(recorded.findings).toMatchObject([
      { kind: 'undetermined', summary: expect.stringContaining('`invokingEvent`') as string },
    ]);
    expect([ec2.calls, recorded.puts]).toEqual([[], []]);
  });
});

it('the rule parameter debug raises the log level', async () => {
  const { recorded, run } = invoke(new SimulatedEc2([]), {
    event: { ...changeEvent(), ruleParameters: '{"debug":"true"}' },
  });

  await run();

  expect(recorded.verbose).toBe(true);
});

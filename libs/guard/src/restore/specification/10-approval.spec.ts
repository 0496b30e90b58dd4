import { limit, type SimulatedEc2, baseline } from '@portcullis/security-groups/testing';
import type { Finding } from '@portcullis/finding';
import { findingSchema } from '@portcullis/finding/schema';
import { openApprovals } from '../approvals.js';
import { changeEvent, scheduledEvent } from '../../testing/config-events.js';
import { AT_BASELINE, ec2With, outcomeOf, WEB, type Ended, type World } from '../../testing/remediator.js';
import { SimulatedScheduler } from '../../testing/simulated-scheduler.js';

const SMB = 'tcp/445 from 0.0.0.0/0';
const DRIFTED = ['tcp/443 from 0.0.0.0/0', SMB, 'tcp/80 from 0.0.0.0/0'];
const drifted = (): SimulatedEc2 => ec2With(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0');
const web = baseline(AT_BASELINE, { mode: 'approve', approveWithin: 90 });

let scheduler: SimulatedScheduler;
beforeEach(() => {
  scheduler = new SimulatedScheduler();
});

/** Runs the remediator at this time of day. The default event is a change that AWS Config recorded. */
function at(time: string, ec2: SimulatedEc2, event?: unknown, world: World = {}): Promise<Ended> {
  const now = new Date(`2026-11-23T${time}Z`);
  return outcomeOf(ec2, { declared: [web], approvals: scheduler.approvals, now, ...world }, event);
}

function approvalIn({ findings }: Ended): NonNullable<Finding['approval']> {
  const approval = findings[0]?.approval;
  if (approval === undefined) throw new Error('nothing waits for an approval');
  return approval;
}

describe('10. A group in mode `approve` is restored after an approval, or when the time for the approval is over', () => {
  it('if a group drifts, the finding and the annotation name the end of the wait, and a schedule restores the group at the end of the wait', async () => {
    const ended = await at('10:02:00.500', drifted());

    const request = {
      ...{ portcullis: 'restore', version: 1, group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1' } },
      cause: {
        ...{ eventId: '1795000000000', eventName: 'ConfigurationItemChangeNotification', eventTime: '2026-11-23T10:00:00.000Z' },
        ...{ accountId: '111122223333', region: 'eu-west-1' },
      },
    };
    expect(ended).toMatchObject({ how: 'resolved', state: DRIFTED, results: [{ compliance: 'NON_COMPLIANT', revoked: [] }] });
    expect(ended.annotation).toBe(`waits for approval until 2026-11-23T11:32:01Z: ${SMB} must be revoked`);
    expect(ended.findings).toMatchObject([
      { kind: 'drift', severity: 'critical', atBaseline: false, outlook: expect.stringContaining('after an approval') as string },
    ]);
    expect(findingSchema.parse(ended.findings[0]).approval).toEqual({
      until: '2026-11-23T11:32:01Z',
      command: 'npx @portcullis/cli approve --region eu-west-1 --group sg-1 --guard-name portcullis',
      functionName: 'portcullis-config-remediator',
      request: { ...request, approval: 'given' },
    });
    expect(scheduler.due).toEqual({ 'at(2026-11-23T11:32:01)': { ...request, approval: 'over' } });
    expect(scheduler.schedules.get('111122223333-sg-1')).toMatchObject({
      GroupName: 'portcullis-approvals',
      ScheduleExpressionTimezone: 'UTC',
      ActionAfterCompletion: 'DELETE',
      Target: { RoleArn: 'arn:aws:iam::111122223333:role/portcullis-approval-eu-west-1', DeadLetterConfig: {} },
    });
  });

  it('a later event during the wait for an approval neither restores the group nor extends the wait', async () => {
    const ec2 = drifted();
    await at('10:02:00', ec2);
    const later = await at('11:00:00', ec2);
    const scheduled = await at('11:10:00', ec2, scheduledEvent());

    for (const ended of [later, scheduled]) {
      expect(ended.state).toEqual(DRIFTED);
      expect(approvalIn(ended).until).toBe('2026-11-23T11:32:00Z');
    }
  });

  it('an approval restores the group at once and ends the wait for an approval', async () => {
    const ec2 = drifted();
    const { request } = approvalIn(await at('10:02:00', ec2));
    const ended = await at('10:03:00', ec2, request);

    expect(ended.state).toEqual(WEB);
    expect(ended.findings).toMatchObject([{ kind: 'restoration', id: '1795000000000/given:sg-1', event: { source: 'config' } }]);
    expect(ended.measured).not.toHaveProperty('EventAgeSeconds');
    expect(scheduler.schedules.size).toBe(0);
  });

  it('the request that the schedule sends restores the group', async () => {
    const ec2 = drifted();
    await at('10:02:00', ec2);
    const [request] = Object.values(scheduler.due);

    expect((await at('11:32:10', ec2, request)).state).toEqual(WEB);
  });

  it('the wait for an approval ends when the group is at its baseline again, so that a later drift starts a new wait', async () => {
    await at('10:02:00', drifted());
    await at('10:30:00', ec2With(...AT_BASELINE));

    expect(scheduler.schedules.size).toBe(0);
    expect(approvalIn(await at('11:00:00', drifted())).until).toBe('2026-11-23T12:30:00Z');
  });

  it('after the wait for an approval, the next event restores the group even if the request of the schedule failed', async () => {
    const ec2 = drifted();
    await at('10:02:00', ec2);

    expect((await at('11:33:00', ec2)).state).toEqual(WEB);
  });

  it.each([
    ['postponed', { ScheduleExpression: 'at(2027-11-23T11:32:00)' }],
    ['disabled', { State: 'DISABLED' as const }],
    ['changed to a repeating schedule', { ScheduleExpression: 'rate(1 day)' }],
    ['moved to another time zone', { ScheduleExpressionTimezone: 'America/Los_Angeles' }],
    ['pointed at another function', { Target: { Arn: 'arn:aws:lambda:eu-west-1:111122223333:function:other', RoleArn: 'x' } }],
  ])('the remediator replaces a schedule that somebody %s', async (_, changed) => {
    const ec2 = drifted();
    await at('10:02:00', ec2);
    scheduler.schedules.set('111122223333-sg-1', { ...scheduler.schedules.get('111122223333-sg-1'), ...changed } as never);

    expect(approvalIn(await at('10:30:00', ec2)).until).toBe('2026-11-23T12:00:00Z');
    expect(Object.keys(scheduler.due)).toEqual(['at(2026-11-23T12:00:00)']);
  });

  it('if the wait for an approval cannot start, the remediator changes nothing and Lambda retries the event', async () => {
    scheduler.before = () => {
      throw Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' });
    };
    const { how, state, annotation, findings, measured } = await at('10:02:00', drifted());

    expect({ how, state }).toEqual({ how: 'retried', state: DRIFTED });
    expect(annotation).toMatch(/^not restored, because the wait for an approval could not start: AccessDeniedException: not allowed: /);
    expect(findings[0]).not.toHaveProperty('approval');
    expect(measured.CallFailures).toBe(1);
  });

  it('a function that was deployed without a baseline in mode `approve` restores nothing in this mode, and says so', async () => {
    const { how, state, annotation } = await at('10:02:00', drifted(), undefined, { approvals: openApprovals({}) });

    expect({ how, state }).toEqual({ how: 'resolved', state: DRIFTED });
    expect(annotation).toContain('deploy the function again');
    expect((await at('10:03:00', drifted(), undefined, { approvals: openApprovals({ APPROVAL_ROLE_ARN: 'x' }) })).annotation).toContain(
      'APPROVAL_SCHEDULE_GROUP, APPROVAL_FUNCTION_ARN, APPROVAL_FAILURES_ARN: set these variables, or deploy again',
    );
  });

  it('the remediator enforces a limit at once, although the restoration to the baseline waits for an approval', async () => {
    const noSmb = limit([{ services: ['tcp 445'] }]);
    const ec2 = ec2With(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/8');
    const ended = await at('10:02:00', ec2, undefined, { declared: [web, noSmb] });

    expect(ended.state).toEqual(['tcp/22 from 10.0.0.0/8', ...WEB].sort());
    expect(approvalIn(ended).until).toBe('2026-11-23T11:32:00Z');
    expect(ended.findings[0]?.summary).toContain('revoked tcp/445 from 0.0.0.0/0');
  });

  it('the findings before and after an approval have different ids, even if a request from the detector started the wait', async () => {
    const ec2 = drifted();
    const { approval: _, ...detected } = approvalIn(await at('10:02:00', ec2)).request;
    const started = await at('10:03:00', ec2, detected);
    const restored = await at('10:04:00', ec2, approvalIn(started).request);

    expect([started, restored].map(({ findings }) => findings[0]?.id)).toEqual(['1795000000000/restore:sg-1', '1795000000000/given:sg-1']);
  });

  it('after the wait for an approval, the finding about the restoration also names the rules that the run revoked because of a limit', async () => {
    const noSmb = limit([{ services: ['tcp 445'] }]);
    const declared = [web, noSmb];
    await at('10:02:00', ec2With(...AT_BASELINE, 'tcp 22 from 10.0.0.0/8'), undefined, { declared });
    const ec2 = ec2With(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/8');
    const { state, findings, measured } = await at('11:33:00', ec2, undefined, { declared });

    expect({ state, measured }).toMatchObject({ state: WEB, measured: { DriftFound: 1, RulesRevoked: 2 } });
    expect(findings).toMatchObject([{ kind: 'restoration', severity: 'critical', limits: [noSmb.name], revoke: { length: 2 } }]);
    expect(findings[0]?.rules?.before.ingress).toHaveLength(4);
  });

  it.each([
    ['revoked tcp/445 from 0.0.0.0/0', { RulesRevoked: 1 }, [web, limit([{ services: ['tcp 445'] }])]],
    ['nothing was changed', {}, [web]],
  ])(
    'if a read fails after the wait for an approval, the finding names the changes that the run made before the failed read: %s',
    async (done, changes, declared) => {
      await at('10:02:00', ec2With(...AT_BASELINE, 'tcp 22 from 10.0.0.0/8'), undefined, { declared });
      const ec2 = ec2With(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/8');
      scheduler.before = () => {
        ec2.fail('read', 'transient');
      };
      const { how, annotation, findings, measured } = await at('11:33:00', ec2, undefined, { declared });

      const unread = 'DescribeSecurityGroupRules: RequestLimitExceeded: EC2 says no';
      expect([how, annotation]).toEqual(['retried', `${done}; it is unknown whether the group is at its baseline: ${unread}`]);
      expect(findings).toMatchObject([{ kind: 'undetermined', atBaseline: null }]);
      expect(findings[0]?.rules?.before.ingress).toHaveLength(4);
      expect(measured).toEqual({ EventAgeSeconds: 5580, DriftFound: 1, CallFailures: 1, ...changes });
    },
  );

  it('after the wait for an approval, the finding about the restoration also names an earlier revocation whose response was lost', async () => {
    const declared = [web, limit([{ services: ['tcp 445'] }])];
    await at('10:02:00', ec2With(...AT_BASELINE, 'tcp 22 from 10.0.0.0/8'), undefined, { declared });
    const ec2 = ec2With(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/8').fail('revoke', 'unanswered', 1);
    ec2.meddle('revoke', () => ec2.fail('read', 'transient', 1));
    const { state, findings, measured } = await at('11:33:00', ec2, undefined, { declared });

    expect({ state, measured }).toMatchObject({ state: WEB, measured: { RulesRevoked: 2 } });
    expect(findings).toMatchObject([{ kind: 'restoration', revoke: { length: 2 } }]);
  });

  it('if an approved restoration fails, the schedule remains and will trigger the restoration again', async () => {
    const ec2 = drifted().fail('revoke', 'denied');
    const { request } = approvalIn(await at('10:02:00', ec2));
    const { findings } = await at('10:03:00', ec2, request);

    expect(findings).toMatchObject([{ kind: 'drift', summary: expect.stringContaining('not restored') as string }]);
    expect(Object.keys(scheduler.due)).toEqual(['at(2026-11-23T11:32:00)']);
  });

  it('the wait for an approval ends when the group was deleted', async () => {
    await at('10:02:00', drifted());
    const ec2 = ec2With();
    ec2.exists = false;
    const { results } = await at('10:30:00', ec2);

    expect(results).toMatchObject([{ compliance: 'NOT_APPLICABLE' }]);
    expect(scheduler.schedules.size).toBe(0);
  });

  it('if a limit revokes a rule that let in declared traffic, the declared rule is authorized at once, without an approval', async () => {
    const noWorld = limit([{ services: ['tcp 22'] }]);
    const ec2 = ec2With('tcp 0-65535 from 0.0.0.0/0');
    const ended = await at('10:02:00', ec2, undefined, { declared: [web, noWorld] });

    expect(ended.state).toEqual(WEB);
    expect(ended.calls.find((call) => /^(authorize|revoke)/.test(call))).toMatch(/^authorize/);
  });

  it('for a compliant group, the remediator calls EventBridge Scheduler once for a recorded change, and never for a scheduled event', async () => {
    await at('10:02:00', ec2With(...AT_BASELINE));
    await at('10:03:00', ec2With(...AT_BASELINE), scheduledEvent());

    expect(scheduler.calls).toEqual(['delete']);
  });

  it('the schedule for a group in a member account is in the account of the function, and the name of the schedule contains the id of the member account', async () => {
    const { request } = approvalIn(await at('10:02:00', drifted(), changeEvent({ awsAccountId: '444455556666' })));

    expect([...scheduler.schedules.keys()]).toEqual(['444455556666-sg-1']);
    expect(request).toMatchObject({ cause: { accountId: '444455556666', region: 'eu-west-1' } });
  });

  it('the remediator refuses a request with an invalid approval', async () => {
    const { request } = approvalIn(await at('10:02:00', drifted()));
    const { findings, state } = await at('10:03:00', drifted(), { ...request, approval: 'yes' });

    expect(state).toEqual(DRIFTED);
    expect(findings[0]?.summary).toContain('`approval` is text of 3 characters, expected `given` or `over`');
  });
});

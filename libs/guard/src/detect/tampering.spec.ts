/** Tests that the detector reports a call that stops or changes Portcullis's own resources, although no group has changed. */
import { detector, ec2With, type World } from '../testing/detector.js';
import { record, sessionOf } from '../testing/records.js';

const DEPLOYER = 'arn:aws:iam::111122223333:role/ci/deployer';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const settings: World['settings'] = {
  remediatorRoleArn: undefined,
  guardName: 'portcullis',
  guardKmsKeyArn: KEY,
  deployers: [DEPLOYER],
};
const call = (service: string, eventName: string, requestParameters: unknown, rest: object = {}) => ({
  ...record(eventName, requestParameters, { eventSource: `${service}.amazonaws.com`, ...rest }),
  source: `aws.${service}`,
});
const run = (event: unknown) => detector(ec2With([]), { settings }).run(event);
const stopRecorder = call('config', 'StopConfigurationRecorder', { configurationRecorderName: 'default' });
const updateCode = (rest: object = {}) => call('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'portcullis-x' }, rest);

it('the finding about a stopped recorder names the caller and the consequence, and says that nothing restarts the recorder', async () => {
  const ec2 = ec2With([]);

  expect(await detector(ec2, { settings }).run(stopRecorder)).toMatchObject([
    {
      id: 'event-1:-',
      kind: 'tampering',
      severity: 'critical',
      summary:
        'StopConfigurationRecorder stopped or removed the configuration recorder; AWS Config records no changes, so drift is not restored',
      outlook: 'Portcullis does not undo this change: deploy again',
      actor: { userName: 'mallory', sourceIp: '203.0.113.50' },
      group: { id: null, accountId: '111122223333', region: 'eu-west-1' },
      event: { source: 'cloudtrail', id: 'event-1', name: 'StopConfigurationRecorder' },
      basis: 'event',
    },
  ]);
  expect(ec2.calls).toEqual([]);
});

it.each([
  ['stops a function', { reservedConcurrentExecutions: 0 }, 'critical'],
  ['changes a function', { reservedConcurrentExecutions: 5 }, 'high'],
])(
  'the severity of a call on Portcullis depends on whether the call stops a resource: if the call %s (%j), the severity is %s',
  async (_, concurrency, severity) => {
    const event = call('lambda', 'PutFunctionConcurrency20171031', { functionName: 'portcullis-x', ...concurrency });

    expect(await run(event)).toMatchObject([{ kind: 'tampering', severity }]);
  },
);

it('a finding names a key by its ARN when the key is scheduled for deletion', async () => {
  const resources = [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: KEY }];
  const event = call('kms', 'ScheduleKeyDeletion', { keyId: KEY.split('/')[1], pendingWindowInDays: 7 }, { resources });

  const summary = `ScheduleKeyDeletion stopped or removed the KMS key ${KEY}; logs, queues and deliveries cannot be written or read`;
  expect(await run(event)).toMatchObject([{ kind: 'tampering', severity: 'critical', summary }]);
});

it.each([
  ['the deploying role', DEPLOYER, 'info'],
  ['another role with the same name', 'arn:aws:iam::111122223333:role/deployer', 'high'],
])('a change of a function by %s (%s) has severity %s', async (_, role, severity) => {
  expect(await run(updateCode({ userIdentity: sessionOf(role) }))).toMatchObject([{ severity }]);
});

it.each([
  ['was refused', 'AccessDenied', 'medium', 'DeleteTrail on the trail main was refused with AccessDenied'],
  [
    'failed inside AWS, and may have taken effect',
    'Server.InternalError',
    'critical',
    'DeleteTrail failed with Server.InternalError, but may have stopped or removed the trail main; ',
  ],
])('a call on Portcullis that %s (%s) has severity %s', async (_, errorCode, severity, summary) => {
  const findings = await run(call('cloudtrail', 'DeleteTrail', { name: 'main' }, { errorCode }));

  expect(findings).toMatchObject([{ kind: 'tampering', severity, summary: expect.stringContaining(summary) as string }]);
});

it('the detector ignores calls on functions outside Portcullis', async () => {
  expect(await run(call('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'shop' }))).toEqual([]);
});

it('the detector reports an unreadable record of a call on Portcullis as undetermined', async () => {
  expect(await run(call('lambda', 'DeleteFunction20150331', {}, { eventTime: 7 }))).toMatchObject([
    { kind: 'undetermined', severity: 'high', summary: expect.stringContaining('detail.eventTime') as string },
  ]);
});

it('if the detector does not know the name of the deployment, the detector reports a call on Portcullis as unreadable', async () => {
  expect(await detector(ec2With([])).run(stopRecorder)).toMatchObject([
    { kind: 'undetermined', summary: expect.stringContaining('eventSource') as string },
  ]);
});

it('if any caller except the remediator deletes the schedule of a pending approval, the detector reports the call', async () => {
  const remediatorRoleArn = 'arn:aws:iam::111122223333:role/portcullis-config-remediator-eu-west-1';
  const deleteSchedule = (rest: object = {}) => call('scheduler', 'DeleteSchedule', { groupName: 'portcullis-approvals' }, rest);
  const findingsOf = (event: unknown) => detector(ec2With([]), { settings: { ...settings, remediatorRoleArn } }).run(event);

  expect(await findingsOf(deleteSchedule())).toMatchObject([{ kind: 'tampering', severity: 'critical' }]);
  expect(await findingsOf(deleteSchedule({ userIdentity: sessionOf(remediatorRoleArn) }))).toEqual([]);
});

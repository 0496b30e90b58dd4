/** The guard's own parts: whoever stops or changes them is told, though no group has changed. */
import { detector, ec2With, type World } from '../testing/detector.js';
import { record } from '../testing/records.js';

const DEPLOYER = 'arn:aws:iam::111122223333:role/ci/deployer';

const byRole = (arn: string) => ({
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/deployer/anything',
  accountId: '111122223333',
  sessionContext: { sessionIssuer: { type: 'Role', arn, accountId: '111122223333', userName: 'deployer' } },
});

const call = (service: string, eventName: string, requestParameters: unknown, rest: object = {}) => ({
  ...record(eventName, requestParameters, { eventSource: `${service}.amazonaws.com`, ...rest }),
  source: `aws.${service}`,
});

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const settings: World['settings'] = {
  remediatorRoleArn: undefined,
  guardName: 'portcullis',
  guardKmsKeyArn: KEY,
  deployers: [DEPLOYER],
};
const run = (event: unknown) => detector(ec2With([]), { settings }).run(event);

const stopRecorder = { configurationRecorderName: 'default' };

it('a recorder that is stopped is critical: it says what does not work any more, and that nothing puts it back', async () => {
  const ec2 = ec2With([]);

  const [finding, ...others] = await detector(ec2, { settings }).run(call('config', 'StopConfigurationRecorder', stopRecorder));

  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    id: 'event-1:-',
    kind: 'tampering',
    severity: 'critical',
    summary:
      'StopConfigurationRecorder stopped or removed the configuration recorder; AWS Config records no changes, so drift is not restored',
    outlook: 'nothing puts it back by itself: deploy again',
    actor: { userName: 'mallory', sourceIp: '203.0.113.50' },
    group: { id: null, accountId: '111122223333', region: 'eu-west-1' },
    event: { source: 'cloudtrail', id: 'event-1', name: 'StopConfigurationRecorder' },
    basis: 'event',
  });
  expect(ec2.calls).toEqual([]);
});

it.each([
  ['lambda', 'PutFunctionConcurrency20171031', { functionName: 'portcullis-x', reservedConcurrentExecutions: 0 }, 'critical'],
  ['lambda', 'UpdateFunctionCode20150331v2', { functionName: 'portcullis-x' }, 'high'],
  ['events', 'DisableRule', { name: 'portcullis-security-group-calls' }, 'critical'],
  ['cloudtrail', 'StopLogging', { name: 'main' }, 'critical'],
  ['iam', 'PutRolePolicy', { roleName: 'portcullis-config-remediator-eu-west-1' }, 'high'],
  ['iam', 'DetachRolePolicy', { roleName: 'portcullis-config-remediator-eu-west-1' }, 'critical'],
  ['config', 'DisassociateResourceTypes', { resourceTypes: ['AWS::EC2::SecurityGroup'] }, 'critical'],
  ['config', 'DisassociateResourceTypes', { resourceTypes: ['AWS::EC2::Instance'] }, 'high'],
  ['events', 'RemovePermission', { eventBusName: 'portcullis-members', removeAllPermissions: true }, 'critical'],
  ['sqs', 'PurgeQueue', { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/portcullis-x' }, 'high'],
  ['s3', 'DeleteBucketPolicy', { bucketName: 'portcullis-trail-111122223333-eu-west-1' }, 'critical'],
])('%s %s is as bad as what it leaves working', async (service, eventName, parameters, severity) => {
  expect(await run(call(service, eventName, parameters))).toMatchObject([{ kind: 'tampering', severity }]);
});

it('a key that is to be deleted is named by its ARN, with what can then be neither written nor read', async () => {
  const scheduled = call(
    'kms',
    'ScheduleKeyDeletion',
    { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab', pendingWindowInDays: 7 },
    { resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: KEY }] },
  );

  expect(await run(scheduled)).toMatchObject([
    {
      kind: 'tampering',
      severity: 'critical',
      summary: `ScheduleKeyDeletion stopped or removed the KMS key ${KEY}; logs, queues and deliveries cannot be written or read`,
    },
  ]);
});

it('what the deploying role changes is told as info; a session that only calls itself so is not believed', async () => {
  const update = (userIdentity: object) =>
    call('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'portcullis-x' }, { userIdentity });

  expect(await run(update(byRole(DEPLOYER)))).toMatchObject([{ severity: 'info' }]);
  expect(await run(update(byRole('arn:aws:iam::111122223333:role/deployer')))).toMatchObject([{ severity: 'high' }]);
});

it('a refused call is an attempt on the guard', async () => {
  const [finding] = await run(call('cloudtrail', 'DeleteTrail', { name: 'main' }, { errorCode: 'AccessDenied' }));

  expect(finding).toMatchObject({
    kind: 'tampering',
    severity: 'medium',
    summary: 'DeleteTrail of the trail main was refused with AccessDenied',
  });
});

it('a call that AWS failed is told as one that may have taken effect', async () => {
  const [finding] = await run(call('cloudtrail', 'DeleteTrail', { name: 'main' }, { errorCode: 'Server.InternalError' }));

  expect(finding).toMatchObject({
    kind: 'tampering',
    severity: 'critical',
    summary: expect.stringMatching(
      /^DeleteTrail stopped or removed the trail main, if it took effect: it failed with Server\.InternalError; /,
    ) as string,
  });
});

it('what somebody does to functions of their own is nobody else’s business', async () => {
  expect(await run(call('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'shop' }))).toEqual([]);
});

it('a record that does not tell which call it is, is told all the same', async () => {
  expect(await run(call('lambda', 'DeleteFunction20150331', {}, { eventTime: 7 }))).toMatchObject([
    { kind: 'undetermined', severity: 'high', summary: expect.stringContaining('detail.eventTime') as string },
  ]);
});

it('without the deployment’s name, such an event is one that was not expected here', async () => {
  const told = await detector(ec2With([])).run(call('config', 'StopConfigurationRecorder', stopRecorder));

  expect(told).toMatchObject([{ kind: 'undetermined', summary: expect.stringContaining('eventSource') as string }]);
});

/** Tests that stopping or changing the guard's own resources is reported, although no group has changed. */
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
const deleteTrail = (errorCode: string) => call('cloudtrail', 'DeleteTrail', { name: 'main' }, { errorCode });

it('says what a stopped recorder breaks, that nothing restarts it, and who stopped it, without calling EC2', async () => {
  const ec2 = ec2With([]);

  expect(await detector(ec2, { settings }).run(stopRecorder)).toMatchObject([
    {
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
    },
  ]);
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
])(
  'judges a call on a resource of the guard by what still works after it: %s %s %j is %s',
  async (service, eventName, parameters, severity) => {
    expect(await run(call(service, eventName, parameters))).toMatchObject([{ kind: 'tampering', severity }]);
  },
);

it('names a key by its ARN when the key is scheduled for deletion', async () => {
  const resources = [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: KEY }];
  const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';

  expect(await run(call('kms', 'ScheduleKeyDeletion', { keyId, pendingWindowInDays: 7 }, { resources }))).toMatchObject([
    {
      kind: 'tampering',
      severity: 'critical',
      summary: `ScheduleKeyDeletion stopped or removed the KMS key ${KEY}; logs, queues and deliveries cannot be written or read`,
    },
  ]);
});

it.each([
  ['the deploying role', DEPLOYER, 'info'],
  ['a role that only has its name', 'arn:aws:iam::111122223333:role/deployer', 'high'],
])('judges a change by %s (%s) as %s', async (_, role, severity) => {
  expect(await run(updateCode({ userIdentity: sessionOf(role) }))).toMatchObject([{ severity }]);
});

it('reports a refused call on the guard as medium', async () => {
  expect(await run(deleteTrail('AccessDenied'))).toMatchObject([
    { kind: 'tampering', severity: 'medium', summary: 'DeleteTrail of the trail main was refused with AccessDenied' },
  ]);
});

it('reports a call that failed inside AWS as a call that may have taken effect', async () => {
  const summary = 'DeleteTrail stopped or removed the trail main, if it took effect: it failed with Server.InternalError; ';

  expect(await run(deleteTrail('Server.InternalError'))).toMatchObject([
    { kind: 'tampering', severity: 'critical', summary: expect.stringContaining(summary) as string },
  ]);
});

it('ignores calls on other functions', async () => {
  expect(await run(call('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'shop' }))).toEqual([]);
});

it('reports an unreadable record of a call on the guard as undetermined', async () => {
  expect(await run(call('lambda', 'DeleteFunction20150331', {}, { eventTime: 7 }))).toMatchObject([
    { kind: 'undetermined', severity: 'high', summary: expect.stringContaining('detail.eventTime') as string },
  ]);
});

it('does not expect such a record if the name of the deployment is not set', async () => {
  expect(await detector(ec2With([])).run(stopRecorder)).toMatchObject([
    { kind: 'undetermined', summary: expect.stringContaining('eventSource') as string },
  ]);
});

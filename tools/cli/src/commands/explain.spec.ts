import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { Io } from '../program/io.js';
import { runIn, temporaryFolder, type Ran } from '../testing/run-command.js';
import { ACCOUNT, baselineFile, DB, openerOf, region, tcp, WEB } from '../testing/account-region.js';

const folder = temporaryFolder();
const HTTPS = tcp(443, '0.0.0.0/0');

beforeEach(() => {
  writeFileSync(join(folder.path, 'baseline.yaml'), baselineFile([HTTPS]));
});

const explain = (ec2: SimulatedEc2, event: unknown, args: string[] = [], changes: Partial<Io> = {}): Promise<Ran> => {
  writeFileSync(join(folder.path, 'event.json'), typeof event === 'string' ? event : JSON.stringify(event));
  return runIn(folder.path, ['explain', 'event.json', ...args], { openAccountRegion: openerOf(ec2), ...changes });
};
const writes = ({ calls }: SimulatedEc2): string[] => calls.filter((call) => /authorize|revoke|replace/.test(call));

/** A record of a call that opened SMB, as a trail keeps it. */
const record = (changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  eventVersion: '1.10',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:mallory',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ops/mallory`,
    accountId: ACCOUNT,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/ops`, userName: 'ops' },
      attributes: { mfaAuthenticated: 'true' },
    },
  },
  eventTime: '2026-11-23T11:59:00Z',
  eventSource: 'ec2.amazonaws.com',
  eventName: 'AuthorizeSecurityGroupIngress',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '198.51.100.7',
  userAgent: 'console.amazonaws.com',
  requestParameters: {
    groupId: WEB,
    ipPermissions: {
      items: [
        {
          ipProtocol: 'tcp',
          fromPort: 445,
          toPort: 445,
          groups: {},
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ],
    },
  },
  responseElements: { _return: true },
  requestID: 'r-1',
  eventID: 'e-1',
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: ACCOUNT,
  eventCategory: 'Management',
  ...changes,
});
const delivered = (detail: unknown): unknown => ({
  version: '0',
  id: 'd-1',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.ec2',
  account: ACCOUNT,
  time: '2026-11-23T11:59:00Z',
  region: 'eu-west-1',
  resources: [],
  detail,
});
const opened = (): SimulatedEc2 => region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 445 from 0.0.0.0/0'] });

it('says what the detector would make of a record, step by step, with its finding', async () => {
  const ec2 = opened();

  const { exitCode, stdout, stderr } = await explain(ec2, record());

  expect(stdout.slice(0, stdout.indexOf('\n\n'))).toBe(
    ` 1. the record is of AuthorizeSecurityGroupIngress at 2026-11-23T11:59:00Z, account ${ACCOUNT}, eu-west-1 (event e-1)
 2. the caller is arn:aws:iam::${ACCOUNT}:role/ops (AssumedRole), session mallory, from 198.51.100.7, with MFA
 3. it succeeded
 4. it did this: added tcp/445 from 0.0.0.0/0
 5. it names the group ${WEB}
 6. the baseline web names ${WEB}: it is guarded
 7. the live rules of ${WEB}: tcp/443, tcp/445 from 0.0.0.0/0
 8. what EC2 tells of ${WEB}: web, vpc-1, no tags
 9. beside web, tcp/445 from 0.0.0.0/0 must be revoked: not declared by \`web\`
10. the world may reach SMB (tcp/445)
11. so it is told as drift, critical, by the live rules`,
  );
  expect(stdout).toContain('\nCRITICAL drift\n  tcp/445 from 0.0.0.0/0 must be revoked\n');
  expect(stdout).toContain('aws ec2 revoke-security-group-ingress --region eu-west-1');
  expect({ exitCode, stderr, writes: writes(ec2) }).toEqual({
    exitCode: 0,
    stderr: 'portcullis: 1 event explained; nothing was changed\n',
    writes: [],
  });
});

it.each<[string, unknown, number]>([
  ['as EventBridge delivers it', delivered(record()), 1],
  ["in a trail's log file", { Records: [record(), record({ eventID: 'e-2' })] }, 2],
  ['as LookupEvents answers it', { Events: [{ EventId: 'e-1', CloudTrailEvent: JSON.stringify(record()) }] }, 1],
  ['as a list of that answer', [{ CloudTrailEvent: JSON.stringify(record()) }], 1],
  ['as one event of that answer', { CloudTrailEvent: JSON.stringify(record()) }, 1],
  ['in a list', [record(), delivered(record({ eventID: 'e-2' }))], 2],
])('takes a record %s', async (_how, event, count) => {
  const { stdout } = await explain(opened(), event);

  expect(stdout.match(/so it is told as drift, critical/g)).toHaveLength(count);
});

it('names a few of the services that the world may reach, and says how many more there are', async () => {
  const { stdout } = await explain(region({ [WEB]: ['-1 from 0.0.0.0/0'] }), record());

  expect(stdout).toMatch(/the world may reach \S+ \(tcp\/\d+\), [^,]+, [^,]+, [^,]+ and \d+ more$/m);
});

it('judges by the record alone when EC2 is not to be asked', async () => {
  const ec2 = opened();

  const { stdout } = await explain(ec2, record(), ['--offline']);

  expect(stdout).toContain(`the live rules of ${WEB}: not asked\n`);
  expect(stdout).toContain('so it is told as drift, critical, by the record alone');
  expect(ec2.calls).toEqual([]);
});

it("judges AWS Config's event by its item when EC2 is not to be asked, and says so", async () => {
  const rules = [{ ipProtocol: 'tcp', fromPort: 445, toPort: 445, ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }] }];
  const event = configEvent(WEB, {
    groupId: WEB,
    groupName: 'web',
    vpcId: 'vpc-1',
    ipPermissions: rules,
    ipPermissionsEgress: [],
  });
  const ec2 = opened();

  const { stdout } = await explain(ec2, event, ['--offline']);

  expect(stdout).toContain('EC2 is not asked: the group is judged as the item in the event has it');
  expect(stdout).toContain('it would call RevokeSecurityGroupIngress: tcp/445 from 0.0.0.0/0\n');
  expect(stdout).toContain('it would tell this as restoration, critical\n');
  expect(stdout).not.toMatch(/as it is now|NotAsked/);
  expect(ec2.calls).toEqual([]);
});

it('names the services that the world may reach through a prefix list', async () => {
  const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from pl-0000000a'] });
  ec2.prefixLists.set('pl-0000000a', [['0.0.0.0/0']]);

  const { stdout } = await explain(ec2, record());

  expect(stdout).toContain('what pl-0000000a holds: 0.0.0.0/0\n');
  expect(stdout).toContain('the world may reach SSH (tcp/22)\n');
});

it("judges AWS Config's event with a rule from a prefix list offline, and prints no code of its own", async () => {
  const rules = [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, prefixListIds: [{ prefixListId: 'pl-0000000a' }] }];
  const event = configEvent(WEB, {
    groupId: WEB,
    groupName: 'web',
    vpcId: 'vpc-1',
    ipPermissions: rules,
    ipPermissionsEgress: [],
  });

  const { stdout } = await explain(opened(), event, ['--offline']);
  const json = await explain(opened(), event, ['--offline', '--json']);

  expect(stdout).toContain('what pl-0000000a holds: not asked\n');
  expect(stdout).toContain('it would tell this as restoration, high\n');
  expect(json.stdout).toContain('what pl-0000000a holds could not be read: EC2 was not asked');
  expect(stdout + json.stdout).not.toContain('NotAsked');
});

it('prints no code of its own for what it did not ask', async () => {
  const byName = { ...record(), requestParameters: { groupName: 'web' }, eventID: 'e-2' };
  const oversized = configEvent(WEB);

  for (const event of [record(), byName, oversized]) {
    const { stdout } = await explain(opened(), event, ['--offline']);

    expect(stdout).toContain('EC2 was not asked');
    expect(stdout).not.toMatch(/NotAsked|Lambda tries the same again/);
  }
});

describe("a trail's log file", () => {
  const Records = [
    record(),
    record({ eventSource: 's3.amazonaws.com', eventName: 'GetObject' }),
    record({ eventName: 'DescribeInstances' }),
    record({ eventSource: 'lambda.amazonaws.com', eventName: 'Invoke', requestParameters: { functionName: 'other' } }),
  ];

  it('is explained without the records of calls that no function is called for, and says how many these are', async () => {
    const { exitCode, stdout, stderr } = await explain(opened(), { Records });

    expect(stdout.match(/the record is of/g)).toHaveLength(1);
    expect(stderr).toBe('portcullis: 1 event explained, 3 passed over: of calls that no function is called for; nothing was changed\n');
    expect(exitCode).toBe(0);
  });

  it('may have nothing to explain, or be compressed as it is in the bucket', async () => {
    writeFileSync(join(folder.path, 'log.json.gz'), gzipSync(JSON.stringify({ Records: Records.slice(1) })));

    expect(await runIn(folder.path, ['explain', 'log.json.gz'], { openAccountRegion: openerOf(opened()) })).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'portcullis: 0 events explained, 3 passed over: of calls that no function is called for; nothing was changed\n',
    });
  });

  it('passes over nothing that is given alone', async () => {
    const { stderr } = await explain(opened(), record({ eventName: 'DescribeInstances' }));

    expect(stderr).toBe('portcullis: 1 event explained; nothing was changed\n');
  });
});

it.each<[string, () => Promise<string>, string]>([
  [
    'of another account, where EC2 would say that there is no such group',
    () => Promise.resolve('999988887777'),
    `it is of account ${ACCOUNT}, and the credentials are of 999988887777`,
  ],
  [
    'without credentials',
    () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError', tryNextLink: false })),
    'no AWS credentials were found; expected them where the AWS CLI finds them: `aws configure`, `aws sso login`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ],
])('judges by the record alone, and says so, %s', async (_when, accountId, reason) => {
  const ec2 = opened();

  const { exitCode, stdout, stderr } = await explain(ec2, record(), [], { openAccountRegion: openerOf(ec2, { accountId }) });

  expect(stdout).toContain('by the record alone');
  expect(stderr).toContain(`portcullis: EC2 is not asked: ${reason}. The event is judged by itself\n`);
  expect({ exitCode, calls: ec2.calls }).toEqual({ exitCode: 0, calls: [] });
});

it('asks in the region of the record', async () => {
  const asked: (string | undefined)[] = [];
  const ec2 = opened();

  await explain(ec2, record({ awsRegion: 'us-east-1' }), [], {
    openAccountRegion: (options, signal) => {
      asked.push(options.region);
      return openerOf(ec2)(options, signal);
    },
  });

  expect(asked).toEqual(['us-east-1']);
});

it('says that nothing is reported of a group that nobody guards, and that a refused call is an attempt', async () => {
  const ofOther = await explain(opened(), record({ requestParameters: { groupId: DB } }));
  const refused = await explain(opened(), record({ errorCode: 'Client.UnauthorizedOperation', responseElements: null }));

  expect(ofOther.stdout).toContain(`no baseline names ${DB}: it is not guarded\n`);
  expect(ofOther.stdout).toMatch(/no guarded group is concerned: nothing is reported\n$/);
  expect(refused.stdout).toContain('it was refused with Client.UnauthorizedOperation: nothing changed\n');
  expect(refused.stdout).toContain('LOW attempt\n');
});

it('does not say that a call on which EC2 failed changed nothing', async () => {
  const failed = await explain(opened(), record({ errorCode: 'Server.InternalError', responseElements: null }));

  expect(failed.stdout).toContain('EC2 failed with Server.InternalError: whether the call took effect is not known\n');
  expect(failed.stdout).toContain('it may have done this: added ');
  expect(failed.stdout).toContain('CRITICAL drift\n');
});

it("knows the remediator's own calls by its role", async () => {
  const event = record({
    eventName: 'RevokeSecurityGroupIngress',
  });

  const { stdout } = await explain(region({ [WEB]: ['tcp 443 from 0.0.0.0/0'] }), event, [
    '--remediator-role',
    `arn:aws:iam::${ACCOUNT}:role/ops`,
  ]);

  expect(stdout).toContain('INFO restoration\n');
});

it('tells a call on the guard itself', async () => {
  const stop = {
    ...record(),
    eventSource: 'config.amazonaws.com',
    eventName: 'StopConfigurationRecorder',
    requestParameters: { configurationRecorderName: 'default' },
    responseElements: null,
  };

  const { stdout } = await explain(opened(), delivered(stop));

  expect(stdout).toContain('it is a call on the guard itself\n');
  expect(stdout).toMatch(/\n\w+ tampering\n/);
});

const configEvent = (groupId: string, configuration: object = {}): unknown => ({
  version: '1.0',
  invokingEvent: JSON.stringify({
    configurationItem: {
      configurationItemVersion: '1.3',
      configurationItemCaptureTime: '2026-11-23T11:59:30.000Z',
      configurationStateId: '7',
      awsAccountId: ACCOUNT,
      configurationItemStatus: 'OK',
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: groupId,
      resourceName: 'web',
      awsRegion: 'eu-west-1',
      configuration,
    },
    notificationCreationTime: '2026-11-23T11:59:31.000Z',
    messageType: 'ConfigurationItemChangeNotification',
    recordVersion: '1.3',
  }),
  ruleParameters: '{}',
  resultToken: 'token',
  eventLeftScope: false,
  configRuleName: 'guard',
  accountId: ACCOUNT,
});

it("rehearses what the remediator would do about AWS Config's event, and does nothing", async () => {
  const ec2 = region({ [WEB]: ['tcp 445 from 0.0.0.0/0'] });

  const { exitCode, stdout } = await explain(ec2, configEvent(WEB));

  expect(stdout.slice(0, stdout.indexOf('\n\n'))).toBe(
    `1. the event is AWS Config's ConfigurationItemChangeNotification: it only says which group to look at, ${WEB}
2. the live rules of ${WEB}: tcp/445 from 0.0.0.0/0
3. it would call AuthorizeSecurityGroupIngress: tcp/443 from 0.0.0.0/0
4. it would call RevokeSecurityGroupIngress: tcp/445 from 0.0.0.0/0
5. it would say: restored to web: revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0
6. it would report ${WEB} to AWS Config as COMPLIANT: restored to web: revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0
7. it would tell this as restoration, critical`,
  );
  expect(stdout).toContain('\nCRITICAL restoration (what would be told; nothing was done)\n');
  expect({ exitCode, writes: writes(ec2), state: ec2.state }).toEqual({
    exitCode: 0,
    writes: [],
    state: ['tcp/445 from 0.0.0.0/0'],
  });
});

it('says that the remediator would try again where EC2 does not answer', async () => {
  const ec2 = opened();
  ec2.before = () => 'unsent';

  const { exitCode, stdout } = await explain(ec2, configEvent(WEB));

  expect(stdout).toMatch(/the live rules of sg-0000000a: not answered \(\w+\)\n/);
  expect(stdout).toContain('it would fail, so that Lambda tries the same again\n');
  expect(exitCode).toBe(0);
});

it('rehearses the schedule, which looks at all groups', async () => {
  const scheduled = {
    ...(configEvent(WEB) as object),
    invokingEvent: JSON.stringify({
      awsAccountId: ACCOUNT,
      notificationCreationTime: '2026-11-23T11:59:31.000Z',
      messageType: 'ScheduledNotification',
      recordVersion: '1.0',
    }),
  };
  const ec2 = opened();

  const { stdout } = await explain(ec2, scheduled);

  expect(stdout).toContain('it would call RevokeSecurityGroupIngress: tcp/445 from 0.0.0.0/0\n');
  expect(stdout).toMatch(
    /^1\. the event is AWS Config's ScheduledNotification: every guarded group is looked at\n2\. which of 1 group exist: 1\n3\. the live rules of 1 group: 1 read\n/,
  );
  expect(writes(ec2)).toEqual([]);
});

it('follows a prefix list to the groups that refer to it', async () => {
  const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from pl-0000000a'] });
  const changed = record({
    eventName: 'ModifyManagedPrefixList',
    requestParameters: {
      ModifyManagedPrefixListRequest: {
        PrefixListId: 'pl-0000000a',
        CurrentVersion: 1,
        AddEntry: { tag: 1, Cidr: '0.0.0.0/1' },
      },
    },
  });

  const { stdout } = await explain(ec2, changed);

  expect(stdout).toMatch(/which of 1 group exist: 1\n.*the live rules of 1 group: 1 read\n/);
  expect(stdout).toContain('what pl-0000000a holds at version 1: not answered (InvalidPrefixListID.NotFound)\n');
  expect(stdout).toContain(
    'CRITICAL drift\n  tcp/22 from pl-0000000a must be revoked; what pl-0000000a holds could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListID.NotFound; through pl-0000000a the group now lets in tcp/22 from 0.0.0.0/1',
  );
});

it.each([
  ['of a group that is deleted', { configurationItemStatus: 'ResourceDeleted' }, /which is not judged: .*\n/],
  ['of something else', { resourceType: 'AWS::S3::Bucket' }, /which is not judged: .*\n/],
])('says of an event of AWS Config %s that nothing is done', async (_what, changes, words) => {
  const event = configEvent(WEB) as { invokingEvent: string };
  const message = JSON.parse(event.invokingEvent) as { configurationItem: object };
  const changed = { ...message, configurationItem: { ...message.configurationItem, ...changes } };
  const ec2 = opened();

  const { exitCode, stdout } = await explain(ec2, { ...event, invokingEvent: JSON.stringify(changed) });

  expect(stdout).toMatch(words);
  expect(stdout).toContain('AWS Config as NOT_APPLICABLE');
  expect(stdout).toMatch(/it would tell nothing\n$/);
  expect({ exitCode, calls: ec2.calls }).toEqual({ exitCode: 0, calls: [] });
});

it('says of an event of AWS Config that cannot be read what is wrong with it', async () => {
  const { exitCode, stdout } = await explain(opened(), { invokingEvent: 'nope', resultToken: 'x' });

  expect(stdout).toMatch(
    /^1\. `invokingEvent` is text of 4 characters, and should be the text of a JSON object\n2\. it would tell this as undetermined, high\n/,
  );
  expect(exitCode).toBe(0);
});

it('prints the steps and the findings as JSON', async () => {
  const { stdout } = await explain(opened(), record(), ['--json']);

  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    events: [{ findings: [{ id: `e-1:${WEB}`, kind: 'drift', severity: 'critical' }] }],
  });
});

it('says of a record that cannot be read what is wrong with it', async () => {
  const { exitCode, stdout } = await explain(opened(), record({ eventTime: 'yesterday' }));

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^1\. `eventTime` is "yesterday", and should be .*\n/);
  expect(stdout).toMatch(/HIGH undetermined\n {2}a CloudTrail record could not be read: `eventTime` is "yesterday"/);
});

it.each([
  ['what is not JSON', 'nope', /^portcullis: `event\.json` is not JSON \(.*\); expected a CloudTrail record or AWS Config's event\n$/],
  [
    'what is not JSON and would paint the terminal',
    '\u001B[31mred\n',
    /^portcullis: `event\.json` is not JSON \(\P{Cc}*\); expected a CloudTrail record or AWS Config's event\n$/u,
  ],
  ['an empty answer', '{"Events":[]}', /^portcullis: `event\.json` holds no event; expected/],
  ['nothing', 'null', /^portcullis: `event\.json` holds no event; expected/],
  ['what is no event', '7', /^portcullis: `event\.json` holds no event; expected the JSON of a CloudTrail record/],
])('bad input is one line and exit code 1: %s', async (_what, text, line) => {
  const { exitCode, stdout, stderr } = await explain(opened(), text);

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(line);
});

it('bad input is one line and exit code 1: a missing event, a missing baseline', async () => {
  const gone = await runIn(folder.path, ['explain', 'gone.json']);
  const unguarded = await explain(opened(), record(), ['--baseline', 'gone.yaml']);

  expect(gone).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'portcullis: cannot read `gone.json`: no such file or directory\n',
  });
  expect(unguarded).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'portcullis: cannot read `gone.yaml`: no such file or directory\n',
  });
});

import { gzipSync } from 'node:zlib';
import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { OpenAccountRegion } from '../aws/account-region.js';
import { ACCOUNT, DB, noCredentials, openerOf, region, WEB, writesOf } from '../testing/account-region.js';
import { baselineFile, HTTPS } from '../testing/baselines.js';
import { testFolder, type Changes, type Ran } from '../testing/run-command.js';

const folder = testFolder({ 'baseline.yaml': baselineFile([HTTPS]) });

const explain = (ec2: SimulatedEc2, event: unknown, options = '', changes: Changes = {}): Promise<Ran> => {
  folder.write('event.json', typeof event === 'string' ? event : JSON.stringify(event));
  return folder.run(`explain event.json ${options}`, ec2, changes);
};

type Fields = Readonly<Record<string, unknown>>;

/** An EventBridge event with the record of a call that opened tcp/445. */
const delivered = ({ eventName = 'AuthorizeSecurityGroupIngress', ...fields }: Fields & { eventName?: string } = {}) =>
  cloudTrailEvent({
    eventName,
    eventID: 'e-1',
    requestParameters: {
      groupId: WEB,
      ipPermissions: { items: [{ ipProtocol: 'tcp', fromPort: 445, toPort: 445, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }] },
    },
    responseElements: { _return: true },
    ...fields,
  });
/** The same record without the EventBridge event around it, as in the log file of a trail. */
const record = (fields?: Parameters<typeof delivered>[0]): Fields => delivered(fields).detail;

const configEvent = (item: Fields = {}, message: Fields = {}): Fields => ({
  invokingEvent: JSON.stringify({
    configurationItem: {
      configurationItemCaptureTime: '2026-11-23T11:59:30.000Z',
      awsAccountId: ACCOUNT,
      configurationItemStatus: 'OK',
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: WEB,
      awsRegion: 'eu-west-1',
      ...item,
    },
    messageType: 'ConfigurationItemChangeNotification',
    ...message,
  }),
  resultToken: 'token',
});
const recorded = (port: number, source: Fields): Fields => ({
  configuration: {
    groupId: WEB,
    groupName: 'web',
    vpcId: 'vpc-1',
    ipPermissions: [{ ipProtocol: 'tcp', fromPort: port, toPort: port, ...source }],
    ipPermissionsEgress: [],
  },
});

const opened = (): SimulatedEc2 => region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 445 from 0.0.0.0/0'] });

it('`explain` shows step by step what the detector would report about a record', async () => {
  const ec2 = opened();
  const user = { kind: 'instance', id: 'i-1' } as const;
  const attachments = [{ id: 'eni-1', groupIds: [WEB], publicAddresses: ['203.0.113.9'], user }];
  const openAccountRegion = openerOf(ec2, { attachments, instanceNames: { 'i-1': 'bastion-1' } });

  const { exitCode, stdout, stderr } = await explain(ec2, record(), '', { openAccountRegion });

  expect(stdout.slice(0, stdout.indexOf('\n\n'))).toBe(
    ` 1. the record describes AuthorizeSecurityGroupIngress at 2026-01-15T09:30:00Z, account ${ACCOUNT}, eu-west-1 (event e-1)
 2. the caller is arn:aws:iam::${ACCOUNT}:role/people/Operator (AssumedRole), session ana, from 203.0.113.10, with MFA
 3. the call succeeded
 4. the call added tcp/445 from 0.0.0.0/0
 5. the call names the group ${WEB}
 6. the baseline web names ${WEB}, so the group is guarded
 7. the live rules of ${WEB}: tcp/443, tcp/445 from 0.0.0.0/0
 8. EC2's description of ${WEB}: web, vpc-1, no tags
 9. what is attached to ${WEB}: 1 network interface, 1 with a public address
10. tcp/445 from 0.0.0.0/0 must be revoked: not declared by \`web\`
11. the rules to revoke let the internet reach SMB (tcp/445)
12. the detector would report a finding: drift, critical, based on the live rules`,
  );
  expect(stdout).toContain(
    '\nCRITICAL drift\n  SMB open to the internet on bastion-1 (203.0.113.9); tcp/445 from 0.0.0.0/0 must be revoked\n',
  );
  expect(stdout).toContain('aws ec2 revoke-security-group-ingress --region eu-west-1');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'portcullis: 1 event explained; nothing was changed\n' });
  expect(writesOf(ec2)).toEqual([]);
});

it.each<[string, unknown, number]>([
  ['from EventBridge', delivered(), 1],
  ["from a trail's log file", { Records: [record(), record({ eventID: 'e-2' })] }, 2],
  ['from LookupEvents', { Events: [{ EventId: 'e-1', CloudTrailEvent: JSON.stringify(record()) }] }, 1],
  ['from the list of LookupEvents', [{ CloudTrailEvent: JSON.stringify(record()) }], 1],
  ['from one event of LookupEvents', { CloudTrailEvent: JSON.stringify(record()) }, 1],
  ['from a list', [record(), delivered({ eventID: 'e-2' })], 2],
])('`explain` accepts a record %s', async (_source, event, count) => {
  const { stdout } = await explain(opened(), event);

  expect(stdout.match(/the detector would report a finding: drift, high/g)).toHaveLength(count);
});

describe("`explain` reads a trail's log file", () => {
  const Records = [
    record(),
    record({ eventSource: 's3.amazonaws.com', eventName: 'GetObject' }),
    record({ eventName: 'DescribeInstances' }),
    record({ eventSource: 'lambda.amazonaws.com', eventName: 'Invoke', requestParameters: { functionName: 'other' } }),
  ];

  it("`explain` skips the records in a trail's log file that invoke no function", async () => {
    const { exitCode, stdout, stderr } = await explain(opened(), { Records });

    expect(stdout.match(/the record describes/g)).toHaveLength(1);
    expect(stderr).toBe('portcullis: 1 event explained, 3 skipped because no function subscribes to these events; nothing was changed\n');
    expect(exitCode).toBe(0);
  });

  it('`explain` reads a compressed log file, even if all its records are skipped', async () => {
    folder.write('log.json.gz', gzipSync(JSON.stringify({ Records: Records.slice(1) })));

    expect(await folder.run('explain log.json.gz', opened())).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'portcullis: 0 events explained, 3 skipped because no function subscribes to these events; nothing was changed\n',
    });
  });

  it('`explain` explains a single record even if the record invokes no function', async () => {
    expect((await explain(opened(), Records[2])).stderr).toBe('portcullis: 1 event explained; nothing was changed\n');
  });
});

const failed = { errorCode: 'Server.InternalError', responseElements: null };
const stopRecorder = {
  eventSource: 'config.amazonaws.com',
  eventName: 'StopConfigurationRecorder',
  requestParameters: { configurationRecorderName: 'default' },
};

it.each<[string, unknown, string[]]>([
  [
    'that a group is not guarded',
    record({ requestParameters: { groupId: DB } }),
    [`no baseline names ${DB}, so the group is not guarded\n`],
  ],
  ['that the effect of a failed call is unknown', record(failed), ['it is unknown whether the call took effect\n']],
  ['a call on the guard itself', delivered(stopRecorder), ['the call targets the guard itself\n']],
  [
    'what is wrong with an unreadable record, and that it is reported as undetermined',
    record({ eventTime: 'yesterday' }),
    ['1. `eventTime` is "yesterday"; expected ', 'HIGH undetermined\n  a CloudTrail record could not be read: `eventTime`'],
  ],
  [
    'what is wrong with an unreadable event, and that it is reported as undetermined',
    { invokingEvent: 'nope', resultToken: 'x' },
    ['1. `invokingEvent` is text of 4 characters; expected ', '2. the remediator would report a finding: undetermined, high\n'],
  ],
])('`explain` shows %s', async (_what, event, expected) => {
  const { exitCode, stdout } = await explain(opened(), event);

  expect(exitCode).toBe(0);
  for (const words of expected) expect(stdout).toContain(words);
});

it("`explain` recognizes the remediator's own calls by the remediator's role", async () => {
  const event = record({ eventName: 'RevokeSecurityGroupIngress' });

  const { stdout } = await explain(
    region({ [WEB]: ['tcp 443 from 0.0.0.0/0'] }),
    event,
    `--remediator-role arn:aws:iam::${ACCOUNT}:role/people/Operator`,
  );

  expect(stdout).toContain('INFO restoration\n');
});

it('`explain` explains a changed prefix list for the groups that refer to the list', async () => {
  const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from pl-0000000a'] });
  ec2.prefixLists.set('pl-0000000a', [['0.0.0.0/0']]);
  const ModifyManagedPrefixListRequest = { PrefixListId: 'pl-0000000a', CurrentVersion: 1, AddEntry: { tag: 1, Cidr: '0.0.0.0/1' } };

  const { stdout } = await explain(
    ec2,
    record({ eventName: 'ModifyManagedPrefixList', requestParameters: { ModifyManagedPrefixListRequest } }),
  );

  expect(stdout).toMatch(/how many of 1 group exist: 1\n.*the live rules of 1 group: 1 read\n/);
  expect(stdout).toMatch(/the entries of pl-0000000a at version 1: .*\n/);
  expect(stdout).toContain('the entries of pl-0000000a: 0.0.0.0/0\n');
  expect(stdout).toContain('the rules to revoke let the internet reach SSH (tcp/22)\n');
});

describe("AWS Config's event", () => {
  it('`explain` shows what the remediator would do about an event of AWS Config, and changes nothing', async () => {
    const ec2 = region({ [WEB]: ['tcp 445 from 0.0.0.0/0'] });

    const { exitCode, stdout } = await explain(ec2, configEvent());

    const restored = 'restored to web: revoked tcp/445 from 0.0.0.0/0; authorized tcp/443 from 0.0.0.0/0';
    expect(stdout.slice(0, stdout.indexOf('\n\n'))).toBe(
      `1. the event is AWS Config's ConfigurationItemChangeNotification: the remediator checks the group ${WEB}
2. the live rules of ${WEB}: tcp/445 from 0.0.0.0/0
3. the remediator would call AuthorizeSecurityGroupIngress: tcp/443 from 0.0.0.0/0
4. the remediator would call RevokeSecurityGroupIngress: tcp/445 from 0.0.0.0/0
5. the remediator would log: ${restored}
6. the remediator would report ${WEB} to AWS Config as COMPLIANT: ${restored}
7. the remediator would report a finding: restoration, critical`,
    );
    expect(stdout).toContain('\nCRITICAL restoration (would be reported; nothing was changed)\n');
    expect({ exitCode, writes: writesOf(ec2), state: ec2.state }).toEqual({ exitCode: 0, writes: [], state: ['tcp/445 from 0.0.0.0/0'] });
  });

  it('for an event from a schedule, `explain` shows that the remediator checks all groups', async () => {
    const message = { messageType: 'ScheduledNotification', awsAccountId: ACCOUNT, notificationCreationTime: '2026-11-23T11:59:31.000Z' };

    const { stdout } = await explain(opened(), configEvent({}, message));

    expect(stdout).toMatch(
      /^1\. the event is AWS Config's ScheduledNotification: the remediator checks every guarded group\n2\. how many of 1 group exist: 1\n3\. the live rules of 1 group: 1 read\n/,
    );
    expect(stdout).toContain('the remediator would call RevokeSecurityGroupIngress: tcp/445 from 0.0.0.0/0\n');
  });

  it.each([{ configurationItemStatus: 'ResourceDeleted' }, { resourceType: 'AWS::S3::Bucket' }])(
    '`explain` does not call EC2 for a configuration item with %j',
    async (item) => {
      const ec2 = opened();

      const { stdout } = await explain(ec2, configEvent(item));

      expect(stdout).toMatch(
        /the remediator does not check this resource: .*\n[^]*AWS Config as NOT_APPLICABLE[^]*the remediator would report no finding\n$/,
      );
      expect(ec2.calls).toEqual([]);
    },
  );

  it('if EC2 does not answer, `explain` shows that Lambda would retry', async () => {
    const ec2 = opened();
    ec2.before = () => 'unsent';

    const { stdout } = await explain(ec2, configEvent());

    expect(stdout).toMatch(/the live rules of sg-0000000a: not read \(\w+\)\n/);
    expect(stdout).toContain('the remediator would fail, and Lambda would retry\n');
  });
});

it.each<[string, Fields, readonly string[]]>([
  [
    'a record',
    record(),
    [`the live rules of ${WEB}: not read\n`, 'the detector would report a finding: drift, critical, based on the record only'],
  ],
  ['a record that names the group by its name', record({ requestParameters: { groupName: 'web' } }), ['EC2 was not called']],
  ["AWS Config's event without rules", configEvent(), ['EC2 was not called']],
  [
    "AWS Config's event",
    configEvent(recorded(445, { ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }] })),
    [
      'EC2 is not called: the rules of the group are read from the configuration item in the event',
      'the remediator would call RevokeSecurityGroupIngress: tcp/445 from 0.0.0.0/0\n',
      'the remediator would report a finding: restoration, critical\n',
    ],
  ],
  [
    "AWS Config's event with a prefix list",
    configEvent(recorded(22, { prefixListIds: [{ prefixListId: 'pl-0000000a' }] })),
    ['the entries of pl-0000000a: not read\n', 'the remediator would report a finding: restoration, high\n'],
  ],
])('`explain --offline` uses only the event: %s', async (_what, event, expected) => {
  const ec2 = opened();

  const { stdout } = await explain(ec2, event, '--offline');
  const json = await explain(ec2, event, '--offline --json');

  for (const words of expected) expect(stdout).toContain(words);
  expect(stdout + json.stdout).not.toMatch(/NotAsked|Lambda would retry/);
  expect(ec2.calls).toEqual([]);
});

it.each<[string, () => Promise<string>, string]>([
  [
    'the event belongs to another account',
    () => Promise.resolve('999988887777'),
    `the event is of account ${ACCOUNT}, and the credentials belong to 999988887777`,
  ],
  ['there are no credentials', () => Promise.reject(noCredentials), 'no AWS credentials found; run `aws configure` or'],
])('`explain` says why it uses only the event, if %s', async (_when, accountId, reason) => {
  const ec2 = opened();

  const { exitCode, stdout, stderr } = await explain(ec2, record(), '', { openAccountRegion: openerOf(ec2, { accountId }) });

  expect(stdout).toContain('based on the record only');
  expect(stderr).toContain(`portcullis: EC2 is not called: ${reason}`);
  expect(stderr).toContain('. The explanation uses only the event\n');
  expect({ exitCode, calls: ec2.calls }).toEqual({ exitCode: 0, calls: [] });
});

it('`explain` calls EC2 in the region of the record', async () => {
  const opens: (string | undefined)[] = [];
  const openAccountRegion: OpenAccountRegion = (options, signal) => {
    opens.push(options.region);
    return openerOf(opened())(options, signal);
  };

  await explain(opened(), record({ awsRegion: 'us-east-1' }), '', { openAccountRegion });

  expect(opens).toEqual(['us-east-1']);
});

it('`explain --json` prints the steps and the findings', async () => {
  const { stdout } = await explain(opened(), record(), '--json');

  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    events: [
      {
        steps: expect.arrayContaining(['the call succeeded']) as unknown,
        findings: [{ id: `e-1:${WEB}`, kind: 'drift' }],
        rehearsed: false,
      },
    ],
    passedOver: 0,
  });
});

it('`explain` refuses a file that contains a finding or a line of a log with a finding', async () => {
  const { stdout } = await explain(opened(), record(), '--json');
  const { events } = JSON.parse(stdout) as { events: { findings: unknown[] }[] };
  const finding = events[0]?.findings[0];

  for (const file of [finding, { message: 'drift', finding }])
    expect((await explain(opened(), file)).stderr).toBe(
      'portcullis: `event.json` contains a finding; expected the event that caused the finding: a CloudTrail record or an event of AWS Config\n',
    );
});

it.each([
  ['text that is not JSON', 'nope', /`event\.json` is not JSON \(.*\); expected a CloudTrail record or an event of AWS Config/],
  ['escape sequences instead of JSON', '\u001B[31mred\n', /`event\.json` is not JSON \(\P{Cc}*\); expected/u],
  ['an empty list', '{"Events":[]}', /`event\.json` contains no event; expected a CloudTrail record or an event of AWS Config, as JSON/],
  ['null', 'null', /`event\.json` contains no event/],
  ['a number', '7', /`event\.json` contains no event/],
])('`explain` refuses a file that contains %s', async (_what, text, message) => {
  const { exitCode, stdout, stderr } = await explain(opened(), text);

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^portcullis: ${message.source}.*\\n$`, message.flags));
});

describe('with limits', () => {
  const SMB = (groups: string, more = 'mode: enforce, repair: narrow') =>
    `version: 1
baselines: []
limits: [{ name: no-smb, groups: ${groups}, ${more}, ingress: [{ services: [smb], onlyFrom: { IpRanges: [{ CidrIp: 10.0.0.0/8 }] } }] }]
`;

  it.each([
    ['a call', delivered()],
    ['an event of AWS Config', configEvent()],
  ])('`explain` of %s shows which limits apply to the group, and what the remediator would change', async (_, event) => {
    folder.write('baseline.yaml', SMB('{ names: [web] }'));

    const { stdout } = await explain(region({ [WEB]: ['tcp 445 from 10.0.0.0/7'] }), event);

    expect(stdout).toContain(`limit no-smb applies to ${WEB}\n`);
    expect(stdout).toContain('broken limit no-smb: SMB from 10.0.0.0/7 minus 10.0.0.0/8\n');
    expect(stdout).toContain('the remediator would authorize tcp/445 from 10.0.0.0/8: the part of a wider rule that the limits allow\n');
    expect(stdout).toContain('the remediator would revoke tcp/445 from 10.0.0.0/7: broken limit `no-smb`\n');
  });

  it.each([
    [
      'reports',
      SMB('{ names: [web] }', 'mode: report'),
      '',
      'the remediator would only report that it should revoke tcp/445 from 0.0.0.0/0',
    ],
    ['is not broken', SMB('{ all: true }').replace('[smb]', '[rdp]'), '', `${WEB} is within the limit`],
    ['applies to other groups', SMB('{ names: [db] }'), '', `no limit applies to ${WEB}`],
    [
      'selects by a name that is not read',
      SMB('{ names: [web] }'),
      '--offline',
      `which limits apply to ${WEB} depends on the group's tags, name and VPC`,
    ],
    [
      'needs unread rules',
      SMB('{ all: true }'),
      '--offline',
      `what the limits would do to ${WEB} is unknown, because the rules of the group were not read`,
    ],
  ])('`explain` explains a limit that %s', async (_, text, options, step) => {
    folder.write('baseline.yaml', text);

    expect((await explain(opened(), delivered(), options)).stdout).toContain(step);
  });
});

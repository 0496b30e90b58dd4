import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type GetEventSelectorsCommandOutput,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import {
  ConfigServiceClient,
  DescribeConfigRulesCommand,
  DescribeConfigurationRecordersCommand,
  DescribeConfigurationRecorderStatusCommand,
  DescribeDeliveryChannelsCommand,
  type ConfigRule,
  type ConfigurationRecorder,
} from '@aws-sdk/client-config-service';
import {
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import type { LastChange } from '../aws/account-region.js';
import type { Io } from '../program/io.js';
import { runIn, temporaryFolder, type Ran } from '../testing/run-command.js';
import { ACCOUNT, baselineFile, DB, openerOf, region, tcp, WEB, type TestAccountRegion } from '../testing/account-region.js';

const folder = temporaryFolder();
const services = {
  config: mockClient(ConfigServiceClient),
  ec2: mockClient(EC2Client),
  lambda: mockClient(LambdaClient),
  trail: mockClient(CloudTrailClient),
};

const GROUP: SecurityGroup = { GroupId: WEB, GroupName: 'web', VpcId: 'vpc-0a', OwnerId: ACCOUNT };
const FITTING: ConfigurationRecorder = { name: 'default', recordingGroup: { allSupported: true } };

/** An account that has nothing yet but one group, which is its own. */
beforeEach(() => {
  for (const service of Object.values(services)) service.reset();
  recorder(undefined);
  services.config.on(DescribeConfigRulesCommand).resolves({ ConfigRules: [ruleNamed('other')] });
  trails();
  services.lambda
    .on(GetAccountSettingsCommand)
    .resolves({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 } })
    .on(GetFunctionConcurrencyCommand)
    .rejects(new ResourceNotFoundException({ message: 'no', $metadata: {} }));
  services.ec2
    .on(DescribeSecurityGroupsCommand)
    .resolves({ SecurityGroups: [GROUP] })
    .on(DescribeVpcsCommand)
    .resolves({ Vpcs: [{ VpcId: 'vpc-0a', OwnerId: ACCOUNT }] })
    .on(DescribeManagedPrefixListsCommand)
    .resolves({ PrefixLists: [] });
  baseline(baselineFile([tcp(443, '0.0.0.0/0')]));
  settings('regions: [eu-west-1]\nbaseline: baseline.yaml\n');
});

function recorder(found: ConfigurationRecorder | undefined, isRunning = true, channels = ['default']): void {
  services.config
    .on(DescribeConfigurationRecordersCommand)
    .resolves({ ConfigurationRecorders: found === undefined ? [] : [found] })
    .on(DescribeDeliveryChannelsCommand)
    .resolves({ DeliveryChannels: found === undefined ? [] : channels.map((name) => ({ name })) })
    .on(DescribeConfigurationRecorderStatusCommand)
    .resolves({
      ConfigurationRecordersStatus: found === undefined ? [] : [{ name: found.name, recording: isRunning }],
    });
}

function ruleNamed(ConfigRuleName: string): ConfigRule {
  return { ConfigRuleName, Source: { Owner: 'AWS' } };
}

function trails(list: readonly Trail[] = [], selectors: Partial<GetEventSelectorsCommandOutput> = {}, IsLogging = true): void {
  services.trail
    .on(DescribeTrailsCommand)
    .resolves({ trailList: list.map((trail) => ({ TrailARN: arnOf(trail.Name), ...trail })) })
    .on(GetTrailStatusCommand)
    .resolves({ IsLogging })
    .on(GetEventSelectorsCommand)
    .resolves(selectors);
}

function arnOf(name = ''): string {
  return `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/${name}`;
}

function baseline(text: string, name = 'baseline.yaml'): void {
  writeFileSync(join(folder.path, name), text);
}

function settings(text: string): void {
  writeFileSync(join(folder.path, 'portcullis.yaml'), text);
}

/** The SDK's own clients, which are mocked. */
function preflight(
  args: readonly string[] = [],
  place: TestAccountRegion = {},
  changes: Partial<Io> & { columns?: number } = {},
): Promise<Ran> {
  const open = openerOf(region({}), place);
  return runIn(folder.path, ['preflight', 'portcullis.yaml', ...args], {
    openAccountRegion: async (options, signal) => ({
      ...(await open(options, signal)),
      client: (Client) =>
        new Client({
          region: 'eu-west-1',
          maxAttempts: 1,
          requestHandler: { connectionTimeout: 1, requestTimeout: 1, throwOnRequestTimeout: true },
        }),
    }),
    ...changes,
  });
}

interface ToldCheck {
  readonly about: string;
  readonly outcome: string;
  readonly what: string;
  readonly why: string | null;
  readonly fix: string | null;
}

/** What was found about the thing, in all regions. */
async function found(about: string, ...ran: Parameters<typeof preflight>): Promise<readonly ToldCheck[]> {
  const [args = [], ...rest] = ran;
  const { stdout } = await preflight(['--json', ...args], ...rest);
  const { regions } = JSON.parse(stdout) as { regions: { checks: ToldCheck[] }[] };
  return regions.flatMap(({ checks }) => checks).filter((check) => check.about === about);
}

const call = (name: string, at: string, groupId = WEB): LastChange & { groupId: string } => ({
  groupId,
  eventId: at,
  eventName: 'AuthorizeSecurityGroupIngress',
  time: `2026-11-${at}T11:00:00Z`,
  actor: {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/session-${at}`,
    issuerArn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
    sessionName: `session-${at}`,
    userName: name,
    sourceIp: '198.51.100.7',
    mfa: false,
  },
});

const history = (...calls: readonly (LastChange & { groupId: string })[]): TestAccountRegion => ({
  changesOf: async function* (groupId) {
    yield* await Promise.resolve(calls.filter((each) => each.groupId === groupId));
  },
});

it('ends with 0 and says what it looked at where nothing stands in the way', async () => {
  expect(await preflight()).toEqual({
    exitCode: 0,
    stdout: `eu-west-1 of ${ACCOUNT}  baseline.yaml
  ok         there is no recorder yet: \`recorder: create\` makes one for security groups alone
  ok         no trail logs management events yet: \`trail: create\` makes one
  ok         900 of 1000 concurrent executions are unreserved
  ok         AWS Config has 1 of at most 1,000 rules
  ok         1 guarded group here, which belongs to ${ACCOUNT}
  ok         at most 1 rule declared in one direction and address family, within the default quota of 60
  ok         nobody has changed the guarded group in the last 90 days

Nothing stands in the way: 7 checks ok.
`,
    stderr: '',
  });
});

it('wraps lines to the width of the terminal, each under its own column', async () => {
  recorder(FITTING);

  const { stdout } = await preflight([], {}, { columns: 80 });

  expect(stdout).toContain(`  fails      the recorder \`default\` records all types, AWS::EC2::SecurityGroup
             continuously, and is running; the settings say \`recorder: create\`
             why  a region has one recorder of its own: a second is refused
                  (MaxNumberOfConfigurationRecordersExceededException)
             fix  set \`recorder: existing\`
`);
});

it('only reads: every call describes, gets or lists', async () => {
  recorder(FITTING);
  trails([{ Name: 'org' }]);
  settings('regions: [eu-west-1]\nbaseline: baseline.yaml\nreservedConcurrency: { remediator: 5 }\n');

  await preflight();

  const sent = Object.values(services).flatMap((service) => service.calls().map(({ args }) => args[0].constructor.name));
  expect(sent.length).toBeGreaterThan(9);
  expect(sent.filter((name) => !/^(Describe|Get|List|Lookup)/.test(name))).toEqual([]);
});

it('shows what, why and the fix of each problem, the worst first, and ends with 2', async () => {
  recorder(FITTING);
  trails([{ Name: 'aws-controltower-BaselineCloudTrail', IsMultiRegionTrail: true, IsOrganizationTrail: true }]);

  const { exitCode, stdout, stderr } = await preflight();

  expect(stdout).toContain(`eu-west-1 of ${ACCOUNT}  baseline.yaml
  fails      the recorder \`default\` records all types, AWS::EC2::SecurityGroup continuously, and is running; the settings say \`recorder: create\`
             why  a region has one recorder of its own: a second is refused (MaxNumberOfConfigurationRecordersExceededException)
             fix  set \`recorder: existing\`
  costs      Control Tower's trail \`aws-controltower-BaselineCloudTrail\` logs management events here already, and the settings say \`trail: create\`
             why  the first copy of management events in a region is free, each further one costs $2.00 per 100,000 events
             fix  set \`trail: existing\`; for a copy of your own without the reads, \`trailEvents: write\`
  ok `);
  expect(stdout).toContain('\nPreflight: 1 fails, 1 costs; 5 ok.\n');
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
});

it('prints JSON for programs', async () => {
  recorder(FITTING);

  const { exitCode, stdout } = await preflight(['--json']);

  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    settingsFile: 'portcullis.yaml',
    at: '2026-11-23T12:00:00.000Z',
    accountId: ACCOUNT,
    totals: { fails: 1, risk: 0, costs: 0, unchecked: 0, ok: 6 },
    regions: [
      {
        region: 'eu-west-1',
        baselineFile: 'baseline.yaml',
        checks: expect.arrayContaining([
          {
            about: 'trail',
            outcome: 'ok',
            what: 'no trail logs management events yet: `trail: create` makes one',
            why: null,
            fix: null,
          },
        ]) as unknown,
      },
    ],
  });
});

it('prints no control character that somebody put into a name', async () => {
  recorder({ ...FITTING, name: 'x\u001b[2Jy' });

  expect((await preflight()).stdout).toContain('the recorder `x\uFFFD[2Jy`');
});

describe('the recorder', () => {
  const GROUPS = 'AWS::EC2::SecurityGroup' as const;
  const BUCKETS = 'AWS::S3::Bucket' as const;
  const daily = (overrides: readonly (typeof GROUPS | typeof BUCKETS)[] = []): ConfigurationRecorder => ({
    ...FITTING,
    recordingMode: {
      recordingFrequency: 'DAILY',
      recordingModeOverrides: overrides.map((type) => ({ recordingFrequency: 'CONTINUOUS', resourceTypes: [type] })),
    },
  });

  it.each<[string, ConfigurationRecorder | undefined, boolean, readonly string[], string, string]>([
    ['that is missing fails', undefined, true, [], 'fails', 'set `recorder: create`'],
    ['of all types will do', FITTING, true, ['default'], 'ok', ''],
    ['without a recording group records all types', { name: 'default' }, true, ['default'], 'ok', ''],
    [
      'of groups alone will do',
      { name: 'default', recordingGroup: { allSupported: false, resourceTypes: [GROUPS] } },
      true,
      ['default'],
      'ok',
      '',
    ],
    [
      'of other types fails',
      { name: 'default', recordingGroup: { allSupported: false, resourceTypes: [BUCKETS] } },
      true,
      ['default'],
      'fails',
      'add AWS::EC2::SecurityGroup to its recording group',
    ],
    [
      'that leaves groups out fails',
      {
        name: 'default',
        recordingGroup: {
          recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
          exclusionByResourceTypes: { resourceTypes: [GROUPS] },
        },
      },
      true,
      ['default'],
      'fails',
      'add AWS::EC2::SecurityGroup to its recording group',
    ],
    [
      'that leaves others out will do',
      {
        name: 'default',
        recordingGroup: {
          recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
          exclusionByResourceTypes: { resourceTypes: [BUCKETS] },
        },
      },
      true,
      ['default'],
      'ok',
      '',
    ],
    ['that is daily fails', daily(), true, ['default'], 'fails', 'record AWS::EC2::SecurityGroup continuously'],
    ['that is daily but for groups will do', daily([GROUPS]), true, ['default'], 'ok', ''],
    ['that is daily but for others fails', daily([BUCKETS]), true, ['default'], 'fails', 'continuously'],
    [
      'that is stopped fails',
      FITTING,
      false,
      ['default'],
      'fails',
      '`aws configservice start-configuration-recorder --configuration-recorder-name default --region eu-west-1`',
    ],
    ['without a delivery channel fails', FITTING, true, [], 'fails', '`aws configservice put-delivery-channel`'],
  ])('%s with `recorder: existing`', async (_what, recorded, isRunning, channels, outcome, fix) => {
    recorder(recorded, isRunning, [...channels]);
    settings('regions: [eu-west-1]\nbaseline: baseline.yaml\nrecorder: existing\n');

    const [check, ...others] = await found('recorder');

    expect(others).toEqual([]);
    expect(check).toMatchObject({ outcome });
    expect(check?.fix ?? '').toContain(fix);
  });

  it('that another owner has, and that does not do, is told with what it lacks', async () => {
    recorder(daily(), false);

    expect(await found('recorder')).toEqual([
      expect.objectContaining({
        outcome: 'fails',
        fix: expect.stringMatching(/^set `recorder: existing`, and record .* continuously .*; `aws configservice start/) as string,
      }),
    ]);
  });

  it('of this very deployment, and one that a service has for itself, are no obstacle', async () => {
    recorder({ ...FITTING, name: 'portcullis' });
    expect(await found('recorder')).toMatchObject([{ outcome: 'ok' }]);

    recorder({ ...FITTING, servicePrincipal: 'securityhub.amazonaws.com' }, true, []);
    expect(await found('recorder')).toMatchObject([{ outcome: 'ok' }]);
  });

  it('is refused where a delivery channel alone was left behind', async () => {
    services.config.on(DescribeDeliveryChannelsCommand).resolves({ DeliveryChannels: [{ name: 'old' }] });

    expect(await found('recorder')).toMatchObject([
      {
        outcome: 'fails',
        fix: '`aws configservice delete-delivery-channel --delivery-channel-name old --region eu-west-1`',
      },
    ]);
  });
});

describe('trails', () => {
  const org: Trail = { Name: 'org', IsOrganizationTrail: true, IsMultiRegionTrail: true };
  const existing = 'regions: [eu-west-1]\nbaseline: baseline.yaml\ntrail: existing\n';
  const advanced = (...fields: [string, string[]][]): Partial<GetEventSelectorsCommandOutput> => ({
    AdvancedEventSelectors: [{ FieldSelectors: fields.map(([Field, Equals]) => ({ Field, Equals })) }],
  });

  it.each<[string, Partial<GetEventSelectorsCommandOutput>, boolean, 'ok' | 'fails']>([
    ['logs everything by default', {}, true, 'ok'],
    ['is stopped', {}, false, 'fails'],
    ['logs reads alone', { EventSelectors: [{ ReadWriteType: 'ReadOnly' }] }, true, 'fails'],
    ['logs writes', { EventSelectors: [{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }] }, true, 'ok'],
    ['logs data events alone', { EventSelectors: [{ IncludeManagementEvents: false }] }, true, 'fails'],
    ['selects management events', advanced(['eventCategory', ['Management']]), true, 'ok'],
    ['selects writes', advanced(['eventCategory', ['Management']], ['readOnly', ['false']]), true, 'ok'],
    ['selects reads', advanced(['eventCategory', ['Management']], ['readOnly', ['true']]), true, 'fails'],
    ['selects data events', advanced(['eventCategory', ['Data']]), true, 'fails'],
    [
      'leaves EC2 out',
      {
        AdvancedEventSelectors: [
          {
            FieldSelectors: [
              { Field: 'eventCategory', Equals: ['Management'] },
              { Field: 'eventSource', NotEquals: ['ec2.amazonaws.com'] },
            ],
          },
        ],
      },
      true,
      'fails',
    ],
  ])('one that %s, with `trail: existing`', async (_what, selectors, isLogging, outcome) => {
    trails([org], selectors, isLogging);
    settings(existing);

    expect(await found('trail')).toMatchObject([{ outcome }]);
  });

  it('says how to start one that is stopped, in its own region, and asks by ARN', async () => {
    trails([org], {}, false);
    settings(existing);

    expect(await found('trail')).toMatchObject([
      {
        what: "no trail logs write management events here: the organization's trail `org` is stopped",
        fix: `\`aws cloudtrail start-logging --name ${arnOf('org')} --region us-east-1\`, or set \`trail: create\``,
      },
    ]);
    expect(services.trail.commandCalls(GetTrailStatusCommand)[0]?.args[0].input).toEqual({ Name: arnOf('org') });
  });

  it('with `trail: create`, says what a second copy costs in every region of the settings, and not what its own does', async () => {
    settings('regions: [eu-west-1, us-east-1]\nbaseline: baseline.yaml\n');
    trails([{ Name: 'single' }]);
    expect(await found('trail')).toMatchObject([
      { outcome: 'costs', fix: expect.stringMatching(/^make it a multi-region trail/) as string },
      { outcome: 'costs' },
    ]);

    trails([{ Name: 'portcullis', IsMultiRegionTrail: true }]);
    expect(await found('trail')).toMatchObject([
      { outcome: 'ok', what: "`portcullis` is this deployment's own trail" },
      { outcome: 'ok', what: 'the trail that `trail: create` makes in eu-west-1 covers this region' },
    ]);
  });

  it('takes a trail that is called as the deployment is for any other, with `trail: existing`', async () => {
    trails([{ Name: 'portcullis' }]);
    settings(existing);

    expect(await found('trail')).toMatchObject([{ outcome: 'ok', what: 'the trail `portcullis` logs management events here' }]);
  });

  it('says that a sixth trail is refused', async () => {
    trails(
      ['a', 'b', 'c', 'd', 'e'].map((Name) => ({ Name })),
      { EventSelectors: [{ ReadWriteType: 'ReadOnly' }] },
    );

    expect(await found('trail')).toMatchObject([{ outcome: 'fails', why: expect.stringContaining('at most 5 trails') as string }]);
  });
});

describe("Lambda's concurrency", () => {
  const reserved = 'regions: [eu-west-1]\nbaseline: baseline.yaml\nreservedConcurrency: { remediator: 5, detector: 5 }\n';
  const account = (limit: number, unreserved: number): void => {
    services.lambda.on(GetAccountSettingsCommand).resolves({
      AccountLimit: { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: unreserved },
    });
  };

  it.each([
    [1000, 110, 'ok'],
    [1000, 109, 'fails'],
    [10, 10, 'fails'],
  ])('of %d with %d unreserved, of which ten are to be reserved: %s', async (limit, unreserved, outcome) => {
    account(limit, unreserved);
    settings(reserved);

    expect(await found('concurrency')).toMatchObject([{ outcome }]);
  });

  it('says what quota would do', async () => {
    account(10, 10);
    settings(reserved);

    expect(await found('concurrency')).toMatchObject([
      {
        what: '`reservedConcurrency` takes 10 of 10 unreserved concurrent executions, which leaves 0',
        fix: 'leave out `reservedConcurrency`, or ask for more: `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 110 --region eu-west-1`',
      },
    ]);
  });

  it('counts what the functions of an earlier deployment hold as theirs', async () => {
    account(1000, 100);
    services.lambda.on(GetFunctionConcurrencyCommand).resolves({ ReservedConcurrentExecutions: 5 });
    settings(reserved);

    expect(await found('concurrency')).toMatchObject([{ outcome: 'ok' }]);
    expect(services.lambda.commandCalls(GetFunctionConcurrencyCommand).map(({ args }) => args[0].input)).toEqual([
      { FunctionName: 'portcullis-config-remediator' },
      { FunctionName: 'portcullis-cloudtrail-detector' },
    ]);
  });

  it('is a risk where a new account has next to none', async () => {
    account(10, 10);

    expect(await found('concurrency')).toMatchObject([{ outcome: 'risk' }]);
  });
});

it('counts AWS Config rules over all pages, and says when there is no room for one more', async () => {
  const page = (from: number): ConfigRule[] => Array.from({ length: 500 }, (_, i) => ruleNamed(`rule-${from + i}`));
  services.config
    .on(DescribeConfigRulesCommand, { NextToken: undefined })
    .resolves({ ConfigRules: page(0), NextToken: 'more' })
    .on(DescribeConfigRulesCommand, { NextToken: 'more' })
    .resolves({ ConfigRules: page(500) });
  expect(await found('config rules')).toMatchObject([{ outcome: 'fails', what: 'AWS Config has 1000 of at most 1,000 rules' }]);

  services.config
    .on(DescribeConfigRulesCommand, { NextToken: 'more' })
    .resolves({ ConfigRules: [...page(501), ruleNamed('portcullis-security-groups')] });
  expect(await found('config rules')).toMatchObject([{ outcome: 'ok' }]);
});

describe('groups', () => {
  const groups = (...list: readonly Partial<SecurityGroup>[]): void => {
    services.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: list.map((each) => ({ ...GROUP, ...each })) });
  };

  it('that do not exist are told', async () => {
    groups();

    expect(await found('groups')).toMatchObject([
      {
        outcome: 'risk',
        what: `${WEB} does not exist, and \`web\` names it`,
        fix: 'correct the id in `baseline.yaml`, or take it out',
      },
    ]);
  });

  it('that no region has are told once, and those of another region not at all', async () => {
    settings('regions: [eu-west-1, us-east-1]\nbaseline: baseline.yaml\n');
    services.ec2
      .on(DescribeSecurityGroupsCommand)
      .resolvesOnce({ SecurityGroups: [] })
      .resolvesOnce({ SecurityGroups: [GROUP] });
    expect((await found('groups')).map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);

    groups();
    expect((await found('groups')).map(({ outcome }) => outcome)).toEqual(['risk', 'ok']);
  });

  it('of another account are told with their owner', async () => {
    groups({ OwnerId: '999988887777' });

    expect(await found('groups')).toMatchObject([
      { outcome: 'fails', what: `${WEB} belongs to the account 999988887777 and is shared with ${ACCOUNT}` },
    ]);
  });

  it('of other accounts that a baseline selects by its criteria are told once for each account, and their history is not asked for', async () => {
    baseline('version: 1\nbaselines:\n  - { name: a, groups: { tags: { Tier: web } }, ingress: [] }\n');
    const tagged = { Tags: [{ Key: 'Tier', Value: 'web' }] };
    const foreign = { ...tagged, OwnerId: '999988887777' };
    groups(tagged, { ...foreign, GroupId: DB }, { ...foreign, GroupId: 'sg-0000000f' });
    const asked: string[] = [];
    const place: TestAccountRegion = {
      changesOf: async function* (groupId) {
        asked.push(groupId);
        yield* await Promise.resolve([]);
      },
    };

    expect(await found('groups', [], place)).toMatchObject([
      { outcome: 'risk', what: 'tags, names or VPCs select 2 groups of the account 999988887777' },
    ]);
    expect(asked).toEqual([WEB]);
  });

  it('in a VPC of another account are told', async () => {
    services.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-0a', OwnerId: '999988887777' }] });

    expect(await found('groups')).toMatchObject([
      { outcome: 'risk', what: `${WEB} sits in vpc-0a, which the account 999988887777 shares with ${ACCOUNT}` },
    ]);
  });

  it('are found by tag, and told when several baselines select one or a baseline selects none', async () => {
    baseline(`version: 1
baselines:
  - { name: a, groups: { names: ['w*'] }, ingress: [] }
  - { name: b, groups: { tags: { Tier: web } }, ingress: [] }
  - { name: c, groups: { tags: { Tier: none } }, ingress: [] }
`);
    groups({ Tags: [{ Key: 'Tier', Value: 'web' }] }, { GroupId: DB, GroupName: 'db' });

    expect(await found('groups')).toMatchObject([
      { what: '`c` selects no group by its tags, names or VPCs' },
      { what: `${WEB} is selected by several baselines: a, b` },
    ]);
  });
});

describe('declared rules', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => tcp(1000 + i, '10.0.0.0/8'));

  it.each([
    [60, ['ok']],
    [61, ['risk']],
    [1001, ['fails']],
  ])('%d of them', async (count, outcomes) => {
    baseline(baselineFile(many(count)));

    expect((await found('rules')).map(({ outcome }) => outcome)).toEqual(outcomes);
  });

  it('are told with the quota, and how far it can be raised', async () => {
    baseline(baselineFile(many(250)));

    expect(await found('rules')).toMatchObject([
      {
        what: '`web` declares 250 IPv4 rules of ingress for each group, more than the default quota of 60',
        fix: "see the account's quota by `aws service-quotas get-service-quota --service-code vpc --quota-code L-0EA8095F --region eu-west-1`, and raise it to 250 or declare less; above 200 only with fewer groups of a network interface than 5 (L-2AFB9258), since the product is at most 1,000",
      },
    ]);
  });

  it('count IPv4 and IPv6 apart, what is neither for both, and a prefix list for the entries that it may have', async () => {
    const permission = '{ IpProtocol: tcp, FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: pl-0a1b2c3d }] }';
    baseline(baselineFile([...many(31), permission]));
    services.ec2.on(DescribeManagedPrefixListsCommand).resolves({ PrefixLists: [{ PrefixListId: 'pl-0a1b2c3d', MaxEntries: 30 }] });

    expect((await found('rules')).map(({ what }) => what)).toEqual([
      expect.stringContaining('`web` declares 61 IPv4 rules of ingress') as string,
    ]);
  });
});

describe('other owners', () => {
  it('are told by their role, with how often they wrote, to how many groups and when last', async () => {
    baseline(baselineFile([], `  - { name: db, groups: { ids: [${DB}] }, ingress: [] }\n`));
    services.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [GROUP, { ...GROUP, GroupId: DB, GroupName: 'db' }] });
    const calls = history(
      call('once', '20'),
      call('controller', '21'),
      call('controller', '02'),
      call('controller', '22', DB),
      call('portcullis-config-remediator-eu-west-1', '22'),
    );

    expect((await found('other owners', [], calls)).map(({ outcome, what }) => `${outcome}: ${what}`)).toEqual([
      `risk: arn:aws:iam::${ACCOUNT}:role/controller changed 2 guarded groups in the last 90 days: 3 calls, the last 2026-11-22T11:00:00Z`,
      `risk: arn:aws:iam::${ACCOUNT}:role/once changed 1 guarded group in the last 90 days: 1 call, the last 2026-11-20T11:00:00Z`,
    ]);
  });

  it('are not asked for with `--no-history`', async () => {
    expect(await found('other owners', ['--no-history'], history(call('controller', '21')))).toEqual([]);
  });

  it('asks nothing when no guarded group is there yet', async () => {
    services.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });

    expect(await found('other owners', [], history(call('controller', '21')))).toMatchObject([
      { outcome: 'ok', what: "there is no guarded group here yet, so CloudTrail's history has nothing to tell" },
    ]);
  });
});

describe('what AWS does not answer', () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: {} });

  it('for want of a permission is one line each, beside what it answers, and ends with 1', async () => {
    services.config.on(DescribeConfigurationRecordersCommand).rejects(denied);
    services.config.on(DescribeConfigRulesCommand).rejects(denied);
    services.trail.on(DescribeTrailsCommand).rejects(denied);
    services.lambda.on(GetAccountSettingsCommand).rejects(denied);
    services.ec2
      .on(DescribeSecurityGroupsCommand)
      .rejects(Object.assign(new Error('no'), { name: 'UnauthorizedOperation', $metadata: {} }));

    const { exitCode, stdout, stderr } = await preflight();

    expect(stdout.match(/could not be checked.*/g)).toEqual([
      'could not be checked: needs config:DescribeConfigurationRecorders',
      'could not be checked: needs cloudtrail:DescribeTrails',
      'could not be checked: needs lambda:GetAccountSettings',
      'could not be checked: needs config:DescribeConfigRules',
      'could not be checked: needs ec2:DescribeSecurityGroups',
    ]);
    expect(stdout).toContain('ok         at most 1 rule declared');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'portcullis: 5 checks could not be made\n' });
  });

  it('for another reason is told with it, and the rest is checked', async () => {
    services.lambda
      .on(GetAccountSettingsCommand)
      .rejects(Object.assign(new SyntaxError('Deserialization error: to see the raw response'), { $metadata: {} }));
    const broken: TestAccountRegion = {
      changesOf: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.reject(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: {} })),
        }),
      }),
    };

    expect(await found('concurrency')).toMatchObject([
      {
        outcome: 'unchecked',
        what: 'concurrency could not be checked: lambda:GetAccountSettings failed',
        why: expect.stringContaining('its answer to lambda:GetAccountSettings cannot be read') as string,
      },
    ]);
    expect(await found('other owners', [], broken)).toMatchObject([
      { outcome: 'unchecked', why: 'cloudtrail:LookupEvents: ThrottlingException: Rate exceeded' },
    ]);
  });

  it('does not hide a mistake of ours', async () => {
    services.trail.on(DescribeTrailsCommand).rejects(new TypeError('x is not a function'));

    expect(await preflight()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('TypeError: x is not a function') as string,
    });
  });
});

describe('in one line it refuses', () => {
  it('a settings file that is missing or not valid, and a baseline that is not', async () => {
    settings('regions: [eu-west-1]\nbaseline: gone.yaml\n');
    expect(await preflight()).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'portcullis: cannot read `gone.yaml`: no such file or directory\n',
    });

    settings('regions: [eu-west-1]\nbaseline: baseline.yaml\nrecorder: maybe\n');
    const { exitCode, stderr } = await preflight();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^portcullis\.yaml:3:11 {2}bad-value {2}`recorder` cannot be `maybe`; expected one of .*\n[^]*portcullis\.yaml: 1 problem\n$/,
    );

    expect(await runIn(folder.path, ['preflight', 'none.yaml'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'portcullis: cannot read `none.yaml`: no such file or directory\n',
    });
  });

  it('credentials of another account, but for a member of the organization, in which no function runs', async () => {
    const central = 'regions: [eu-west-1]\nbaseline: baseline.yaml\naccountId: "222233334444"\n';
    settings(central);
    expect(await preflight()).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `portcullis: the credentials are of the account ${ACCOUNT}, and \`portcullis.yaml\` deploys into 222233334444; expected credentials of that account\n`,
    });

    settings(`${central}organization: { id: o-exampleorgid, members: ["${ACCOUNT}"] }\n`);
    expect(await preflight()).toMatchObject({ exitCode: 0 });
    expect(await found('concurrency')).toEqual([]);
  });

  it('a region that the settings do not guard', async () => {
    expect(await preflight(['--region', 'us-east-1'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'portcullis: `portcullis.yaml` does not guard us-east-1; expected one of eu-west-1\n',
    });
  });

  it('a baseline file in place of a settings file', async () => {
    expect(await runIn(folder.path, ['preflight', 'baseline.yaml'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'portcullis: `baseline.yaml` is a baseline file; expected the settings file of a deployment, such as `infra/portcullis.yaml`\n',
    });
  });

  it('to go on once it is interrupted', async () => {
    const interrupt = new AbortController();
    services.trail.on(DescribeTrailsCommand).callsFake(() => {
      interrupt.abort();
      throw Object.assign(new Error('aborted'), { name: 'AbortError' });
    });

    expect(await preflight([], {}, { signal: interrupt.signal })).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'portcullis: interrupted\n',
    });
  });
});

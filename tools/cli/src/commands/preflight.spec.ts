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
  type RecordingGroup,
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
import { ACCOUNT, accessDenied, changeBy, DB, history, openerOf, region, WEB, type TestAccountRegion } from '../testing/account-region.js';
import { baselineFile, HTTPS, tcp } from '../testing/baselines.js';
import { failure, testFolder, type Changes, type Ran } from '../testing/run-command.js';

const ONE_REGION = 'regions: [eu-west-1]\nbaseline: baseline.yaml\n';
const TWO_REGIONS = 'regions: [eu-west-1, us-east-1]\nbaseline: baseline.yaml\n';
const OTHER = '999988887777';
const folder = testFolder({ 'baseline.yaml': baselineFile([HTTPS]), 'portcullis.yaml': ONE_REGION });
const settings = (text: string): void => {
  folder.write('portcullis.yaml', text);
};
const services = {
  config: mockClient(ConfigServiceClient),
  ec2: mockClient(EC2Client),
  lambda: mockClient(LambdaClient),
  trail: mockClient(CloudTrailClient),
};

const GROUP: SecurityGroup = { GroupId: WEB, GroupName: 'web', VpcId: 'vpc-0a', OwnerId: ACCOUNT };
const RECORDER: ConfigurationRecorder = { name: 'default', recordingGroup: { allSupported: true } };

/** By default the account has one group, and nothing else. */
beforeEach(() => {
  for (const service of Object.values(services)) service.reset();
  recorder(undefined);
  services.config.on(DescribeConfigRulesCommand).resolves({ ConfigRules: [ruleNamed('other')] });
  trails();
  services.lambda.on(GetFunctionConcurrencyCommand).rejects(new ResourceNotFoundException({ message: 'no', $metadata: {} }));
  concurrency(1000, 900);
  groups({});
  services.ec2.on(DescribeVpcsCommand).resolves({
    Vpcs: [
      { VpcId: 'vpc-0a', OwnerId: ACCOUNT },
      { VpcId: 'vpc-0f', OwnerId: OTHER },
    ],
  });
  services.ec2.on(DescribeManagedPrefixListsCommand).resolves({ PrefixLists: [] });
});

function recorder(found: ConfigurationRecorder | undefined, isRunning = true, channels = ['default']): void {
  const list = found === undefined ? [] : [found];
  services.config.on(DescribeConfigurationRecordersCommand).resolves({ ConfigurationRecorders: list });
  services.config
    .on(DescribeDeliveryChannelsCommand)
    .resolves({ DeliveryChannels: list.flatMap(() => channels.map((name) => ({ name }))) });
  services.config
    .on(DescribeConfigurationRecorderStatusCommand)
    .resolves({ ConfigurationRecordersStatus: list.map(({ name }) => ({ name, recording: isRunning })) });
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

function concurrency(ConcurrentExecutions: number, UnreservedConcurrentExecutions: number): void {
  const AccountLimit = { ConcurrentExecutions, UnreservedConcurrentExecutions };
  services.lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
}

function groups(...list: readonly Partial<SecurityGroup>[]): void {
  services.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: list.map((each) => ({ ...GROUP, ...each })) });
}

/** Runs a preflight with the SDK's own clients, which are mocked. */
function preflight(options = '', accountRegion: TestAccountRegion = {}, changes: Changes = {}): Promise<Ran> {
  const open = openerOf(region({}), accountRegion);
  return folder.run(`preflight portcullis.yaml ${options}`, {
    openAccountRegion: async (wanted, signal) => ({
      ...(await open(wanted, signal)),
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

interface FoundCheck {
  readonly about: string;
  readonly outcome: string;
  readonly what: string;
  readonly why: string | null;
  readonly fix: string | null;
}

/** Returns the checks of this topic in all regions. */
async function checks(about: string, accountRegion?: TestAccountRegion, options = ''): Promise<readonly FoundCheck[]> {
  const { stdout } = await preflight(`--json ${options}`, accountRegion);
  const { regions } = JSON.parse(stdout) as { regions: { checks: FoundCheck[] }[] };
  return regions.flatMap((each) => each.checks).filter((check) => check.about === about);
}
const outcomes = async (...args: Parameters<typeof checks>): Promise<string[]> => (await checks(...args)).map(({ outcome }) => outcome);

it('exits with 0 and lists what it checked if there is no problem', async () => {
  expect(await preflight()).toEqual({
    exitCode: 0,
    stdout: `eu-west-1 of ${ACCOUNT}  baseline.yaml
  ok         there is no recorder yet: \`recorder: create\` creates one for security groups only
  ok         no trail logs management events yet: \`trail: create\` creates one
  ok         900 of 1000 concurrent executions are unreserved
  ok         AWS Config has 1 of at most 1,000 rules
  ok         1 guarded group here, which belongs to ${ACCOUNT}
  ok         at most 1 rule declared in one direction and address family, within the default quota of 60
  ok         nobody has changed the guarded group in the last 90 days

No problems found: 7 checks ok.
`,
    stderr: '',
  });
});

it('shows each problem with its reason and fix, worst first, wrapped to the terminal, and exits with 2', async () => {
  recorder({ ...RECORDER, name: 'x\u001b[2Jy' });
  trails([{ Name: 'aws-controltower-BaselineCloudTrail', IsMultiRegionTrail: true, IsOrganizationTrail: true }]);

  const { exitCode, stdout, stderr } = await preflight('', {}, { columns: 80 });

  expect(stdout).toContain(`eu-west-1 of ${ACCOUNT}  baseline.yaml
  fails      the recorder \`x\uFFFD[2Jy\` records all types, AWS::EC2::SecurityGroup
             continuously, and is running; the settings say \`recorder: create\`
             why  a region has one recorder of its own: a second is refused
                  (MaxNumberOfConfigurationRecordersExceededException)
             fix  set \`recorder: existing\`
  costs      Control Tower's trail \`aws-controltower-BaselineCloudTrail\` logs
             management events here already, and the settings say
             \`trail: create\`
             why  the first copy of management events in a region is free, each
                  further one costs $2.00 per 100,000 events
             fix  set \`trail: existing\`; for your own copy without the reads,
                  \`trailEvents: write\`
  ok `);
  expect(stdout).toContain('\nPreflight: 1 fails, 1 costs; 5 ok.\n');
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
});

it('prints JSON, and makes only calls that read', async () => {
  recorder(RECORDER);
  trails([{ Name: 'org' }]);
  settings(`${ONE_REGION}reservedConcurrency: { remediator: 5 }\n`);

  const { exitCode, stdout } = await preflight('--json');

  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    settingsFile: 'portcullis.yaml',
    at: '2026-11-23T12:00:00.000Z',
    accountId: ACCOUNT,
    totals: { fails: 1, risk: 0, costs: 1, unchecked: 0, ok: 5 },
    regions: [
      {
        region: 'eu-west-1',
        baselineFile: 'baseline.yaml',
        checks: expect.arrayContaining([
          { about: 'config rules', outcome: 'ok', what: 'AWS Config has 1 of at most 1,000 rules', why: null, fix: null },
        ]) as unknown,
      },
    ],
  });
  const calls = Object.values(services).flatMap((service) => service.calls().map(({ args }) => args[0].constructor.name));
  expect(calls.length).toBeGreaterThan(9);
  expect(calls.filter((name) => !/^(Describe|Get|List|Lookup)/.test(name))).toEqual([]);
});

describe('the recorder', () => {
  const TYPE = 'AWS::EC2::SecurityGroup';
  const BUCKET = 'AWS::S3::Bucket';
  type ResourceType = typeof TYPE | typeof BUCKET;
  const only = (type: ResourceType): RecordingGroup => ({ allSupported: false, resourceTypes: [type] });
  const without = (type: ResourceType): RecordingGroup => ({
    recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
    exclusionByResourceTypes: { resourceTypes: [type] },
  });
  const daily = (...continuous: ResourceType[]): ConfigurationRecorder => ({
    ...RECORDER,
    recordingMode: {
      recordingFrequency: 'DAILY',
      recordingModeOverrides: continuous.map((type) => ({ recordingFrequency: 'CONTINUOUS', resourceTypes: [type] })),
    },
  });
  const ADD = 'add AWS::EC2::SecurityGroup to its recording group';
  const CONTINUOUSLY = 'record AWS::EC2::SecurityGroup continuously';
  const recording = (recordingGroup: RecordingGroup): ConfigurationRecorder => ({ name: 'default', recordingGroup });
  const start = '`aws configservice start-configuration-recorder --configuration-recorder-name default --region eu-west-1`';

  it.each<[string, ConfigurationRecorder | undefined, boolean, readonly string[], string | null]>([
    ['is missing', undefined, true, [], 'set `recorder: create`'],
    ['records all types', RECORDER, true, ['default'], null],
    ['has no recording group', { name: 'default' }, true, ['default'], null],
    ['records only groups', recording(only(TYPE)), true, ['default'], null],
    ['records only buckets', recording(only(BUCKET)), true, ['default'], ADD],
    ['excludes groups', recording(without(TYPE)), true, ['default'], ADD],
    ['excludes buckets', recording(without(BUCKET)), true, ['default'], null],
    ['records daily', daily(), true, ['default'], CONTINUOUSLY],
    ['records daily, but groups continuously', daily(TYPE), true, ['default'], null],
    ['records daily, but buckets continuously', daily(BUCKET), true, ['default'], CONTINUOUSLY],
    ['is stopped', RECORDER, false, ['default'], start],
    ['has no delivery channel', RECORDER, true, [], '`aws configservice put-delivery-channel`'],
  ])('is judged with `recorder: existing` if it %s', async (_what, recorded, isRunning, channels, fix) => {
    recorder(recorded, isRunning, [...channels]);
    settings(`${ONE_REGION}recorder: existing\n`);

    const outcome = fix === null ? 'ok' : 'fails';
    expect(await checks('recorder')).toEqual([
      expect.objectContaining({ outcome, fix: fix === null ? null : (expect.stringContaining(fix) as string) }),
    ]);
  });

  it.each<[string, ConfigurationRecorder | undefined, boolean, string | null]>([
    [
      'fails with all faults if another recorder is unsuitable',
      daily(),
      false,
      `set \`recorder: existing\`, and record ${TYPE} continuously (\`recordingMode\` of \`aws configservice put-configuration-recorder\`); ${start}`,
    ],
    ['is ok if this deployment created it', { ...RECORDER, name: 'portcullis' }, true, null],
    ['is ok if an AWS service owns the other recorder', { ...RECORDER, servicePrincipal: 'securityhub.amazonaws.com' }, true, null],
  ])('with `recorder: create`, %s', async (_what, recorded, isRunning, fix) => {
    recorder(recorded, isRunning, recorded?.servicePrincipal === undefined ? undefined : []);

    expect(await checks('recorder')).toMatchObject([{ outcome: fix === null ? 'ok' : 'fails', fix }]);
  });

  it('fails if only a delivery channel is left', async () => {
    services.config.on(DescribeDeliveryChannelsCommand).resolves({ DeliveryChannels: [{ name: 'old' }] });

    expect(await checks('recorder')).toMatchObject([
      { outcome: 'fails', fix: '`aws configservice delete-delivery-channel --delivery-channel-name old --region eu-west-1`' },
    ]);
  });
});

describe('trails', () => {
  const ORG: Trail = { Name: 'org', IsOrganizationTrail: true, IsMultiRegionTrail: true };
  const EXISTING = `${ONE_REGION}trail: existing\n`;
  const advanced = (...FieldSelectors: { Field: string; Equals?: string[]; NotEquals?: string[] }[]) => ({
    AdvancedEventSelectors: [{ FieldSelectors }],
  });
  const management = { Field: 'eventCategory', Equals: ['Management'] };

  it.each<[string, Partial<GetEventSelectorsCommandOutput>, boolean, 'ok' | 'fails']>([
    ['has no selectors', {}, true, 'ok'],
    ['is stopped', {}, false, 'fails'],
    ['logs only reads', { EventSelectors: [{ ReadWriteType: 'ReadOnly' }] }, true, 'fails'],
    ['logs writes', { EventSelectors: [{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }] }, true, 'ok'],
    ['logs only data events', { EventSelectors: [{ IncludeManagementEvents: false }] }, true, 'fails'],
    ['selects management events', advanced(management), true, 'ok'],
    ['selects writes', advanced(management, { Field: 'readOnly', Equals: ['false'] }), true, 'ok'],
    ['selects reads', advanced(management, { Field: 'readOnly', Equals: ['true'] }), true, 'fails'],
    ['selects data events', advanced({ Field: 'eventCategory', Equals: ['Data'] }), true, 'fails'],
    ['excludes EC2', advanced(management, { Field: 'eventSource', NotEquals: ['ec2.amazonaws.com'] }), true, 'fails'],
  ])('are judged with `trail: existing` if one of them %s', async (_what, selectors, isLogging, outcome) => {
    trails([ORG], selectors, isLogging);
    settings(EXISTING);

    expect(await outcomes('trail')).toEqual([outcome]);
  });

  it('are read by ARN, and the fix starts a stopped trail in its own region', async () => {
    trails([ORG], {}, false);
    settings(EXISTING);

    expect(await checks('trail')).toMatchObject([
      {
        what: "no trail logs write management events here: the organization's trail `org` is stopped",
        fix: `\`aws cloudtrail start-logging --name ${arnOf('org')} --region us-east-1\`, or set \`trail: create\``,
      },
    ]);
    expect(services.trail.commandCalls(GetTrailStatusCommand)[0]?.args[0].input).toEqual({ Name: arnOf('org') });
  });

  it.each([
    ['an existing trail costs in every region', TWO_REGIONS, [{ Name: 'single' }], {}, ['costs', 'costs'], 'log'],
    [
      "the deployment's own trail is not a second copy",
      TWO_REGIONS,
      [{ Name: 'portcullis' }],
      {},
      ['ok', 'ok'],
      "is this deployment's own trail",
    ],
    [
      'a sixth trail is refused',
      ONE_REGION,
      ['a', 'b', 'c', 'd', 'e'].map((Name) => ({ Name })),
      { EventSelectors: [{ ReadWriteType: 'ReadOnly' as const }] },
      ['fails'],
      'there are 5 trails',
    ],
    [
      'a trail of the same name counts with `trail: existing`',
      EXISTING,
      [{ Name: 'portcullis' }],
      {},
      ['ok'],
      'the trail `portcullis` logs',
    ],
  ])('with `trail: create`, %s', async (_what, text, list, selectors, expected, what) => {
    settings(text);
    trails(list, selectors);

    const found = await checks('trail');

    expect(found.map(({ outcome }) => outcome)).toEqual(expected);
    expect(found[0]?.what).toContain(what);
  });
});

describe("Lambda's concurrency", () => {
  const RESERVED = `${ONE_REGION}reservedConcurrency: { remediator: 5, detector: 5 }\n`;

  it.each([
    [RESERVED, 1000, 110, 0, 'ok'],
    [RESERVED, 1000, 109, 0, 'fails'],
    [RESERVED, 10, 10, 0, 'fails'],
    // An earlier deployment holds ten concurrent executions.
    [RESERVED, 1000, 100, 5, 'ok'],
    [ONE_REGION, 10, 10, 0, 'risk'],
  ])('%j of %d with %d unreserved and %d held by each function is %s', async (text, limit, unreserved, held, outcome) => {
    concurrency(limit, unreserved);
    if (held > 0) services.lambda.on(GetFunctionConcurrencyCommand).resolves({ ReservedConcurrentExecutions: held });
    settings(text);

    expect(await outcomes('concurrency')).toEqual([outcome]);
    for (const name of text === RESERVED ? ['portcullis-config-remediator', 'portcullis-cloudtrail-detector'] : [])
      expect(services.lambda.commandCalls(GetFunctionConcurrencyCommand, { FunctionName: name })).toHaveLength(1);
  });

  it('names a quota that would be enough', async () => {
    concurrency(10, 10);
    settings(RESERVED);

    expect(await checks('concurrency')).toMatchObject([
      {
        what: '`reservedConcurrency` takes 10 of 10 unreserved concurrent executions, which leaves 0',
        fix: 'leave out `reservedConcurrency`, or ask for more: `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 110 --region eu-west-1`',
      },
    ]);
  });
});

it.each([
  [[ruleNamed('last')], 'fails'],
  [[ruleNamed('portcullis-security-groups')], 'ok'],
])('counts AWS Config rules of all pages: with %j it is %s', async (last, outcome) => {
  const page = Array.from({ length: 999 }, (_, i) => ruleNamed(`rule-${i}`));
  services.config
    .on(DescribeConfigRulesCommand, { NextToken: undefined })
    .resolves({ ConfigRules: page, NextToken: 'more' })
    .on(DescribeConfigRulesCommand, { NextToken: 'more' })
    .resolves({ ConfigRules: last });

  expect(await checks('config rules')).toMatchObject([{ outcome, what: 'AWS Config has 1000 of at most 1,000 rules' }]);
});

describe('groups', () => {
  const byTag = 'version: 1\nbaselines: [{ name: a, groups: { tags: { Tier: web } }, ingress: [] }]\n';
  const Tags = [{ Key: 'Tier', Value: 'web' }];

  const foreign = { Tags, OwnerId: OTHER };
  const three = byTag.replace(
    ']\n',
    ", { name: b, groups: { names: ['w*'] }, ingress: [] }, { name: c, groups: { tags: { Tier: x } }, ingress: [] }]\n",
  );
  const inForeignVpc = { VpcId: 'vpc-0f' };
  const named = baselineFile([]);

  it.each<[string, string, readonly Partial<SecurityGroup>[], readonly string[]]>([
    ['that do not exist', named, [], [`risk: ${WEB} does not exist, and \`web\` names it`]],
    ['of another account, by id', named, [foreign], [`fails: ${WEB} belongs to account ${OTHER} and is shared with ${ACCOUNT}`]],
    [
      'of another account, by tag',
      byTag,
      [{ Tags }, { ...foreign, GroupId: DB }, { ...foreign, GroupId: 'sg-0000000f' }],
      [`risk: tags, names or VPCs select 2 groups of account ${OTHER}`],
    ],
    ['in a VPC of another account', named, [inForeignVpc], [`risk: ${WEB} is in vpc-0f, which account ${OTHER} shares with ${ACCOUNT}`]],
    [
      'that several baselines select, and baselines that select no group',
      three,
      [{ Tags }, { GroupId: DB, GroupName: 'db' }],
      ['risk: `c` selects no group by its tags, names or VPCs', `risk: ${WEB} is selected by several baselines: a, b`],
    ],
  ])('%s are problems', async (_what, baselines, list, expected) => {
    folder.write('baseline.yaml', baselines);
    groups(...list);

    expect((await checks('groups')).map(({ outcome, what }) => `${outcome}: ${what}`)).toEqual(expected);
  });

  it.each([
    [[GROUP], ['ok', 'ok']],
    [[], ['risk', 'ok']],
  ])('are reported as missing once, and only if no region has them: the second region has %j', async (second, expected) => {
    settings(TWO_REGIONS);
    services.ec2.on(DescribeSecurityGroupsCommand).resolvesOnce({ SecurityGroups: [] }).resolvesOnce({ SecurityGroups: second });

    expect(await outcomes('groups')).toEqual(expected);
  });
});

describe('declared rules', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => tcp(1000 + i, '10.0.0.0/8'));

  it.each([
    [60, 'ok', null],
    [61, 'risk', 'and raise it to 61 or declare fewer'],
    [250, 'risk', '; above 200 only with fewer than 5 groups of a network interface (L-2AFB9258), since the product is at most 1,000'],
    [1001, 'fails', 'declare fewer: the quota cannot exceed 1,000'],
  ])('%d are %s', async (count, outcome, fix) => {
    folder.write('baseline.yaml', baselineFile(many(count)));

    expect(await checks('rules')).toMatchObject([{ outcome, fix: fix === null ? null : (expect.stringContaining(fix) as string) }]);
  });

  it('count for IPv4, for IPv6 or for both, and a prefix list counts as its maximum number of entries', async () => {
    const permission = '{ IpProtocol: tcp, FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: pl-0a1b2c3d }] }';
    folder.write('baseline.yaml', baselineFile([...many(31), permission]));
    services.ec2.on(DescribeManagedPrefixListsCommand).resolves({ PrefixLists: [{ PrefixListId: 'pl-0a1b2c3d', MaxEntries: 30 }] });

    expect((await checks('rules')).map(({ what }) => what)).toEqual([
      expect.stringContaining('`web` declares 61 IPv4 rules of ingress') as string,
    ]);
  });
});

describe('other owners', () => {
  it('are listed by role with their calls and groups, without the remediator', async () => {
    folder.write('baseline.yaml', baselineFile([], `  - { name: db, groups: { ids: [${DB}] }, ingress: [] }\n`));
    groups({}, { GroupId: DB, GroupName: 'db' });
    const calls = history({
      [WEB]: [changeBy('once', '20'), changeBy('controller', '21'), changeBy('controller', '02')],
      [DB]: [changeBy('controller', '22'), changeBy('portcullis-config-remediator-eu-west-1', '22')],
    });

    expect((await checks('other owners', calls)).map(({ outcome, what }) => `${outcome}: ${what}`)).toEqual([
      `risk: arn:aws:iam::${ACCOUNT}:role/controller changed 2 guarded groups in the last 90 days: 3 calls, the last 2026-11-22T11:00:00Z`,
      `risk: arn:aws:iam::${ACCOUNT}:role/once changed 1 guarded group in the last 90 days: 1 call, the last 2026-11-20T11:00:00Z`,
    ]);
  });

  it.each<[string, Partial<SecurityGroup>[], string, string[]]>([
    ['with `--no-history`', [{}], '--no-history', []],
    ['if no guarded group exists yet', [], '', ['ok']],
    ['for groups of other accounts', [{ OwnerId: OTHER }], '', ['ok']],
  ])('are not looked up %s', async (_when, list, options, expected) => {
    groups(...list);
    const calls = history({ [WEB]: [changeBy('controller')] });

    expect(await outcomes('other owners', calls, options)).toEqual(expected);
    expect(calls.asked).toEqual([]);
  });
});

describe('a call that AWS does not answer', () => {
  it('is shown with the missing permission beside the other checks, and the exit code is 1', async () => {
    services.config.on(DescribeConfigurationRecordersCommand).rejects(accessDenied);
    services.config.on(DescribeConfigRulesCommand).rejects(accessDenied);
    services.trail.on(DescribeTrailsCommand).rejects(accessDenied);
    services.lambda.on(GetAccountSettingsCommand).rejects(accessDenied);
    services.ec2
      .on(DescribeSecurityGroupsCommand)
      .rejects(Object.assign(new Error('no'), { name: 'UnauthorizedOperation', $metadata: {} }));

    const { exitCode, stdout, stderr } = await preflight();

    expect([...stdout.matchAll(/could not be checked: needs (.*)/g)].map(([, action]) => action)).toEqual([
      'config:DescribeConfigurationRecorders',
      'cloudtrail:DescribeTrails',
      'lambda:GetAccountSettings',
      'config:DescribeConfigRules',
      'ec2:DescribeSecurityGroups',
    ]);
    expect(stdout).toContain('ok         at most 1 rule declared');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'portcullis: 5 checks could not be made\n' });
  });

  it('is shown with the reason if no permission is missing', async () => {
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: {} });
    const changesOf = () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(throttled) }) });

    expect(await checks('other owners', { changesOf })).toMatchObject([
      {
        outcome: 'unchecked',
        what: 'other owners could not be checked: cloudtrail:LookupEvents failed',
        why: 'cloudtrail:LookupEvents: ThrottlingException: Rate exceeded',
      },
    ]);
  });

  it('is not confused with a bug in Portcullis', async () => {
    services.trail.on(DescribeTrailsCommand).rejects(new TypeError('x is not a function'));

    expect((await preflight()).stderr).toContain('internal error: TypeError: x is not a function');
  });
});

it.each<[string, string, string, string]>([
  ['a missing baseline file', 'regions: [eu-west-1]\nbaseline: gone.yaml\n', '', 'cannot read `gone.yaml`: no such file or directory'],
  ['another region', ONE_REGION, '--region us-east-1', '`portcullis.yaml` does not guard us-east-1; expected one of eu-west-1'],
  [
    'a baseline file',
    baselineFile([]),
    '',
    '`portcullis.yaml` is a baseline file; expected the settings file of a deployment, such as `infra/portcullis.yaml`',
  ],
  [
    'credentials of another account',
    `${ONE_REGION}accountId: "222233334444"\n`,
    '',
    `the credentials belong to account ${ACCOUNT}, and \`portcullis.yaml\` deploys into 222233334444; expected credentials of that account`,
  ],
])('refuses %s', async (_what, text, options, message) => {
  settings(text);

  expect(await preflight(options)).toEqual(failure(message));
});

it('shows every problem of the settings file', async () => {
  settings(`${ONE_REGION}recorder: maybe\n`);

  expect((await preflight()).stderr).toMatch(
    /^portcullis\.yaml:3:11 {2}bad-value {2}`recorder` cannot be `maybe`; expected .*\n[^]*portcullis\.yaml: 1 problem\n$/,
  );
});

it('accepts the credentials of a member account, where no function runs', async () => {
  settings(`${ONE_REGION}accountId: "222233334444"\norganization: { id: o-exampleorgid, members: ["${ACCOUNT}"] }\n`);

  expect(await preflight()).toMatchObject({ exitCode: 0 });
  expect(await checks('concurrency')).toEqual([]);
});

it('exits with 130 if it is interrupted', async () => {
  const interrupt = new AbortController();
  services.trail.on(DescribeTrailsCommand).callsFake(() => {
    interrupt.abort();
    throw Object.assign(new Error('aborted'), { name: 'AbortError' });
  });

  expect(await preflight('', {}, { signal: interrupt.signal })).toEqual({ exitCode: 130, stdout: '', stderr: 'portcullis: interrupted\n' });
});

import {
  ACCOUNT,
  accessDenied,
  callBy,
  DB,
  notFound,
  OLD,
  openerOf,
  region,
  WEB,
  type Answers,
  type TestAccountRegion,
} from '../testing/account-region.js';
import { baselineFile, HTTPS, limitsFile, noAdmin, tcp } from '../testing/baselines.js';
import { failure, testFolder, type Changes, type Ran } from '../testing/run-command.js';

const ONE_REGION = 'regions: [eu-west-1]\nbaseline: baseline.yaml\n';
const TWO_REGIONS = 'regions: [eu-west-1, us-east-1]\nbaseline: baseline.yaml\n';
const OTHER = '999988887777';
const folder = testFolder({ 'baseline.yaml': baselineFile([HTTPS]), 'portcullis.yaml': ONE_REGION });
const settings = (text: string): void => {
  folder.write('portcullis.yaml', text);
};

let answers: Answers;
/** The names of the calls that `preflight` made to AWS. */
let calls: string[];

/** By default, the account contains one security group and nothing else. */
beforeEach(() => {
  calls = [];
  answers = {
    DescribeConfigRules: { ConfigRules: [{ ConfigRuleName: 'other' }] },
    GetFunctionConcurrency: notFound,
    DescribeVpcs: {
      Vpcs: [
        { VpcId: 'vpc-0a', OwnerId: ACCOUNT },
        { VpcId: 'vpc-0f', OwnerId: OTHER },
      ],
    },
    DescribeManagedPrefixLists: { PrefixLists: [] },
  };
  recorder();
  trails();
  concurrency(1000, 900);
  groups({});
});

type Fields = Readonly<Record<string, unknown>>;

function recorder(found?: Fields, isRunning = true, channels = ['default']): void {
  const list = found === undefined ? [] : [found];
  answers.DescribeConfigurationRecorders = { ConfigurationRecorders: list };
  answers.DescribeDeliveryChannels = { DeliveryChannels: list.flatMap(() => channels.map((name) => ({ name }))) };
  answers.DescribeConfigurationRecorderStatus = {
    ConfigurationRecordersStatus: list.map(({ name }) => ({ name, recording: isRunning })),
  };
}

function arnOf(name: string): string {
  return `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/${name}`;
}

function trails(list: readonly (Fields & { readonly Name: string })[] = [], selectors: Fields = {}, IsLogging = true): void {
  answers.DescribeTrails = { trailList: list.map((trail) => ({ TrailARN: arnOf(trail.Name), ...trail })) };
  answers.GetTrailStatus = ({ Name = '' }) => (Name.startsWith('arn:') ? { IsLogging } : new Error('a trail was read by its name'));
  answers.GetEventSelectors = selectors;
}

function concurrency(ConcurrentExecutions: number, UnreservedConcurrentExecutions: number): void {
  answers.GetAccountSettings = { AccountLimit: { ConcurrentExecutions, UnreservedConcurrentExecutions } };
}

function groups(...list: readonly Fields[]): void {
  const group = { GroupId: WEB, GroupName: 'web', VpcId: 'vpc-0a', OwnerId: ACCOUNT };
  answers.DescribeSecurityGroups = { SecurityGroups: list.map((each) => ({ ...group, ...each })) };
}

function preflight(options = '', accountRegion: TestAccountRegion = {}, changes: Changes = {}): Promise<Ran> {
  const recording = new Proxy(answers, {
    get: (target, name: string) => {
      calls.push(name);
      return target[name];
    },
  });
  const openAccountRegion = openerOf(region({}), { answers: recording, ...accountRegion });
  return folder.run(`preflight portcullis.yaml ${options}`, { openAccountRegion, ...changes });
}

interface FoundCheck {
  readonly about: string;
  readonly outcome: string;
  readonly what: string;
  readonly fix: string | null;
}

/** Returns the results of all checks of this topic, in all regions. */
async function checks(about: string, accountRegion?: TestAccountRegion, options = ''): Promise<readonly FoundCheck[]> {
  const { stdout } = await preflight(`--json ${options}`, accountRegion);
  const { regions } = JSON.parse(stdout) as { regions: { checks: FoundCheck[] }[] };
  return regions.flatMap((each) => each.checks).filter((check) => check.about === about);
}

/** Returns the results of all checks of this topic, each as `outcome: text`. */
async function found(...args: Parameters<typeof checks>): Promise<string[]> {
  return (await checks(...args)).map(({ outcome, what }) => `${outcome}: ${what}`);
}

/** Matches a list with one result whose fix contains this text. If `fix` is null, matches a result with the outcome `ok`. */
function checkWithFix(fix: string | null, outcome = fix === null ? 'ok' : 'fails'): unknown {
  return [expect.objectContaining({ outcome, fix: fix === null ? null : (expect.stringContaining(fix) as string) })];
}

it('if there is no problem, `preflight` lists what it checked and exits with 0', async () => {
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

const RECORDER = { name: 'default', recordingGroup: { allSupported: true } };

it('`preflight` shows each problem with its reason and fix, worst first, wrapped to the width of the terminal, and exits with 2', async () => {
  recorder({ ...RECORDER, name: 'x\u001b[2Jy' });
  trails([{ Name: 'aws-controltower-BaselineCloudTrail', IsMultiRegionTrail: true, IsOrganizationTrail: true }]);

  const { exitCode, stdout, stderr } = await preflight('', {}, { columns: 80 });

  expect(stdout).toContain(`eu-west-1 of ${ACCOUNT}  baseline.yaml
  fails      the recorder \`x\uFFFD[2Jy\` records all types, AWS::EC2::SecurityGroup
             continuously, and is running; the settings say \`recorder: create\`
             why  a region can have only one customer-managed recorder
                  (MaxNumberOfConfigurationRecordersExceededException)
             fix  set \`recorder: existing\`
  costs      Control Tower's trail \`aws-controltower-BaselineCloudTrail\` logs
             management events here already, but the settings say
             \`trail: create\`
             why  the first copy of management events in a region is free; each
                  further copy costs $2.00 per 100,000 events
             fix  set \`trail: existing\`; for a cheaper copy of your own, set
                  \`trailEvents: write\`
  ok `);
  expect(stdout).toContain('\nPreflight: 1 fails, 1 costs; 5 ok.\n');
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
});

it('`preflight --json` prints JSON and changes nothing in AWS', async () => {
  recorder(RECORDER);
  trails([{ Name: 'org' }]);
  settings(`${ONE_REGION}reservedConcurrency: { remediator: 5 }\n`);

  const { exitCode, stdout } = await preflight('--json');

  expect(exitCode).toBe(2);
  const rules = { about: 'config rules', outcome: 'ok', what: 'AWS Config has 1 of at most 1,000 rules', why: null, fix: null };
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    settingsFile: 'portcullis.yaml',
    at: '2026-11-23T12:00:00.000Z',
    accountId: ACCOUNT,
    totals: { fails: 1, risk: 0, costs: 1, unchecked: 0, ok: 5 },
    regions: [{ region: 'eu-west-1', baselineFile: 'baseline.yaml', checks: expect.arrayContaining([rules]) as unknown }],
  });
  expect(calls.length).toBeGreaterThan(9);
  expect(calls.filter((name) => !/^(Describe|Get)/.test(name))).toEqual([]);
});

describe('the recorder', () => {
  const TYPE = 'AWS::EC2::SecurityGroup';
  const BUCKET = 'AWS::S3::Bucket';
  const recording = (recordingGroup: Fields): Fields => ({ name: 'default', recordingGroup });
  const only = (type: string) => recording({ allSupported: false, resourceTypes: [type] });
  const without = (type: string) =>
    recording({
      recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
      exclusionByResourceTypes: { resourceTypes: [type] },
    });
  const daily = (...continuous: string[]) => {
    const recordingModeOverrides = continuous.map((type) => ({ recordingFrequency: 'CONTINUOUS', resourceTypes: [type] }));
    return { ...RECORDER, recordingMode: { recordingFrequency: 'DAILY', recordingModeOverrides } };
  };
  const ADD = `add ${TYPE} to the recording group`;
  const CONTINUOUSLY = `record ${TYPE} continuously`;
  const start = '`aws configservice start-configuration-recorder --configuration-recorder-name default --region eu-west-1`';

  it.each<[string, string | null, Parameters<typeof recorder>]>([
    ['does not exist', 'set `recorder: create`', []],
    ['records all types', null, [RECORDER]],
    ['has no recording group', null, [{ name: 'default' }]],
    ['records only groups', null, [only(TYPE)]],
    ['records only buckets', ADD, [only(BUCKET)]],
    ['excludes groups', ADD, [without(TYPE)]],
    ['excludes buckets', null, [without(BUCKET)]],
    ['records daily', CONTINUOUSLY, [daily()]],
    ['records daily, but groups continuously', null, [daily(TYPE)]],
    ['records daily, but buckets continuously', CONTINUOUSLY, [daily(BUCKET)]],
    ['is stopped', start, [RECORDER, false]],
    ['has no delivery channel', '`aws configservice put-delivery-channel`', [RECORDER, true, []]],
  ])('with `recorder: existing`, `preflight` checks a recorder that %s', async (_what, fix, recorded) => {
    recorder(...recorded);
    settings(`${ONE_REGION}recorder: existing\n`);

    expect(await checks('recorder')).toEqual(checkWithFix(fix));
  });

  it.each<[string, string | null, Parameters<typeof recorder>]>([
    [
      'fails with all faults if another recorder is unsuitable',
      `set \`recorder: existing\`, and record ${TYPE} continuously (\`recordingMode\` of \`aws configservice put-configuration-recorder\`); ${start}`,
      [daily(), false],
    ],
    ['is ok if this deployment created it', null, [{ ...RECORDER, name: 'portcullis' }]],
    ['is ok if an AWS service owns the other recorder', null, [{ ...RECORDER, servicePrincipal: 'securityhub.amazonaws.com' }, true, []]],
  ])('with `recorder: create`, %s', async (_what, fix, recorded) => {
    recorder(...recorded);

    expect(await checks('recorder')).toEqual(checkWithFix(fix));
  });

  it('with `recorder: create`, the check fails if there is a delivery channel but no recorder', async () => {
    answers.DescribeDeliveryChannels = { DeliveryChannels: [{ name: 'old' }] };

    expect(await checks('recorder')).toEqual(
      checkWithFix('`aws configservice delete-delivery-channel --delivery-channel-name old --region eu-west-1`'),
    );
  });
});

describe('trails', () => {
  const ORG = { Name: 'org', IsOrganizationTrail: true, IsMultiRegionTrail: true };
  const EXISTING = `${ONE_REGION}trail: existing\n`;
  const advanced = (...FieldSelectors: Fields[]) => ({ AdvancedEventSelectors: [{ FieldSelectors }] });
  const management = { Field: 'eventCategory', Equals: ['Management'] };
  const READS = { EventSelectors: [{ ReadWriteType: 'ReadOnly' }] };

  it.each<[string, Fields, 'ok' | 'fails']>([
    ['has no selectors', {}, 'ok'],
    ['logs only reads', READS, 'fails'],
    ['logs writes', { EventSelectors: [{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }] }, 'ok'],
    ['logs only data events', { EventSelectors: [{ IncludeManagementEvents: false }] }, 'fails'],
    ['selects management events', advanced(management), 'ok'],
    ['selects writes', advanced(management, { Field: 'readOnly', Equals: ['false'] }), 'ok'],
    ['selects reads', advanced(management, { Field: 'readOnly', Equals: ['true'] }), 'fails'],
    ['selects data events', advanced({ Field: 'eventCategory', Equals: ['Data'] }), 'fails'],
    ['excludes EC2', advanced(management, { Field: 'eventSource', NotEquals: ['ec2.amazonaws.com'] }), 'fails'],
  ])('with `trail: existing`, `preflight` checks a trail that %s', async (_what, selectors, outcome) => {
    trails([ORG], selectors);
    settings(EXISTING);

    expect(await checks('trail')).toMatchObject([{ outcome }]);
  });

  it('the command that starts a stopped trail names the home region of the trail', async () => {
    trails([ORG], {}, false);
    settings(EXISTING);

    expect(await checks('trail')).toMatchObject([
      {
        outcome: 'fails',
        what: "no trail logs write management events here: the organization's trail `org` is stopped",
        fix: `\`aws cloudtrail start-logging --name ${arnOf('org')} --region us-east-1\`, or set \`trail: create\``,
      },
    ]);
  });

  const five = ['a', 'b', 'c', 'd', 'e'].map((Name) => ({ Name }));

  it.each<[string, string, Parameters<typeof trails>, readonly string[]]>([
    ['a second trail would cost money in every region', TWO_REGIONS, [[{ Name: 'single' }]], ['costs: the trail `single` logs', 'costs: ']],
    [
      "the deployment's own trail is not a second copy",
      TWO_REGIONS,
      [[{ Name: 'portcullis' }]],
      ["ok: `portcullis` is this deployment's own trail", 'ok: '],
    ],
    ['AWS would refuse a sixth trail', ONE_REGION, [five, READS], ['fails: there are 5 trails']],
    [
      'with `trail: existing`, the existing trail can have the name of the deployment',
      EXISTING,
      [[{ Name: 'portcullis' }]],
      ['ok: the trail `portcullis` logs'],
    ],
  ])('`preflight` compares the trails with the settings: %s', async (_what, text, list, expected) => {
    settings(text);
    trails(...list);

    expect(await found('trail')).toEqual(expected.map((start) => expect.stringContaining(start) as string));
  });
});

describe("Lambda's concurrency", () => {
  const RESERVED = `${ONE_REGION}reservedConcurrency: { remediator: 5, detector: 5 }\n`;
  const functions = ['portcullis-config-remediator', 'portcullis-cloudtrail-detector'];

  it.each([
    [RESERVED, 1000, 110, 0, 'ok'],
    [RESERVED, 1000, 109, 0, 'fails'],
    // Both functions are deployed, and each has five reserved concurrent executions.
    [RESERVED, 1000, 100, 5, 'ok'],
    [ONE_REGION, 10, 10, 0, 'risk'],
  ])(
    'with the settings %j and a quota of %d concurrent executions, of which %d are unreserved and %d are reserved for each function, the outcome is `%s`',
    async (text, limit, unreserved, held, outcome) => {
      concurrency(limit, unreserved);
      answers.GetFunctionConcurrency = ({ FunctionName = '' }) =>
        functions.includes(FunctionName) ? { ReservedConcurrentExecutions: held } : {};
      settings(text);

      expect(await checks('concurrency')).toMatchObject([{ outcome }]);
    },
  );

  it("the check of Lambda's concurrency names a quota that would be sufficient", async () => {
    concurrency(10, 10);
    settings(RESERVED);

    expect(await checks('concurrency')).toMatchObject([
      {
        outcome: 'fails',
        what: '`reservedConcurrency` takes 10 of 10 unreserved concurrent executions, which leaves 0',
        fix: 'remove `reservedConcurrency`, or request a higher quota: `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 110 --region eu-west-1`',
      },
    ]);
  });
});

it.each([
  ['last', 'fails'],
  ['portcullis-security-groups', 'ok'],
])('if the 1,000th AWS Config rule is `%s`, the outcome is `%s`', async (last, outcome) => {
  const page = Array.from({ length: 999 }, (_, i) => ({ ConfigRuleName: `rule-${i}` }));
  answers.DescribeConfigRules = ({ NextToken }) =>
    NextToken === undefined ? { ConfigRules: page, NextToken: 'more' } : { ConfigRules: [{ ConfigRuleName: last }] };

  expect(await found('config rules')).toEqual([`${outcome}: AWS Config has 1000 of at most 1,000 rules`]);
});

describe('groups', () => {
  const byTag = 'version: 1\nbaselines: [{ name: a, groups: { tags: { Tier: web } }, ingress: [] }]\n';
  const Tags = [{ Key: 'Tier', Value: 'web' }];
  const foreign = { Tags, OwnerId: OTHER };
  const three = byTag.replace(
    ']\n',
    ", { name: b, groups: { names: ['w*'] }, ingress: [] }, { name: c, groups: { tags: { Tier: x } }, ingress: [] }]\n",
  );
  const named = baselineFile([]);

  it.each<[string, string, readonly Fields[], readonly string[]]>([
    ['that do not exist', named, [], [`risk: ${WEB} does not exist, but \`web\` declares this id`]],
    ['of another account, by id', named, [foreign], [`fails: ${WEB} belongs to account ${OTHER} and is shared with ${ACCOUNT}`]],
    [
      'of another account, by tag',
      byTag,
      [{ Tags }, { ...foreign, GroupId: DB }, { ...foreign, GroupId: 'sg-0000000f' }],
      [`risk: tags, names or VPCs select 2 groups of account ${OTHER}`],
    ],
    [
      'in a VPC of another account',
      named,
      [{ VpcId: 'vpc-0f' }],
      [`risk: ${WEB} is in vpc-0f, which account ${OTHER} shares with ${ACCOUNT}`],
    ],
    [
      'that several baselines select, and baselines that select no group',
      three,
      [{ Tags }, { GroupId: DB, GroupName: 'db' }],
      ['risk: no group matches the tags, names or VPCs of `c`', `risk: ${WEB} is selected by several baselines: a, b`],
    ],
  ])('`preflight` reports groups %s as problems', async (_what, baselines, list, expected) => {
    folder.write('baseline.yaml', baselines);
    groups(...list);

    expect(await found('groups')).toEqual(expected);
  });

  it.each([
    ['has the group', [{ GroupId: WEB, OwnerId: ACCOUNT }], ['ok', 'ok']],
    ['lacks the group', [], ['risk', 'ok']],
  ])(
    '`preflight` reports a missing group once, and only if no region contains the group: the second region %s',
    async (_what, second, expected) => {
      settings(TWO_REGIONS);
      let regions = 0;
      answers.DescribeSecurityGroups = () => ({ SecurityGroups: regions++ === 0 ? [] : second });

      expect((await checks('groups')).map(({ outcome }) => outcome)).toEqual(expected);
    },
  );
});

describe('declared rules', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => tcp(1000 + i, '10.0.0.0/8'));

  it.each([
    [60, 'ok', null],
    [61, 'risk', 'and raise it to 61 or declare fewer rules'],
    [
      250,
      'risk',
      '; for a quota above 200, lower the quota of groups per network interface (L-2AFB9258) below 5, because the product of both quotas is at most 1,000',
    ],
    [1001, 'fails', 'declare fewer rules: the quota cannot exceed 1,000'],
  ])('if a baseline declares %d rules, the outcome is `%s`', async (count, outcome, fix) => {
    folder.write('baseline.yaml', baselineFile(many(count)));

    expect(await checks('rules')).toEqual(checkWithFix(fix, outcome));
  });

  it('`preflight` counts IPv4 and IPv6 rules separately, and counts a rule with a prefix list as the maximum number of entries of the list', async () => {
    const permission = '{ IpProtocol: tcp, FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: pl-0a1b2c3d }] }';
    folder.write('baseline.yaml', baselineFile([...many(31), permission]));
    answers.DescribeManagedPrefixLists = { PrefixLists: [{ PrefixListId: 'pl-0a1b2c3d', MaxEntries: 30 }] };

    expect(await found('rules')).toEqual([expect.stringContaining('`web` declares 61 IPv4 ingress rules') as string]);
  });
});

describe('the access of CloudFormation StackSets to the organization', () => {
  const PRINCIPAL = { ServicePrincipal: 'member.org.stacksets.cloudformation.amazonaws.com' };
  const withStackSet = (more = ''): void => {
    settings(
      `${ONE_REGION}accountId: "${ACCOUNT}"\norganization: { id: o-exampleorgid, stackSet: { organizationalUnits: [r-ab12] }${more} }\n`,
    );
  };
  const delegated = `, managementAccountId: "${OTHER}", excludedAccounts: ["${OTHER}"]`;

  it.each<[string, string, Fields[], Fields[], string | null]>([
    ['trusted access is missing', '', [{ ServicePrincipal: 'config.amazonaws.com' }], [], 'activate-organizations-access'],
    ['the management account deploys with trusted access', '', [PRINCIPAL], [], null],
    ['the central account is no delegated administrator', delegated, [PRINCIPAL], [], `--account-id ${ACCOUNT}`],
    ['the central account is a delegated administrator', delegated, [PRINCIPAL], [PRINCIPAL], null],
  ])(
    '`preflight` checks the access of CloudFormation StackSets to the organization: %s',
    async (_, more, EnabledServicePrincipals, DelegatedServices, fix) => {
      withStackSet(more);
      answers.ListAWSServiceAccessForOrganization = { EnabledServicePrincipals };
      answers.ListDelegatedServicesForAccount = { DelegatedServices };

      expect(await checks('stack set')).toEqual(checkWithFix(fix));
    },
  );

  it('`preflight` does not check the access of CloudFormation StackSets if the settings have no `stackSet`', async () => {
    expect(await checks('stack set')).toEqual([]);
    expect(calls).not.toContain('ListAWSServiceAccessForOrganization');
  });
});

describe('other owners', () => {
  it('`preflight` lists each role that changes guarded groups, except the remediator, and counts the calls and groups of each role', async () => {
    folder.write('baseline.yaml', baselineFile([], `  - { name: db, groups: { ids: [${DB}] }, ingress: [] }\n`));
    groups({}, { GroupId: DB, GroupName: 'db' });
    const calls = [
      callBy({ by: 'controller', day: '22', groupId: DB, eventName: 'RevokeSecurityGroupIngress' }),
      callBy({ by: 'portcullis-config-remediator-eu-west-1', day: '22', groupId: DB }),
      callBy({ by: 'controller', day: '21' }),
      callBy({ by: 'once', day: '20' }),
      callBy({ by: 'elsewhere', day: '20', groupId: OLD }),
      callBy({ by: 'controller', day: '02' }),
    ];

    expect(await found('other owners', { calls })).toEqual([
      `risk: arn:aws:iam::${ACCOUNT}:role/controller changed 2 guarded groups in the last 90 days: 3 calls, the last 2026-11-22T11:00:00Z`,
      `risk: arn:aws:iam::${ACCOUNT}:role/once changed 1 guarded group in the last 90 days: 1 call, the last 2026-11-20T11:00:00Z`,
    ]);
  });

  const UNREAD = "ok: no guarded group exists here yet, so CloudTrail's history was not read";

  it.each<[string, Fields[], string, string[]]>([
    ['with `--no-history`', [{}], '--no-history', []],
    ['if no guarded group exists yet', [], '', [UNREAD]],
    ['for groups of other accounts', [{ OwnerId: OTHER }], '', [UNREAD]],
  ])('`preflight` does not ask CloudTrail who else changes the groups %s', async (_when, list, options, expected) => {
    groups(...list);
    const lookedUp: string[] = [];

    expect(await found('other owners', { calls: [callBy()], lookedUp }, options)).toEqual(expected);
    expect(lookedUp).toEqual([]);
  });
});

describe('a failed call', () => {
  it('if a call is denied, `preflight` shows the missing permission, runs the other checks, and exits with 1', async () => {
    for (const call of ['DescribeConfigurationRecorders', 'DescribeConfigRules', 'DescribeTrails', 'GetAccountSettings'])
      answers[call] = accessDenied;
    answers.DescribeSecurityGroups = Object.assign(new Error('no'), { name: 'UnauthorizedOperation', $metadata: {} });

    const { exitCode, stdout, stderr } = await preflight();

    expect([...stdout.matchAll(/could not be checked: needs (.*)/g)].map(([, action]) => action)).toEqual([
      'config:DescribeConfigurationRecorders',
      'cloudtrail:DescribeTrails',
      'lambda:GetAccountSettings',
      'config:DescribeConfigRules',
      'ec2:DescribeSecurityGroups',
    ]);
    expect(stdout).toContain('ok         at most 1 rule declared');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'portcullis: 5 checks could not be completed\n' });
  });

  it('if a call fails although no permission is missing, `preflight` shows the reason', async () => {
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: {} });

    expect(await checks('other owners', { calls: throttled })).toMatchObject([
      {
        outcome: 'unchecked',
        what: 'other owners could not be checked: cloudtrail:LookupEvents failed',
        why: 'cloudtrail:LookupEvents: ThrottlingException: Rate exceeded',
      },
    ]);
  });

  it('a bug in Portcullis is reported as an internal error, and not as a failed call', async () => {
    answers.DescribeTrails = new TypeError('x is not a function');

    expect((await preflight()).stderr).toContain('internal error: TypeError: x is not a function');
  });
});

it.each<[string, string, string, string]>([
  ['a missing baseline file', 'regions: [eu-west-1]\nbaseline: gone.yaml\n', '', 'cannot read `gone.yaml`: no such file or directory'],
  [
    'a region that the settings do not guard',
    ONE_REGION,
    '--region us-east-1',
    '`portcullis.yaml` does not guard us-east-1; expected one of eu-west-1',
  ],
  [
    'a baseline file in place of the settings file',
    baselineFile([]),
    '',
    '`portcullis.yaml` is a baseline file; expected the settings file of a deployment, such as `infra/portcullis.yaml`',
  ],
  [
    'credentials of another account',
    `${ONE_REGION}accountId: "222233334444"\n`,
    '',
    `the credentials belong to account ${ACCOUNT}, and \`portcullis.yaml\` deploys into 222233334444; expected credentials of account 222233334444`,
  ],
])('`preflight` refuses %s', async (_what, text, options, message) => {
  settings(text);

  expect(await preflight(options)).toEqual(failure(message));
});

it('`preflight` shows every problem of the settings file', async () => {
  settings(`${ONE_REGION}recorder: maybe\n`);

  expect((await preflight()).stderr).toMatch(
    /^portcullis\.yaml:3:11 {2}bad-value {2}`recorder` cannot be `maybe`; expected .*\n[^]*portcullis\.yaml: 1 problem\n$/,
  );
});

it("`preflight` accepts the credentials of a member account, and does not check Lambda's concurrency there", async () => {
  settings(`${ONE_REGION}accountId: "222233334444"\norganization: { id: o-exampleorgid, members: ["${ACCOUNT}"] }\n`);

  expect(await preflight()).toMatchObject({ exitCode: 0 });
  expect(await checks('concurrency')).toEqual([]);
});

it('`preflight` exits with 130 if it is interrupted', async () => {
  const interrupt = new AbortController();
  answers.DescribeTrails = () => {
    interrupt.abort();
    return Object.assign(new Error('aborted'), { name: 'AbortError' });
  };

  expect(await preflight('', {}, { signal: interrupt.signal })).toEqual({ exitCode: 130, stdout: '', stderr: 'portcullis: interrupted\n' });
});

describe('limits', () => {
  const noDb = '{ name: no-db, groups: { names: [other] }, ingress: [{ services: [postgresql], onlyFrom: { securityGroups: any } }] }';

  it('`preflight` lists each limit with the number of its groups and the permissions that the limit needs', async () => {
    groups({}, { GroupId: DB, GroupName: 'db' }, { GroupId: OLD, GroupName: 'old', OwnerId: OTHER });
    folder.write('baseline.yaml', baselineFile([HTTPS], noAdmin('mode: enforce, repair: narrow').replace(/\]\n$/, `, ${noDb}]\n`)));

    expect(await found('limits')).toEqual([
      'ok: limit `no-admin` applies to 2 groups here: in mode `enforce`, the limit allows the remediator to revoke rules (`ec2:RevokeSecurityGroup*`) and authorize narrower rules (`ec2:AuthorizeSecurityGroup*`, `ec2:ModifySecurityGroupRules`)',
      'risk: limit `no-db` applies to no group here',
      'ok: at least one limit applies to all groups, so the functions read each group that changes, and every group in a scheduled evaluation',
    ]);
    expect(await found('groups')).toEqual([`ok: 1 guarded group here, which belongs to ${ACCOUNT}`]);
  });

  it('a limit in mode `report` needs no write permission', async () => {
    groups({});
    folder.write('baseline.yaml', limitsFile().replace('all: true', `ids: [${WEB}]`));

    expect(await found('limits')).toEqual([
      'ok: limit `no-admin` applies to 1 group here: in mode `report`, the limit needs no write permission',
    ]);
  });
});

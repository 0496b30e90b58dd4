import { configuration, perms } from '@portcullis/permission-diff/testing';
import { SecurityGroupCallError } from '@portcullis/security-groups';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { AccountRegionOptions } from './account-region.js';
import { ACCOUNT, addGroup, clientOn, DB, openerOf, region, WEB, type Answers, type TestAccountRegion } from '../testing/account-region.js';
import { baselineFile, HTTPS } from '../testing/baselines.js';
import { failure, testFolder, type Changes, type Ran } from '../testing/run-command.js';

const folder = testFolder({ 'baseline.yaml': baselineFile([HTTPS], `  - { name: db, groups: { tags: { Tier: db } }, ingress: [] }\n`) });
const SSH = 'tcp 22 from 0.0.0.0/0';
const DECLARED = 'tcp 443 from 0.0.0.0/0';

/** Returns one result of the query, by default for the group `web` without drift. */
function result({
  accountId = ACCOUNT,
  awsRegion = 'eu-west-1',
  id = WEB,
  name = 'web',
  rules = [DECLARED],
  at = '2026-11-20T10:00:00.000Z',
  ownerId = '',
  tags = {},
} = {}): string {
  return JSON.stringify({
    ...{ accountId, awsRegion, resourceId: id, resourceName: name, configurationItemCaptureTime: at },
    tags: Object.entries(tags).map(([key, value]) => ({ key, value, tag: `${key}=${String(value)}` })),
    configuration: { ...configuration(perms(...rules)), groupId: id, groupName: name, ownerId: ownerId === '' ? accountId : ownerId },
  });
}

interface Aggregated extends Changes {
  readonly results: readonly string[];
  readonly live?: SimulatedEc2;
  readonly answers?: Answers;
  readonly account?: TestAccountRegion;
}

const queries: unknown[] = [];
const opened: AccountRegionOptions[] = [];
beforeEach(() => {
  queries.length = 0;
  opened.length = 0;
});

/** Runs a command with an aggregator that returns these results, two on each page. */
function run(command: string, { results, live = region({}), answers = {}, account = {}, ...changes }: Aggregated): Promise<Ran> {
  const all: Answers = {
    DescribeConfigurationAggregatorSourcesStatus: { AggregatedSourceStatusList: [] },
    SelectAggregateResourceConfig: ({ Expression, ConfigurationAggregatorName, NextToken = '0', ...rest }) => {
      queries.push({ Expression, ConfigurationAggregatorName, ...rest });
      const from = Number(NextToken);
      return { Results: results.slice(from, from + 2), ...(from + 2 < results.length && { NextToken: String(from + 2) }) };
    },
    ...answers,
  };
  return folder.run(`${command} --aggregator org`, {
    openAccountRegion: async (options, signal) => {
      const accountRegion = await openerOf(live, account, opened)(options, signal);
      return { ...accountRegion, client: (Client) => clientOn(Client, all, live) };
    },
    ...changes,
  });
}

it('`plan` compares recorded groups with the baselines that select them by tag, and says when AWS Config captured the groups', async () => {
  const results = [
    result(),
    result({ id: DB, name: 'db', rules: [SSH], tags: { Tier: 'db' }, at: '2026-11-22T10:00:00.000Z' }),
    result({ id: 'sg-0000000d', rules: [SSH], ownerId: '999988887777' }),
    result({ accountId: '222233334444', awsRegion: 'us-east-1', at: '2026-01-02T00:00:00.000Z' }),
  ];

  const { stdout, stderr, exitCode } = await run('plan', { results });
  const { places } = JSON.parse((await run('report --json', { results })).stdout) as { places: object[] };

  expect(stdout).toContain(`${DB} (db) in vpc-1  baseline db  critical\n  - ingress tcp/22 from 0.0.0.0/0  # not declared by \`db\``);
  expect(stdout).toContain(
    'The groups are as AWS Config recorded them from 2026-01-02 00:00 to 2026-11-22 10:00 UTC; nothing was read from EC2.\nPlan for 2 regions of 2 accounts',
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 2 });
  expect(places).toMatchObject([
    {
      accountId: ACCOUNT,
      region: 'eu-west-1',
      recorded: { oldestCapture: '2026-11-20T10:00:00.000Z', newestCapture: '2026-11-22T10:00:00.000Z', differencesReadLive: false },
      totals: { guarded: 2 },
    },
    { accountId: '222233334444', region: 'us-east-1', recorded: { oldestCapture: '2026-01-02T00:00:00.000Z' } },
  ]);
  expect(queries[0]).toEqual({
    ConfigurationAggregatorName: 'org',
    Limit: 100,
    Expression:
      "SELECT accountId, awsRegion, resourceId, resourceName, configuration, tags, configurationItemCaptureTime WHERE resourceType = 'AWS::EC2::SecurityGroup' ORDER BY accountId, awsRegion",
  });
  // Only the caller.
  expect(opened).toHaveLength(2);
});

it('`--aggregator` with `--role` reads a recorded group from EC2 if the group has drifted, and reports only drift that EC2 still shows', async () => {
  const live = region({ [WEB]: [DECLARED] });
  const results = [result({ rules: [SSH] }), result({ id: DB, name: 'web', rules: [SSH] })];

  expect(await run('plan --role read', { results, live })).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('1 group at the baseline') as string,
  });
  expect(await run('survey --role read', { results, live })).toMatchObject({ stdout: expect.not.stringContaining('SSH') as string });
  addGroup(live, WEB, [DECLARED, SSH]);
  expect((await run('survey --role read --no-who --restart', { results, live })).stdout).toContain(
    '`aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-0000000a',
  );
});

it('`--aggregator` reads recorded groups without drift from EC2 only with `--verify all`', async () => {
  const live = region({ [WEB]: [DECLARED, SSH] });
  const results = [result()];

  const trusting = await run('plan --role read', { results, live });
  const callsOfTrusting = [...live.calls];
  const verifying = await run('plan --role read --verify all', { results, live });

  expect(trusting.stdout).toContain(
    'AWS Config recorded the groups from 2026-11-20 10:00 to 2026-11-20 10:00 UTC; only groups that need a check according to these records were read from EC2.\nNo drift',
  );
  expect(callsOfTrusting).toEqual([]);
  expect(verifying.stdout).toContain('1 to revoke, in 1 of 1 guarded group');
  expect(verifying.stdout).not.toContain('AWS Config');
});

it('`plan --aggregator` says that AWS Config has no record of a declared group', async () => {
  const live = region({ [WEB]: [DECLARED] });

  const { stdout } = await run('plan --role read', { results: [result({ id: 'sg-0000000d', name: 'other' })], live });

  expect(stdout).toContain(`${WEB}  not found\n    AWS Config has no record of the group here, or the group was deleted (baseline web)\n`);
});

it('`survey --aggregator` reads the network interfaces only in regions where a recorded group is open to the internet', async () => {
  const account = { attachments: new SecurityGroupCallError('DescribeNetworkInterfaces', 'UnauthorizedOperation', 'denied', 'no') };
  const live = region({ [WEB]: [SSH] });

  const closed = await run('survey --role read', { results: [result({ rules: [] })], live, account });
  const open = await run('survey --role read --no-who', { results: [result({ rules: [SSH] })], live, account });

  expect(closed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(open.stderr).toContain('cannot read the network interfaces');
});

it('`survey --aggregator` reads a recorded group from EC2 if its exposure depends on a prefix list, because records contain no prefix lists', async () => {
  const results = [result({ rules: ['tcp 22 from pl-0000000a'] })];
  const live = region({ [WEB]: ['tcp 22 from pl-0000000a'] });
  live.prefixLists.set('pl-0000000a', [['0.0.0.0/0']]);

  expect((await run('survey --role read', { results, live })).stdout).toContain('SSH is open to the internet on 1 group');
  // The first run deletes its journal, so the second run reads everything again.
  for (const { stderr, exitCode } of [await run('survey', { results }), await run('survey', { results })]) {
    expect(stderr).toBe(
      'portcullis: 111122223333/eu-west-1: cannot read prefix list pl-0000000a, so exposures through this list are not shown: GetManagedPrefixListEntries: NotAsked: Portcullis calls EC2 only with `--role`\n',
    );
    expect(exitCode).toBe(1);
  }
});

it('`survey --aggregator` reports an account whose data in the aggregator is incomplete', async () => {
  const status = {
    SourceId: '222233334444',
    SourceType: 'ACCOUNT',
    AwsRegion: 'eu-west-1',
    LastUpdateStatus: 'FAILED',
    LastErrorMessage: 'not authorized',
  };
  const answers = { DescribeConfigurationAggregatorSourcesStatus: { AggregatedSourceStatusList: [status] } };

  const { stdout, stderr, exitCode } = await run('survey', { results: [result({ rules: [] })], answers });

  expect(stdout).toContain(
    'Nothing that was read is open to the internet on 1 group.\n1 region could not be read completely.\nThe groups are as AWS Config recorded them',
  );
  expect(stderr).toContain(
    'portcullis: 222233334444/eu-west-1 was not read: its data in the aggregator is incomplete (never updated): not authorized\n',
  );
  // A resumed run would read the same incomplete data.
  expect(stderr).not.toContain('--resume');
  expect(exitCode).toBe(1);
});

it('`report --aggregator` ignores outdated data of accounts and regions that were not requested', async () => {
  const source = (SourceId: string, AwsRegion: string) => ({ SourceId, SourceType: 'ACCOUNT', AwsRegion, LastUpdateStatus: 'OUTDATED' });
  const AggregatedSourceStatusList = [source('222233334444', 'eu-west-1'), source(ACCOUNT, 'us-east-1')];
  const answers = { DescribeConfigurationAggregatorSourcesStatus: { AggregatedSourceStatusList } };

  const ran = await run(`report --accounts ${ACCOUNT} --regions eu-west-1`, { results: [result()], answers });

  expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
});

it('`report --aggregator` reports a requested account that the aggregator does not know', async () => {
  const { stderr, exitCode } = await run(`report --accounts ${ACCOUNT},222233334444`, { results: [result()] });

  expect(stderr).toBe('portcullis: 222233334444 was not read: the aggregator `org` has no group of this account\n');
  expect(exitCode).toBe(1);
});

it('a survey that is interrupted during the query of an aggregator shows the groups found so far', async () => {
  const interrupt = new AbortController();
  const results = [result({ rules: [SSH] }), result({ accountId: '222233334444' }), result({ accountId: '333344445555' })];
  const answers: Answers = {
    SelectAggregateResourceConfig: ({ NextToken }) => {
      if (NextToken === undefined) return { Results: results, NextToken: '1' };
      interrupt.abort();
      return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    },
  };

  const { stdout, stderr, exitCode } = await run('survey', { results, answers, signal: interrupt.signal });

  expect(stdout).toContain('SSH is open to the internet on 1 group');
  expect(stderr).toContain('portcullis: interrupted; the output shows what was found so far. To continue, add `--resume`\n');
  expect(exitCode).toBe(130);
});

it('if AWS throttles AssumeRole during the query of the aggregator, `survey --aggregator` fails with a message of one line', async () => {
  const AssumeRole = Object.assign(new Error('slow down'), { name: 'ThrottlingException', $metadata: {} });

  const ran = await run('survey --role read', { results: [result({ accountId: '222233334444' })], answers: { AssumeRole } });

  expect(ran).toEqual(failure('sts:AssumeRole: ThrottlingException: slow down'));
});

it("`report --aggregator --organization` shows the names of the organization's accounts, and reports each account that the aggregator does not know", async () => {
  const account = (Id: string, Name: string) => ({ Id, Name, State: 'ACTIVE' });
  const answers = { ListAccounts: { Accounts: [account(ACCOUNT, 'shop'), account('222233334444', 'new')] } };

  const { stdout, stderr } = await run('report --organization', { results: [result({ rules: [SSH] })], answers });

  expect(stdout).toMatch(/^critical +shop\/eu-west-1 +sg-0000000a/m);
  expect(stderr).toContain('portcullis: new (222233334444) was not read: the aggregator `org` has no group of this account\n');
});

it('`report --aggregator` limits the query to the requested accounts and regions', async () => {
  await run(`report --accounts ${ACCOUNT} --regions eu-west-1,us-east-1 --region eu-central-1`, { results: [result()] });

  expect(queries).toEqual([
    expect.objectContaining({
      Expression: expect.stringContaining(
        ` AND awsRegion IN ('eu-west-1', 'us-east-1') AND accountId IN ('${ACCOUNT}') ORDER BY`,
      ) as string,
    }),
  ]);
  expect(opened[0]).toMatchObject({ region: 'eu-central-1' });
});

it.each([
  ['survey --aggregator org --verify all', '`--verify all` needs `--aggregator` and `--role`'],
  ['survey --aggregator a/b', 'invalid `--aggregator a/b`; expected the name of an aggregator of AWS Config'],
  ["report --aggregator org --regions x'y", "invalid region `x'y`; expected one such as `eu-west-1`"],
  ['plan --aggregator org --profiles a', '`--aggregator` and `--profiles` cannot be combined; expected one of them'],
])('the command line refuses `%s`', async (command, message) => {
  expect(await folder.run(command)).toEqual(failure(message));
});

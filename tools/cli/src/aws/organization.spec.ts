import { ec2Reader, ec2Writer } from '@portcullis/security-groups';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { OpenAccountRegion } from './account-region.js';
import { accessDenied, addGroup, clientOn, openerOf, region, WEB, type Answers } from '../testing/account-region.js';
import { baselineFile, HTTPS } from '../testing/baselines.js';
import { failure, runIn, testFolder, type Changes, type Ran } from '../testing/run-command.js';

const folder = testFolder({ 'baseline.yaml': baselineFile([HTTPS]) });

const MANAGEMENT = '111122223333';
const PAYMENTS = '222233334444';
const LEGACY = '333344445555';
const ACCOUNTS = [
  [
    { Id: MANAGEMENT, Name: 'management', State: 'ACTIVE' },
    { Id: PAYMENTS, Name: 'payments', State: 'ACTIVE' },
  ],
  // AWS can return an empty page although more pages follow.
  [],
  [
    { Id: LEGACY, Name: 'legacy', State: 'ACTIVE' },
    { Id: '444455556666', Name: 'closed', State: 'SUSPENDED' },
  ],
];
const ENABLED = { Regions: [{ RegionName: 'us-east-1' }, { RegionName: 'eu-west-1' }] };

interface Organization {
  readonly openAccountRegion: OpenAccountRegion;
  /** The roles that were assumed, with their session names and external ids. */
  readonly assumed: object[];
  /** The accounts and regions that the command opened, as `ACCOUNT/REGION`. */
  readonly opened: string[];
}

/** Returns an organization of three accounts. The role in the account `legacy` trusts nobody. */
function organization(
  groups: Readonly<Record<string, SimulatedEc2>> = {},
  { answers = {}, lifetime = 3_600_000 }: { readonly answers?: Answers; readonly lifetime?: number } = {},
): Organization {
  const assumed: object[] = [];
  const opened: string[] = [];
  const all: Answers = {
    ListAccounts: ({ NextToken = '0' }) => ({
      Accounts: ACCOUNTS[Number(NextToken)],
      ...(Number(NextToken) < 2 && { NextToken: String(Number(NextToken) + 1) }),
    }),
    AssumeRole: ({ RoleArn = '', RoleSessionName, ExternalId }) => {
      if (RoleArn.includes(LEGACY)) return Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: {} });
      assumed.push({ RoleArn, RoleSessionName, ExternalId });
      const Expiration = new Date(Date.parse('2026-11-23T12:00:00Z') + lifetime);
      return { Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 'secret', SessionToken: 'token', Expiration } };
    },
    DescribeRegions: ENABLED,
    ...answers,
  };
  const openAccountRegion: OpenAccountRegion = async (options, signal) => {
    const accountId = options.member?.accountId ?? MANAGEMENT;
    const name = options.region ?? 'eu-west-1';
    opened.push(`${accountId}/${name}`);
    const ec2 = groups[`${accountId}/${name}`] ?? web(accountId, 'tcp 443 from 0.0.0.0/0');
    const accountRegion = await openerOf(ec2, { accountId: () => Promise.resolve(accountId), answers: all })(options, signal);
    // The SDK requests the credentials before a call, so this simulation requests them too.
    await options.member?.credentials?.().catch(() => undefined);
    const account = options.member?.name;
    const port = { ...ec2Reader(ec2.client, { ownerId: accountId }), ...ec2Writer(ec2.client) };
    return { ...accountRegion, account, groups: port, client: (Client) => clientOn(Client, all, ec2) };
  };
  return { openAccountRegion, assumed, opened };
}

function web(ownerId: string, ...rules: readonly string[]): SimulatedEc2 {
  const ec2 = region({});
  addGroup(ec2, WEB, rules, { ownerId });
  return ec2;
}
const open = (): SimulatedEc2 => web(PAYMENTS, 'tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0');
const run = (command: string, { openAccountRegion }: Organization, changes: Changes = {}): Promise<Ran> =>
  folder.run(`${command} --organization --role audit/portcullis-read`, { openAccountRegion, ...changes });

it('`survey --organization` reads the enabled regions of every active account, and reports in one line an account whose role cannot be assumed', async () => {
  const fleet = organization({ [`${PAYMENTS}/us-east-1`]: open() });

  const { stdout, stderr, exitCode } = await run('survey --no-who', fleet, { isTTY: true, columns: 80, env: { NO_COLOR: '1' } });

  expect(stdout.slice(stdout.indexOf('SSH'))).toMatch(
    new RegExp(
      [
        'SSH is open to the internet on 1 group, with no public address behind it\\.',
        'Also open: HTTPS on 4\\.',
        '1 account could not be read completely\\.',
        '',
        'ACCOUNT +ID +REGIONS +GROUPS +CRITICAL +HIGH +MEDIUM +NOTE',
        'legacy +333344445555 +0 +0 +not read',
        'management +111122223333 +2 +2',
        'payments +222233334444 +2 +2 +1',
        '',
        'medium +SSH \\(tcp/22\\) open to the internet \\(0\\.0\\.0\\.0/0\\) on web \\(sg-0000000a\\) in',
        ' +us-east-1 \\(payments\\), guarded by web',
      ].join('\\n'),
    ),
  );
  expect(stdout).toContain('to close, with credentials of account 222233334444:\n          `aws ec2 revoke-');
  expect(stderr).toContain(
    'portcullis: legacy (333344445555) was not read: the role `audit/portcullis-read` cannot be assumed; expected a role of this name that trusts the caller\n',
  );
  expect(exitCode).toBe(1);
  expect(fleet.assumed).toEqual([{ RoleArn: `arn:aws:iam::${PAYMENTS}:role/audit/portcullis-read`, RoleSessionName: 'portcullis-cli' }]);
});

it('a survey of an organization shows the same exposure in several accounts and regions as one entry that names each group', async () => {
  const both = { [`${PAYMENTS}/us-east-1`]: open(), [`${PAYMENTS}/eu-west-1`]: open() };

  const { stdout } = await run('survey --no-who', organization(both));

  expect(stdout).toContain(
    'on 2 groups: web (sg-0000000a) of payments/eu-west-1, web (sg-0000000a) of payments/us-east-1 in 2 regions of 1 account, guarded by web\n',
  );
});

it('`report --organization` reads only the accounts of `--accounts` and the regions of `--regions`, and passes `--external-id` to AssumeRole', async () => {
  const fleet = organization();

  const options = ['--accounts', PAYMENTS, '--regions', 'eu-west-1, us-east-1'];
  const { exitCode } = await runIn(folder.path, ['report', '--organization', '--role', 'read', '--external-id', 'x-1', ...options], fleet);

  expect(exitCode).toBe(0);
  expect(fleet.opened.filter((each) => each.startsWith(PAYMENTS)).sort()).toEqual([`${PAYMENTS}/eu-west-1`, `${PAYMENTS}/us-east-1`]);
  expect(fleet.assumed).toEqual([expect.objectContaining({ ExternalId: 'x-1' })]);
});

it('`plan --organization` assumes the role in an account again before the credentials of the role expire', async () => {
  const fleet = organization({}, { lifetime: 4 * 60_000 });

  await run(`plan --accounts ${PAYMENTS}`, fleet);

  expect(fleet.assumed.length).toBeGreaterThan(1);
});

it('`plan` and `report` print the name of each account of an organization, in text and in JSON', async () => {
  const fleet = organization({ [`${PAYMENTS}/us-east-1`]: open() });

  const plan = await run('plan', fleet);
  const report = await run('report', fleet);
  const { places } = JSON.parse((await run('report --restart --json', fleet)).stdout) as { places: object[] };

  expect(plan.stdout).toMatch(/^── payments \(222233334444\), us-east-1\n\nsg-0000000a \(web\)/);
  expect(plan.stdout).toContain(
    'Plan for 4 regions of 2 accounts: 0 to authorize, 1 to revoke, in 1 of 4 guarded groups (1 critical); 1 account not read.',
  );
  expect(report.stdout).toMatch(/^critical +payments\/us-east-1 +sg-0000000a/m);
  expect(report.stdout).toMatch(/^payments +222233334444 +2 +1 +1$/m);
  expect(report.stdout).toMatch(/^legacy +333344445555 +not read$/m);
  expect(places).toEqual([
    expect.objectContaining({ accountId: MANAGEMENT, accountName: 'management', region: 'eu-west-1' }),
    expect.objectContaining({ accountId: MANAGEMENT, region: 'us-east-1' }),
    expect.objectContaining({ accountId: PAYMENTS, accountName: 'payments', region: 'eu-west-1' }),
    expect.objectContaining({ accountId: PAYMENTS, region: 'us-east-1' }),
    {
      profile: null,
      accountId: LEGACY,
      accountName: 'legacy',
      region: null,
      failed: expect.stringContaining('cannot be assumed') as string,
    },
  ]);
});

it('`report --organization` deletes the journal if AWS denied access to every account and region that was not read', async () => {
  const ec2 = open();
  ec2.before = () => 'denied';
  const fleet = organization({ [`${PAYMENTS}/us-east-1`]: ec2 });

  const { stderr } = await run('report', fleet);

  expect(stderr).toContain(
    'portcullis: payments/us-east-1 was not read: the credentials are not allowed to call DescribeSecurityGroups in us-east-1',
  );
  expect(stderr).not.toContain('--resume');
  expect((await run('report', fleet)).exitCode).toBe(1);
});

it('a resumed survey reads only the regions that the interrupted survey did not read', async () => {
  const ec2 = open();
  const fleet = organization({ [`${PAYMENTS}/us-east-1`]: ec2 });
  const whole = await run('survey', fleet);
  const interrupt = new AbortController();
  ec2.before = async () => {
    while (folder.read('.portcullis-survey.jsonl').split('\n').length < 5) await new Promise(setImmediate);
    interrupt.abort();
    return undefined;
  };
  const first = await run('survey', fleet, { signal: interrupt.signal });
  ec2.before = () => undefined;
  const alreadyOpened = fleet.opened.length;

  const second = await run('survey --resume', fleet);

  expect(first.exitCode).toBe(130);
  expect(first.stderr).toContain('interrupted; the output shows what was found so far. To continue, add `--resume`\n');
  expect(second).toEqual(whole);
  // The second run opens the caller's account, two other accounts, and the region that the first run did not read.
  expect(fleet.opened.slice(alreadyOpened)).toHaveLength(4);
  expect(folder.list()).not.toContain('.portcullis-survey.jsonl');
});

it('if AWS denies ListAccounts, the error says which accounts can call ListAccounts', async () => {
  expect(await run('survey', organization({}, { answers: { ListAccounts: accessDenied } }))).toEqual(
    failure(
      'the credentials are not allowed to call organizations:ListAccounts; expected credentials of the management account or of a delegated administrator, with a policy that allows it',
    ),
  );
});

it('`survey --organization` fails if ListAccounts returns no active account', async () => {
  const answers = { ListAccounts: { Accounts: [{ Id: MANAGEMENT, Name: 'management' }] } };

  expect(await run('survey', organization({}, { answers }))).toEqual(
    failure('organizations:ListAccounts returned no active account; expected at least the management account'),
  );
});

it.each([
  ['survey --organization', '`--organization` needs `--role`; expected the name of a role that exists in each account'],
  ['report --role x', '`--role` needs `--organization` or `--aggregator`'],
  ['plan --organization --role x --profiles a,b', '`--organization` and `--profiles` cannot be combined; expected one of them'],
  [`plan --organization --role x --group ${WEB}`, '`--group` and `--organization` cannot be combined; expected one of them'],
  [
    `survey --organization --role arn:aws:iam::${PAYMENTS}:role/x`,
    `invalid \`--role arn:aws:iam::${PAYMENTS}:role/x\`; expected the name of a role, such as \`portcullis-read\`, and not an ARN`,
  ],
  ['survey --organization --role x --accounts 12', 'invalid `--accounts 12`; expected account ids of 12 digits'],
  [
    'survey --organization --role x --accounts 999999999999',
    'the organization has no active account 999999999999; expected ids that `aws organizations list-accounts` lists',
  ],
  [
    'survey --resume',
    '`--resume` and `--restart` need `--journal`, `--organization` or `--aggregator`; without these options, a survey saves nothing to resume from',
  ],
])('the command line refuses `%s`', async (command, message) => {
  expect(await folder.run(command, { openAccountRegion: organization().openAccountRegion })).toEqual(failure(message));
});

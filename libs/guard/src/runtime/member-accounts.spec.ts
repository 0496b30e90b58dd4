import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { parseMembers, perAccount, readGuardedAccounts, type GuardedAccounts } from './member-accounts.js';

const CENTRAL = '111122223333';
const MEMBER = '444455556666';
const STRANGER = '777788889999';
const organization: GuardedAccounts = {
  own: CENTRAL,
  memberRoleArn: 'arn:aws:iam::{account}:role/portcullis-member-config-remediator',
  membersPath: undefined,
};

const sts = mockClient(STSClient);
beforeEach(() => {
  sts.reset();
});

const credentials = (expiresInMinutes: number) => ({
  Credentials: {
    AccessKeyId: 'ASIAEXAMPLE',
    SecretAccessKey: 'secret',
    SessionToken: 'token',
    Expiration: new Date(Date.now() + expiresInMinutes * 60_000),
  },
});

/** Opens clients that ask for their credentials with each call. */
const open = (accounts: GuardedAccounts = organization) =>
  perAccount(accounts, new Set([MEMBER]), (provider) => {
    const client = new EC2Client({ region: 'eu-west-1', ...(provider && { credentials: provider }) });
    return { client, isOwn: provider === undefined };
  });

/** The client of a guarded account. */
function clientOf(accountId: string): EC2Client {
  const clients = open()(accountId);
  if (clients === undefined) throw new Error(`${accountId} is not guarded`);
  return clients.client;
}

it('reaches our own account, and that of an event that names none, without a role', () => {
  const clientsOf = open();

  expect([clientsOf(CENTRAL), clientsOf(null)].map((clients) => clients?.isOwn)).toEqual([true, true]);
});

it('opens the clients of an account once', () => {
  const clientsOf = open();

  expect(clientsOf(MEMBER)).toBe(clientsOf(MEMBER));
  expect(clientsOf(MEMBER)).not.toBe(clientsOf(CENTRAL));
  expect(clientsOf(null)).toBe(clientsOf(CENTRAL));
});

it.each<[string, GuardedAccounts, string]>([
  ['an account that is no member', organization, STRANGER],
  ['what is not the id of an account', organization, '1:role/evil'],
  ['a member, in a function without an organization', { ...organization, memberRoleArn: undefined }, MEMBER],
])('opens nothing for %s', (_what, accounts, accountId) => {
  expect(open(accounts)(accountId)).toBeUndefined();
});

it('takes the account of any event for its own where it does not know that', () => {
  const clientsOf = open({ own: undefined, memberRoleArn: undefined, membersPath: undefined });

  expect(clientsOf(STRANGER)?.isOwn).toBe(true);
});

it('a member’s role is assumed with the first call, once for all calls until the credentials are about to expire', async () => {
  sts.on(AssumeRoleCommand).resolves(credentials(60));
  const client = clientOf(MEMBER);
  const ask = async (): Promise<string> => (await client.config.credentials()).accessKeyId;

  expect(sts.calls()).toHaveLength(0);
  expect([await ask(), await ask(), await ask()]).toEqual(['ASIAEXAMPLE', 'ASIAEXAMPLE', 'ASIAEXAMPLE']);
  expect(sts.commandCalls(AssumeRoleCommand).map(({ args: [{ input }] }) => input)).toEqual([
    { RoleArn: `arn:aws:iam::${MEMBER}:role/portcullis-member-config-remediator`, RoleSessionName: 'portcullis' },
  ]);
});

it('credentials that are about to expire are asked for anew', async () => {
  sts.on(AssumeRoleCommand).resolves(credentials(1));
  const client = clientOf(MEMBER);

  await client.config.credentials();
  await client.config.credentials();

  expect(sts.calls().length).toBeGreaterThan(1);
});

it('a role that may not be assumed is the error of the call that needed it', async () => {
  sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));

  await expect(clientOf(MEMBER).send(new DescribeSecurityGroupsCommand({}))).rejects.toThrow('not authorized');
});

describe('the list of members', () => {
  it('is a JSON list of account ids', () => {
    expect([...parseMembers(`["${MEMBER}", "${STRANGER}"]`)]).toEqual([MEMBER, STRANGER]);
  });

  it.each(['{}', '[4]', '["444455556666", "4444"]', 'null'])('is refused when it is %s', (text) => {
    expect(() => parseMembers(text)).toThrow('members.json is not a list of account ids of 12 digits');
  });
});

describe('the variables', () => {
  const read = (environment: Readonly<Record<string, string>>) => {
    const problems: string[] = [];
    return { accounts: readGuardedAccounts(environment, problems), problems };
  };

  it('name our own account, the role in the members and the list of these', () => {
    const variables = {
      CENTRAL_ACCOUNT_ID: CENTRAL,
      MEMBER_ROLE_ARN: organization.memberRoleArn ?? '',
      MEMBERS_PATH: '/members.json',
    };

    expect(read(variables)).toEqual({ accounts: { ...organization, membersPath: '/members.json' }, problems: [] });
  });

  it('may name our own account alone, or nothing', () => {
    const alone = { own: CENTRAL, memberRoleArn: undefined, membersPath: undefined };

    expect(read({ CENTRAL_ACCOUNT_ID: CENTRAL })).toEqual({ accounts: alone, problems: [] });
    expect(read({ CENTRAL_ACCOUNT_ID: '', MEMBER_ROLE_ARN: '' })).toEqual({
      accounts: { ...alone, own: undefined },
      problems: [],
    });
  });

  it('are refused, both at once, with what would be right', () => {
    expect(read({ CENTRAL_ACCOUNT_ID: '7', MEMBER_ROLE_ARN: 'arn:aws:iam::111122223333:role/x' }).problems).toEqual([
      expect.stringContaining('CENTRAL_ACCOUNT_ID is `7`: write the 12 digits'),
      expect.stringContaining('with {account} for its account'),
    ]);
  });

  it('name our own account wherever they name a role in others', () => {
    expect(read({ MEMBER_ROLE_ARN: organization.memberRoleArn ?? '' }).problems).toEqual([
      expect.stringContaining('CENTRAL_ACCOUNT_ID is ``'),
    ]);
  });
});

import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import {
  isClientOfMemberAccount,
  parseMemberAccounts,
  clientsPerAccount,
  readMemberAccountVariables,
  type GuardedAccounts,
  type MemberAccounts,
} from './member-accounts.js';

const CENTRAL = '111122223333';
const MEMBER = '444455556666';
const STRANGER = '777788889999';
const MEMBER_ROLE_ARN = 'arn:aws:iam::{account}:role/portcullis-member-config-remediator';
const organization: GuardedAccounts = { own: CENTRAL, memberRoleArn: MEMBER_ROLE_ARN, membersPath: undefined };

const sts = mockClient(STSClient);
beforeEach(() => sts.reset());

const KEYS = { AccessKeyId: 'ASIAEXAMPLE', SecretAccessKey: 'secret', SessionToken: 'token' };
/** Makes STS return credentials that expire in `minutes` minutes. */
const allow = (minutes: number): unknown =>
  sts.on(AssumeRoleCommand).resolves({ Credentials: { ...KEYS, Expiration: new Date(Date.now() + minutes * 60_000) } });

/** Returns a function that opens an EC2 client for an account. */
const open = (accounts: GuardedAccounts = organization, members: MemberAccounts = { only: new Set([MEMBER]) }) =>
  clientsPerAccount(accounts, members, (provider) => {
    const client = new EC2Client({ region: 'eu-west-1', ...(provider && { credentials: provider }) });
    return { client, isOwn: provider === undefined };
  });

/** Every account except `MEMBER` is a member. */
const EVERYONE: MemberAccounts = { except: new Set([MEMBER]) };

function clientOf(accountId: string, members?: MemberAccounts): EC2Client {
  const clients = open(organization, members)(accountId);
  if (clients === undefined) throw new Error(`${accountId} is not guarded`);
  return clients.client;
}

it("`clientsPerAccount` opens the clients of an account once, and assumes no role for the function's own account or for an event without an account", () => {
  const clientsOf = open();

  expect([CENTRAL, null, MEMBER].map((id) => clientsOf(id)?.isOwn)).toEqual([true, true, false]);
  expect(clientsOf(MEMBER)).toBe(clientsOf(MEMBER));
  expect(clientsOf(null)).toBe(clientsOf(CENTRAL));
});

it.each<[string, GuardedAccounts, string]>([
  ['an account that is not a member', organization, STRANGER],
  ['an invalid account id', organization, '1:role/evil'],
  ['a member account in a function without an organization', { ...organization, memberRoleArn: undefined }, MEMBER],
])('`clientsPerAccount` opens no clients for %s', (_, accounts, accountId) => {
  expect(open(accounts)(accountId)).toBeUndefined();
});

it("if the function does not know its own account, `clientsPerAccount` treats every account as the function's own account", () => {
  expect(open({ own: undefined, memberRoleArn: undefined, membersPath: undefined })(STRANGER)?.isOwn).toBe(true);
});

it("the clients assume a member account's role with their first call, and again only when the credentials are about to expire", async () => {
  allow(60);
  const client = clientOf(MEMBER);
  const ask = async (): Promise<string> => (await client.config.credentials()).accessKeyId;

  expect(sts.calls()).toHaveLength(0);
  expect([await ask(), await ask(), await ask()]).toEqual(['ASIAEXAMPLE', 'ASIAEXAMPLE', 'ASIAEXAMPLE']);
  expect(sts.commandCalls(AssumeRoleCommand).map(({ args: [{ input }] }) => input)).toEqual([
    { RoleArn: `arn:aws:iam::${MEMBER}:role/portcullis-member-config-remediator`, RoleSessionName: 'portcullis' },
  ]);
});

it('the clients request new credentials when the old ones are about to expire', async () => {
  allow(1);
  const client = clientOf(MEMBER);

  await client.config.credentials();
  await client.config.credentials();

  expect(sts.calls().length).toBeGreaterThan(1);
});

it('a call fails if STS refuses the role of the member account', async () => {
  sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));

  await expect(clientOf(MEMBER).send(new DescribeSecurityGroupsCommand({}))).rejects.toThrow('not authorized');
});

describe('If `members.json` lists only exceptions, the role in an account decides whether the account is a member', () => {
  it('`clientsPerAccount` opens clients for every account that is not excluded, but not for an invalid account id', () => {
    const clientsOf = open(organization, EVERYONE);

    expect([CENTRAL, STRANGER, MEMBER, '1:role/evil'].map((id) => clientsOf(id)?.isOwn)).toEqual([true, false, undefined, undefined]);
  });

  it('an account is a member if STS lets the function assume the role of the account, and later calls use the same credentials', async () => {
    allow(60);
    const client = clientOf(STRANGER, EVERYONE);

    expect(await isClientOfMemberAccount(EVERYONE, client)).toBe(true);
    await client.config.credentials();
    expect(sts.calls()).toHaveLength(1);
  });

  it('an account is not a member if STS refuses the role', async () => {
    sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));

    expect(await isClientOfMemberAccount(EVERYONE, clientOf(STRANGER, EVERYONE))).toBe(false);
  });

  it('if STS fails, the check for membership throws, so that Lambda retries the event', async () => {
    sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('busy'), { name: 'Throttling' }));

    await expect(isClientOfMemberAccount(EVERYONE, clientOf(STRANGER, EVERYONE))).rejects.toThrow('busy');
  });
});

it('`isClientOfMemberAccount` does not call STS for a listed member, so that a later refusal by STS is an error, after which Lambda retries', async () => {
  expect(await isClientOfMemberAccount({ only: new Set([MEMBER]) }, clientOf(MEMBER))).toBe(true);
  expect(sts.calls()).toEqual([]);
});

it('`parseMemberAccounts` parses a JSON list of members, or a list of exceptions under `except`', () => {
  expect(parseMemberAccounts(`["${MEMBER}", "${STRANGER}"]`)).toEqual({ only: new Set([MEMBER, STRANGER]) });
  expect(parseMemberAccounts(`{"except": ["${MEMBER}"]}`)).toEqual({ except: new Set([MEMBER]) });
});

it.each(['{}', '[4]', '["444455556666", "4444"]', 'null', '{"except": "444455556666"}', '{"except": ["4444"]}'])(
  '`parseMemberAccounts` refuses %s as the list of members',
  (text) => {
    expect(() => parseMemberAccounts(text)).toThrow('members.json: expected a list of 12-digit account ids');
  },
);

const read = (environment: Readonly<Record<string, string>>) => {
  const problems: string[] = [];
  return { accounts: readMemberAccountVariables(environment, problems), problems };
};

it.each([
  [
    { CENTRAL_ACCOUNT_ID: '7', MEMBER_ROLE_ARN: 'arn:aws:iam::111122223333:role/x' },
    ['CENTRAL_ACCOUNT_ID is `7`: write the 12 digits', 'with {account} in place of the account id'],
  ],
  [{ MEMBER_ROLE_ARN }, ['CENTRAL_ACCOUNT_ID is ``']],
])('`readMemberAccountVariables` refuses %j, and names every problem', (environment, problems) => {
  expect(read(environment).problems).toEqual(problems.map((problem) => expect.stringContaining(problem) as string));
});

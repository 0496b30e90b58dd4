import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { memberRoleArn, perAccount, readMemberAccounts, type MemberAccounts } from './member-accounts.js';

const CENTRAL = '111122223333';
const MEMBER = '444455556666';
const members: MemberAccounts = {
  centralAccountId: CENTRAL,
  roleArn: 'arn:aws:iam::{account}:role/portcullis-member-config-remediator',
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

/** Each client asks for its credentials as for any call, and answers without a network. */
const open = () => perAccountOf(members);
function perAccountOf(of: MemberAccounts | undefined) {
  return () =>
    perAccount(of, (provider) => {
      const client = new EC2Client({ region: 'eu-west-1', ...(provider && { credentials: provider }) });
      return { client, isOwn: provider === undefined };
    });
}

it('our own account, and an event that names none, are reached without a role', () => {
  const clientsOf = open()();

  expect([clientsOf(CENTRAL), clientsOf(null), perAccountOf(undefined)()(MEMBER)].map(({ isOwn }) => isOwn)).toEqual([
    true,
    true,
    true,
  ]);
});

it('an account has one set of clients, another account another', () => {
  const clientsOf = open()();

  expect(clientsOf(MEMBER)).toBe(clientsOf(MEMBER));
  expect(clientsOf(MEMBER)).not.toBe(clientsOf('777788889999'));
  expect(clientsOf(null)).toBe(clientsOf(CENTRAL));
});

it('a member’s role is assumed with the first call, once for all calls until the credentials are about to expire', async () => {
  sts.on(AssumeRoleCommand).resolves(credentials(60));
  const { client } = open()()(MEMBER);
  const ask = async (): Promise<string> => (await client.config.credentials()).accessKeyId;

  expect(sts.calls()).toHaveLength(0);
  expect([await ask(), await ask(), await ask()]).toEqual(['ASIAEXAMPLE', 'ASIAEXAMPLE', 'ASIAEXAMPLE']);
  expect(sts.commandCalls(AssumeRoleCommand).map(({ args: [{ input }] }) => input)).toEqual([
    { RoleArn: `arn:aws:iam::${MEMBER}:role/portcullis-member-config-remediator`, RoleSessionName: 'portcullis' },
  ]);
});

it('credentials that are about to expire are asked for anew', async () => {
  sts.on(AssumeRoleCommand).resolves(credentials(1));
  const { client } = open()()(MEMBER);

  await client.config.credentials();
  await client.config.credentials();

  expect(sts.calls().length).toBeGreaterThan(1);
});

it('a role that may not be assumed is the error of the call that needed it', async () => {
  sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));

  await expect(open()()(MEMBER).client.send(new DescribeSecurityGroupsCommand({}))).rejects.toThrow('not authorized');
});

it('an id that is none is not made part of a role’s name', async () => {
  const { client } = open()()('1:role/evil');

  await expect(client.send(new DescribeSecurityGroupsCommand({}))).rejects.toThrow(
    '`1:role/evil` is not the id of an account',
  );
  expect(sts.calls()).toHaveLength(0);
});

describe('the variables', () => {
  const read = (environment: Readonly<Record<string, string>>) => {
    const problems: string[] = [];
    return { members: readMemberAccounts(environment, problems), problems };
  };

  it('name the members, or nobody', () => {
    expect(read({ CENTRAL_ACCOUNT_ID: CENTRAL, MEMBER_ROLE_ARN: members.roleArn })).toEqual({ members, problems: [] });
    expect(read({ CENTRAL_ACCOUNT_ID: '', MEMBER_ROLE_ARN: '' })).toEqual({ members: undefined, problems: [] });
  });

  it('are refused, both at once, with what would be right', () => {
    expect(read({ CENTRAL_ACCOUNT_ID: '7', MEMBER_ROLE_ARN: 'arn:aws:iam::111122223333:role/x' }).problems).toEqual([
      expect.stringContaining('CENTRAL_ACCOUNT_ID is `7`: write the 12 digits'),
      expect.stringContaining('with {account} for its account'),
    ]);
  });
});

it('the role of an account is told without assuming it', () => {
  expect(memberRoleArn(members, MEMBER)).toBe(`arn:aws:iam::${MEMBER}:role/portcullis-member-config-remediator`);
  expect([memberRoleArn(members, CENTRAL), memberRoleArn(members, null), memberRoleArn(undefined, MEMBER)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

/** The accounts of an organization that are guarded from one of them: each by a role in it, which is assumed when an event comes from there. */
import type { RoleCredentials } from './assume-role.js';

/** How the accounts of an organization are reached. */
export interface MemberAccounts {
  /** The account that the functions run in: it is reached without assuming a role. */
  readonly centralAccountId: string;
  /** The role in each other account: an ARN with `{account}` in the place of the account's id. */
  readonly roleArn: string;
}

const PLACEHOLDER = '{account}';

/**
 * Reads the two variables that name them; `undefined` where neither is set, and only the functions' own account is guarded. What is wrong is added to
 * the problems.
 */
export function readMemberAccounts(
  { CENTRAL_ACCOUNT_ID, MEMBER_ROLE_ARN }: Readonly<Record<string, string | undefined>>,
  problems: string[],
): MemberAccounts | undefined {
  const [centralAccountId, roleArn] = [CENTRAL_ACCOUNT_ID ?? '', MEMBER_ROLE_ARN ?? ''];
  if (centralAccountId === '' && roleArn === '') return undefined;
  if (!ACCOUNT_ID.test(centralAccountId))
    problems.push(
      `CENTRAL_ACCOUNT_ID is \`${centralAccountId}\`: write the 12 digits of the account that this function runs in`,
    );
  if (!ROLE_ARN.test(roleArn))
    problems.push(
      `MEMBER_ROLE_ARN is \`${roleArn}\`: write the ARN of a role with {account} for its account, \`arn:<partition>:iam::{account}:role/<path and name>\``,
    );
  return { centralAccountId, roleArn };
}

const ACCOUNT_ID = /^\d{12}$/;
const ROLE_ARN = /^arn:[^:]+:iam::\{account\}:role\/.+$/;

/** Returns the ARN of the role in an account; `undefined` where none is to be assumed. */
export function memberRoleArn(members: MemberAccounts | undefined, accountId: string | null): string | undefined {
  if (members === undefined || accountId === null || accountId === members.centralAccountId) return undefined;
  return members.roleArn.replace(PLACEHOLDER, accountId);
}

/**
 * Returns what opens the clients of an account, once for each: the SDK keeps the credentials that it was given, and asks for new ones when these are
 * about to expire. An account that is not named, or is no member, is the functions' own.
 *
 * @param open opens the clients with the credentials, or with the function's own.
 */
export function perAccount<T>(
  members: MemberAccounts | undefined,
  open: (credentials?: () => Promise<RoleCredentials>) => T,
): (accountId: string | null) => T {
  const opened = new Map<string, T>();
  return (accountId) => {
    const roleArn = memberRoleArn(members, accountId);
    const key = roleArn ?? '';
    let clients = opened.get(key);
    if (clients === undefined) {
      clients = open(roleArn === undefined ? undefined : () => assume(roleArn, accountId ?? ''));
      opened.set(key, clients);
    }
    return clients;
  };
}

/** A bundle of its own: it is loaded by those who guard other accounts. */
async function assume(roleArn: string, accountId: string): Promise<RoleCredentials> {
  // The id comes with an event: it is not to say more than which account.
  if (!ACCOUNT_ID.test(accountId)) throw new Error(`\`${accountId.slice(0, 20)}\` is not the id of an account`);
  return (await import('./assume-role.js')).assumeRole(roleArn);
}

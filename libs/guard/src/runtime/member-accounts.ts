/** Reads which accounts the function guards: its own account, and the members of an organization. */
import type { RoleCredentials } from './assume-role.js';
import { nonEmptyVariable } from './sink-settings.js';

/** The accounts that this function guards. */
export interface GuardedAccounts {
  /** The account that the function runs in. If `undefined`, every event counts as an event of the function's own account. */
  readonly own: string | undefined;
  /**
   * The ARN of the role to assume in a member account, with `{account}` in place of the account id. If `undefined`, the function guards
   * only its own account.
   */
  readonly memberRoleArn: string | undefined;
  /** The path of the file that says which accounts are members. @default `members.json` beside the function's code */
  readonly membersPath: string | undefined;
}

const PLACEHOLDER = '{account}';
const ACCOUNT_ID = /^\d{12}$/;
const ROLE_ARN = /^arn:[^:]+:iam::\{account\}:role\/.+$/;

/** Reads the environment variables that name the accounts. Adds problems to `problems`. */
export function readMemberAccountVariables(
  { CENTRAL_ACCOUNT_ID, MEMBER_ROLE_ARN, MEMBERS_PATH }: Readonly<Record<string, string | undefined>>,
  problems: string[],
): GuardedAccounts {
  const [own, memberRoleArn] = [nonEmptyVariable(CENTRAL_ACCOUNT_ID), nonEmptyVariable(MEMBER_ROLE_ARN)];
  if (own === undefined ? memberRoleArn !== undefined : !ACCOUNT_ID.test(own))
    problems.push(`CENTRAL_ACCOUNT_ID is \`${own ?? ''}\`: write the 12 digits of the account that this function runs in`);
  if (memberRoleArn !== undefined && !ROLE_ARN.test(memberRoleArn))
    problems.push(
      `MEMBER_ROLE_ARN is \`${memberRoleArn}\`: write the ARN of a role with {account} in place of the account id, \`arn:<partition>:iam::{account}:role/<path and name>\``,
    );
  return { own, memberRoleArn, membersPath: nonEmptyVariable(MEMBERS_PATH) };
}

/** The member accounts: only the listed accounts, or every account of the organization except the listed accounts. */
export type MemberAccounts = { readonly only: ReadonlySet<string> } | { readonly except: ReadonlySet<string> };

/**
 * Parses the text of `members.json`: a JSON list of account ids, or `{"except": […]}` with the ids of the accounts that are not members.
 * The list is in a file because 300 ids do not fit into the 4 KB of a function's environment:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
 *
 * @throws {Error} if the text has another form.
 */
export function parseMemberAccounts(text: string): MemberAccounts {
  const data: unknown = JSON.parse(text);
  const isOpen = typeof data === 'object' && data !== null && 'except' in data;
  const ids = isOpen ? data.except : data;
  const isId = (id: unknown): id is string => typeof id === 'string' && ACCOUNT_ID.test(id);
  if (!Array.isArray(ids) || !ids.every(isId))
    throw new Error('members.json: expected a list of 12-digit account ids, or `{"except": […]}` with such a list');
  return isOpen ? { except: new Set(ids) } : { only: new Set(ids) };
}

function isMemberAccount(accountId: string, members: MemberAccounts): boolean {
  return 'only' in members ? members.only.has(accountId) : ACCOUNT_ID.test(accountId) && !members.except.has(accountId);
}

/**
 * Returns a function that returns the SDK clients of an account, or `undefined` for an account that is not guarded. Opens the clients of
 * each account once. The SDK renews the credentials before they expire. The account `null` stands for the function's own account. An event
 * can come from an account that is not guarded, because an AWS Config rule of any account is allowed to invoke the function.
 *
 * @param open opens the clients with the given credentials, or with the function's own credentials.
 */
export function clientsPerAccount<T>(
  { own, memberRoleArn }: GuardedAccounts,
  members: MemberAccounts,
  open: (credentials?: () => Promise<RoleCredentials>) => T,
): (accountId: string | null) => T | undefined {
  const opened = new Map<string, T>();
  return (accountId) => {
    const isOwn = accountId === null || accountId === own || own === undefined;
    if (!isOwn && (memberRoleArn === undefined || !isMemberAccount(accountId, members))) return undefined;
    const roleArn = isOwn ? undefined : memberRoleArn?.replace(PLACEHOLDER, accountId);
    const key = roleArn ?? '';
    let clients = opened.get(key);
    if (clients === undefined) {
      // The code that assumes a role is a separate bundle, because only functions that guard other accounts need the code.
      const assume = async (arn: string): Promise<RoleCredentials> => (await import('./assume-role.js')).assumeMemberRole(arn);
      clients = open(roleArn === undefined ? undefined : () => assume(roleArn));
      opened.set(key, clients);
    }
    return clients;
  };
}

/** The part of an SDK client that gets its credentials. */
export interface CredentialedClient {
  readonly config: { credentials(): Promise<unknown> };
}

/**
 * Resolves to whether the account of this client is a member. An account that `members.json` lists as a member needs no check. If
 * `members.json` lists only exceptions, an account is a member if IAM lets the function assume the role in that account. The role's trust
 * policy must name this function, and IAM refuses roles of other organizations. A refusal is not an error, so that accounts outside the
 * organization cannot cause retries and alarms.
 *
 * @throws any other error of STS, after which a retry may succeed.
 */
export async function isClientOfMemberAccount(members: MemberAccounts, client: CredentialedClient): Promise<boolean> {
  if ('only' in members) return true;
  try {
    // The SDK caches these credentials for the client's later calls.
    await client.config.credentials();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDenied') return false;
    throw error;
  }
}

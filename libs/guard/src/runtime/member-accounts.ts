/** Reads the guarded accounts: the function's own account, and the members of an organization. */
import type { RoleCredentials } from './assume-role.js';
import { nonEmptyVariable } from './sink-settings.js';

/** The accounts that this function guards. */
export interface GuardedAccounts {
  /** The account that the function runs in. If `undefined`, the account is unknown, and every event's account counts as its own. */
  readonly own: string | undefined;
  /** The ARN of the role in each member account, with `{account}` in place of the account id. If `undefined`, there are no members. */
  readonly memberRoleArn: string | undefined;
  /** The file that says which accounts are members. @default `members.json` beside the function's code */
  readonly membersPath: string | undefined;
}

const PLACEHOLDER = '{account}';
const ACCOUNT_ID = /^\d{12}$/;
const ROLE_ARN = /^arn:[^:]+:iam::\{account\}:role\/.+$/;

/** Reads the environment variables that name the accounts. Adds problems to `problems`. */
export function readGuardedAccounts(
  { CENTRAL_ACCOUNT_ID, MEMBER_ROLE_ARN, MEMBERS_PATH }: Readonly<Record<string, string | undefined>>,
  problems: string[],
): GuardedAccounts {
  const [own, memberRoleArn] = [nonEmptyVariable(CENTRAL_ACCOUNT_ID), nonEmptyVariable(MEMBER_ROLE_ARN)];
  if (own === undefined ? memberRoleArn !== undefined : !ACCOUNT_ID.test(own))
    problems.push(`CENTRAL_ACCOUNT_ID is \`${own ?? ''}\`: write the 12 digits of the account that this function runs in`);
  if (memberRoleArn !== undefined && !ROLE_ARN.test(memberRoleArn))
    problems.push(
      `MEMBER_ROLE_ARN is \`${memberRoleArn}\`: write the ARN of a role with {account} for its account, \`arn:<partition>:iam::{account}:role/<path and name>\``,
    );
  return { own, memberRoleArn, membersPath: nonEmptyVariable(MEMBERS_PATH) };
}

/** The members: only these accounts, or every account of the organization except these. */
export type MemberAccounts = { readonly only: ReadonlySet<string> } | { readonly except: ReadonlySet<string> };

/**
 * Returns the members in the text of `members.json`: a JSON list of account ids, or `{"except": […]}` with such a list. The list is a file
 * because 300 ids do not fit into the 4 KB of a function's environment:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
 *
 * @throws {Error} if the text is neither.
 */
export function parseMemberAccounts(text: string): MemberAccounts {
  const data: unknown = JSON.parse(text);
  const isOpen = typeof data === 'object' && data !== null && 'except' in data;
  const ids = isOpen ? data.except : data;
  const isId = (id: unknown): id is string => typeof id === 'string' && ACCOUNT_ID.test(id);
  if (!Array.isArray(ids) || !ids.every(isId))
    throw new Error('members.json is not a list of account ids of 12 digits, or `{"except": […]}` with such a list');
  return isOpen ? { except: new Set(ids) } : { only: new Set(ids) };
}

function isMemberAccount(accountId: string, members: MemberAccounts): boolean {
  return 'only' in members ? members.only.has(accountId) : ACCOUNT_ID.test(accountId) && !members.except.has(accountId);
}

/**
 * Returns a function that returns the clients of an account. The clients are opened once; the SDK renews their credentials before they
 * expire. An event without an account belongs to the function's own account. An account that is not guarded has no clients, so nothing is
 * read there. Events of such accounts happen: AWS Config invokes the function for every account of an organization, and another account's
 * rule may invoke it too.
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
      // This is a separate bundle, because only functions that guard other accounts need it.
      const assume = async (arn: string): Promise<RoleCredentials> => (await import('./assume-role.js')).assumeMemberRole(arn);
      clients = open(roleArn === undefined ? undefined : () => assume(roleArn));
      opened.set(key, clients);
    }
    return clients;
  };
}

/** An SDK client, as far as it gets its credentials. */
export interface CredentialedClient {
  readonly config: { credentials(): Promise<unknown> };
}

/**
 * Returns whether the function may assume its role in the account of this client. Listed members are admitted without a check. If every
 * account may be a member, a stranger's AWS Config rule can name any account. So only the role proves membership: its trust policy names
 * this function, and IAM refuses roles of other organizations. A refusal is no error, so that strangers cannot cause retries and alarms.
 *
 * @throws an error of STS other than a refusal, which a retry may solve.
 */
export async function isAdmittedToAccount(members: MemberAccounts, client: CredentialedClient): Promise<boolean> {
  if ('only' in members) return true;
  try {
    // The client keeps the credentials for its calls.
    await client.config.credentials();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDenied') return false;
    throw error;
  }
}

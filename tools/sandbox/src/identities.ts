import { createHash } from 'node:crypto';
import { partitionOf } from '@portcullis/cloudtrail';
import type { JsonObject } from './json.js';
import type { Place } from './mends/rule-responses.js';

/** Whoever makes a call, as a test or a reader names it. */
export interface CallerName {
  readonly kind: 'person' | 'function' | 'role' | 'unknown';
  /** User name, function name, `role/session`, or the access key of somebody unknown. */
  readonly name: string;
}

/** Keys for a client of the sandbox; structurally the SDK's `AwsCredentialIdentity`. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Who stands behind an access key. */
export interface Identity {
  readonly caller: CallerName;
  /** `arn:PARTITION:iam::ACCOUNT:user/bob` or `arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  /** What STS calls the user id: `AIDA…`, or `AROA…:session`. */
  readonly userId: string;
  /** The `userIdentity` of a CloudTrail record. */
  readonly userIdentity: JsonObject;
}

export interface Role {
  /** With the role's path. */
  readonly arn: string;
  /** `AROA…` */
  readonly roleId: string;
}

/** What the local IAM knows of a key or a role that this sandbox did not hand out itself. */
export interface IdentitySource {
  /** As STS GetCallerIdentity answers that key; undefined when nobody has it. */
  callerOf(accessKeyId: string): Promise<{ readonly arn: string; readonly userId: string } | undefined>;
  role(roleName: string): Promise<Role | undefined>;
}

export interface Identities {
  person(name: string): Credentials;
  /**
   * Keys of the function's execution role, as Lambda hands them to a function: the session is named after the function.
   */
  executionRole(functionName: string, roleArn: string): Promise<Credentials>;
  identify(accessKeyId: string | undefined): Promise<Identity>;
}

// Ids in AWS are letters and digits after a prefix that tells the kind: AIDA a user, AROA a role, AKIA a lasting key,
// ASIA a key of a session.
const idFor = (prefix: string, ...of: readonly string[]): string => {
  const digest = createHash('sha256').update(of.join('\0')).digest('hex').toUpperCase();
  return prefix + digest.replace(/[018]/g, 'X').slice(0, 20 - prefix.length);
};

const secretFor = (...of: readonly string[]): string =>
  createHash('sha256')
    .update(`secret\0${of.join('\0')}`)
    .digest('base64')
    .slice(0, 40);

const lastOf = (text: string, separator: string): string => text.slice(text.lastIndexOf(separator) + 1);

const userIdentity = (
  caller: CallerName,
  arn: string,
  userId: string,
  accountId: string,
  accessKeyId: string,
): Identity => ({
  caller,
  arn,
  userId,
  userIdentity: { type: 'IAMUser', principalId: userId, arn, accountId, accessKeyId, userName: lastOf(arn, '/') },
});

const sessionIdentity = (
  caller: CallerName,
  role: Role,
  session: string,
  accountId: string,
  accessKeyId: string,
): Identity => {
  const roleName = lastOf(role.arn, '/');
  // An assumed role's ARN is of STS and leaves the role's path out; the issuer's has it.
  const [, partition = ''] = role.arn.split(':');
  const arn = `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${session}`;
  const userId = `${role.roleId}:${session}`;
  return {
    caller,
    arn,
    userId,
    userIdentity: {
      type: 'AssumedRole',
      principalId: userId,
      arn,
      accountId,
      accessKeyId,
      sessionContext: {
        sessionIssuer: { type: 'Role', principalId: role.roleId, arn: role.arn, accountId, userName: roleName },
        webIdFederationData: {},
        attributes: { creationDate: `${new Date().toISOString().slice(0, 19)}Z`, mfaAuthenticated: 'false' },
      },
    },
  };
};

/** Keeps who stands behind which access key of the account. */
export const createIdentities = ({ accountId, region }: Place, source: IdentitySource): Identities => {
  const iamArn = (resource: string): string => `arn:${partitionOf(region).name}:iam::${accountId}:${resource}`;
  const known = new Map<string, Identity>();

  const roleOf = async (roleArn: string): Promise<Role> =>
    (await source.role(lastOf(roleArn, '/'))) ?? { arn: roleArn, roleId: idFor('AROA', roleArn) };

  const lookUp = async (accessKeyId: string): Promise<Identity> => {
    const found = await source.callerOf(accessKeyId);
    const session = /:assumed-role\/([^/]+)\/([^/]+)$/.exec(found?.arn ?? '');
    if (found !== undefined && session !== null) {
      const [, roleName = '', name = ''] = session;
      const role = (await source.role(roleName)) ?? {
        arn: iamArn(`role/${roleName}`),
        roleId: found.userId.split(':')[0] ?? '',
      };
      return sessionIdentity({ kind: 'role', name: `${roleName}/${name}` }, role, name, accountId, accessKeyId);
    }
    if (found !== undefined)
      return userIdentity(
        { kind: 'person', name: lastOf(found.arn, '/') },
        found.arn,
        found.userId,
        accountId,
        accessKeyId,
      );
    return userIdentity(
      { kind: 'unknown', name: accessKeyId },
      iamArn(`user/${accessKeyId}`),
      idFor('AIDA', accessKeyId),
      accountId,
      accessKeyId,
    );
  };

  return {
    person: (name) => {
      const accessKeyId = idFor('AKIA', 'person', name);
      const arn = iamArn(`user/${name}`);
      known.set(
        accessKeyId,
        userIdentity({ kind: 'person', name }, arn, idFor('AIDA', 'person', name), accountId, accessKeyId),
      );
      return { accessKeyId, secretAccessKey: secretFor('person', name) };
    },
    executionRole: async (functionName, roleArn) => {
      const accessKeyId = idFor('ASIA', 'function', functionName, roleArn);
      const role = await roleOf(roleArn);
      known.set(
        accessKeyId,
        sessionIdentity({ kind: 'function', name: functionName }, role, functionName, accountId, accessKeyId),
      );
      return {
        accessKeyId,
        secretAccessKey: secretFor('function', functionName, roleArn),
        sessionToken: secretFor('session', functionName, roleArn),
      };
    },
    identify: async (accessKeyId) => {
      const key = accessKeyId ?? 'unsigned';
      const identity = known.get(key) ?? (await lookUp(key));
      known.set(key, identity);
      return identity;
    },
  };
};

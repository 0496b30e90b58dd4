/** Creates access keys, and finds the identity to which an access key belongs. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.js';

/** The caller of an AWS call, with a name that the output shows. */
export interface CallerName {
  readonly kind: 'person' | 'function' | 'role' | 'unknown';
  /** The name of the user or the function, or `role/session`. If the caller is unknown, the name is the access key. */
  readonly name: string;
}

/** An access key, in the form of the SDK's `AwsCredentialIdentity`. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Identity {
  readonly caller: CallerName;
  readonly accountId: string;
  /** `arn:aws:iam::ACCOUNT:user/bob` or `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  /** The `UserId` of STS: `AIDA…`, or `AROA…:session`. */
  readonly userId: string;
  /** For a role session, the ARN of the role, including the role's path. */
  readonly roleArn?: string;
  /** The `userIdentity` of CloudTrail records for calls of this identity. */
  readonly userIdentity: JsonObject;
}

/**
 * Creates access keys, and finds the owner of each key. A key consists of `AKIA` or `ASIA`, the account id, and four characters. moto reads
 * the account id from the key.
 */
export class Identities {
  private readonly keys = new Map<string, string>();
  private readonly known = new Map<string, Identity>();

  constructor(private readonly partition: string) {}

  /** Returns the access key of an IAM user. Every call for the same user returns the same key. */
  person(name: string, accountId: string): Credentials {
    const accessKeyId = this.keyFor('AKIA', accountId, `person ${name}`);
    const arn = `arn:${this.partition}:iam::${accountId}:user/${name}`;
    this.known.set(accessKeyId, iamUserIdentity('person', arn, iamUniqueId('AIDA', `${accountId}\0${name}`), accountId, accessKeyId));
    return { accessKeyId, secretAccessKey: derivedSecretKey(accessKeyId) };
  }

  /** Returns the access key of a role session. If the role is the execution role of a function, `caller` names the function. */
  session(
    roleArn: string,
    name: string,
    caller: CallerName = { kind: 'role', name: `${simulatedRoleName(roleArn)}/${name}` },
  ): Credentials {
    const accountId = roleArn.split(':')[4] ?? '';
    const accessKeyId = this.keyFor('ASIA', accountId, `session ${roleArn} ${name} ${caller.kind}`);
    const roleName = simulatedRoleName(roleArn);
    // The ARN of the session is an STS ARN, and does not contain the role's path. `sessionIssuer` contains the ARN of the role with the
    // path.
    const arn = `arn:${this.partition}:sts::${accountId}:assumed-role/${roleName}/${name}`;
    const roleId = iamUniqueId('AROA', roleArn);
    const userId = `${roleId}:${name}`;
    const sessionContext = {
      sessionIssuer: { type: 'Role', principalId: roleId, arn: roleArn, accountId, userName: roleName },
      webIdFederationData: {},
      attributes: { creationDate: `${new Date().toISOString().slice(0, 19)}Z`, mfaAuthenticated: 'false' },
    };
    const userIdentity = { type: 'AssumedRole', principalId: userId, arn, accountId, accessKeyId, sessionContext };
    this.known.set(accessKeyId, { caller, accountId, arn, userId, roleArn, userIdentity });
    return { accessKeyId, secretAccessKey: derivedSecretKey(accessKeyId), sessionToken: derivedSecretKey(`token ${accessKeyId}`) };
  }

  /** @param owner the IAM user for whom moto created the key; null if moto did not create the key */
  identify(accessKeyId: string, accountId: string, owner: { readonly arn: string; readonly userId: string } | null): Identity {
    const known = this.known.get(accessKeyId);
    if (known !== undefined) return known;
    if (owner !== null) return iamUserIdentity('person', owner.arn, owner.userId, accountId, accessKeyId);
    const arn = `arn:${this.partition}:iam::${accountId}:user/${accessKeyId}`;
    return iamUserIdentity('unknown', arn, iamUniqueId('AIDA', accessKeyId), accountId, accessKeyId);
  }

  private keyFor(prefix: string, accountId: string, whose: string): string {
    const holder = `${accountId} ${whose}`;
    const key = this.keys.get(holder) ?? `${prefix}${accountId}${this.keys.size.toString(36).toUpperCase().padStart(4, '0')}`;
    this.keys.set(holder, key);
    return key;
  }
}

function iamUserIdentity(kind: CallerName['kind'], arn: string, userId: string, accountId: string, accessKeyId: string): Identity {
  const userName = simulatedRoleName(arn);
  const userIdentity = { type: 'IAMUser', principalId: userId, arn, accountId, accessKeyId, userName };
  return { caller: { kind, name: userName }, accountId, arn, userId, userIdentity };
}

// Returns the unique id of a user (prefix AIDA) or a role (prefix AROA).
function iamUniqueId(prefix: string, of: string): string {
  return prefix + createHash('sha256').update(of).digest('hex').toUpperCase().replace(/[018]/g, 'X').slice(0, 16);
}

function derivedSecretKey(of: string): string {
  return createHash('sha256').update(of).digest('base64').slice(0, 40);
}

function simulatedRoleName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

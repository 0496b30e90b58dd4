import { cloudTrailField, cloudTrailText, type Located } from './located.js';

/**
 * The caller. A field is `null` if the record lacks the value. For example, a service has no ARN, an IAM Identity Center user has no
 * principal id, and the root user has no name.
 */
export interface Actor {
  /** `IAMUser`, `AssumedRole`, `Root`, `FederatedUser`, `AWSService`, `AWSAccount`, `IdentityCenterUser`, … */
  readonly type: string | null;
  /**
   * The ARN of the caller. For an assumed role, this is an STS ARN, which lacks the path of the role. To identify a role, compare
   * `issuerArn`.
   */
  readonly arn: string | null;
  /** The ARN, including the path, of the role or user that issued the session. */
  readonly issuerArn: string | null;
  /** The account of the identity, which can differ from the account of the call. */
  readonly accountId: string | null;
  readonly principalId: string | null;
  readonly accessKeyId: string | null;
  /** The name of the user. For a session, the name of the role or user that issued the session. */
  readonly userName: string | null;
  /** The name of the session. The caller who assumed the role chose this name, so the name proves nothing. */
  readonly sessionName: string | null;
  /** The source identity of the session. A caller who assumes another role keeps the same source identity. */
  readonly sourceIdentity: string | null;
  /** The id of the IAM Identity Center user on whose behalf the call was made. */
  readonly onBehalfOf: string | null;
  /** The AWS service that made the call on behalf of the identity. */
  readonly invokedBy: string | null;
  /** As recorded: an IP address, the name of a service such as `cloudformation.amazonaws.com`, or `AWS Internal`. */
  readonly sourceIp: string | null;
  /** The caller chose this text, so the text proves nothing. */
  readonly userAgent: string | null;
  /** Whether the session was started in the AWS console. Null in most records, because they do not contain this information. */
  readonly fromConsole: boolean | null;
  readonly mfa: boolean;
}

/**
 * Returns the actor of a record. Never fails: a missing or unreadable field is `null`, except `mfa`, which is then `false`.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html sessionCredentialFromConsole
 */
export function readActor(record: Located): Actor {
  const identity = cloudTrailField(record, 'userIdentity');
  const session = cloudTrailField(identity, 'sessionContext');
  const issuer = cloudTrailField(session, 'sessionIssuer');
  const type = cloudTrailText(cloudTrailField(identity, 'type'));
  const arn = cloudTrailText(cloudTrailField(identity, 'arn'));
  const principalId = cloudTrailText(cloudTrailField(identity, 'principalId'));
  const fromConsole = cloudTrailText(cloudTrailField(record, 'sessionCredentialFromConsole'));
  return {
    type,
    arn,
    issuerArn: cloudTrailText(cloudTrailField(issuer, 'arn')),
    accountId: cloudTrailText(cloudTrailField(identity, 'accountId')),
    principalId,
    accessKeyId: cloudTrailText(cloudTrailField(identity, 'accessKeyId')),
    userName: cloudTrailText(cloudTrailField(identity, 'userName')) ?? cloudTrailText(cloudTrailField(issuer, 'userName')),
    sessionName: actorSessionName(type, arn, principalId),
    sourceIdentity: cloudTrailText(cloudTrailField(session, 'sourceIdentity')),
    onBehalfOf: cloudTrailText(cloudTrailField(cloudTrailField(identity, 'onBehalfOf'), 'userId')),
    invokedBy: cloudTrailText(cloudTrailField(identity, 'invokedBy')),
    sourceIp: cloudTrailText(cloudTrailField(record, 'sourceIPAddress')),
    userAgent: cloudTrailText(cloudTrailField(record, 'userAgent')),
    fromConsole: fromConsole === null ? null : fromConsole === 'true',
    mfa: cloudTrailText(cloudTrailField(cloudTrailField(session, 'attributes'), 'mfaAuthenticated')) === 'true',
  };
}

/**
 * Reports whether a session of exactly this role made the call. Compares the ARN of the session's issuer, including the path. Ignores the
 * session name and the user agent, because the caller chooses both. Ignores the ARN of the session, because that ARN lacks the path of the
 * role.
 */
export function isActorRole(actor: Actor, roleArn: string): boolean {
  return actor.issuerArn === roleArn;
}

const SESSION_ARN = /^arn:[^:]*:sts::\d*:(?:assumed-role\/[^/]+|federated-user)\/(.+)$/;

function actorSessionName(type: string | null, arn: string | null, principalId: string | null): string | null {
  const fromArn = SESSION_ARN.exec(arn ?? '')?.[1];
  if (fromArn !== undefined) return fromArn;
  // The principal id of an assumed role is `AROA…:` and the session name.
  return type === 'AssumedRole' ? (/:(.*)$/s.exec(principalId ?? '')?.[1] ?? null) : null;
}

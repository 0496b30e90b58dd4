import { recordField, recordedText, type Located } from './located.js';

/**
 * The caller. A field is `null` if the record does not have it. For example, a service has no ARN, an IAM Identity Center user has no
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
  /** The ARN, including its path, of the role or user that issued the session. */
  readonly issuerArn: string | null;
  /** The account of the identity, which can differ from the account of the call. */
  readonly accountId: string | null;
  readonly principalId: string | null;
  readonly accessKeyId: string | null;
  /** The name of the user, or of the role or user that issued the session. */
  readonly userName: string | null;
  /** The caller who assumed the role chose this name, so the name proves nothing. */
  readonly sessionName: string | null;
  /** Set when the session started. If the session then assumes another role, the new session keeps this value. */
  readonly sourceIdentity: string | null;
  /** The id of the IAM Identity Center user on whose behalf the call was made. */
  readonly onBehalfOf: string | null;
  /** The service that made the call on behalf of the identity. The identity is still the actor. */
  readonly invokedBy: string | null;
  /** As recorded: an IP address, the name of a service such as `cloudformation.amazonaws.com`, or `AWS Internal`. */
  readonly sourceIp: string | null;
  /** The client chose this text, so the text proves nothing. */
  readonly userAgent: string | null;
  /** Whether the session was started in the AWS console. Most records do not contain this field. */
  readonly fromConsole: boolean | null;
  readonly mfa: boolean;
}

/**
 * Returns the actor of a record. Never fails: if a field is missing or unreadable, its value is `null`, and the value of `mfa` is `false`.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html sessionCredentialFromConsole
 */
export function readActor(record: Located): Actor {
  const identity = recordField(record, 'userIdentity');
  const session = recordField(identity, 'sessionContext');
  const issuer = recordField(session, 'sessionIssuer');
  const type = recordedText(recordField(identity, 'type'));
  const arn = recordedText(recordField(identity, 'arn'));
  const principalId = recordedText(recordField(identity, 'principalId'));
  const fromConsole = recordedText(recordField(record, 'sessionCredentialFromConsole'));
  return {
    type,
    arn,
    issuerArn: recordedText(recordField(issuer, 'arn')),
    accountId: recordedText(recordField(identity, 'accountId')),
    principalId,
    accessKeyId: recordedText(recordField(identity, 'accessKeyId')),
    userName: recordedText(recordField(identity, 'userName')) ?? recordedText(recordField(issuer, 'userName')),
    sessionName: actorSessionName(type, arn, principalId),
    sourceIdentity: recordedText(recordField(session, 'sourceIdentity')),
    onBehalfOf: recordedText(recordField(recordField(identity, 'onBehalfOf'), 'userId')),
    invokedBy: recordedText(recordField(identity, 'invokedBy')),
    sourceIp: recordedText(recordField(record, 'sourceIPAddress')),
    userAgent: recordedText(recordField(record, 'userAgent')),
    fromConsole: fromConsole === null ? null : fromConsole === 'true',
    mfa: recordedText(recordField(recordField(session, 'attributes'), 'mfaAuthenticated')) === 'true',
  };
}

/**
 * Reports whether a session of exactly this role made the call. Compares the ARN of the session's issuer, including the path. Ignores the
 * session name and the user agent, because the actor chooses them. Also ignores the actor's own ARN, because that ARN lacks the path of the
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

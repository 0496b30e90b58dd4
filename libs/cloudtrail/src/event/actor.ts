import { recordField, recordedText, type Located } from './located.js';

/**
 * The caller. Fields that the record does not have are `null`: services have no ARN, IAM Identity Center users have no principal, and the
 * root user has no name.
 */
export interface Actor {
  /** `IAMUser`, `AssumedRole`, `Root`, `FederatedUser`, `AWSService`, `AWSAccount`, `IdentityCenterUser`, … */
  readonly type: string | null;
  /** The ARN of the caller. For an assumed role, it is an STS ARN without the path of the role: compare `issuerArn` instead. */
  readonly arn: string | null;
  /** The ARN, including the path, of the assumed role or the federated user. */
  readonly issuerArn: string | null;
  /** The account of the identity. It may differ from the account of the call. */
  readonly accountId: string | null;
  readonly principalId: string | null;
  readonly accessKeyId: string | null;
  /** The name of the user, or of the role or user that issued the session. */
  readonly userName: string | null;
  /** Chosen by the caller who assumed the role, so it proves nothing. */
  readonly sessionName: string | null;
  /** Set when the session started. Roles that the session assumes later keep it. */
  readonly sourceIdentity: string | null;
  /** The IAM Identity Center user behind the call. */
  readonly onBehalfOf: string | null;
  /** The service that made the call on behalf of the identity. The identity is still the actor. */
  readonly invokedBy: string | null;
  /** As recorded: an address, the name of a service such as `cloudformation.amazonaws.com`, or `AWS Internal`. */
  readonly sourceIp: string | null;
  /** Chosen by the client, so it proves nothing. */
  readonly userAgent: string | null;
  /** Whether the session was started in the AWS console. Most records do not contain this field. */
  readonly fromConsole: boolean | null;
  readonly mfa: boolean;
}

/**
 * Reads the actor of a record. Never fails: a missing or unreadable field is `null`, or `false` for `mfa`.
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
 * Reports whether the call was made in a session of exactly this role. It compares the ARN of the session's issuer, including the path. It
 * ignores the session name and the user agent, because the actor chooses them, and the actor's own ARN, because it has no path.
 */
export function isActorRole(actor: Actor, roleArn: string): boolean {
  return actor.issuerArn === roleArn;
}

const SESSION_ARN = /^arn:[^:]*:sts::\d*:(?:assumed-role\/[^/]+|federated-user)\/(.+)$/;

function actorSessionName(type: string | null, arn: string | null, principalId: string | null): string | null {
  const fromArn = SESSION_ARN.exec(arn ?? '')?.[1];
  if (fromArn !== undefined) return fromArn;
  // The principal of an assumed role is `AROA…:session`.
  return type === 'AssumedRole' ? (/:(.*)$/s.exec(principalId ?? '')?.[1] ?? null) : null;
}

/** Who made a call, as CloudTrail's `userIdentity` and its neighbours in the record tell it. */
import { at, textOf, type Located } from './located.js';

/** What the record does not have is `null`: services have no ARN, IAM Identity Center users no principal, the root user no name. */
export interface Actor {
  /** `IAMUser`, `AssumedRole`, `Root`, `FederatedUser`, `AWSService`, `AWSAccount`, `IdentityCenterUser`, … */
  readonly type: string | null;
  /** Of an assumed role this is an STS ARN, without the role's path: compare `issuerArn` instead. */
  readonly arn: string | null;
  /** The ARN, with its path, of the role that was assumed or of the user that federated. */
  readonly issuerArn: string | null;
  /** The account of the identity, which is not always the account the call was made in. */
  readonly accountId: string | null;
  readonly principalId: string | null;
  readonly accessKeyId: string | null;
  /** The user's name, or the name of the role or user that issued the session. */
  readonly userName: string | null;
  /** Chosen by whoever assumed the role: it tells, it does not prove. */
  readonly sessionName: string | null;
  /** Set when the session began and kept by every role it went on to assume. */
  readonly sourceIdentity: string | null;
  /** The IAM Identity Center user the call was made for. */
  readonly onBehalfOf: string | null;
  /** The service that made the call for the identity: the identity is still the actor. */
  readonly invokedBy: string | null;
  /** As recorded: an address, the name of a service such as `cloudformation.amazonaws.com`, or `AWS Internal`. */
  readonly sourceIp: string | null;
  /** Chosen by the client. */
  readonly userAgent: string | null;
  /** Whether the session was begun in the AWS console; CloudTrail leaves it out of most records. */
  readonly fromConsole: boolean | null;
  readonly mfa: boolean;
}

/**
 * Reads the actor of a record. Never fails: whatever is missing or unreadable is `null`, and `mfa` is `false`.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function readActor(record: Located): Actor {
  const identity = at(record, 'userIdentity');
  const session = at(identity, 'sessionContext');
  const issuer = at(session, 'sessionIssuer');
  const type = textOf(at(identity, 'type'));
  const arn = textOf(at(identity, 'arn'));
  const principalId = textOf(at(identity, 'principalId'));
  return {
    type,
    arn,
    issuerArn: textOf(at(issuer, 'arn')),
    accountId: textOf(at(identity, 'accountId')),
    principalId,
    accessKeyId: textOf(at(identity, 'accessKeyId')),
    userName: textOf(at(identity, 'userName')) ?? textOf(at(issuer, 'userName')),
    sessionName: sessionNameOf(type, arn, principalId),
    sourceIdentity: textOf(at(session, 'sourceIdentity')),
    onBehalfOf: textOf(at(at(identity, 'onBehalfOf'), 'userId')),
    invokedBy: textOf(at(identity, 'invokedBy')),
    sourceIp: textOf(at(record, 'sourceIPAddress')),
    userAgent: textOf(at(record, 'userAgent')),
    fromConsole: flagOf(at(record, 'sessionCredentialFromConsole')),
    mfa: textOf(at(at(session, 'attributes'), 'mfaAuthenticated')) === 'true',
  };
}

/**
 * Returns the flag of a record, which is text; null where the record has none.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html sessionCredentialFromConsole
 */
function flagOf(field: Located): boolean | null {
  const text = textOf(field);
  return text === null ? null : text === 'true';
}

/**
 * Reports whether the call was made in a session of exactly this role. The role ARN is compared with the session issuer's, path
 * included: the actor's own ARN has lost the path, and session name and user agent are whatever the caller wants them to be.
 */
export function isActorRole(actor: Actor, roleArn: string): boolean {
  return actor.issuerArn === roleArn;
}

const SESSION_ARN = /^arn:[^:]*:sts::\d*:(?:assumed-role\/[^/]+|federated-user)\/(.+)$/;

function sessionNameOf(type: string | null, arn: string | null, principalId: string | null): string | null {
  const fromArn = arn === null ? undefined : SESSION_ARN.exec(arn)?.[1];
  if (fromArn !== undefined) return fromArn;
  // The principal of an assumed role is `AROA…:session`.
  const colon = type === 'AssumedRole' && principalId !== null ? principalId.indexOf(':') : -1;
  return principalId !== null && colon !== -1 ? principalId.slice(colon + 1) : null;
}

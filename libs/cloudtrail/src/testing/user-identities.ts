/**
 * One `userIdentity` of each type, with invented accounts and ids. Sources: the CloudTrail user guide, "CloudTrail userIdentity element",
 * and recorded sessions of EC2.
 */

const ACCOUNT = '111122223333';
const ACCESS_KEY = { accessKeyId: 'ASIAEXAMPLEEXAMPLE02' };
const NO_WEB_IDENTITY = { webIdFederationData: {} };
const NO_MFA = { creationDate: '2026-01-15T09:00:00Z', mfaAuthenticated: 'false' };

/** Returns the `sessionContext` of a session that a role or user issued. `resource` is the end of the issuer's ARN: `type/path/name`. */
function issuedBy(type: 'Role' | 'IAMUser', principalId: string, resource: string): object {
  const issuer = {
    type,
    principalId,
    arn: `arn:aws:iam::${ACCOUNT}:${resource}`,
    accountId: ACCOUNT,
    userName: resource.split('/').at(-1),
  };
  return { sessionIssuer: issuer, attributes: NO_MFA };
}

/** Returns the identity of a session of a role. The ARN of the session does not contain the path of the role. */
function assumedRole(principal: string, sessionName: string, resource: string) {
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${String(resource.split('/').at(-1))}/${sessionName}`;
  const sessionContext = issuedBy('Role', principal, resource);
  return { type: 'AssumedRole', principalId: `${principal}:${sessionName}`, arn, accountId: ACCOUNT, sessionContext };
}

/** An IAM user with a long-lived key and no session. */
export const iamUser = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLEEXAMPLE001',
  arn: `arn:aws:iam::${ACCOUNT}:user/staff/bob`,
  accountId: ACCOUNT,
  accessKeyId: 'AKIAEXAMPLEEXAMPLE01',
  userName: 'bob',
};

/** An IAM user who works in the AWS console. The session has no issuer, so `sessionIssuer` is empty. */
export const consoleUser = {
  ...iamUser,
  ...ACCESS_KEY,
  sessionContext: { sessionIssuer: {}, ...NO_WEB_IDENTITY, attributes: { ...NO_MFA, mfaAuthenticated: 'true' } },
};

const lambda = assumedRole('AROAEXAMPLEEXAMPLE002', 'config-remediator', 'role/portcullis/Remediator');
/** A Lambda function in a session of its role. The name of the session is the name of the function. */
export const functionRole = { ...lambda, ...ACCESS_KEY, sessionContext: { ...lambda.sessionContext, sourceIdentity: 'pipeline' } };

const SSO_ROLE = 'role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_NetworkAdmin_0123456789abcdef';
const sso = assumedRole('AROAEXAMPLEEXAMPLE003', 'ana@example.com', SSO_ROLE);
/** An IAM Identity Center user in a session of a permission set's role. The ARN of such a role has a path. */
export const permissionSet = { ...sso, ...ACCESS_KEY, sessionContext: { ...sso.sessionContext, ...NO_WEB_IDENTITY } };

const ELB_ROLE = 'role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing';
/** An AWS service in a session of its service-linked role. The record has no access key. */
export const serviceLinkedRole = {
  ...assumedRole('AROAEXAMPLEEXAMPLE004', 'LoadBalancing', ELB_ROLE),
  invokedBy: 'elasticloadbalancing.amazonaws.com',
};

/** An IAM user on whose behalf CloudFormation makes the call. */
export const throughService = { ...iamUser, invokedBy: 'cloudformation.amazonaws.com' };

/** The root user. The identity has no name, because the account has no alias. */
export const root = { type: 'Root', principalId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT };

/** A session that an IAM user created with GetFederationToken. */
export const federatedUser = {
  type: 'FederatedUser',
  principalId: `${ACCOUNT}:carol`,
  arn: `arn:aws:sts::${ACCOUNT}:federated-user/carol`,
  accountId: ACCOUNT,
  ...ACCESS_KEY,
  sessionContext: issuedBy('IAMUser', 'AIDAEXAMPLEEXAMPLE002', 'user/broker'),
};

/** An AWS service that makes a call on its own behalf. The identity has no ARN and no account. */
export const service = { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' };

/** A principal of another account. The record contains only the principal's id and account. */
export const otherAccount = { type: 'AWSAccount', principalId: 'AIDAEXAMPLEEXAMPLE003', accountId: '444455556666' };

const STORE = 'arn:aws:identitystore::111122223333:identitystore/d-0123456789';
/** An IAM Identity Center user without a role. The identity has neither an ARN nor a principal id. */
export const identityCenterUser = {
  type: 'IdentityCenterUser',
  accountId: ACCOUNT,
  onBehalfOf: { userId: '544894e8-80c1-707f-60e3-3ba6510dfac1', identityStoreArn: STORE },
  credentialId: 'EXAMPLE',
};

/** A user of a web identity provider. */
export const webIdentityUser = {
  type: 'WebIdentityUser',
  principalId: 'accounts.example.com:client-id:dave',
  userName: 'dave',
  identityProvider: 'accounts.example.com',
};

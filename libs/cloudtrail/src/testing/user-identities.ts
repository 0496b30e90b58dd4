/**
 * One `userIdentity` of each type, from the CloudTrail user guide, "CloudTrail userIdentity element", and from recorded sessions of EC2.
 * Accounts and ids are invented.
 */

const ACCOUNT = '111122223333';
const ACCESS_KEY = { accessKeyId: 'ASIAEXAMPLEEXAMPLE02' };
const NO_WEB_IDENTITY = { webIdFederationData: {} };
const NO_MFA = { creationDate: '2026-01-15T09:00:00Z', mfaAuthenticated: 'false' };

/** Returns a session that the role or user `type/path/name` issued. */
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

/** Returns a session of a role. The STS ARN does not have the path of the role. */
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

/** An IAM user in the console. The session has no issuer, so `sessionIssuer` is empty. */
export const consoleUser = {
  ...iamUser,
  ...ACCESS_KEY,
  sessionContext: { sessionIssuer: {}, ...NO_WEB_IDENTITY, attributes: { ...NO_MFA, mfaAuthenticated: 'true' } },
};

const lambda = assumedRole('AROAEXAMPLEEXAMPLE002', 'config-remediator', 'role/portcullis/Remediator');
/** A Lambda function in its role. The session has the name of the function. */
export const functionRole = { ...lambda, ...ACCESS_KEY, sessionContext: { ...lambda.sessionContext, sourceIdentity: 'pipeline' } };

const SSO_ROLE = 'role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_NetworkAdmin_0123456789abcdef';
const sso = assumedRole('AROAEXAMPLEEXAMPLE003', 'ana@example.com', SSO_ROLE);
/** An IAM Identity Center user with a permission set: a role whose ARN has a path. */
export const permissionSet = { ...sso, ...ACCESS_KEY, sessionContext: { ...sso.sessionContext, ...NO_WEB_IDENTITY } };

const ELB_ROLE = 'role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing';
/** A service-linked role, assumed by the service without an access key. */
export const serviceLinkedRole = {
  ...assumedRole('AROAEXAMPLEEXAMPLE004', 'LoadBalancing', ELB_ROLE),
  invokedBy: 'elasticloadbalancing.amazonaws.com',
};

/** CloudFormation acting for a user: the identity of the user, with the service in `invokedBy`. */
export const throughService = { ...iamUser, invokedBy: 'cloudformation.amazonaws.com' };

/** The root user. It has no name unless the account has an alias. */
export const root = { type: 'Root', principalId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT };

/** A session from GetFederationToken, issued by a user. */
export const federatedUser = {
  type: 'FederatedUser',
  principalId: `${ACCOUNT}:carol`,
  arn: `arn:aws:sts::${ACCOUNT}:federated-user/carol`,
  accountId: ACCOUNT,
  ...ACCESS_KEY,
  sessionContext: issuedBy('IAMUser', 'AIDAEXAMPLEEXAMPLE002', 'user/broker'),
};

/** A service acting for itself: no ARN and no account. */
export const service = { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' };

/** A principal of another account. The record contains nothing else about it. */
export const otherAccount = { type: 'AWSAccount', principalId: 'AIDAEXAMPLEEXAMPLE003', accountId: '444455556666' };

const STORE = 'arn:aws:identitystore::111122223333:identitystore/d-0123456789';
/** An IAM Identity Center user without a role: neither ARN nor principal. */
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

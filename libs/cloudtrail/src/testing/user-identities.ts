/**
 * One `userIdentity` of each type, from the CloudTrail user guide, "CloudTrail userIdentity element", and from recorded sessions of EC2.
 * Accounts and ids are invented.
 */

/** An IAM user with a long-lived key and no session. */
export const iamUser = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLEEXAMPLE001',
  arn: 'arn:aws:iam::111122223333:user/staff/bob',
  accountId: '111122223333',
  accessKeyId: 'AKIAEXAMPLEEXAMPLE01',
  userName: 'bob',
};

/** An IAM user in the console. The session has no issuer, so `sessionIssuer` is empty. */
export const consoleUser = {
  ...iamUser,
  accessKeyId: 'ASIAEXAMPLEEXAMPLE02',
  sessionContext: {
    sessionIssuer: {},
    webIdFederationData: {},
    attributes: { creationDate: '2026-01-15T08:00:00Z', mfaAuthenticated: 'true' },
  },
};

/** A Lambda function in its role. The session has the name of the function, and the STS ARN does not have the path of the role. */
export const functionRole = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEEXAMPLE002:config-remediator',
  arn: 'arn:aws:sts::111122223333:assumed-role/Remediator/config-remediator',
  accountId: '111122223333',
  accessKeyId: 'ASIAEXAMPLEEXAMPLE03',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLEEXAMPLE002',
      arn: 'arn:aws:iam::111122223333:role/portcullis/Remediator',
      accountId: '111122223333',
      userName: 'Remediator',
    },
    attributes: { creationDate: '2026-01-15T09:00:00Z', mfaAuthenticated: 'false' },
    sourceIdentity: 'pipeline',
  },
};

/** An IAM Identity Center user with a permission set: a role whose ARN has a path. */
export const permissionSet = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEEXAMPLE003:ana@example.com',
  arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_NetworkAdmin_0123456789abcdef/ana@example.com',
  accountId: '111122223333',
  accessKeyId: 'ASIAEXAMPLEEXAMPLE04',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLEEXAMPLE003',
      arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_NetworkAdmin_0123456789abcdef',
      accountId: '111122223333',
      userName: 'AWSReservedSSO_NetworkAdmin_0123456789abcdef',
    },
    webIdFederationData: {},
    attributes: { creationDate: '2026-01-15T08:00:00Z', mfaAuthenticated: 'false' },
  },
};

/** A service-linked role, assumed by the service without an access key. */
export const serviceLinkedRole = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEEXAMPLE004:LoadBalancing',
  arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForElasticLoadBalancing/LoadBalancing',
  accountId: '111122223333',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLEEXAMPLE004',
      arn: 'arn:aws:iam::111122223333:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing',
      accountId: '111122223333',
      userName: 'AWSServiceRoleForElasticLoadBalancing',
    },
    attributes: { creationDate: '2026-01-15T09:00:00Z', mfaAuthenticated: 'false' },
  },
  invokedBy: 'elasticloadbalancing.amazonaws.com',
};

/** CloudFormation acting for a user: the identity of the user, with the service in `invokedBy`. */
export const throughService = { ...iamUser, invokedBy: 'cloudformation.amazonaws.com' };

/** The root user. It has no name unless the account has an alias. */
export const root = {
  type: 'Root',
  principalId: '111122223333',
  arn: 'arn:aws:iam::111122223333:root',
  accountId: '111122223333',
};

/** A session from GetFederationToken, issued by a user. */
export const federatedUser = {
  type: 'FederatedUser',
  principalId: '111122223333:carol',
  arn: 'arn:aws:sts::111122223333:federated-user/carol',
  accountId: '111122223333',
  accessKeyId: 'ASIAEXAMPLEEXAMPLE05',
  sessionContext: {
    sessionIssuer: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLEEXAMPLE002',
      arn: 'arn:aws:iam::111122223333:user/broker',
      accountId: '111122223333',
      userName: 'broker',
    },
    attributes: { creationDate: '2026-01-15T08:00:00Z', mfaAuthenticated: 'false' },
  },
};

/** A service acting for itself: no ARN and no account. */
export const service = { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' };

/** A principal of another account. The record contains nothing else about it. */
export const otherAccount = { type: 'AWSAccount', principalId: 'AIDAEXAMPLEEXAMPLE003', accountId: '444455556666' };

/** An IAM Identity Center user without a role: neither ARN nor principal. */
export const identityCenterUser = {
  type: 'IdentityCenterUser',
  accountId: '111122223333',
  onBehalfOf: {
    userId: '544894e8-80c1-707f-60e3-3ba6510dfac1',
    identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-0123456789',
  },
  credentialId: 'EXAMPLE',
};

/** A user of a web identity provider. */
export const webIdentityUser = {
  type: 'WebIdentityUser',
  principalId: 'accounts.example.com:client-id:dave',
  userName: 'dave',
  identityProvider: 'accounts.example.com',
};

/** CloudTrail records as EventBridge delivers them. Shapes: records published by AWS customers; ids and accounts are invented. */

type Fields = Readonly<Record<string, unknown>>;

export const GROUP = 'sg-0a0a0a0a0a0a0a0a1';

const MALLORY: Fields = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLE',
  arn: 'arn:aws:iam::111122223333:user/mallory',
  accountId: '111122223333',
  accessKeyId: 'AKIAEXAMPLE',
  userName: 'mallory',
};

export const REMEDIATOR_ROLE = 'arn:aws:iam::111122223333:role/portcullis-remediator';

/** A session of the remediator's role. */
export const REMEDIATOR: Fields = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:portcullis-remediator',
  arn: 'arn:aws:sts::111122223333:assumed-role/portcullis-remediator/portcullis-remediator',
  accountId: '111122223333',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLE',
      arn: REMEDIATOR_ROLE,
      accountId: '111122223333',
      userName: 'portcullis-remediator',
    },
  },
};

export function record(eventName: string, requestParameters: unknown, rest: Fields = {}): Fields {
  return {
    version: '0',
    id: '00000000-0000-4000-8000-00000000000e',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2026-11-23T10:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail: {
      eventVersion: '1.10',
      userIdentity: MALLORY,
      eventTime: '2026-11-23T10:00:00Z',
      eventSource: 'ec2.amazonaws.com',
      eventName,
      awsRegion: 'eu-west-1',
      sourceIPAddress: '203.0.113.50',
      userAgent: 'aws-cli/2.15.0',
      requestParameters,
      responseElements: { requestId: '00000000-0000-4000-8000-00000000000f', _return: true },
      eventID: 'event-1',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '111122223333',
      eventCategory: 'Management',
      ...rest,
    },
  };
}

function requestOf(port: number, cidrIp: string): Fields {
  const item = {
    ipProtocol: 'tcp',
    fromPort: port,
    toPort: port,
    groups: {},
    ipRanges: { items: [{ cidrIp }] },
    ipv6Ranges: {},
    prefixListIds: {},
  };
  return { groupId: GROUP, ipPermissions: { items: [item] } };
}

export function authorizeTcp(port: number, cidrIp: string, rest: Fields = {}): Fields {
  return record('AuthorizeSecurityGroupIngress', requestOf(port, cidrIp), rest);
}
export function revokeTcp(port: number, cidrIp: string, rest: Fields = {}): Fields {
  return record('RevokeSecurityGroupIngress', requestOf(port, cidrIp), rest);
}

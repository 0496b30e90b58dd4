/** The event that EventBridge delivers for one CloudTrail record. */
export interface CloudTrailEvent {
  readonly version: string;
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: RecordFields;
}

/** Fields of the record. The record lacks each field that is `undefined`. */
export type RecordFields = Readonly<Record<string, unknown>> & { readonly eventName: string };

const SESSION_ISSUER = {
  type: 'Role',
  principalId: 'AROAEXAMPLEEXAMPLE001',
  arn: 'arn:aws:iam::111122223333:role/people/Operator',
  accountId: '111122223333',
  userName: 'Operator',
};
const OPERATOR = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEEXAMPLE001:ana',
  arn: 'arn:aws:sts::111122223333:assumed-role/Operator/ana',
  accountId: '111122223333',
  accessKeyId: 'ASIAEXAMPLEEXAMPLE01',
  sessionContext: { sessionIssuer: SESSION_ISSUER, attributes: { creationDate: '2026-01-15T08:00:00Z', mfaAuthenticated: 'true' } },
};

/**
 * Returns the event of one record. By default, a person in an assumed role made a successful call to EC2 in eu-west-1.
 */
export function cloudTrailEvent(fields: RecordFields): CloudTrailEvent {
  const record: Record<string, unknown> = {
    eventVersion: '1.09',
    userIdentity: OPERATOR,
    eventTime: '2026-01-15T09:30:00Z',
    eventSource: 'ec2.amazonaws.com',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.10',
    userAgent: 'aws-cli/2.22.0',
    requestParameters: null,
    responseElements: null,
    requestID: '00000000-0000-4000-8000-000000000002',
    eventID: '00000000-0000-4000-8000-000000000003',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    ...fields,
  };
  return {
    version: '0',
    id: '00000000-0000-4000-8000-000000000001',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2026-01-15T09:30:00Z',
    region: 'eu-west-1',
    resources: [],
    detail: {
      eventName: fields.eventName,
      ...Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)),
    },
  };
}

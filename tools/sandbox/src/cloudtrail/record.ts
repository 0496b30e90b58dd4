/** The record that CloudTrail writes of a call, and the event that carries it through EventBridge. */
import { randomUUID } from 'node:crypto';
import type { CallEnd, PendingCall } from '../aws/call.js';
import type { Identity } from '../aws/identities.js';
import { textOf, type JsonObject } from '../json.js';
import { requestParametersOf, responseElementsOf } from './encoding.js';

/** CloudWatch's events have another source than botocore names it. */
function sourceOf(service: string): string {
  return service === 'cloudwatch' ? 'monitoring' : service;
}

/** Calls of EC2 that can change what a group lets in. */
const EC2_CALLS =
  /^((Authorize|Revoke)SecurityGroup(In|E)gress|ModifySecurityGroupRules|UpdateSecurityGroupRuleDescriptions(In|E)gress|(Create|Delete)(SecurityGroup|Tags)|(Modify|Restore)ManagedPrefixList(Version)?)$/;

/** Services whose writing calls can tamper with the guard. */
const GUARD_SERVICES = ['config', 'cloudtrail', 'events', 'lambda', 'iam', 'logs', 'cloudwatch', 'kms', 's3', 'sqs'];

const READS_AND_DATA =
  /^(Describe|Get|List|Lookup|Filter|Receive|Simulate|BatchGet)|^(PutEvaluations|Invoke|PutEvents|PutLogEvents|CreateLogStream|SendMessage|PutMetricData)$/;

/** Reports whether the sandbox writes a record of the call: of writes to groups, and of what can tamper with the guard. */
export function isRecorded({ service, operation }: Pick<PendingCall, 'service' | 'operation'>): boolean {
  if (service === 'ec2') return EC2_CALLS.test(operation);
  return GUARD_SERVICES.includes(service) && !READS_AND_DATA.test(operation);
}

export function cloudTrailRecord(call: PendingCall, end: CallEnd, { userIdentity }: Identity, partition: string): JsonObject {
  const { service, operation, region, account } = call;
  const { error, status, change } = end;
  const requestId = randomUUID();
  return {
    eventVersion: '1.10',
    userIdentity,
    eventTime: `${new Date().toISOString().slice(0, 19)}Z`,
    eventSource: `${sourceOf(service)}.amazonaws.com`,
    // Lambda's names end in the version of its API: https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
    eventName: service === 'lambda' ? operation + (LAMBDA_VERSIONS.find(([of]) => of.test(operation))?.[1] ?? '') : operation,
    awsRegion: region,
    sourceIPAddress: call.sourceIp,
    userAgent: call.userAgent,
    // EC2 alone prefixes its codes, and in CloudTrail alone.
    ...(error !== null && {
      errorCode: service === 'ec2' ? `${status >= 500 ? 'Server' : 'Client'}.${error.code}` : error.code,
      errorMessage: error.message,
    }),
    requestParameters: requestParametersOf(call),
    responseElements: error === null && service === 'ec2' ? responseElementsOf(call, change, requestId, partition) : null,
    requestID: requestId,
    eventID: randomUUID(),
    readOnly: false,
    ...(service === 'kms' && { resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: keyArn(call, partition) }] }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  };
}

const LAMBDA_VERSIONS: readonly (readonly [operation: RegExp, version: string])[] = [
  [/Concurrency$/, '20171031'],
  [/EventInvokeConfig$/, '20190925'],
  [/^UpdateFunction|Permission$/, '20150331v2'],
  [/./, '20150331'],
];

/** https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html: the record has the key's ARN, however the call named it. */
function keyArn({ input, region, account }: PendingCall, partition: string): string {
  const id = textOf(input, 'KeyId') ?? '';
  return id.startsWith('arn:') ? id : `arn:${partition}:kms:${region}:${account}:key/${id}`;
}

/** The event on the account's default bus. */
export function eventBridgeEvent(record: JsonObject, { service, account, region }: PendingCall): JsonObject {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${sourceOf(service)}`,
    account,
    time: record.eventTime,
    region,
    resources: [],
    detail: record,
  };
}

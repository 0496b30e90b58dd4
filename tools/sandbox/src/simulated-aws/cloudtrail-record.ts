/** Returns the CloudTrail record of a call, and the EventBridge event that contains the record. */
import { randomUUID } from 'node:crypto';
import { GUARD_SERVICES } from '@portcullis/cloudtrail';
import type { CallEnd, PendingCall } from './call.js';
import type { Identity } from './identities.js';
import { json, type JsonObject } from '../json.js';
import { encodeSimulatedRequest, encodeSimulatedResponse } from './cloudtrail-encoding.js';

/** Returns the name that CloudTrail and EventBridge use for a service. Only for CloudWatch, this name differs from botocore's name. */
function simulatedEventSource(service: string): string {
  return service === 'cloudwatch' ? 'monitoring' : service;
}

/** EC2 calls that can change which traffic a group allows. */
const EC2_CALLS =
  /^((Authorize|Revoke)SecurityGroup(In|E)gress|ModifySecurityGroupRules|UpdateSecurityGroupRuleDescriptions(In|E)gress|(Create|Delete)(SecurityGroup|Tags)|(Modify|Restore)ManagedPrefixList(Version)?)$/;

const READS_AND_DATA =
  /^(Describe|Get|List|Lookup|Filter|Receive|Simulate|BatchGet)|^(PutEvaluations|Invoke|PutEvents|PutLogEvents|CreateLogStream|SendMessage|PutMetricData)$/;

/** Reports whether CloudTrail records the call, because the call can change groups or tamper with the guard. */
export function isRecordedByCloudTrail({ service, operation }: Pick<PendingCall, 'service' | 'operation'>): boolean {
  if (service === 'ec2') return EC2_CALLS.test(operation);
  return (GUARD_SERVICES as readonly string[]).includes(simulatedEventSource(service)) && !READS_AND_DATA.test(operation);
}

export function cloudTrailRecord(call: PendingCall, end: CallEnd, { userIdentity }: Identity, partition: string): JsonObject {
  const { service, operation, region, account } = call;
  const { error, status, change } = end;
  const requestId = randomUUID();
  return {
    eventVersion: '1.10',
    userIdentity,
    eventTime: `${new Date().toISOString().slice(0, 19)}Z`,
    eventSource: `${simulatedEventSource(service)}.amazonaws.com`,
    // Lambda's event names end with the API version: https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
    eventName: service === 'lambda' ? operation + (LAMBDA_VERSIONS.find(([of]) => of.test(operation))?.[1] ?? '') : operation,
    awsRegion: region,
    sourceIPAddress: call.sourceIp,
    userAgent: call.userAgent,
    // CloudTrail adds a prefix only to the error codes of EC2.
    ...(error !== null && {
      errorCode: service === 'ec2' ? `${status >= 500 ? 'Server' : 'Client'}.${error.code}` : error.code,
      errorMessage: error.message,
    }),
    requestParameters: encodeSimulatedRequest(call),
    responseElements: error === null && service === 'ec2' ? encodeSimulatedResponse(call, change, requestId, partition) : null,
    requestID: requestId,
    eventID: randomUUID(),
    readOnly: false,
    ...(service === 'kms' && { resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: simulatedKmsKeyArn(call, partition) }] }),
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

/**
 * Returns the ARN of the key. The record contains the ARN even if the call names the key by its id:
 * https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html
 */
function simulatedKmsKeyArn({ input, region, account }: PendingCall, partition: string): string {
  const id = json.text(input, 'KeyId') ?? '';
  return id.startsWith('arn:') ? id : `arn:${partition}:kms:${region}:${account}:key/${id}`;
}

/** Returns the event that CloudTrail sends to the account's default event bus. */
export function simulatedCloudTrailEvent(record: JsonObject, { service, account, region }: PendingCall): JsonObject {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${simulatedEventSource(service)}`,
    account,
    time: record.eventTime,
    region,
    resources: [],
    detail: record,
  };
}

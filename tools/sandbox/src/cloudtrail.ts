import { randomUUID } from 'node:crypto';
import { errorOf } from './api-response.js';
import {
  authorizedRuleSet,
  createGroupParameters,
  createdTagSet,
  deleteGroupParameters,
  revokedRuleSet,
  ruleCallParameters,
  tagCallParameters,
  wrappedParameters,
  wrappedResponse,
} from './cloudtrail-encoding.js';
import { isRecorded, type GroupChange, type RecordedOperation } from './group-change.js';
import type { Identity } from './identities.js';
import { textOf, type JsonObject } from './json.js';
import { ec2Arn, type Place } from './mends/rule-responses.js';

const seconds = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

// moto answers some calls with the id `request-id`, and so every such call with the same.
const requestIdIn = (body: string): string => /<requestI[dD]>([0-9a-f-]{36})</i.exec(body)?.[1] ?? randomUUID();

const requestParametersOf = (operation: RecordedOperation, input: JsonObject): JsonObject => {
  switch (operation) {
    case 'AuthorizeSecurityGroupIngress':
    case 'AuthorizeSecurityGroupEgress':
    case 'RevokeSecurityGroupIngress':
    case 'RevokeSecurityGroupEgress':
      return ruleCallParameters(input);
    case 'CreateSecurityGroup':
      return createGroupParameters(input);
    case 'DeleteSecurityGroup':
      return deleteGroupParameters(input);
    case 'CreateTags':
    case 'DeleteTags':
      return tagCallParameters(input);
    case 'ModifySecurityGroupRules':
    case 'UpdateSecurityGroupRuleDescriptionsIngress':
    case 'UpdateSecurityGroupRuleDescriptionsEgress':
    case 'ModifyManagedPrefixList':
      return wrappedParameters(operation, input);
  }
};

const responseElementsOf = (
  operation: RecordedOperation,
  change: GroupChange,
  requestId: string,
  place: Place,
): JsonObject => {
  const done = { requestId, _return: true };
  switch (operation) {
    case 'AuthorizeSecurityGroupIngress':
    case 'AuthorizeSecurityGroupEgress':
      return { ...done, securityGroupRuleSet: authorizedRuleSet(change.gained, place) };
    case 'RevokeSecurityGroupIngress':
    case 'RevokeSecurityGroupEgress':
      return { ...done, revokedSecurityGroupRuleSet: revokedRuleSet(change.lost) };
    case 'CreateSecurityGroup': {
      const [groupId = ''] = [...change.after.keys()].filter((id) => !change.before.has(id));
      const securityGroupArn = ec2Arn(place, 'security-group', groupId);
      return { ...done, groupId, tagSet: createdTagSet(change.request.input), securityGroupArn };
    }
    case 'DeleteSecurityGroup':
    case 'CreateTags':
    case 'DeleteTags':
      return done;
    case 'ModifySecurityGroupRules':
    case 'UpdateSecurityGroupRuleDescriptionsIngress':
    case 'UpdateSecurityGroupRuleDescriptionsEgress':
      return wrappedResponse(operation, requestId, { return: true });
    case 'ModifyManagedPrefixList':
      return wrappedResponse(operation, requestId, {
        prefixList: { prefixListId: textOf(change.request.input, 'PrefixListId') ?? '' },
      });
  }
};

/**
 * The record that CloudTrail writes of a call to EC2 that changes security groups, or was refused; undefined for other
 * calls.
 */
export const cloudTrailRecord = (
  change: GroupChange,
  { userIdentity }: Identity,
  place: Place,
): JsonObject | undefined => {
  const { request, response } = change;
  if (!isRecorded(request.operation)) return undefined;
  const requestId = requestIdIn(response.body.toString('utf8'));
  const error = errorOf(request, response);
  return {
    eventVersion: '1.10',
    userIdentity,
    eventTime: seconds(change.time),
    eventSource: 'ec2.amazonaws.com',
    eventName: request.operation,
    awsRegion: place.region,
    sourceIPAddress: request.remoteAddress,
    userAgent: request.headers['user-agent'] ?? '',
    // EC2 prefixes every code in CloudTrail, and there only: `Client.` when the caller is at fault, `Server.` when EC2
    // is.
    ...(error !== undefined && {
      errorCode: `${response.status >= 500 ? 'Server' : 'Client'}.${error.code}`,
      errorMessage: error.message,
    }),
    requestParameters: requestParametersOf(request.operation, request.input),
    responseElements: error === undefined ? responseElementsOf(request.operation, change, requestId, place) : null,
    requestID: requestId,
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: place.accountId,
    eventCategory: 'Management',
  };
};

/** The EventBridge event that carries a CloudTrail record. */
export const eventBridgeEvent = (record: JsonObject, place: Place): JsonObject => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.ec2',
  account: place.accountId,
  time: record.eventTime,
  region: place.region,
  resources: [],
  detail: record,
});

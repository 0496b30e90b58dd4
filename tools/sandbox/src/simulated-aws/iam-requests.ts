/**
 * Returns the actions, resources and condition keys that IAM evaluates for a call. Source:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html and the pages of the other services
 */
import type { PendingCall } from './call.js';
import type { Identity } from './identities.js';
import { json } from '../json.js';
import type { IamRequest } from './iam-policies.js';

/** The id of the organization to which all accounts except one belong. */
export const ORGANIZATION_ID = 'o-sandbox0000';
/** The only account that belongs to no organization. */
export const OUTSIDER = '999999999999';

/** Returns the id of the account's organization, or undefined for an account without an organization. */
export function simulatedOrganizationId(accountId: string | undefined): string | undefined {
  return accountId === OUTSIDER ? undefined : ORGANIZATION_ID;
}

/**
 * Returns the requests that IAM evaluates for a call. IAM must allow all of these requests. The list is empty if the call needs no
 * permission.
 */
export function iamRequestsOfCall(call: PendingCall, identity: Identity, partition: string): readonly IamRequest[] {
  const { service, operation, input, region, account } = call;
  const on = (resource: string | undefined, context: IamRequest['context'] = {}): IamRequest => {
    // If the ARN contains no account id, the resource belongs to the account of the call.
    const resourceAccount = [resource?.split(':')[4], account].find((each) => each !== undefined && each !== '');
    return {
      action: iamActionOfCall(call),
      resource: resource ?? '*',
      context: {
        'aws:PrincipalArn': identity.roleArn ?? identity.arn,
        'aws:PrincipalAccount': identity.accountId,
        'aws:PrincipalOrgID': simulatedOrganizationId(identity.accountId),
        'aws:RequestedRegion': region,
        'aws:SecureTransport': 'true',
        'aws:ResourceOrgID': simulatedOrganizationId(resourceAccount),
        'aws:ResourceAccount': resourceAccount,
        ...context,
      },
    };
  };
  const arnOf = (resource: string, owner = account): string => `arn:${partition}:${service}:${region}:${owner}:${resource}`;
  const onGroup = (id: string): IamRequest => {
    const { ownerId, vpcOwnerId, vpcId, tags = {} } = call.groups?.[id] ?? {};
    const ofTags = ['aws', 'ec2'].flatMap((by) => Object.entries(tags).map(([key, value]) => [`${by}:ResourceTag/${key}`, value]));
    return on(arnOf(`security-group/${id}`, ownerId), {
      'ec2:SecurityGroupID': id,
      'ec2:Region': region,
      'ec2:Vpc': vpcId === undefined ? undefined : arnOf(`vpc/${vpcId}`, vpcOwnerId),
      ...(Object.fromEntries(ofTags) as IamRequest['context']),
    });
  };
  switch (service) {
    case 'sts':
      return operation === 'GetCallerIdentity' ? [] : [on(json.text(input, 'RoleArn'))];
    case 'lambda':
      return [on(functionArnOfSimulatedCall(call, partition))];
    case 'sns':
      return [on(json.text(input, 'TopicArn'))];
    case 'sqs':
      return [on(arnOf(json.text(input, 'QueueUrl')?.split('/').at(-1) ?? ''))];
    case 'logs':
      return [on(arnOf(`log-group:${json.text(input, 'logGroupName') ?? ''}:log-stream:${json.text(input, 'logStreamName') ?? ''}`))];
    case 'events': {
      const buses = json.list(input, 'Entries').map((entry) => json.text(entry, 'EventBusName') ?? 'default');
      return [...new Set(buses)].map((bus) => on(bus.startsWith('arn:') ? bus : arnOf(`event-bus/${bus}`)));
    }
    case 'scheduler': {
      const [, name = '*'] = /\/schedules\/([^/?]+)/.exec(call.path) ?? [];
      // The name of the schedule group is in the body or in the query of the request.
      const schedule = on(arnOf(`schedule/${json.text(input, 'GroupName') ?? json.text(input, 'groupName') ?? 'default'}/${name}`));
      const roleArn = json.text(json.object(input, 'Target'), 'RoleArn');
      if (roleArn === undefined) return [schedule];
      return [schedule, { ...on(roleArn, { 'iam:PassedToService': 'scheduler.amazonaws.com' }), action: 'iam:PassRole' }];
    }
    case 'securityhub':
      return [on(json.text(json.list(input, 'Findings')[0], 'ProductArn'))];
    case 'ec2':
      break;
    default:
      return [on('*')];
  }
  if (operation === 'GetManagedPrefixListEntries') return [on(arnOf(`prefix-list/${json.text(input, 'PrefixListId') ?? '*'}`))];
  const groupId = json.text(input, 'GroupId');
  if (groupId === undefined || operation.startsWith('Describe')) return [on('*')];
  if (operation !== 'ModifySecurityGroupRules') return [onGroup(groupId)];
  // IAM evaluates the group, each rule, and each prefix list or group that a rule refers to.
  const ofRules = json.list(input, 'SecurityGroupRules').flatMap((update) => {
    const rule = json.object(update, 'SecurityGroupRule');
    const [list, group] = [json.text(rule, 'PrefixListId'), json.text(rule, 'ReferencedGroupId')];
    return [
      on(arnOf(`security-group-rule/${json.text(update, 'SecurityGroupRuleId') ?? '*'}`)),
      ...(list === undefined ? [] : [on(arnOf(`prefix-list/${list}`))]),
      ...(group === undefined ? [] : [onGroup(group)]),
    ];
  });
  return [onGroup(groupId), ...ofRules];
}

/** Returns the ARN of the function that an Invoke call invokes. The call contains the name or the ARN of the function. */
export function functionArnOfSimulatedCall({ path, account, region }: PendingCall, partition: string): string {
  const name = decodeURIComponent(/\/functions\/([^/?]+)/.exec(path)?.[1] ?? '');
  return name.startsWith('arn:') ? name.split(':').slice(0, 7).join(':') : `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}

/**
 * Returns the IAM action that a call needs. Only for Lambda's Invoke and SNS's PublishBatch, the action has another name than the call:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 */
export function iamActionOfCall({ service, operation }: Pick<PendingCall, 'service' | 'operation'>): string {
  return `${service}:${{ Invoke: 'InvokeFunction', PublishBatch: 'Publish' }[operation] ?? operation}`;
}

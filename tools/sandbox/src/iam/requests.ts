/**
 * What IAM is asked for each call: action, resources and condition keys.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html and the pages of the other services
 */
import type { GroupFacts, PendingCall } from '../aws/call.js';
import type { Identity } from '../aws/identities.js';
import { listOf, objectOf, textOf } from '../json.js';
import type { IamRequest } from './evaluate.js';

/** The organization of all accounts of a sandbox. */
export const ORGANIZATION_ID = 'o-sandbox0000';

/** Returns the requests that must all be allowed; none for a call that needs no permission. */
export function requestsOf(call: PendingCall, identity: Identity, partition: string): readonly IamRequest[] {
  const { service, operation, input, region, account } = call;
  const global = {
    'aws:PrincipalArn': identity.roleArn ?? identity.arn,
    'aws:PrincipalAccount': identity.accountId,
    'aws:PrincipalOrgID': ORGANIZATION_ID,
    'aws:RequestedRegion': region,
    'aws:SecureTransport': 'true',
    'aws:ResourceOrgID': ORGANIZATION_ID,
  };
  const on = (resource: string, context: IamRequest['context'] = {}): IamRequest => {
    const owner = resource.split(':')[4];
    return {
      action: actionOf(call),
      resource,
      context: { ...global, 'aws:ResourceAccount': owner === undefined || owner === '' ? account : owner, ...context },
    };
  };
  const ec2Arn = (kind: string, id: string, owner = account): string => `arn:${partition}:ec2:${region}:${owner}:${kind}/${id}`;
  const onGroup = (id: string): IamRequest => {
    const facts = call.groups?.[id];
    return on(ec2Arn('security-group', id, facts?.ownerId), {
      'ec2:SecurityGroupID': id,
      'ec2:Region': region,
      ...keysOf(facts, region, partition),
    });
  };
  switch (service) {
    case 'sts':
      return operation === 'GetCallerIdentity' ? [] : [on(textOf(input, 'RoleArn') ?? '*')];
    case 'lambda':
      return [on(functionArnOf(call, partition))];
    case 'sns':
      return [on(textOf(input, 'TopicArn') ?? '*')];
    case 'sqs':
      return [on(`arn:${partition}:sqs:${region}:${account}:${(textOf(input, 'QueueUrl') ?? '').split('/').at(-1) ?? ''}`)];
    case 'logs': {
      const [group = '', stream = ''] = [textOf(input, 'logGroupName'), textOf(input, 'logStreamName')];
      return [on(`arn:${partition}:logs:${region}:${account}:log-group:${group}:log-stream:${stream}`)];
    }
    case 'events': {
      const buses = listOf(input, 'Entries').map((entry) => textOf(entry, 'EventBusName') ?? 'default');
      return [...new Set(buses)].map((bus) =>
        on(bus.startsWith('arn:') ? bus : `arn:${partition}:events:${region}:${account}:event-bus/${bus}`),
      );
    }
    case 'securityhub':
      return [on(textOf(listOf(input, 'Findings')[0], 'ProductArn') ?? '*')];
    case 'ec2':
      break;
    default:
      return [on('*')];
  }
  if (operation === 'GetManagedPrefixListEntries') return [on(ec2Arn('prefix-list', textOf(input, 'PrefixListId') ?? '*'))];
  const groupId = textOf(input, 'GroupId');
  if (groupId === undefined || operation.startsWith('Describe')) return [on('*')];
  if (operation !== 'ModifySecurityGroupRules') return [onGroup(groupId)];
  // Authorized on the group, each rule, and what a rule refers to: a prefix list, or another group.
  return [
    onGroup(groupId),
    ...listOf(input, 'SecurityGroupRules').flatMap((update) => {
      const rule = objectOf(update, 'SecurityGroupRule');
      const [list, group] = [textOf(rule, 'PrefixListId'), textOf(rule, 'ReferencedGroupId')];
      return [
        on(ec2Arn('security-group-rule', textOf(update, 'SecurityGroupRuleId') ?? '*')),
        ...(list === undefined ? [] : [on(ec2Arn('prefix-list', list))]),
        ...(group === undefined ? [] : [onGroup(group)]),
      ];
    }),
  ];
}

/** The function that an Invoke names: by name, or by ARN. */
export function functionArnOf({ path, account, region }: PendingCall, partition: string): string {
  const name = decodeURIComponent(/\/functions\/([^/?]+)/.exec(path)?.[1] ?? '');
  return name.startsWith('arn:') ? name.split(':').slice(0, 7).join(':') : `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}

function keysOf(facts: GroupFacts | undefined, region: string, partition: string): IamRequest['context'] {
  if (facts === undefined) return {};
  const tags = Object.entries(facts.tags).flatMap(([key, value]): [string, string][] => [
    [`aws:ResourceTag/${key}`, value],
    [`ec2:ResourceTag/${key}`, value],
  ]);
  return { 'ec2:Vpc': `arn:${partition}:ec2:${region}:${facts.vpcOwnerId}:vpc/${facts.vpcId}`, ...Object.fromEntries(tags) };
}

/** Where an action has another name than its call. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
const ACTIONS: Readonly<Record<string, string>> = { 'lambda:Invoke': 'InvokeFunction', 'sns:PublishBatch': 'Publish' };

/** The action that a call needs: `sns:Publish`. */
export const actionOf = ({ service, operation }: Pick<PendingCall, 'service' | 'operation'>): string =>
  `${service}:${ACTIONS[`${service}:${operation}`] ?? operation}`;

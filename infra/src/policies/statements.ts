/** All IAM statements of the functions' roles. */
import type { Limit } from '@portcullis/baseline';
import type { Settings } from '@portcullis/settings';
import type { Deployment } from '../constructs/deployment.js';

/** The condition block of a statement: the expected values, keyed by operator and condition key. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Principal?: { readonly Service: string } | { readonly AWS: string } | '*';
  readonly Condition?: Condition;
}

function iamAllowStatement(Sid: string, Action: readonly string[], resource: string, condition: Condition = {}): Statement {
  return { Sid, Effect: 'Allow', Action, Resource: [resource], ...(Object.keys(condition).length > 0 && { Condition: condition }) };
}

/** The action that modifies ingress and egress rules. */
export const MODIFY = 'ec2:ModifySecurityGroupRules';
const INGRESS = ['ec2:AuthorizeSecurityGroupIngress', MODIFY, 'ec2:RevokeSecurityGroupIngress'];
const EGRESS = ['ec2:AuthorizeSecurityGroupEgress', 'ec2:RevokeSecurityGroupEgress'];

export const GROUP_ID_KEY = 'ec2:SecurityGroupID';

/**
 * Allows changes of the ingress rules of the groups that meet the condition. With `egress`, also allows changes of their egress rules. The
 * condition restricts the groups, because `Resource` would need ARNs, which are four times as long as ids. IAM has no condition key for a
 * port, protocol or CIDR block, so a statement allows changes of every rule in a group. Source:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function restoreGroupsStatement(
  which: string,
  { egress }: { readonly egress: boolean },
  anyGroupArn: string,
  condition: Condition,
): Statement {
  const sid = `Restore${egress ? 'IngressAndEgress' : 'Ingress'}${which}`;
  return iamAllowStatement(sid, egress ? [...INGRESS, ...EGRESS] : INGRESS, anyGroupArn, condition);
}

/**
 * Returns the actions that the remediator needs to repair a broken limit, in the directions (ingress, egress) that the limit bounds. With
 * `repair: revoke`, each direction needs only the Revoke action. With `repair: narrow`, the remediator also authorizes the allowed part of
 * a rule, or modifies the rule if the group has reached its quota of rules.
 */
export function iamActionsOfLimit({ repair, ingress, egress = [] }: Pick<Limit, 'repair' | 'ingress' | 'egress'>): readonly string[] {
  const actions = [...(ingress.length > 0 ? INGRESS : []), ...(egress.length > 0 ? [MODIFY, ...EGRESS] : [])];
  return [...new Set(actions)].filter((action) => repair === 'narrow' || action.startsWith('ec2:Revoke'));
}

export function repairGroupsStatement(n: number, actions: readonly string[], anyGroupArn: string, condition: Condition): Statement {
  return iamAllowStatement(`RestoreLimited${n}`, actions, anyGroupArn, condition);
}

/**
 * Denies all rule changes, except the needed actions, on groups that a baseline in report mode lists by id. Without this Deny, the changes
 * could be allowed because of another baseline that selects the same groups by criteria. Returns no statement if all actions are needed.
 */
export function denyRestoreStatements(
  n: number,
  needed: readonly string[],
  anyGroupArn: string,
  condition: Condition,
): readonly Statement[] {
  const Action = [...INGRESS, ...EGRESS].filter((action) => !needed.includes(action));
  const Sid = `NeverRestoreReported${n === 1 ? '' : n}`;
  return Action.length === 0 ? [] : [{ Sid, Effect: 'Deny', Action, Resource: [anyGroupArn], Condition: condition }];
}

/**
 * Allows ModifySecurityGroupRules on every rule. IAM checks this action for the rule and for the rule's group. IAM has no condition key for
 * a rule's group, so only the statement on the group restricts the action. If the rule's new source is a group or a prefix list, IAM also
 * checks the source. So the role can set only an enforced group as a rule's source. Source: the page in {@link restoreGroupsStatement}.
 */
export function replaceRulesStatement(anyRuleArn: string): Statement {
  return iamAllowStatement('ReplaceRules', [MODIFY], anyRuleArn);
}

/**
 * Allows the function to report compliance. The action has no resource-level permissions: the result token in the event identifies the AWS
 * Config rule.
 */
export function putEvaluationsStatement(): Statement {
  return iamAllowStatement('PutEvaluations', ['config:PutEvaluations'], '*');
}

/**
 * Allows writing to an existing log group, but not `logs:CreateLogGroup`. With that action, a late invocation could create the log group
 * again after `destroy`.
 */
export function writeLogsStatement(logGroupArn: string): Statement {
  return iamAllowStatement('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], `${logGroupArn}:*`);
}

/**
 * Allows the use of a KMS key, but only through the given service, to write to an encrypted topic, queue or bucket. Returns no statement
 * without a key. The endpoint in the condition ends with a wildcard, because the endpoint's domain depends on the partition. Sources: SNS
 * developer guide, "Managing encryption keys and costs"; SQS developer guide, "Key management";
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function encryptionStatements(
  what: string,
  kmsKeyArn: string | undefined,
  service: 's3' | 'sns' | 'sqs',
  region: string,
): readonly Statement[] {
  if (kmsKeyArn === undefined) return [];
  const throughService = { StringLike: { 'kms:ViaService': `${service}.${region}.amazonaws.*` } };
  return [iamAllowStatement(`Encrypt${what}`, ['kms:Decrypt', 'kms:GenerateDataKey'], kmsKeyArn, throughService)];
}

/** Allows sending failed events to a queue, and the use of the deployment's KMS key if the deployment has one. */
export function sendFailuresStatements(queueArn: string, { kmsKeyArn, region }: Deployment): readonly Statement[] {
  return [iamAllowStatement('SendFailures', ['sqs:SendMessage'], queueArn), ...encryptionStatements('Failures', kmsKeyArn, 'sqs', region)];
}

export function putEventsStatement(eventBusArn: string): Statement {
  return iamAllowStatement('PutFindings', ['events:PutEvents'], eventBusArn);
}

/** Returns the statements that a function needs to send findings to the sinks in the settings. */
export function deliverFindingsStatements(
  { sns, eventBus, securityHub }: Settings['sinks'],
  { partition, region, accountId }: Deployment,
): readonly Statement[] {
  const productArn = `arn:${partition}:securityhub:${region}:${accountId}:product/${accountId}/default`;
  return [
    ...(sns ? [iamAllowStatement('PublishFindings', ['sns:Publish'], sns.topicArn)] : []),
    // The topic can be in another region than the groups, so the region comes from the topic's ARN.
    ...encryptionStatements('Findings', sns?.kmsKeyArn, 'sns', sns?.topicArn.split(':')[3] ?? ''),
    ...(eventBus ? [putEventsStatement(eventBus.arn)] : []),
    // Custom findings belong to the account's default product. Source: Security Hub user guide, "Using custom product integrations".
    ...(securityHub ? [iamAllowStatement('ImportFindings', ['securityhub:BatchImportFindings'], productArn)] : []),
  ];
}

export function invokeFunctionStatement(functionArn: string, sid = 'WakeRemediator'): Statement {
  return iamAllowStatement(sid, ['lambda:InvokeFunction'], functionArn);
}

/**
 * Allows creating, reading and deleting the schedules of approvals, and passing the schedules' role to EventBridge Scheduler. Source:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
 */
export function scheduleRestorationsStatements(anyScheduleArn: string, roleArn: string): readonly Statement[] {
  const actions = ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'scheduler:GetSchedule'];
  const toScheduler = { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } };
  return [
    iamAllowStatement('WaitForApprovals', actions, anyScheduleArn),
    iamAllowStatement('PassRoleToScheduler', ['iam:PassRole'], roleArn, toScheduler),
  ];
}

/**
 * Allows assuming the role only in accounts of the organization. An AWS Config rule of a foreign account can invoke the function, but the
 * function cannot assume a role in the foreign account. Source: IAM user guide, "AWS global condition context keys", `aws:ResourceOrgID`.
 */
export function assumeMemberRoleStatement(roleArn: string, organizationId: string): Statement {
  return iamAllowStatement('AssumeMemberRole', ['sts:AssumeRole'], roleArn, { StringEquals: { 'aws:ResourceOrgID': organizationId } });
}

/**
 * Allows a configuration recorder to record security groups and to deliver to the bucket. The EC2 and AWS Config actions come from the
 * AWS-managed policy `AWS_ConfigRole`. The EC2 and AWS Config actions have no resource-level permissions. Source:
 * https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html
 */
export function recordSecurityGroupsStatements(bucketArn: string, deliveredObjects: string): readonly Statement[] {
  const actions = ['ec2:Describe*', 'ec2:Get*', 'config:Describe*', 'config:Get*', 'config:List*', 'config:Put*'];
  const owned = { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } };
  return [
    iamAllowStatement('RecordSecurityGroups', actions, '*'),
    iamAllowStatement('DeliverItems', ['s3:PutObject', 's3:PutObjectAcl'], `${bucketArn}/${deliveredObjects}`, owned),
    iamAllowStatement('CheckBucket', ['s3:GetBucketAcl'], bucketArn),
  ];
}

// EC2's write actions begin with these verbs. EC2's read actions begin with Describe, Get, List or Search.
const EC2_WRITE_VERBS = `
  Accept Advertise Allocate Apply Assign Associate Attach Authorize Batch Bundle Cancel Confirm Copy Create Delete
  Deprovision Deregister Detach Disable Disassociate Enable Export Import Lock Modify Monitor Move Provision Purchase Put
  Reboot Register Reject Release Replace Report Request Reset Restore Revoke Run Send Start Stop Terminate Unassign Unlock
  Unmonitor Update Validate Withdraw
`
  .trim()
  .split(/\s+/);

/**
 * Denies every write to EC2. An explicit Deny overrides every Allow, so even a policy that somebody attaches later cannot allow a write.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function denyEc2WritesStatement(): Statement {
  return { Sid: 'NeverWriteToEc2', Effect: 'Deny', Action: EC2_WRITE_VERBS.map((verb) => `ec2:${verb}*`), Resource: ['*'] };
}

/**
 * Allows the EC2 reads of both functions, in the central account and in a member account. The ARN contains `*` instead of the account id,
 * because any account or AWS (account `aws`) can own a prefix list in a rule. The Describe actions have no resource-level permissions.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function readEc2Statements({ partition, region }: Deployment): readonly Statement[] {
  return [
    iamAllowStatement('ReadSecurityGroups', ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'], '*'),
    iamAllowStatement('ReadPrefixLists', ['ec2:GetManagedPrefixListEntries'], `arn:${partition}:ec2:${region}:*:prefix-list/*`),
  ];
}

/**
 * Returns the detector's statements for EC2. The detector also reads a group's network interfaces and the names of instances. IAM cannot
 * limit these reads to some resources: the actions have no resource-level permissions, and no condition key for a filter.
 */
export function onlyReadEc2Statements(deployment: Deployment): readonly Statement[] {
  const attachments = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeTags'];
  return [...readEc2Statements(deployment), iamAllowStatement('ReadAttachments', attachments, '*'), denyEc2WritesStatement()];
}

/** Renders an IAM policy as JSON, without escaping Terraform references. */
export function iamPolicyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/**
 * Renders the trust policy of a role that a service assumes. With `sourceAccount`, the service can assume the role only for that account
 * (no confused deputy). Omit `conditions` for Lambda, which sends no source account.
 */
export function serviceTrustPolicy(service: string, conditions?: { readonly sourceAccount: string; readonly sourceArn?: string }): string {
  if (conditions === undefined) return trustPolicy({ Service: service });
  const { sourceAccount, sourceArn } = conditions;
  const equals = { 'aws:SourceAccount': sourceAccount, ...(sourceArn !== undefined && { 'aws:SourceArn': sourceArn }) };
  return trustPolicy({ Service: service }, { StringEquals: equals });
}

/**
 * Renders the trust policy of a role that one role of another account may assume. A condition names the role by ARN. If the principal named
 * the role, IAM would store the role's id, and a role that is deployed again has a new id.
 */
export function roleTrustPolicy(roleArn: string): string {
  const [, partition = '', , , accountId = ''] = roleArn.split(':');
  return trustPolicy({ AWS: `arn:${partition}:iam::${accountId}:root` }, { ArnEquals: { 'aws:PrincipalArn': roleArn } });
}

function trustPolicy(Principal: Statement['Principal'], condition?: Condition): string {
  const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal, ...(condition && { Condition: condition }) };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

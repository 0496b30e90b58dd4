/** What each role may do, one statement for each function. Nothing else in `infra` writes an IAM statement for the role of a function. */

/** By operator and key, the value or values. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Principal?: { readonly Service: string } | { readonly AWS: string } | '*';
  readonly Condition?: Condition;
}

function allow(Sid: string, Action: readonly string[], resource: string, condition?: Condition): Statement {
  return { Sid, Effect: 'Allow', Action, Resource: [resource], ...(condition && { Condition: condition }) };
}

/** EC2 has no resource-level permissions for these. Source: Service Authorization Reference, Amazon EC2. */
export function mayReadSecurityGroups(): Statement {
  return allow('ReadSecurityGroups', ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'], '*');
}

/**
 * A rule may refer to any prefix list, also to AWS's own, whose ARNs name the account `aws`. EC2 checks the ARN of the list.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function mayReadPrefixLists(prefixListArn: string): Statement {
  return allow('ReadPrefixLists', ['ec2:GetManagedPrefixListEntries'], prefixListArn);
}

// ModifySecurityGroupRules has no variant for each direction: it changes a rule of either.
const INGRESS = ['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules', 'ec2:RevokeSecurityGroupIngress'];
const EGRESS = ['ec2:AuthorizeSecurityGroupEgress', 'ec2:RevokeSecurityGroupEgress'];

/** The condition key that names groups by id. */
export const GROUP_ID_KEY = 'ec2:SecurityGroupID';

/**
 * Allows rule changes on the groups that meet the condition: of ingress rules, and of egress rules if a baseline declares them. The ids are in a condition and not in
 * `Resource`, since an ARN takes four times the space of an id. IAM has no condition key for a port, protocol or CIDR, so the group is the narrowest scope.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function mayRestoreGroups(
  which: string,
  { egress }: { readonly egress: boolean },
  anyGroupArn: string,
  condition: Condition | undefined,
): Statement {
  const sid = `Restore${egress ? 'IngressAndEgress' : 'Ingress'}${which}`;
  return allow(sid, egress ? [...INGRESS, ...EGRESS] : INGRESS, anyGroupArn, condition);
}

/** Denies rule changes on groups by id, whatever criteria they meet: a baseline that names an id beats those whose criteria the group meets. */
export function neverRestoreReported(anyGroupArn: string, groupIds: readonly string[]): Statement {
  return {
    Sid: 'NeverRestoreReported',
    Effect: 'Deny',
    Action: [...INGRESS, ...EGRESS],
    Resource: [anyGroupArn],
    Condition: { StringEquals: { [GROUP_ID_KEY]: groupIds } },
  };
}

/**
 * EC2 authorizes ModifySecurityGroupRules once for the group and once for the rule. Rules have no condition key that names their group, so the statement on the group
 * decides whose rules may change. No statement allows the prefix list or the referenced group that a modification may set: IAM refuses it, unless that group is enforced
 * too. Source: as above.
 */
export function mayReplaceRules(anyRuleArn: string): Statement {
  return allow('ReplaceRules', ['ec2:ModifySecurityGroupRules'], anyRuleArn);
}

/** AWS Config has no resource-level permissions for this: the event's result token says which rule it is for. */
export function mayPutEvaluations(): Statement {
  return allow('PutEvaluations', ['config:PutEvaluations'], '*');
}

/** Without `logs:CreateLogGroup`, so that a late invocation cannot recreate the log group that a destroy removed. */
export function mayWriteLogs(logGroupArn: string): Statement {
  return allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], `${logGroupArn}:*`);
}

export function maySendTo(queueArn: string): Statement {
  return allow('SendFailures', ['sqs:SendMessage'], queueArn);
}

export function mayPublishTo(topicArn: string): Statement {
  return allow('PublishFindings', ['sns:Publish'], topicArn);
}

/**
 * What writing to an encrypted topic, queue or bucket needs, through that service alone. The service is named by its endpoint, whose domain differs between partitions.
 * Sources: SNS developer guide, "Managing encryption keys and costs"; SQS developer guide, "Key management";
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function mayEncryptFor(what: string, kmsKeyArn: string, service: 's3' | 'sns' | 'sqs', region: string): Statement {
  const throughService = { StringLike: { 'kms:ViaService': `${service}.${region}.amazonaws.*` } };
  return allow(`Encrypt${what}`, ['kms:Decrypt', 'kms:GenerateDataKey'], kmsKeyArn, throughService);
}

export function mayPutEventsOn(eventBusArn: string): Statement {
  return allow('PutFindings', ['events:PutEvents'], eventBusArn);
}

/** Imports as the account's own custom product. Source: Security Hub user guide, "Using custom product integrations". */
export function mayImportFindings(productArn: string): Statement {
  return allow('ImportFindings', ['securityhub:BatchImportFindings'], productArn);
}

export function mayInvoke(functionArn: string): Statement {
  return allow('WakeRemediator', ['lambda:InvokeFunction'], functionArn);
}

/**
 * Assumes the role in any account of the organization, and in no other: an AWS Config rule of a stranger that names the function gets nowhere.
 * Source: IAM user guide, "AWS global condition context keys", `aws:ResourceOrgID`.
 */
export function mayAssume(roleArn: string, organizationId: string): Statement {
  return allow('AssumeMemberRole', ['sts:AssumeRole'], roleArn, { StringEquals: { 'aws:ResourceOrgID': organizationId } });
}

/**
 * What a configuration recorder of security groups needs: the part of the AWS-managed `AWS_ConfigRole` for EC2 and AWS Config. None of these actions can be limited by
 * resource alone. Source: https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html
 */
export function mayRecordSecurityGroups(): Statement {
  const actions = ['ec2:Describe*', 'ec2:Get*', 'config:Describe*', 'config:Get*', 'config:List*', 'config:Put*'];
  return allow('RecordSecurityGroups', actions, '*');
}

// The first words of EC2's actions that change something: all its verbs but Describe, Get, List and Search.
const EC2_WRITE_VERBS = `
  Accept Advertise Allocate Apply Assign Associate Attach Authorize Batch Bundle Cancel Confirm Copy Create Delete
  Deprovision Deregister Detach Disable Disassociate Enable Export Import Lock Modify Monitor Move Provision Purchase Put
  Reboot Register Reject Release Replace Report Request Reset Restore Revoke Run Send Start Stop Terminate Unassign Unlock
  Unmonitor Update Validate Withdraw
`
  .trim()
  .split(/\s+/);

/**
 * An explicit Deny outweighs every Allow: whatever policy is later attached to the role, it can change nothing in EC2.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function neverWritesToEc2(): Statement {
  return { Sid: 'NeverWriteToEc2', Effect: 'Deny', Action: EC2_WRITE_VERBS.map((verb) => `ec2:${verb}*`), Resource: ['*'] };
}

/** Renders an IAM policy. References to resources stay references in the text. */
export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/**
 * Renders the trust policy of a role that a service assumes. `sourceAccount` keeps other accounts from using the service as a confused deputy. Leave it out for Lambda,
 * which sends no source account.
 */
export function serviceMayAssume(service: string, conditions?: { readonly sourceAccount: string }): string {
  return trustPolicy({ Service: service }, conditions && { StringEquals: { 'aws:SourceAccount': conditions.sourceAccount } });
}

/** Renders the trust policy of a role that one role of another account may assume. It names that role by ARN and not by id, since the role may be deployed anew. */
export function roleMayAssume(roleArn: string): string {
  const [, partition = '', , , accountId = ''] = roleArn.split(':');
  return trustPolicy({ AWS: `arn:${partition}:iam::${accountId}:root` }, { ArnEquals: { 'aws:PrincipalArn': roleArn } });
}

function trustPolicy(Principal: Statement['Principal'], condition?: Condition): string {
  const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal, ...(condition && { Condition: condition }) };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** What each role may do, one sentence a function. Nothing else in `infra` writes an IAM statement for a role. */

/** Operator, key, value or values. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Principal?: { readonly Service: string } | { readonly AWS: string } | '*';
  readonly Condition?: Condition;
}

/** EC2 authorizes these by no resource. Source: Service Authorization Reference, Amazon EC2. */
export const mayReadSecurityGroups = (): Statement => ({
  Sid: 'ReadSecurityGroups',
  Effect: 'Allow',
  Action: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'],
  Resource: ['*'],
});

/**
 * A rule lets in what the list that it refers to holds, and any list may be referred to: AWS's own, too, whose ARNs name the account `aws`.
 * EC2 authorizes this by the list. Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export const mayReadPrefixLists = (prefixListArn: string): Statement => ({
  Sid: 'ReadPrefixLists',
  Effect: 'Allow',
  Action: ['ec2:GetManagedPrefixListEntries'],
  Resource: [prefixListArn],
});

// ModifySecurityGroupRules names no direction: it changes a rule of either.
const INGRESS = ['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules', 'ec2:RevokeSecurityGroupIngress'];
const EGRESS = ['ec2:AuthorizeSecurityGroupEgress', 'ec2:RevokeSecurityGroupEgress'];

/** The condition key that names groups by id. */
export const GROUP_ID_KEY = 'ec2:SecurityGroupID';

/**
 * Allows rule changes on the groups that meet the condition: ingress, and egress where a baseline declares it. A condition on ids instead of one ARN
 * per group, since an id takes a quarter of the space. IAM has no condition key for a port, protocol or CIDR, so the group is the narrowest scope.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export const mayRestoreGroups = (
  which: string,
  directions: { readonly egress: boolean },
  anyGroupArn: string,
  condition: Condition | undefined,
): Statement => ({
  Sid: `Restore${directions.egress ? 'IngressAndEgress' : 'Ingress'}${which}`,
  Effect: 'Allow',
  Action: directions.egress ? [...INGRESS, ...EGRESS] : INGRESS,
  Resource: [anyGroupArn],
  ...(condition && { Condition: condition }),
});

/** Denies rule changes on groups by id, whatever criteria they meet: a baseline that names an id beats those whose criteria the group meets. */
export const neverRestoreReported = (anyGroupArn: string, groupIds: readonly string[]): Statement => ({
  Sid: 'NeverRestoreReported',
  Effect: 'Deny',
  Action: [...INGRESS, ...EGRESS],
  Resource: [anyGroupArn],
  Condition: { StringEquals: { [GROUP_ID_KEY]: groupIds } },
});

/**
 * EC2 authorizes ModifySecurityGroupRules for the group and for the rule, each by itself. Rules have no condition key that names their group, so the
 * statement on the group decides whose rules may change. No statement lets it name a prefix list, or a referenced group that is not enforced: IAM
 * refuses a modification that sets either. Source: as above.
 */
export const mayReplaceRules = (anyRuleArn: string): Statement => ({
  Sid: 'ReplaceRules',
  Effect: 'Allow',
  Action: ['ec2:ModifySecurityGroupRules'],
  Resource: [anyRuleArn],
});

/** AWS Config authorizes this by no resource: the event's result token says for which rule. */
export const mayPutEvaluations = (): Statement => ({
  Sid: 'PutEvaluations',
  Effect: 'Allow',
  Action: ['config:PutEvaluations'],
  Resource: ['*'],
});

/** Without `logs:CreateLogGroup`: a late invocation cannot bring back the log group that a destroy removed. */
export const mayWriteLogs = (logGroupArn: string): Statement => ({
  Sid: 'WriteLogs',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: [`${logGroupArn}:*`],
});

export const maySendTo = (queueArn: string): Statement => ({
  Sid: 'SendFailures',
  Effect: 'Allow',
  Action: ['sqs:SendMessage'],
  Resource: [queueArn],
});

// The first words of EC2's actions that change something: all its verbs but Describe, Get, List and Search.
const ec2WriteVerbs = `
  Accept Advertise Allocate Apply Assign Associate Attach Authorize Batch Bundle Cancel Confirm Copy Create Delete
  Deprovision Deregister Detach Disable Disassociate Enable Export Import Lock Modify Monitor Move Provision Purchase Put
  Reboot Register Reject Release Replace Report Request Reset Restore Revoke Run Send Start Stop Terminate Unassign Unlock
  Unmonitor Update Validate Withdraw
`
  .trim()
  .split(/\s+/);

export const mayPublishTo = (topicArn: string): Statement => ({
  Sid: 'PublishFindings',
  Effect: 'Allow',
  Action: ['sns:Publish'],
  Resource: [topicArn],
});

/**
 * What writing to an encrypted topic, queue or bucket needs, through that service alone. Source: SNS developer guide, "Managing encryption
 * keys and costs"; SQS developer guide, "Key management". The service is named by its endpoint, whose domain differs from partition to partition.
 * Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export const mayEncryptFor = (what: string, kmsKeyArn: string, service: 's3' | 'sns' | 'sqs', region: string): Statement => ({
  Sid: `Encrypt${what}`,
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Resource: [kmsKeyArn],
  Condition: { StringLike: { 'kms:ViaService': `${service}.${region}.amazonaws.*` } },
});

export const mayPutEventsOn = (eventBusArn: string): Statement => ({
  Sid: 'PutFindings',
  Effect: 'Allow',
  Action: ['events:PutEvents'],
  Resource: [eventBusArn],
});

/** As the custom product of an account. Source: Security Hub user guide, "Using custom product integrations". */
export const mayImportFindings = (productArn: string): Statement => ({
  Sid: 'ImportFindings',
  Effect: 'Allow',
  Action: ['securityhub:BatchImportFindings'],
  Resource: [productArn],
});

export const mayInvoke = (functionArn: string): Statement => ({
  Sid: 'WakeRemediator',
  Effect: 'Allow',
  Action: ['lambda:InvokeFunction'],
  Resource: [functionArn],
});

/**
 * An explicit Deny outweighs every Allow: whatever is attached to the role one day, it changes nothing in EC2.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const neverWritesToEc2 = (): Statement => ({
  Sid: 'NeverWriteToEc2',
  Effect: 'Deny',
  Action: ec2WriteVerbs.map((verb) => `ec2:${verb}*`),
  Resource: ['*'],
});

/**
 * What a configuration recorder of security groups needs: the part of the AWS-managed `AWS_ConfigRole` that concerns
 * EC2 and AWS Config itself. None of these actions is authorized by resource alone.
 * Source: https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html
 */
export const mayRecordSecurityGroups = (): Statement => ({
  Sid: 'RecordSecurityGroups',
  Effect: 'Allow',
  Action: ['ec2:Describe*', 'ec2:Get*', 'config:Describe*', 'config:Get*', 'config:List*', 'config:Put*'],
  Resource: ['*'],
});

/**
 * The role of a member account, in any account of the organization and in none outside of it: whoever outside names the function in a rule of theirs
 * leads to nothing. Source: IAM user guide, "AWS global condition context keys", `aws:ResourceOrgID`.
 */
export const mayAssume = (roleArn: string, organizationId: string): Statement => ({
  Sid: 'AssumeMemberRole',
  Effect: 'Allow',
  Action: ['sts:AssumeRole'],
  Resource: [roleArn],
  Condition: { StringEquals: { 'aws:ResourceOrgID': organizationId } },
});

/** Renders an IAM policy. References to resources stay references in the text. */
export const policyDocument = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/**
 * Renders a role's trust policy. `conditions` keep other accounts from using the service as their deputy; a service that
 * names no source account must be left without, as Lambda is.
 */
export const serviceMayAssume = (service: string, conditions?: { readonly sourceAccount: string }): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: service },
        ...(conditions && { Condition: { StringEquals: { 'aws:SourceAccount': conditions.sourceAccount } } }),
      },
    ],
  });

/** Renders the trust policy of a role that one role of another account may assume. By its ARN and not its id: it may be deployed anew. */
export const roleMayAssume = (roleArn: string): string => {
  const [, partition = '', , , accountId = ''] = roleArn.split(':');
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn } },
      },
    ],
  });
};

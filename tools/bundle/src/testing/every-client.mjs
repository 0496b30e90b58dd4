// Makes two calls with every SDK client of the functions: the first call returns a result, and the second call fails.
import { ConfigServiceClient, PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupRulesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

const evaluation = {
  ComplianceResourceType: 'AWS::EC2::SecurityGroup',
  ComplianceResourceId: 'sg-1',
  ComplianceType: 'NON_COMPLIANT',
  OrderingTimestamp: new Date('2026-11-23T10:00:00.123Z'),
};
const permission = {
  ...{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'ü' }] },
  ...{
    Ipv6Ranges: [{ CidrIpv6: '::/0' }],
    PrefixListIds: [{ PrefixListId: 'pl-1' }],
    UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '1' }],
  },
};
const TagSpecifications = [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'team', Value: 'web' }] }];
const calls = [
  ['ec2', EC2Client, new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: ['sg-1', 'sg-2'] }], MaxResults: 5 })],
  ['authorize', EC2Client, new AuthorizeSecurityGroupIngressCommand({ GroupId: 'sg-1', IpPermissions: [permission], TagSpecifications })],
  ['config', ConfigServiceClient, new PutEvaluationsCommand({ Evaluations: [evaluation], ResultToken: 'büro' })],
  ['events', EventBridgeClient, new PutEventsCommand({ Entries: [{ Source: 'portcullis', DetailType: 'finding', Detail: '{"ü":1}' }] })],
  [
    'lambda',
    LambdaClient,
    new InvokeCommand({ FunctionName: 'remediator', InvocationType: 'Event', Payload: new TextEncoder().encode('{"ü":1}') }),
  ],
  [
    'securityhub',
    SecurityHubClient,
    new BatchImportFindingsCommand({ Findings: [{ Id: 'ü', Severity: { Label: 'HIGH' }, Resources: [] }] }),
  ],
  ['sns', SNSClient, new PublishBatchCommand({ TopicArn: 'topic', PublishBatchRequestEntries: [{ Id: '1', Message: 'ü & <b>' }] })],
  ['sts', STSClient, new AssumeRoleCommand({ RoleArn: 'role', RoleSessionName: 'portcullis' })],
];

export async function handler() {
  const results = {};
  for (const [name, Client, command] of calls) {
    const client = new Client({ maxAttempts: 1 });
    const { $metadata, Payload, ...answer } = await client.send(command);
    const error = await client
      .send(command)
      .catch(({ name: type, message, $fault, $metadata: { httpStatusCode } }) => ({ name: type, message, $fault, httpStatusCode }));
    results[name] = { answer, payload: Payload && Buffer.from(Payload).toString(), status: $metadata.httpStatusCode, error };
  }
  return results;
}

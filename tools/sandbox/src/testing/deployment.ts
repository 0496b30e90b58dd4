import { CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import {
  PutConfigRuleCommand,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StartConfigurationRecorderCommand,
  type MessageType,
  type Scope,
} from '@aws-sdk/client-config-service';
import { CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { AddPermissionCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { Sandbox } from '../sandbox.js';
import { packageWith } from './packages.js';

const given = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('AWS left out what it always answers');
  return value;
};

/**
 * What a stack has before it has functions: a bucket, a trail that logs and a recorder that records. Returns a role.
 */
export const deployFoundation = async (sandbox: Sandbox): Promise<string> => {
  const { Role: role } = await sandbox.iam().send(
    new CreateRoleCommand({
      RoleName: 'everything',
      Path: '/portcullis/',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [] }),
    }),
  );
  const roleARN = given(role?.Arn);
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await sandbox.s3().send(new CreateBucketCommand({ Bucket: 'audit', CreateBucketConfiguration }));
  await sandbox.cloudTrail().send(new CreateTrailCommand({ Name: 'audit', S3BucketName: 'audit' }));
  await sandbox.cloudTrail().send(new StartLoggingCommand({ Name: 'audit' }));
  const recordingGroup = { resourceTypes: ['AWS::EC2::SecurityGroup' as const] };
  await sandbox.config().send(new PutConfigurationRecorderCommand({ ConfigurationRecorder: { name: 'default', roleARN, recordingGroup } }));
  await sandbox.config().send(new PutDeliveryChannelCommand({ DeliveryChannel: { name: 'default', s3BucketName: 'audit' } }));
  await sandbox.config().send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
  return roleARN;
};

/** Returns the function's ARN. */
export const deployFunction = async (sandbox: Sandbox, name: string, roleArn: string, source: string): Promise<string> => {
  const { FunctionArn: arn } = await sandbox.lambda().send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: roleArn,
      Runtime: 'nodejs22.x',
      Handler: 'main.handler',
      Timeout: 10,
      Code: { ZipFile: packageWith(source) },
    }),
  );
  return given(arn);
};

export const allowConfig = async (sandbox: Sandbox, functionName: string): Promise<void> => {
  await sandbox.lambda().send(
    new AddPermissionCommand({
      FunctionName: functionName,
      StatementId: 'config',
      Action: 'lambda:InvokeFunction',
      Principal: 'config.amazonaws.com',
      SourceAccount: sandbox.accountId,
    }),
  );
};

export const putConfigRule = async (
  sandbox: Sandbox,
  name: string,
  functionArn: string,
  scope: Scope = { ComplianceResourceTypes: ['AWS::EC2::SecurityGroup'] },
  messageTypes: readonly MessageType[] = ['ConfigurationItemChangeNotification'],
): Promise<void> => {
  await sandbox.config().send(
    new PutConfigRuleCommand({
      ConfigRule: {
        ConfigRuleName: name,
        Scope: scope,
        Source: {
          Owner: 'CUSTOM_LAMBDA',
          SourceIdentifier: functionArn,
          SourceDetails: messageTypes.map((MessageType) => ({ EventSource: 'aws.config', MessageType })),
        },
      },
    }),
  );
};

/** Puts a rule with the function as its target; `allowed` tells whether the rule may invoke it. */
export const putEventRule = async (
  sandbox: Sandbox,
  name: string,
  pattern: unknown,
  functionArn: string,
  allowed = true,
): Promise<void> => {
  const { RuleArn: ruleArn } = await sandbox
    .eventBridge()
    .send(new PutRuleCommand({ Name: name, EventPattern: JSON.stringify(pattern), State: 'ENABLED' }));
  if (allowed) {
    await sandbox.lambda().send(
      new AddPermissionCommand({
        FunctionName: functionArn,
        StatementId: name,
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: ruleArn,
      }),
    );
  }
  await sandbox.eventBridge().send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 'it', Arn: functionArn }] }));
};

/** Returns the id of a new group. */
export const createGroup = async (sandbox: Sandbox, name: string): Promise<string> => {
  const { GroupId } = await sandbox.ec2().send(new CreateSecurityGroupCommand({ GroupName: name, Description: `${name} of a test` }));
  return given(GroupId);
};

import { DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeConfigRulesCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
} from '@aws-sdk/client-config-service';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { Sandbox } from '../sandbox.js';

/**
 * Everything in the sandbox of the kinds that a deployment makes, as `function portcullis-config-remediator`, in canonical order. Inline policies, permissions,
 * targets and settings are not listed: they go with what they belong to.
 */
export const inventory = async (sandbox: Sandbox): Promise<readonly string[]> => {
  const lists = await Promise.all([
    named('function', sandbox.lambda().send(new ListFunctionsCommand({})), ({ Functions = [] }) =>
      Functions.map(({ FunctionName }) => FunctionName),
    ),
    named('log group', sandbox.logs().send(new DescribeLogGroupsCommand({})), ({ logGroups = [] }) =>
      logGroups.map(({ logGroupName }) => logGroupName),
    ),
    named('alarm', sandbox.cloudWatch().send(new DescribeAlarmsCommand({})), ({ MetricAlarms = [] }) =>
      MetricAlarms.map(({ AlarmName }) => AlarmName),
    ),
    named('dashboard', sandbox.cloudWatch().send(new ListDashboardsCommand({})), ({ DashboardEntries = [] }) =>
      DashboardEntries.map(({ DashboardName }) => DashboardName),
    ),
    named('Config rule', sandbox.config().send(new DescribeConfigRulesCommand({})), ({ ConfigRules = [] }) =>
      ConfigRules.map(({ ConfigRuleName }) => ConfigRuleName),
    ),
    named(
      'configuration recorder',
      sandbox.config().send(new DescribeConfigurationRecordersCommand({})),
      ({ ConfigurationRecorders = [] }) => ConfigurationRecorders.map(({ name }) => name),
    ),
    named(
      'delivery channel',
      sandbox.config().send(new DescribeDeliveryChannelsCommand({})),
      ({ DeliveryChannels = [] }) => DeliveryChannels.map(({ name }) => name),
    ),
    named('EventBridge rule', sandbox.eventBridge().send(new ListRulesCommand({})), ({ Rules = [] }) =>
      Rules.map(({ Name }) => Name),
    ),
    named('role', sandbox.iam().send(new ListRolesCommand({})), ({ Roles = [] }) =>
      Roles.map(({ RoleName }) => RoleName),
    ),
    named('policy', sandbox.iam().send(new ListPoliciesCommand({ Scope: 'Local' })), ({ Policies = [] }) =>
      Policies.map(({ PolicyName }) => PolicyName),
    ),
    named('queue', sandbox.sqs().send(new ListQueuesCommand({})), ({ QueueUrls = [] }) =>
      QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1)),
    ),
    named('trail', sandbox.cloudTrail().send(new DescribeTrailsCommand({})), ({ trailList = [] }) =>
      trailList.map(({ Name }) => Name),
    ),
    named('bucket', sandbox.s3().send(new ListBucketsCommand({})), ({ Buckets = [] }) =>
      Buckets.map(({ Name }) => Name),
    ),
  ]);
  return lists.flat().sort();
};

const named = async <T>(
  kind: string,
  answer: Promise<T>,
  namesIn: (answer: T) => readonly (string | undefined)[],
): Promise<readonly string[]> => namesIn(await answer).map((name) => `${kind} ${name ?? 'without a name'}`);

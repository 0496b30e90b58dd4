import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { differencesOf, given, resourceType, type Place } from '../resource-type.js';

interface LogGroupArguments {
  readonly name: string;
  readonly retentionInDays: number | undefined;
}

const keep = async ({ name, retentionInDays }: LogGroupArguments, { clients: { logs } }: Place): Promise<void> => {
  if (retentionInDays === undefined) return;
  // Terraform's 0 is "never expires", which CloudWatch Logs says by having no policy.
  await (retentionInDays === 0
    ? logs.send(new DeleteRetentionPolicyCommand({ logGroupName: name }))
    : logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays })));
};

const logGroup = resourceType<LogGroupArguments>({
  read: (args) => ({ name: args.text('name'), retentionInDays: args.optionalNumber('retention_in_days') }),
  attributes: ['arn', 'id'],
  find: async (args, { clients: { logs } }) => {
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: args.name }));
    const group = logGroups.find(({ logGroupName }) => logGroupName === args.name);
    if (group === undefined) return undefined;
    const actual = { name: group.logGroupName, retentionInDays: group.retentionInDays ?? 0 };
    return {
      // CloudWatch Logs ends a group's ARN in `:*`, for its streams; Terraform leaves that to whoever uses it.
      attributes: { arn: given(group.arn, 'arn').replace(/:\*$/, ''), id: args.name },
      differences: differencesOf(args, actual),
    };
  },
  create: async (args, place) => {
    await place.clients.logs.send(new CreateLogGroupCommand({ logGroupName: args.name }));
    if (args.retentionInDays !== 0) await keep(args, place);
  },
  change: keep,
  remove: async ({ name }, { clients: { logs } }) => {
    await logs.send(new DeleteLogGroupCommand({ logGroupName: name }));
  },
});

export const logsResources = { aws_cloudwatch_log_group: logGroup };

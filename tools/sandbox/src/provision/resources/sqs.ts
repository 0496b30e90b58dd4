import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { differencesOf, given, resourceType, unlessAbsent } from '../resource-type.js';

/** The names of the error SQS answers when there is no such queue: of the query protocol, and of the JSON one. */
const absent = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

interface QueueArguments {
  readonly name: string;
  readonly messageRetentionSeconds: number | undefined;
  readonly sqsManagedSseEnabled: boolean | undefined;
}

const urlOf = async (sqs: SQSClient, name: string): Promise<string | undefined> =>
  (await unlessAbsent(sqs.send(new GetQueueUrlCommand({ QueueName: name })), ...absent))?.QueueUrl;

const existingUrl = async (sqs: SQSClient, name: string): Promise<string> => given(await urlOf(sqs, name), 'QueueUrl');

/** The attributes as SQS is told them: all values are text, and what is not said is left alone. */
const settings = (args: QueueArguments): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      MessageRetentionPeriod: args.messageRetentionSeconds,
      SqsManagedSseEnabled: args.sqsManagedSseEnabled,
    }).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );

const queue = resourceType<QueueArguments>({
  read: (args) => ({
    name: args.text('name'),
    messageRetentionSeconds: args.optionalNumber('message_retention_seconds'),
    sqsManagedSseEnabled: args.optionalFlag('sqs_managed_sse_enabled'),
  }),
  attributes: ['arn', 'id', 'url'],
  find: async (args, { clients: { sqs } }) => {
    const QueueUrl = await urlOf(sqs, args.name);
    if (QueueUrl === undefined) return undefined;
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return {
      attributes: { arn: given(Attributes.QueueArn, 'QueueArn'), id: QueueUrl, url: QueueUrl },
      differences: differencesOf(args, {
        name: args.name,
        messageRetentionSeconds: Number(Attributes.MessageRetentionPeriod),
        sqsManagedSseEnabled: Attributes.SqsManagedSseEnabled?.toLowerCase() === 'true',
      }),
    };
  },
  create: async (args, { clients: { sqs } }) => {
    await sqs.send(new CreateQueueCommand({ QueueName: args.name, Attributes: settings(args) }));
  },
  change: async (args, { clients: { sqs } }) => {
    const QueueUrl = await existingUrl(sqs, args.name);
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: settings(args) }));
  },
  remove: async ({ name }, { clients: { sqs } }) => {
    await sqs.send(new DeleteQueueCommand({ QueueUrl: await existingUrl(sqs, name) }));
  },
});

const queuePolicy = resourceType({
  read: (args) => ({ queueUrl: args.text('queue_url'), policy: args.json('policy') }),
  attributes: ['id'],
  find: async (args, { clients: { sqs } }) => {
    const get = new GetQueueAttributesCommand({ QueueUrl: args.queueUrl, AttributeNames: ['Policy'] });
    const policy = (await unlessAbsent(sqs.send(get), ...absent))?.Attributes?.Policy;
    if (policy === undefined || policy === '') return undefined;
    const actual = { queueUrl: args.queueUrl, policy: JSON.parse(policy) as unknown };
    return { attributes: { id: args.queueUrl }, differences: differencesOf(args, actual) };
  },
  create: async ({ queueUrl, policy }, { clients: { sqs } }) => {
    const Attributes = { Policy: JSON.stringify(policy) };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes }));
  },
  remove: async ({ queueUrl }, { clients: { sqs } }) => {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy: '' } }));
  },
});

export const sqsResources = { aws_sqs_queue: queue, aws_sqs_queue_policy: queuePolicy };

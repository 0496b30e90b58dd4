import { PublishBatchCommand, SNSClient, type PublishBatchRequestEntry } from '@aws-sdk/client-sns';
import type { Finding } from '../finding/finding.js';
import { ownerFromTags } from '../finding/owner-tags.js';
import { findingMessage } from '../formats/message.js';
import { sendFindingsInBatches } from './batches.js';
import { SDK_LIMITS } from './sdk-limits.js';
import type { FindingSink, Undelivered } from './sink.js';

export interface SnsTarget {
  /** The ARN of a standard or FIFO topic. */
  readonly topicArn: string;
}

/** Source: SNS API reference, PublishBatch: at most 10 entries, and 262,144 bytes for all messages together. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 262_144;
/** The maximum size of a message in bytes. The other 20,000 bytes are for the attributes and the field names. */
const MAX_MESSAGE_BYTES = MAX_BYTES - 20_000;

/** Returns a sink that publishes each finding as a message for people on an SNS topic. */
export function snsSink(client: SNSClient, { topicArn }: SnsTarget): FindingSink {
  const isFifo = topicArn.endsWith('.fifo');
  return {
    name: 'sns',
    emit: (findings, signal) => {
      const entries = findings.map((finding, i) => ({ finding, entry: snsEntry(finding, String(i), isFifo) }));
      const limits = { maxItems: MAX_ENTRIES, maxBytes: MAX_MESSAGE_BYTES, bytesOf: snsMessageBytes };
      return sendFindingsInBatches(entries, limits, async (batch) => {
        const PublishBatchRequestEntries = batch.map(({ entry }) => entry);
        const command = new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries });
        const { Failed = [] } = await client.send(command, { abortSignal: signal });
        return batch.flatMap(({ finding, entry }): Undelivered[] => {
          const failed = Failed.find(({ Id }) => Id === entry.Id);
          return failed === undefined ? [] : [{ findingId: finding.id, reason: `PublishBatch failed with ${failed.Code ?? 'no code'}` }];
        });
      });
    },
  };
}

/** Returns an `snsSink` with a client for the region of the topic. */
export function snsSinkWithClient(target: SnsTarget): FindingSink {
  return snsSink(new SNSClient({ ...SDK_LIMITS, region: target.topicArn.split(':')[3] }), target);
}

function snsMessageBytes({ entry: { Message = '', Subject = '' } }: { readonly entry: PublishBatchRequestEntry }): number {
  return Buffer.byteLength(Message) + Subject.length;
}

function snsEntry(finding: Finding, Id: string, isFifo: boolean): PublishBatchRequestEntry {
  const { subject, body } = findingMessage(finding, { maxBytes: MAX_MESSAGE_BYTES - 100 });
  const { id, severity, kind, group, baseline } = finding;
  const { id: groupId, accountId, region } = group;
  // Remove quotes and backslashes, because a filter policy would have to escape these characters twice. Source:
  // https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
  const owner = ownerFromTags(group)?.replace(/["\\]/g, '') ?? null;
  const attributes = { findingId: id, severity, kind, groupId, baseline, accountId, region, owner };
  return {
    Id,
    Subject: subject,
    Message: body,
    // The filter policies of subscriptions match these attributes. SNS refuses an empty attribute. If a message without SNS envelope has
    // more than 10 attributes, SQS discards the message: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value]) =>
        value === null || value === '' ? [] : [[name, { DataType: 'String', StringValue: value }]],
      ),
    ),
    // A FIFO topic keeps the order of messages about the same group.
    ...(isFifo && { MessageGroupId: snsFifoId(group.id ?? 'none'), MessageDeduplicationId: snsFifoId(id) }),
  };
}

/** Source: SNS API reference, Publish, MessageDeduplicationId: at most 128 letters, digits and punctuation marks, no spaces. */
function snsFifoId(text: string): string {
  return text.replace(/[^\u0021-\u007e]/g, '_').slice(-128);
}

import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import { bytesOf } from '../size.js';
import { example, large } from '../testing/example.js';
import { wire, type Wire } from '../testing/wire.js';
import { atLeast } from './at-least.js';
import { batchesOf } from './batches.js';
import { eventBridgeSink } from './event-bridge-sink.js';
import { securityHubSink } from './security-hub-sink.js';
import type { FindingSink } from './sink.js';
import { snsSink } from './sns-sink.js';

const { signal } = new AbortController();
const many = (count: number) => Array.from({ length: count }, (_, i) => example({ id: `event-${i}:sg-1` }));
const json = (body: string | undefined) => JSON.parse(body ?? '') as Record<string, never>;

describe('SNS', () => {
  const published = { body: '<PublishBatchResponse><PublishBatchResult/></PublishBatchResponse>' };
  const sinkOn = ({ client }: Wire, topicArn = 'arn:aws:sns:eu-west-1:111122223333:alarms'): FindingSink =>
    snsSink(new SNSClient(client), { topicArn });

  it('publishes a message with its subject, and what a subscription may filter by', async () => {
    const net = wire(published);
    expect(await sinkOn(net).emit([example()], signal)).toEqual([]);

    const form = Object.fromEntries(new URLSearchParams(net.bodies[0]));
    expect(form).toMatchObject({
      Action: 'PublishBatch',
      TopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms',
      'PublishBatchRequestEntries.member.1.Subject': expect.stringMatching(/^CRITICAL drift: web: /) as string,
      'PublishBatchRequestEntries.member.1.Message': expect.stringContaining('By hand') as string,
    });
    const attributes = [1, 2, 3, 4, 5].map((n) => [
      form[`PublishBatchRequestEntries.member.1.MessageAttributes.entry.${n}.Name`],
      form[`PublishBatchRequestEntries.member.1.MessageAttributes.entry.${n}.Value.StringValue`],
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      findingId: 'event-1:sg-1',
      severity: 'critical',
      kind: 'drift',
      groupId: 'sg-1',
      baseline: 'public-web',
    });
    expect(net.bodies[0]).not.toContain('MessageGroupId');
  });

  it('keeps the order of one group on a FIFO topic, and lets it drop what is delivered twice', async () => {
    const net = wire(published);
    await sinkOn(net, 'arn:aws:sns:eu-west-1:111122223333:alarms.fifo').emit([example()], signal);

    expect(Object.fromEntries(new URLSearchParams(net.bodies[0]))).toMatchObject({
      'PublishBatchRequestEntries.member.1.MessageGroupId': 'sg-1',
      'PublishBatchRequestEntries.member.1.MessageDeduplicationId': 'event-1:sg-1',
    });
  });

  it('sends ten at a time, fewer where they are long, and of one that is too long what fits', async () => {
    const net = wire(published);
    await sinkOn(net).emit(many(23), signal);
    expect(net.bodies).toHaveLength(3);

    const long = wire(published);
    await sinkOn(long).emit([large(1_000), large(1_000), large(3_000)], signal);
    const sizes = long.bodies.map((body) =>
      [1, 2, 3].map((n) => {
        const message = new URLSearchParams(body).get(`PublishBatchRequestEntries.member.${n}.Message`) ?? '';
        return message.length > 100_000 ? 'long' : message.length > 0 ? 'short' : 'none';
      }),
    );
    expect(sizes).toEqual([
      ['long', 'none', 'none'],
      ['long', 'short', 'none'],
    ]);
  });

  it('names each that the topic did not take', async () => {
    const failed =
      '<PublishBatchResponse><PublishBatchResult><Failed><member><Id>1</Id><Code>KMSThrottling</Code><SenderFault>false</SenderFault></member></Failed></PublishBatchResult></PublishBatchResponse>';

    expect(await sinkOn(wire({ body: failed })).emit(many(3), signal)).toEqual([
      { findingId: 'event-1:sg-1', reason: 'PublishBatch failed with KMSThrottling' },
    ]);
  });

  it('goes on with the next batch when one fails as a whole', async () => {
    const denied =
      '<ErrorResponse><Error><Code>AuthorizationError</Code><Message>not authorized to perform: SNS:Publish</Message></Error></ErrorResponse>';
    const undelivered = await sinkOn(wire({ status: 403, body: denied }, published)).emit(many(11), signal);

    expect(undelivered).toHaveLength(10);
    expect(undelivered[0]).toEqual({ findingId: 'event-0:sg-1', reason: 'not authorized to perform: SNS:Publish' });
  });
});

describe('EventBridge', () => {
  const sinkOn = ({ client }: Wire): FindingSink =>
    eventBridgeSink(new EventBridgeClient(client), {
      eventBus: 'arn:aws:events:eu-west-1:111122223333:event-bus/security',
    });
  const taken = (count: number) => ({
    body: JSON.stringify({ FailedEntryCount: 0, Entries: Array.from({ length: count }, () => ({ EventId: 'e' })) }),
  });

  it('puts the finding as it is', async () => {
    const net = wire(taken(1));
    expect(await sinkOn(net).emit([example()], signal)).toEqual([]);

    expect(json(net.bodies[0])).toEqual({
      Entries: [
        {
          EventBusName: 'arn:aws:events:eu-west-1:111122223333:event-bus/security',
          Source: 'portcullis',
          DetailType: 'Portcullis Finding',
          Detail: JSON.stringify(example()),
          Resources: ['arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1'],
          Time: Date.parse('2026-11-23T10:00:00Z') / 1000,
        },
      ],
    });
  });

  it('leaves out the lists of a finding that is too large, and says which', async () => {
    const net = wire(taken(1));
    await sinkOn(net).emit([large(900)], signal);

    const { Entries } = json(net.bodies[0]) as unknown as { Entries: { Detail: string }[] };
    const detail = JSON.parse(Entries[0]?.Detail ?? '') as Record<string, unknown>;
    expect(bytesOf(detail)).toBeLessThanOrEqual(250_000);
    expect(detail.omitted).toEqual(['rules']);
    expect(detail.revoke).toHaveLength(900);
  });

  it('takes an answer of 200 for what it is: each entry has its own', async () => {
    const body = JSON.stringify({
      FailedEntryCount: 1,
      Entries: [{ EventId: 'e' }, { ErrorCode: 'InternalFailure', ErrorMessage: '…' }, { EventId: 'f' }],
    });

    expect(await sinkOn(wire({ body })).emit(many(3), signal)).toEqual([
      { findingId: 'event-1:sg-1', reason: 'PutEvents failed with InternalFailure' },
    ]);
  });

  it('names all of them when the call fails', async () => {
    const body = JSON.stringify({ __type: 'ResourceNotFoundException', message: 'Event bus security does not exist.' });

    expect(await sinkOn(wire({ status: 400, body })).emit(many(2), signal)).toEqual([
      { findingId: 'event-0:sg-1', reason: 'Event bus security does not exist.' },
      { findingId: 'event-1:sg-1', reason: 'Event bus security does not exist.' },
    ]);
  });
});

describe('Security Hub', () => {
  const sinkOn = ({ client }: Wire): FindingSink =>
    securityHubSink(
      new SecurityHubClient(client),
      { accountId: '111122223333', region: 'eu-west-1', minimumSeverity: 'high' },
      () => new Date('2026-11-23T10:00:09Z'),
    );
  const imported = { body: JSON.stringify({ FailedCount: 0, SuccessCount: 1, FailedFindings: [] }) };
  const titles = (net: Wire) =>
    net.bodies.flatMap((body) => (json(body) as unknown as { Findings: { Title: string }[] }).Findings).map(({ Title }) => Title);

  it('imports what is severe enough, and whatever settles a drift', async () => {
    const net = wire(imported);
    const findings = [
      example({ kind: 'attempt', severity: 'low', atBaseline: null }),
      example(),
      example({ kind: 'change', severity: 'info', atBaseline: true, access: { gained: [], lost: [] } }),
    ];
    expect(await sinkOn(net).emit(findings, signal)).toEqual([]);

    expect(titles(net)).toEqual(['Security group web: drift', 'Security group web: change']);
  });

  it('makes no call for nothing', async () => {
    const net = wire(imported);
    await sinkOn(net).emit([example({ kind: 'attempt', severity: 'low', atBaseline: null })], signal);

    expect(net.bodies).toEqual([]);
  });

  it('sends a hundred at a time, and names each that was not taken', async () => {
    const body = JSON.stringify({
      FailedCount: 1,
      SuccessCount: 0,
      FailedFindings: [{ Id: 'portcullis/eu-west-1/event-7:sg-1', ErrorCode: 'InvalidInput', ErrorMessage: '…' }],
    });
    const net = wire({ body });
    const findings = many(101).map((finding) => ({ ...finding, kind: 'undetermined' as const }));

    expect(await sinkOn(net).emit(findings, signal)).toEqual([
      { findingId: 'event-7:sg-1', reason: 'BatchImportFindings failed with InvalidInput' },
    ]);
    expect(net.bodies).toHaveLength(2);
  });
});

it('a sink may be told of the severe alone', async () => {
  const told: string[][] = [];
  const sink = atLeast('high', {
    name: 'kept',
    emit: (findings) => {
      told.push(findings.map(({ severity }) => severity));
      return Promise.resolve([]);
    },
  });
  const all = (['info', 'low', 'medium', 'high', 'critical'] as const).map((severity) => example({ severity }));

  await sink.emit(all, signal);
  await sink.emit(all.slice(0, 3), signal);

  expect(told).toEqual([['high', 'critical']]);
});

it('batches keep the order, within a number and a size; what is too large stands alone', () => {
  const sizes = [1, 9, 3, 20, 1, 1, 1, 1];

  expect(batchesOf(sizes, { maxItems: 3, maxBytes: 10, bytesOf: (size) => size })).toEqual([[1, 9], [3], [20], [1, 1, 1], [1]]);
  expect(batchesOf([], { maxItems: 3 })).toEqual([]);
});

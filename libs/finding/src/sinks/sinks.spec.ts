import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Finding } from '../finding/finding.js';
import { findingJsonByteLength } from '../finding/finding-size.js';
import { example, large } from '../testing/example.js';
import { wire, type Wire } from '../testing/wire.js';
import { sinkBatches } from './batches.js';
import { eventBridgeSink, type EventFormat } from './event-bridge-sink.js';
import { securityHubSink } from './security-hub-sink.js';
import type { FindingSink } from './sink.js';
import { snsSink } from './sns-sink.js';

const { signal } = new AbortController();
function many(count: number): Finding[] {
  return Array.from({ length: count }, (_, i) => example({ id: `event-${i}:sg-1`, kind: 'undetermined' }));
}

function json(body = ''): unknown {
  return JSON.parse(body);
}

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alarms';
const BUS = 'arn:aws:events:eu-west-1:111122223333:event-bus/security';

function snsOn({ client }: Wire, topicArn = TOPIC): FindingSink {
  return snsSink(new SNSClient(client), { topicArn });
}

function eventBridgeOn({ client }: Wire, format: EventFormat = 'portcullis'): FindingSink {
  return eventBridgeSink(new EventBridgeClient(client), { eventBus: BUS, format });
}

function securityHubOn({ client }: Wire): FindingSink {
  const target = { accountId: '111122223333', region: 'eu-west-1', minimumSeverity: 'high' } as const;
  return securityHubSink(new SecurityHubClient(client), target);
}

const published = { body: '<PublishBatchResponse><PublishBatchResult/></PublishBatchResponse>' };
const put = { body: JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }) };
const imported = { body: JSON.stringify({ FailedCount: 0, SuccessCount: 1, FailedFindings: [] }) };

describe('SNS', () => {
  const MEMBER = 'PublishBatchRequestEntries.member.1';
  const formOf = (net: Wire) => Object.fromEntries(new URLSearchParams(net.bodies[0]));

  it('the SNS sink publishes a message with a subject, and with attributes for the filter policies of subscriptions', async () => {
    const net = wire(published);
    const group = { ...example().group, tags: { Service: 'shop', Team: 'web "\\platform"' } };
    expect(await snsOn(net).emit([example({ group })], signal)).toEqual([]);

    const form = formOf(net);
    expect(form).toMatchObject({
      Action: 'PublishBatch',
      TopicArn: TOPIC,
      [`${MEMBER}.Subject`]: expect.stringMatching(/^CRITICAL drift: web: /) as string,
      [`${MEMBER}.Message`]: expect.stringContaining('Fix by hand') as string,
    });
    const entry = (n: number, field: string) => form[`${MEMBER}.MessageAttributes.entry.${n}.${field}`];
    const attributes = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [entry(n, 'Name'), entry(n, 'Value.StringValue')]);
    expect(Object.fromEntries(attributes)).toEqual({
      ...{ findingId: 'event-1:sg-1', severity: 'critical', kind: 'drift', groupId: 'sg-1', baseline: 'public-web' },
      ...{ accountId: '111122223333', region: 'eu-west-1', owner: 'web platform' },
    });
    expect(net.bodies[0]).not.toContain('MessageGroupId');
  });

  it('on a FIFO topic, the SNS sink sets the group id as the message group and the finding id as the deduplication id', async () => {
    const net = wire(published);
    await snsOn(net, `${TOPIC}.fifo`).emit([example()], signal);

    expect(formOf(net)).toMatchObject({
      [`${MEMBER}.MessageGroupId`]: 'sg-1',
      [`${MEMBER}.MessageDeduplicationId`]: 'event-1:sg-1',
    });
  });

  it('the SNS sink sends at most ten messages in one call, sends fewer if they are long, and shortens a message that exceeds the maximum size', async () => {
    const net = wire(published);
    await snsOn(net).emit(many(23), signal);
    expect(net.bodies).toHaveLength(3);

    const long = wire(published);
    await snsOn(long).emit([large(1_000), large(1_000), large(3_000)], signal);
    const isLong = long.bodies.map((body) =>
      [...new URLSearchParams(body)].filter(([name]) => name.endsWith('.Message')).map(([, message]) => message.length > 100_000),
    );
    expect(isLong).toEqual([[true], [true, false]]);
  });
});

describe('EventBridge', () => {
  it('the EventBridge sink puts the finding on the bus as the detail of an event', async () => {
    const net = wire(put);
    expect(await eventBridgeOn(net).emit([example()], signal)).toEqual([]);

    expect(json(net.bodies[0])).toEqual({
      Entries: [
        {
          EventBusName: BUS,
          Source: 'portcullis',
          DetailType: 'Portcullis Finding',
          Detail: JSON.stringify(example()),
          Resources: ['arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1'],
          Time: Date.parse('2026-11-23T10:00:00Z') / 1000,
        },
      ],
    });
  });

  it('with the format `both`, the EventBridge sink puts a second event on the bus: the finding as OCSF, with another detail type', async () => {
    const net = wire({ body: JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }, { EventId: 'f' }] }) });
    expect(await eventBridgeOn(net, 'both').emit([example()], signal)).toEqual([]);

    const { Entries } = json(net.bodies[0]) as { Entries: { DetailType: string; Detail: string }[] };
    expect(Entries.map(({ DetailType }) => DetailType)).toEqual(['Portcullis Finding', 'Portcullis OCSF Finding']);
    expect(json(Entries[1]?.Detail)).toMatchObject({ class_uid: 2004, metadata: { uid: 'event-1:sg-1' } });
  });

  it('with the format `ocsf`, the event about a finding with thousands of rules has less than 20,000 bytes', async () => {
    const net = wire(put);
    await eventBridgeOn(net, 'ocsf').emit([large(3_000)], signal);

    expect(Buffer.byteLength(net.bodies[0] ?? '')).toBeLessThan(20_000);
  });

  it('the EventBridge sink removes lists from a finding that exceeds the maximum size, and names these lists in `omitted`', async () => {
    const net = wire(put);
    await eventBridgeOn(net).emit([large(900)], signal);

    const { Entries } = json(net.bodies[0]) as { Entries: { Detail: string }[] };
    const detail = json(Entries[0]?.Detail);
    expect(findingJsonByteLength(detail)).toBeLessThanOrEqual(250_000);
    expect(detail).toMatchObject({ omitted: ['rules'], revoke: { length: 900 } });
  });
});

describe('Security Hub', () => {
  const dull = example({ kind: 'attempt', severity: 'low', atBaseline: null });

  it('the Security Hub sink imports findings of at least the minimum severity and findings that close a drift, and makes no call for other findings', async () => {
    const net = wire(imported);
    const closing = example({ kind: 'change', severity: 'info', atBaseline: true });
    expect(await securityHubOn(net).emit([dull, example(), closing], signal)).toEqual([]);
    await securityHubOn(net).emit([dull], signal);

    expect(net.bodies).toHaveLength(1);
    const { Findings } = json(net.bodies[0]) as { Findings: { Title: string }[] };
    expect(Findings.map(({ Title }) => Title)).toEqual(['Security group web: drift', 'Security group web: change']);
  });

  it('the Security Hub sink sends at most a hundred findings in one call', async () => {
    const net = wire(imported);
    await securityHubOn(net).emit(many(101), signal);

    expect(net.bodies).toHaveLength(2);
  });
});

const notPublished =
  '<PublishBatchResponse><PublishBatchResult><Failed><member><Id>1</Id><Code>KMSThrottling</Code><SenderFault>false</SenderFault></member></Failed></PublishBatchResult></PublishBatchResponse>';
const notPut = JSON.stringify({ FailedEntryCount: 1, Entries: [{ EventId: 'e' }, { ErrorCode: 'InternalFailure' }, { EventId: 'f' }] });
const notImported = JSON.stringify({
  FailedFindings: [{ Id: 'portcullis/eu-west-1/event-1:sg-1', ErrorCode: 'InvalidInput', ErrorMessage: '…' }],
});

it.each<[string, (net: Wire) => FindingSink, string, string]>([
  ['SNS', snsOn, notPublished, 'PublishBatch failed with KMSThrottling'],
  ['EventBridge', eventBridgeOn, notPut, 'PutEvents failed with InternalFailure'],
  ['Security Hub', securityHubOn, notImported, 'BatchImportFindings failed with InvalidInput'],
])(
  'if a call succeeds but %s refuses one of its findings, the sink returns this finding as undelivered',
  async (_, sinkOn, body, reason) => {
    expect(await sinkOn(wire({ body })).emit(many(3), signal)).toEqual([{ findingId: 'event-1:sg-1', reason }]);
  },
);

it('if the call for one batch fails, the SNS sink returns every finding of the batch as undelivered, and sends the next batch', async () => {
  const denied =
    '<ErrorResponse><Error><Code>AuthorizationError</Code><Message>not authorized to perform: SNS:Publish</Message></Error></ErrorResponse>';
  const undelivered = await snsOn(wire({ status: 403, body: denied }, published)).emit(many(11), signal);

  expect(undelivered).toEqual(many(10).map(({ id }) => ({ findingId: id, reason: 'not authorized to perform: SNS:Publish' })));
});

it('`sinkBatches` keeps the order of the items, limits the number and the size of the items in a batch, and gives an oversized item its own batch', () => {
  const sizes = [1, 9, 3, 20, 1, 1, 1, 1];

  expect(sinkBatches(sizes, { maxItems: 3, maxBytes: 10, bytesOf: (size) => size })).toEqual([[1, 9], [3], [20], [1, 1, 1], [1]]);
  expect(sinkBatches([], { maxItems: 3 })).toEqual([]);
});

/** The detector on the wire: what it reports and to whom, with the built functions, the SDK and moto's SNS, EventBridge and Security Hub. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeManagedPrefixListsCommand,
  ModifyManagedPrefixListCommand,
} from '@aws-sdk/client-ec2';
import { CreateEventBusCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetFindingsCommand, SecurityHubClient, type AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { findingSchema } from '@portcullis/finding/schema';
import { ANYWHERE, authorize, ingressWords, tcp } from './demo/groups.js';
import type { WeatherOptions } from './delivery/weather.js';
import { findingsOf } from './demo/narrate.js';
import { textOf } from './json.js';
import { createGroupsNamed, deployBaselines, during, given, mallory, runInstance, sandbox, useSandbox, revoke } from './testing/fixture.js';

/** One group for each test, so that none sees what another did. */
const NAMES = ['told', 'woken', 'tagged', 'listed', 'deaf'] as const;
type Name = (typeof NAMES)[number];

let ids: Readonly<Record<Name, string>>;
let topicArn: string;
let prefixListId: string;
let queues: { readonly people: string; readonly machines: string };

/** Returns the URL and the ARN of a new queue. */
const createQueue = async (QueueName: string): Promise<readonly [url: string, arn: string]> => {
  const { QueueUrl } = await sandbox.client(SQSClient).send(new CreateQueueCommand({ QueueName }));
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const { Attributes } = await sandbox.client(SQSClient).send(command);
  return [given(QueueUrl), given(Attributes?.QueueArn)];
};

/** Takes all messages out of a queue. */
const messagesIn = async (QueueUrl: string): Promise<object[]> => {
  const all: object[] = [];
  for (;;) {
    const { Messages = [] } = await sandbox.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return all;
    for (const { Body, ReceiptHandle } of Messages) {
      all.push(JSON.parse(given(Body)) as object);
      await sandbox.client(SQSClient).send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
};

const hubFindings = async (groupId: string): Promise<AwsSecurityFinding[]> => {
  const { Findings = [] } = await sandbox.client(SecurityHubClient).send(new GetFindingsCommand({}));
  return Findings.filter(({ Resources = [] }) => Resources.some(({ Id }) => Id?.endsWith(groupId)));
};

/**
 * The first answer to each message is lost, so the SDK sends the message again, and it arrives twice. The same happens on AWS when an answer takes longer than a
 * sink's timeout.
 */
const sent = new Set<string>();
const weather: WeatherOptions = {
  call: ({ operation, input }) => {
    const message = JSON.stringify(input);
    if (!/^(PutEvents|Publish)$/.test(operation) || sent.has(message)) return undefined;
    sent.add(message);
    return 'lost';
  },
};

function byId(findings: readonly unknown[]): ReadonlyMap<unknown, unknown> {
  return new Map(findings.map((finding) => [textOf(finding, 'id'), finding]));
}

/** Returns the findings that the event bus has delivered, in the order of their arrival. */
const machineFindings = async (): Promise<unknown[]> =>
  (await messagesIn(queues.machines)).map((event) => (event as { detail?: unknown }).detail);

async function prepare(): Promise<void> {
  const sns = sandbox.client(SNSClient);
  topicArn = given((await sns.send(new CreateTopicCommand({ Name: 'alarms' }))).TopicArn);
  const [people, peopleArn] = await createQueue('people');
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: peopleArn }));
  const [machines, machinesArn] = await createQueue('machines');
  queues = { people, machines };
  const events = sandbox.client(EventBridgeClient);
  const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: 'security' }));
  const EventPattern = JSON.stringify({ source: ['portcullis'], 'detail-type': ['Portcullis Finding'] });
  await events.send(new PutRuleCommand({ Name: 'findings', EventBusName: 'security', EventPattern }));
  const Targets = [{ Id: 'queue', Arn: machinesArn }];
  await events.send(new PutTargetsCommand({ Rule: 'findings', EventBusName: 'security', Targets }));

  ids = await createGroupsNamed(NAMES);
  const ec2 = sandbox.ec2();
  const list = { PrefixListName: 'offices', AddressFamily: 'IPv4', MaxEntries: 10, Entries: [{ Cidr: '192.0.2.0/24' }] };
  prefixListId = given((await ec2.send(new CreateManagedPrefixListCommand(list))).PrefixList?.PrefixListId);
  const viaList = { ...tcp(22), PrefixListIds: [{ PrefixListId: prefixListId }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: ids.listed, IpPermissions: [viaList] }));
  await ec2.send(new CreateTagsCommand({ Resources: [ids.tagged], Tags: [{ Key: 'Tier', Value: 'web' }] }));
  const baselines = NAMES.map((name) => ({
    name,
    groups: name === 'tagged' ? { tags: { Tier: 'web' } } : { ids: [ids[name]] },
    ingress: name === 'listed' ? [viaList] : [],
  }));
  const minimumSeverity = 'medium';
  const sinks = { sns: { topicArn, minimumSeverity }, eventBus: { arn: given(EventBusArn) }, securityHub: { minimumSeverity } };
  await deployBaselines(baselines, { wake: true, sinks });
}

useSandbox(prepare, { weather });

it('reports a drift to people, to machines and to Security Hub, which its restoration settles', async () => {
  const groupId = ids.told;
  await sandbox.ec2().send(new CreateTagsCommand({ Resources: [groupId], Tags: [{ Key: 'Owner', Value: 'ana' }] }));
  const address = await runInstance('bastion-1', groupId);
  const { findings } = await during(() => authorize(mallory(), groupId, [tcp(445, ANYWHERE)]));

  // The remediator is woken before the detector has told everybody: it may be the first to tell.
  const people = new Set((await messagesIn(queues.people)).map((body) => textOf(body, 'Subject')));
  expect([...people].sort()).toEqual([
    expect.stringContaining(`CRITICAL drift: told: SMB open to the internet on bastion-1 (${address}); tcp/445`),
    expect.stringMatching(/^CRITICAL restoration: told: revoked tcp\/445 from 0\.0\.0\.0\/0; connections already open/),
  ]);
  const machines = await machineFindings();
  expect(machines).toHaveLength(2 * findings.length);
  expect(byId(machines)).toEqual(byId(findings));
  for (const finding of machines) expect(findingSchema.safeParse(finding).error).toBeUndefined();
  expect(findings.find(({ kind }) => kind === 'drift')).toMatchObject({
    group: { tags: { Owner: 'ana' } },
    exposure: { services: ['SMB'], attached: { interfaces: 1, users: [{ name: 'bastion-1', publicAddresses: [address] }] } },
    fix: {
      commands: [expect.stringContaining(`revoke-security-group-ingress --region eu-west-1 --group-id ${groupId}`)],
      console: expect.stringContaining(groupId) as string,
    },
  });
  // One record of the group, which the drift opened and the restoration closed.
  expect(await hubFindings(groupId)).toMatchObject([
    { Id: `portcullis/eu-west-1/${groupId}/baseline`, Compliance: { Status: 'PASSED' }, RecordState: 'ARCHIVED' },
  ]);
});

it('a change wakes the remediator once, which restores the group before AWS Config has said anything; a refused call wakes nobody', async () => {
  const groupId = ids.woken;
  const { deliveries, wakes } = await during(() => authorize(mallory(), groupId, [tcp(445, ANYWHERE)]));

  const [drift] = findingsOf(deliveries.find(({ kind }) => kind === 'cloudtrail')?.result);
  // Nothing is attached to the group, which lowers the severity and delays nothing.
  expect(drift).toMatchObject({ kind: 'drift', severity: 'high', exposure: { attached: { interfaces: 0 } }, wake: { outcome: 'sent' } });
  expect(wakes).toMatchObject([
    { state: 'succeeded', result: { results: [{ groupId, compliance: 'COMPLIANT', revoked: [expect.anything()] }] } },
  ]);
  // There was nothing left to restore for those that AWS Config set off.
  expect(deliveries.filter(({ kind }) => kind === 'config').flatMap(({ result }) => findingsOf(result))).toEqual([]);
  expect(await ingressWords(sandbox.ec2(), groupId)).toEqual([]);
  const refused = await during(() => expect(revoke(mallory(), groupId, [tcp(9, ANYWHERE)])).rejects.toThrow());
  expect(refused.wakes).toEqual([]);
});

it('reports a group that loses the tag of its baseline, and again when it is opened, and restores it once it has its tag back', async () => {
  const groupId = ids.tagged;
  const tag = { Resources: [groupId], Tags: [{ Key: 'Tier', Value: 'web' }] };
  const leaving = await during(() => mallory().send(new DeleteTagsCommand(tag)));
  const opening = await during(() => authorize(mallory(), groupId, [tcp(9, '10.0.0.1/32')]));
  const open = await ingressWords(sandbox.ec2(), groupId);
  const back = await during(() => sandbox.ec2().send(new CreateTagsCommand(tag)));

  const summary = 'DeleteTags took the group out of tagged: it is no longer guarded';
  expect(leaving.findings).toContainEqual(expect.objectContaining({ kind: 'change', severity: 'high', summary }));
  expect(opening.findings).toContainEqual(
    expect.objectContaining({ severity: 'high', summary: `${summary}; tcp/9 from 10.0.0.1/32 must be revoked` }),
  );
  expect(open).toHaveLength(1);
  expect(back.wakes).toMatchObject([
    { state: 'succeeded', result: { results: [{ groupId, compliance: 'COMPLIANT', revoked: [expect.anything()] }] } },
  ]);
  expect(await ingressWords(sandbox.ec2(), groupId)).toEqual([]);
});

it('reports what a declared prefix list lets in when it grows', async () => {
  const described = await sandbox.ec2().send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [prefixListId] }));
  const CurrentVersion = described.PrefixLists?.[0]?.Version;
  const change = { PrefixListId: prefixListId, CurrentVersion, AddEntries: [{ Cidr: ANYWHERE }] };
  const { findings } = await during(() => mallory().send(new ModifyManagedPrefixListCommand(change)));

  expect(findings).toMatchObject([
    {
      kind: 'change',
      severity: 'critical',
      group: { id: ids.listed },
      summary: `the group is at its baseline after ModifyManagedPrefixList; through ${prefixListId} the group now lets in tcp/22 from 0.0.0.0/0`,
    },
  ]);
});

it('logs a sink that fails, and sends every finding to the others', async () => {
  await messagesIn(queues.machines);
  await sandbox.client(SNSClient).send(new DeleteTopicCommand({ TopicArn: topicArn }));
  const { deliveries, findings } = await during(() => authorize(mallory(), ids.deaf, [tcp(445, ANYWHERE)]));

  const lines = deliveries.flatMap(({ logs }) => logs).filter((line) => line.includes('the sink sns did not deliver'));
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(lines[0]).toContain('"level":"ERROR"');
  expect(byId(await machineFindings())).toEqual(byId(findings));
  expect(await hubFindings(ids.deaf)).toHaveLength(1);
  expect(await ingressWords(sandbox.ec2(), ids.deaf)).toEqual([]);
});

it('no call that could change anything in EC2 is in what is deployed', () => {
  const dist = join(__dirname, '..', '..', '..', 'apps', 'cloudtrail-detector', 'dist');
  const bundles = readdirSync(dist).filter((name) => name.endsWith('.meta.json'));
  const commands = bundles.flatMap((name) => {
    const { outputs } = JSON.parse(readFileSync(join(dist, name), 'utf8')) as Metafile;
    const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
    return inputs.flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? (/client-ec2\/.*\/(\w+)Command\.js$/.exec(path)?.[1] ?? []) : [],
    );
  });

  expect(bundles).toHaveLength(8);
  expect(commands.sort()).toEqual([
    'DescribeNetworkInterfaces',
    'DescribeSecurityGroupRules',
    'DescribeSecurityGroups',
    'DescribeTags',
    'GetManagedPrefixListEntries',
  ]);
});

/** What esbuild says of a bundle: how much of each module is in it. */
interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>>;
}

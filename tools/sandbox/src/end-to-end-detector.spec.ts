/** The detector on the wire: what it tells and to whom, with the built functions, the SDK and moto's SNS, EventBridge and Security Hub. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  DescribeManagedPrefixListsCommand,
  ModifyManagedPrefixListCommand,
} from '@aws-sdk/client-ec2';
import { CreateEventBusCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetFindingsCommand, SecurityHubClient, type AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Finding } from '@portcullis/finding';
import { findingSchema } from '@portcullis/finding/schema';
import type { Delivery } from './delivery/delivery.js';
import { ANYWHERE, authorize, ingressWords, revoke, tcp } from './demo/groups.js';
import { findingsOf } from './demo/narrate.js';
import { textOf } from './json.js';
import { deployStacks } from './deployment/synthesis.js';
import { startSandbox, type Sandbox } from './sandbox.js';

/** One group for each test, so that none sees what another did. */
const NAMES = ['told', 'woken', 'fight', 'tagged', 'listed', 'deaf'] as const;
type Name = (typeof NAMES)[number];

jest.setTimeout(60_000);

let sandbox: Sandbox;
let outdir: string;
let sns: SNSClient;
let securityHub: SecurityHubClient;
let topicArn: string;
let prefixListId: string;
const queues = { people: '', machines: '' };
const ids = new Map<Name, string>();
const idOf = (name: Name): string => ids.get(name) ?? '';

const given = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('AWS left out what it always answers');
  return value;
};

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
  const { Findings = [] } = await securityHub.send(new GetFindingsCommand({}));
  return Findings.filter(({ Resources = [] }) => Resources.some(({ Id }) => Id?.endsWith(groupId)));
};

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'portcullis-detector-'));
  sandbox = await startSandbox();
  const settings = {
    endpoint: sandbox.endpoint,
    region: sandbox.region,
    credentials: sandbox.person('reader'),
    maxAttempts: 1,
  };
  sns = new SNSClient(settings);
  securityHub = new SecurityHubClient(settings);

  topicArn = given((await sns.send(new CreateTopicCommand({ Name: 'alarms' }))).TopicArn);
  const [peopleUrl, peopleArn] = await createQueue('people');
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: peopleArn }));
  const [machinesUrl, machinesArn] = await createQueue('machines');
  const events = sandbox.client(EventBridgeClient);
  const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: 'security' }));
  const EventPattern = JSON.stringify({ source: ['portcullis'], 'detail-type': ['Portcullis Finding'] });
  await events.send(new PutRuleCommand({ Name: 'findings', EventBusName: 'security', EventPattern }));
  const Targets = [{ Id: 'queue', Arn: machinesArn }];
  await events.send(new PutTargetsCommand({ Rule: 'findings', EventBusName: 'security', Targets }));
  Object.assign(queues, { people: peopleUrl, machines: machinesUrl });

  const ec2 = sandbox.ec2();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  for (const GroupName of NAMES) {
    const command = new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId: Vpc?.VpcId });
    ids.set(GroupName, given((await ec2.send(command)).GroupId));
  }
  const { PrefixList } = await ec2.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: 'offices',
      AddressFamily: 'IPv4',
      MaxEntries: 10,
      Entries: [{ Cidr: '192.0.2.0/24' }],
    }),
  );
  prefixListId = given(PrefixList?.PrefixListId);
  const viaList = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: prefixListId }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: idOf('listed'), IpPermissions: [viaList] }));
  await ec2.send(new CreateTagsCommand({ Resources: [idOf('tagged')], Tags: [{ Key: 'Tier', Value: 'web' }] }));

  const closed = (name: Name, groups: object = { ids: [idOf(name)] }): object => ({ name, groups, ingress: [] });
  const baselines = [
    ...(['told', 'woken', 'fight', 'deaf'] as const).map((name) => closed(name)),
    closed('tagged', { tags: { Tier: 'web' } }),
    { ...closed('listed'), ingress: [viaList] },
  ];
  await deployStacks(sandbox, {
    baselineText: JSON.stringify({ version: 1, baselines }),
    outdir,
    settings: {
      wake: true,
      sinks: {
        sns: { topicArn, minimumSeverity: 'medium' },
        eventBus: { arn: given(EventBusArn) },
        securityHub: { minimumSeverity: 'medium' },
      },
    },
  });
  await sandbox.settle();
});

afterAll(async () => {
  sns.destroy();
  securityHub.destroy();
  await sandbox.stop();
  await rm(outdir, { recursive: true, force: true });
});

const mallory = () => sandbox.ec2(sandbox.person('mallory'));
/** All that was delivered because of `act`. */
const during = async (act: () => Promise<unknown>): Promise<readonly Delivery[]> => {
  const before = sandbox.deliveries.length;
  await act();
  await sandbox.settle();
  return sandbox.deliveries.slice(before);
};
const findingsIn = (deliveries: readonly Delivery[]): readonly Finding[] => deliveries.flatMap(({ result }) => findingsOf(result));

it('a drift is told to people, to machines and to Security Hub, and its restoration settles it', async () => {
  const groupId = idOf('told');
  const deliveries = await during(() => authorize(mallory(), groupId, [tcp(445, ANYWHERE)]));

  // The remediator is woken before the detector has told everybody: it may be the first to tell.
  const people = (await messagesIn(queues.people)).map((body) => textOf(body, 'Subject')).sort();
  expect(people).toEqual([
    'CRITICAL drift: told: tcp/445 from 0.0.0.0/0 must be revoked',
    expect.stringMatching(/^CRITICAL restoration: told: revoked tcp\/445 from 0\.0\.0\.0\/0; connections already open/),
  ]);
  const machines = (await messagesIn(queues.machines)).map((event) => (event as { detail?: unknown }).detail);
  expect(new Set(machines)).toEqual(new Set(findingsIn(deliveries)));
  for (const finding of machines) expect(findingSchema.safeParse(finding).error).toBeUndefined();
  // One record of the group, which the drift opened and the restoration closed.
  expect(await hubFindings(groupId)).toMatchObject([
    { Id: `portcullis/eu-west-1/${groupId}/baseline`, Compliance: { Status: 'PASSED' }, RecordState: 'ARCHIVED' },
  ]);
});

it('the remediator is woken, and restores the group before AWS Config has said anything', async () => {
  const groupId = idOf('woken');
  const deliveries = await during(() => authorize(mallory(), groupId, [tcp(445, ANYWHERE)]));

  const [drift] = findingsOf(deliveries.find(({ kind }) => kind === 'cloudtrail')?.result);
  expect(drift).toMatchObject({ kind: 'drift', wake: { outcome: 'sent' } });
  expect(deliveries.filter(({ kind }) => kind === 'invoke')).toMatchObject([
    { state: 'succeeded', result: { results: [{ groupId, compliance: 'COMPLIANT', revoked: [expect.anything()] }] } },
  ]);
  // There was nothing left to restore for those that AWS Config set off.
  const byConfig = findingsIn(deliveries.filter(({ kind }) => kind === 'config'));
  expect(byConfig).toEqual([]);
  expect(await ingressWords(sandbox.ec2(), groupId)).toEqual([]);
});

it('what the remediator does then wakes nobody: one wake for the call of somebody else', async () => {
  const groupId = idOf('fight');
  const wakes = async (act: () => Promise<unknown>): Promise<number> => (await during(act)).filter(({ kind }) => kind === 'invoke').length;

  expect(await wakes(() => authorize(mallory(), groupId, [tcp(445, ANYWHERE)]))).toBe(1);
  const deliveries = await during(() => revoke(mallory(), idOf('fight'), [tcp(9, ANYWHERE)]).catch(() => undefined));
  expect(deliveries.filter(({ kind }) => kind === 'invoke')).toEqual([]);
});

it('a group that its tags take out of its baseline is told', async () => {
  const command = new DeleteTagsCommand({ Resources: [idOf('tagged')], Tags: [{ Key: 'Tier', Value: 'web' }] });
  const deliveries = await during(() => mallory().send(command));

  expect(findingsIn(deliveries)).toContainEqual(
    expect.objectContaining({
      kind: 'change',
      severity: 'high',
      summary: 'DeleteTags took the group out of tagged: it is no longer guarded',
    }),
  );
});

it('a group that left its baseline, was opened and gets its tag back is told as high, and restored at once', async () => {
  const groupId = idOf('tagged');
  const tags = { Resources: [groupId], Tags: [{ Key: 'Tier', Value: 'web' }] };
  const opening = await during(() => authorize(mallory(), groupId, [tcp(9, '10.0.0.1/32')]));
  const open = await ingressWords(sandbox.ec2(), groupId);
  const back = await during(() => sandbox.ec2().send(new CreateTagsCommand(tags)));

  expect(findingsIn(opening)).toContainEqual(
    expect.objectContaining({
      severity: 'high',
      summary: 'DeleteTags took the group out of tagged: it is no longer guarded; tcp/9 from 10.0.0.1/32 must be revoked',
    }),
  );
  expect(open).toHaveLength(1);
  expect(back.filter(({ kind }) => kind === 'invoke')).toMatchObject([
    { state: 'succeeded', result: { results: [{ groupId, compliance: 'COMPLIANT', revoked: [expect.anything()] }] } },
  ]);
  expect(await ingressWords(sandbox.ec2(), groupId)).toEqual([]);
});

it('a declared prefix list that grows is told by what it lets in', async () => {
  const described = await sandbox.ec2().send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [prefixListId] }));
  const command = new ModifyManagedPrefixListCommand({
    PrefixListId: prefixListId,
    CurrentVersion: described.PrefixLists?.[0]?.Version,
    AddEntries: [{ Cidr: ANYWHERE }],
  });
  const deliveries = await during(() => mallory().send(command));

  expect(findingsIn(deliveries)).toMatchObject([
    {
      kind: 'change',
      severity: 'critical',
      group: { id: idOf('listed') },
      summary: `the group is at its baseline after ModifyManagedPrefixList; through ${prefixListId} the group now lets in tcp/22 from 0.0.0.0/0`,
    },
  ]);
});

it('a sink that fails is told, and keeps no finding from the others', async () => {
  await messagesIn(queues.machines);
  await sns.send(new DeleteTopicCommand({ TopicArn: topicArn }));
  const deliveries = await during(() => authorize(mallory(), idOf('deaf'), [tcp(445, ANYWHERE)]));

  const lines = deliveries.flatMap(({ logs }) => logs).filter((line) => line.includes('the sink sns did not take'));
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(lines[0]).toContain('"level":"ERROR"');
  expect(await messagesIn(queues.machines)).toHaveLength(findingsIn(deliveries).length);
  expect(await hubFindings(idOf('deaf'))).toHaveLength(1);
  expect(await ingressWords(sandbox.ec2(), idOf('deaf'))).toEqual([]);
});

it('the detector has only read, told and woken', () => {
  const called = sandbox.calls
    .filter(({ caller }) => caller.kind === 'function' && caller.name.endsWith('cloudtrail-detector'))
    .map(({ service, operation }) => `${service} ${operation}`);

  expect([...new Set(called)].sort()).toEqual([
    'ec2 DescribeSecurityGroupRules',
    'ec2 DescribeSecurityGroups',
    'ec2 GetManagedPrefixListEntries',
    'events PutEvents',
    'lambda Invoke',
    'securityhub BatchImportFindings',
    'sns PublishBatch',
  ]);
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

  expect(bundles).toHaveLength(6);
  expect(commands.sort()).toEqual(['DescribeSecurityGroupRules', 'DescribeSecurityGroups', 'GetManagedPrefixListEntries']);
});

/** What esbuild says of a bundle: how much of each module is in it. */
interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>>;
}

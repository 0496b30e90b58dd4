/**
 * Tests what the deployed detector reports and to whom. The tests use the built functions, the AWS SDK, and moto's SNS, EventBridge and
 * Security Hub.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { CreateEventBusCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetFindingsCommand, SecurityHubClient, type AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { findingSchema } from '@portcullis/finding/schema';
import { ANYWHERE, authorizeIngress, readDemoGroupRuleTexts, runInstanceInGroup, demoTcpPermission } from '../demo/groups.js';
import { expectMotoValue } from '../simulated-aws/moto.js';
import { Faults } from '../delivery/faults.js';
import { json } from '../json.js';
import { portcullis } from '../testing/portcullis.js';
import { ROOT } from '../testing/docs-page.js';
import { createGroupsNamed, deployBaselines, during, mallory, sandbox, useSandbox } from '../testing/fixture.js';

/** The names of the groups. Each test has its own group. */
const NAMES = ['told', 'drilled'] as const;
type Name = (typeof NAMES)[number];

let ids: Readonly<Record<Name, string>>;
let queues: Readonly<Record<'people' | 'ana' | 'ben' | 'machines' | 'siem', string>>;

/** Creates a queue, and returns its URL and its ARN. */
const createQueue = async (QueueName: string): Promise<readonly [url: string, arn: string]> => {
  const { QueueUrl } = await sandbox.client(SQSClient).send(new CreateQueueCommand({ QueueName }));
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const { Attributes } = await sandbox.client(SQSClient).send(command);
  return [expectMotoValue(QueueUrl), expectMotoValue(Attributes?.QueueArn)];
};

/** Removes and returns all messages of a queue. */
const messagesIn = async (QueueUrl: string): Promise<object[]> => {
  const all: object[] = [];
  for (;;) {
    const { Messages = [] } = await sandbox.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return all;
    for (const { Body, ReceiptHandle } of Messages) {
      all.push(JSON.parse(expectMotoValue(Body)) as object);
      await sandbox.client(SQSClient).send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
};

const hubFindings = async (groupId: string): Promise<AwsSecurityFinding[]> => {
  const { Findings = [] } = await sandbox.client(SecurityHubClient).send(new GetFindingsCommand({}));
  return Findings.filter(({ Resources = [] }) => Resources.some(({ Id }) => Id?.endsWith(groupId)));
};

/**
 * The SDK sends each message twice, because the first response is lost. On AWS, a message is sent twice if the response takes longer than
 * the timeout of the client.
 */
const sent = new Set<string>();
const faults = new Faults({
  call: ({ operation, input }) => {
    const message = JSON.stringify(input);
    if (!/^(PutEvents|Publish)$/.test(operation) || sent.has(message)) return undefined;
    sent.add(message);
    return 'lost';
  },
});

function byId(findings: readonly unknown[]): ReadonlyMap<unknown, unknown> {
  return new Map(findings.map((finding) => [json.text(finding, 'id'), finding]));
}

/** Returns the `detail` of each event that the event bus has delivered to the queue, in the order of arrival. */
const detailsIn = async (queue: string): Promise<unknown[]> =>
  (await messagesIn(queue)).map((event) => (event as { detail?: unknown }).detail);

async function prepare(): Promise<void> {
  sandbox.faults = faults;
  const sns = sandbox.client(SNSClient);
  const topicArn = expectMotoValue((await sns.send(new CreateTopicCommand({ Name: 'alarms' }))).TopicArn);
  const [people, peopleArn] = await createQueue('people');
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: peopleArn }));
  const ofOwner = async (owner: string): Promise<string> => {
    const [url, Endpoint] = await createQueue(owner);
    const Attributes = { FilterPolicy: JSON.stringify({ owner: [owner], severity: ['high', 'critical'] }) };
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint, Attributes }));
    return url;
  };
  const [machines, machinesArn] = await createQueue('machines');
  const [siem, siemArn] = await createQueue('siem');
  queues = { people, ana: await ofOwner('ana'), ben: await ofOwner('ben'), machines, siem };
  const events = sandbox.client(EventBridgeClient);
  const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: 'security' }));
  for (const [Name, type, Arn] of [
    ['findings', 'Portcullis Finding', machinesArn],
    ['ocsf', 'Portcullis OCSF Finding', siemArn],
  ] as const) {
    const EventPattern = JSON.stringify({ source: ['portcullis'], 'detail-type': [type] });
    await events.send(new PutRuleCommand({ Name, EventBusName: 'security', EventPattern }));
    await events.send(new PutTargetsCommand({ Rule: Name, EventBusName: 'security', Targets: [{ Id: 'queue', Arn }] }));
  }

  ids = await createGroupsNamed(NAMES);
  const baselines = NAMES.map((name) => ({ name, groups: { ids: [ids[name]] }, ingress: [] }));
  const minimumSeverity = 'medium';
  const sinks = {
    sns: { topicArn, minimumSeverity },
    eventBus: { arn: expectMotoValue(EventBusArn), format: 'both' as const },
    securityHub: { minimumSeverity },
  };
  await deployBaselines(baselines, { wake: true, sinks });
}

useSandbox(prepare);

it('a drift is reported to all configured destinations, and the restoration archives the finding in Security Hub', async () => {
  const groupId = ids.told;
  await sandbox.ec2().send(new CreateTagsCommand({ Resources: [groupId], Tags: [{ Key: 'Owner', Value: 'ana' }] }));
  const address = await runInstanceInGroup(sandbox.ec2(), 'bastion-1', groupId);
  const { findings } = await during(() => authorizeIngress(mallory(), groupId, [demoTcpPermission(445, ANYWHERE)]));

  // The detector invokes the remediator while it still sends findings, so the restoration can be reported before the drift.
  const people = new Set((await messagesIn(queues.people)).map((body) => json.text(body, 'Subject')));
  expect([...people].sort()).toEqual([
    expect.stringContaining(`CRITICAL drift: told: SMB open to the internet on bastion-1 (${address}); tcp/445`),
    expect.stringMatching(/^CRITICAL restoration: told: revoked tcp\/445 from 0\.0\.0\.0\/0; connections already open/),
  ]);
  // The detector and the remediator both name the group's owner in each message. The owner's subscription filters messages by the name of
  // the owner.
  const subjects = async (queue: string): Promise<Set<unknown>> =>
    new Set((await messagesIn(queue)).map((body) => json.text(body, 'Subject')));
  expect(await subjects(queues.ana)).toEqual(people);
  expect(await subjects(queues.ben)).toEqual(new Set());
  const machines = await detailsIn(queues.machines);
  expect(machines).toHaveLength(2 * findings.length);
  expect(byId(machines)).toEqual(byId(findings));
  for (const finding of machines) expect(findingSchema.safeParse(finding).error).toBeUndefined();
  const finding_info = expect.objectContaining({
    uid: expect.stringMatching(new RegExp(`/eu-west-1/${groupId}/drift$`)) as unknown,
  }) as unknown;
  const siem = await detailsIn(queues.siem);
  expect(siem).toContainEqual(expect.objectContaining({ class_uid: 2004, status: 'New', finding_info }));
  expect(siem).toContainEqual(expect.objectContaining({ class_uid: 2004, status: 'Resolved', finding_info }));
  expect(findings.find(({ kind }) => kind === 'drift')).toMatchObject({
    controls: expect.arrayContaining([{ standard: 'AWS Security Hub', id: 'EC2.19' }]) as unknown,
    group: { tags: { Owner: 'ana' } },
    exposure: { services: ['SMB'], attached: { interfaces: 1, users: [{ name: 'bastion-1', publicAddresses: [address] }] } },
    fix: {
      commands: [expect.stringContaining(`revoke-security-group-ingress --region eu-west-1 --group-id ${groupId}`)],
      console: expect.stringContaining(groupId) as string,
    },
  });
  // Security Hub has one finding for the group. The drift created the finding, and the restoration archived it.
  expect(await hubFindings(groupId)).toMatchObject([
    { Id: `portcullis/eu-west-1/${groupId}/baseline`, Compliance: { Status: 'PASSED' }, RecordState: 'ARCHIVED' },
  ]);
});

describe('portcullis', () => {
  const settings = 'portcullis.yaml';

  it("`portcullis drill` finds the detector's finding in the log group, sees the restoration, and leaves no rule behind", async () => {
    const groupId = ids.drilled;

    const { exitCode, stdout } = await portcullis('drill', settings, '--group', groupId, '--yes');

    expect(stdout).toMatch(
      /^opened .*\nfinding +after \d+\.\d s {2}\w+: .*tcp\/9 from 192\.0\.2\.0\/24.*\nrestored +after \d+\.\d s\nclean-up +nothing to do: the guard revoked the rule\n$/,
    );
    expect(exitCode).toBe(0);
    await sandbox.settle();
    expect(await readDemoGroupRuleTexts(sandbox.ec2(), groupId)).toEqual([]);
  });

  it('`portcullis preflight` recognizes the deployment of Portcullis, and makes no call that writes', async () => {
    const calls = sandbox.calls.length;

    const { exitCode, stdout } = await portcullis('preflight', settings, '--json');

    const { regions } = JSON.parse(stdout) as { regions: { checks: { about: string; outcome: string }[] }[] };
    const outcomes = regions.flatMap(({ checks }) => checks.map(({ about, outcome }) => `${about}: ${outcome}`));
    const ok = ['recorder', 'trail', 'concurrency', 'config rules', 'groups', 'rules'].map((about) => `${about}: ok`);
    expect(new Set(outcomes)).toEqual(new Set([...ok, 'other owners: risk']));
    expect(exitCode).toBe(2);
    const made = sandbox.calls.slice(calls).map(({ operation }) => operation);
    expect(made.length).toBeGreaterThan(8);
    expect(made.filter((operation) => !/^(Describe|Get|Lookup|GET )/.test(operation))).toEqual([]);
  });
});

it('the deployed bundles of the detector contain no EC2 command that changes anything', () => {
  const dist = join(ROOT, 'apps', 'cloudtrail-detector', 'dist');
  const metafiles = readdirSync(dist).filter((name) => name.endsWith('.meta.json'));
  const commands = metafiles.flatMap((name) => {
    const text = readFileSync(join(dist, name), 'utf8');
    // A module that is not in the bundle is listed with 0 bytes.
    return [...text.matchAll(/client-ec2\/[^"]*\/(\w+)Command\.js": *\{\s*"bytesInOutput": *[1-9]/g)].map(([, command]) => command);
  });

  expect(metafiles).toHaveLength(8);
  expect(commands.sort()).toEqual([
    'DescribeNetworkInterfaces',
    'DescribeSecurityGroupRules',
    'DescribeSecurityGroups',
    'DescribeTags',
    'GetManagedPrefixListEntries',
  ]);
});

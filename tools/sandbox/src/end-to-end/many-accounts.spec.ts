/**
 * Tests an organization. Both functions run in one account. The functions guard groups in member accounts through the roles and event buses
 * of these accounts. Terraform deploys the stack of one member account, and a StackSet deploys the other stacks.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, DeleteStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import {
  ANYWHERE,
  authorizeIngress,
  createSecurityGroup,
  createDemoVpc,
  readDemoGroupRuleTexts,
  demoTcpPermission,
} from '../demo/groups.js';
import type { Deployment, Resource } from '../deployment/deployment.js';
import { resolveStackResources } from '../deployment/synthesised-stack.js';
import { OUTSIDER } from '../simulated-aws/iam-requests.js';
import { json, type JsonObject } from '../json.js';
import { ACCOUNT_ID } from '../sandbox.js';
import { deployBaselines, during, folder, owner, sandbox, useSandbox } from '../testing/fixture.js';
import { joinOrganization, resourcesInAccount } from '../testing/stack-set.js';

const MEMBER = '444455556666';
/** An account that joins an organizational unit of the StackSet. */
const NEWCOMER = '555566667777';
/** An excluded account in the same organizational unit. */
const STRANGER = '777788889999';
const UNIT = 'ou-ab12-exampleid';

let deployed: readonly Deployment[];
const groupIds: Record<string, string> = {};
/** The ids of groups that the member account sees but does not own. */
let foreign: { readonly participant: string; readonly shared: string };

useSandbox(async () => {
  const ingress = [demoTcpPermission(443, ANYWHERE)];
  for (const account of [MEMBER, NEWCOMER]) groupIds[account] = await createSecurityGroup(owner(account), 'web', undefined, ingress);
  const vpc = await createDemoVpc(owner(MEMBER));
  await sandbox.ask({ share: { region: sandbox.region, owner: MEMBER, participant: STRANGER, vpc } });
  const shared = await createSecurityGroup(owner(STRANGER), 'web-shared');
  await sandbox.ask({ share: { region: sandbox.region, owner: STRANGER, participant: MEMBER, group: shared } });
  foreign = { participant: await createSecurityGroup(owner(STRANGER), 'web-of-a-participant', vpc), shared };
  const organization = {
    id: 'o-sandbox0000',
    members: [MEMBER],
    excludedAccounts: [STRANGER],
    stackSet: { organizationalUnits: [UNIT] },
  };
  const permissionsBoundary = `arn:aws:iam::${ACCOUNT_ID}:policy/boundary`;
  // The ids of so many groups do not fit into an inline policy, so the remediator's role needs a managed policy.
  const many = { name: 'many', groups: { ids: Array.from({ length: 500 }, (_, i) => `sg-${String(i).padStart(17, '0')}`) }, ingress };
  const baselines = [{ name: 'web', groups: { names: ['web*'] }, ingress }, many];
  deployed = await deployBaselines(baselines, { accountId: ACCOUNT_ID, organization, permissionsBoundary });
  await joinOrganization(NEWCOMER, UNIT);
});

it.each([
  ["Terraform's stack", MEMBER],
  ['a StackSet', NEWCOMER],
])(
  'Portcullis restores and reports a group of a member account that %s deployed, with the roles of the member account',
  async (_, account) => {
    const groupId = groupIds[account] ?? '';
    const { calls, findings } = await during(() => authorizeIngress(owner(account), groupId, [demoTcpPermission(22, ANYWHERE)]));

    expect(await readDemoGroupRuleTexts(owner(account), groupId)).toEqual(['tcp/443 from 0.0.0.0/0']);
    expect(findings.map(({ kind, group }) => `${kind} ${String(group.accountId)}`)).toEqual(
      expect.arrayContaining([`drift ${account}`, `restoration ${account}`]),
    );
    const writes = calls.filter(({ operation, caller }) => operation.startsWith('Revoke') && caller.kind !== 'person');
    expect(writes.map(({ accountId, caller }) => `${accountId} ${caller.kind}`)).toEqual([`${account} role`]);
  },
);

describe('the StackSet', () => {
  it("the template of the StackSet creates the same resources as Terraform's stack, with the same attributes", async () => {
    const location = { accountId: NEWCOMER, region: sandbox.region, partition: sandbox.partition };
    const stack = await readFile(join(folder, 'cdktf.out', 'stacks', `portcullis-${MEMBER}-${sandbox.region}`, 'cdk.tf.json'), 'utf8');
    const ofTerraform = declaredBy(json.parse(stack) ?? {}, location);
    const ofStackSet = named(await resourcesInAccount(location));

    expect(ofStackSet).toEqual(ofTerraform);
    expect(countsOf(Object.keys(ofStackSet).map((key) => key.split(' ')[0] ?? ''))).toEqual({
      aws_cloudtrail: 1,
      aws_cloudwatch_event_rule: 4,
      aws_cloudwatch_event_target: 4,
      aws_cloudwatch_metric_alarm: 1,
      aws_config_configuration_recorder: 1,
      aws_config_configuration_recorder_status: 1,
      aws_config_delivery_channel: 1,
      aws_iam_policy: 1,
      aws_iam_role: 4,
      aws_iam_role_policy: 4,
      aws_iam_role_policy_attachment: 1,
      aws_s3_bucket: 2,
      aws_s3_bucket_lifecycle_configuration: 2,
      aws_s3_bucket_policy: 2,
      aws_s3_bucket_public_access_block: 2,
      aws_s3_bucket_server_side_encryption_configuration: 2,
      aws_s3_bucket_versioning: 2,
      aws_sqs_queue: 1,
      aws_sqs_queue_policy: 1,
    });
  });

  it('if somebody deletes the stacks of the StackSet, the detector reports tampering', async () => {
    const { findings } = await during(() =>
      sandbox.client(CloudFormationClient, sandbox.person('mallory')).send(
        new DeleteStackInstancesCommand({
          StackSetName: `portcullis-members-${sandbox.region}`,
          DeploymentTargets: { OrganizationalUnitIds: [UNIT] },
          Regions: [sandbox.region],
          RetainStacks: false,
        }),
      ),
    );

    expect(findings.map(({ kind, severity, actor }) => [kind, severity, actor?.userName])).toEqual([['tampering', 'critical', 'mallory']]);
  });

  it('the StackSet creates nothing in an excluded account', async () => {
    await joinOrganization(STRANGER, UNIT);

    expect(await resourcesInAccount({ accountId: STRANGER, region: sandbox.region, partition: sandbox.partition })).toEqual([]);
  });
});

it("if AWS refuses AssumeRole for an event of another organization's Config rule, the remediator drops the event without a retry", async () => {
  const functionArn = `arn:aws:lambda:${sandbox.region}:${ACCOUNT_ID}:function:portcullis-config-remediator`;
  const invokingEvent = JSON.stringify({
    messageType: 'ScheduledNotification',
    awsAccountId: OUTSIDER,
    notificationCreationTime: new Date().toISOString(),
    recordVersion: '1.0',
  });
  const event = { version: '1.0', invokingEvent, resultToken: 'token', accountId: OUTSIDER, configRuleName: 'of-a-stranger' };
  const { calls, deliveries } = await during(() =>
    sandbox.courier.deliver({ kind: 'config', functionArn, ruleName: 'of-a-stranger', event, cause: undefined }),
  );

  expect(calls.map(({ operation, errorCode }) => `${operation} ${String(errorCode)}`)).toContainEqual('AssumeRole AccessDenied');
  expect(calls.filter(({ caller, service }) => caller.kind === 'function' && service !== 'logs')).toHaveLength(1);
  expect(deliveries.map(({ attempts, result }) => [attempts.length, result])).toEqual([[1, { results: [], findings: [] }]]);
});

// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-sharing.html
it.each([
  ["a participant's group in a VPC that the member owns", 'participant'],
  ['a group that another account shares with the member', 'shared'],
] as const)('Portcullis neither restores nor reports %s', async (_, which) => {
  const id = foreign[which];
  const { SecurityGroups = [] } = await owner(MEMBER).send(new DescribeSecurityGroupsCommand({}));
  expect(SecurityGroups.map(({ GroupId }) => GroupId)).toContain(id);

  const { calls, findings } = await during(async () => {
    await authorizeIngress(owner(STRANGER), id, [demoTcpPermission(22, ANYWHERE)]);
    await sandbox.recorder.schedule('portcullis-security-groups');
  });

  expect(await readDemoGroupRuleTexts(owner(STRANGER), id)).toEqual(['tcp/22 from 0.0.0.0/0']);
  expect(calls.filter(({ caller, operation }) => caller.kind !== 'person' && /^(Authorize|Revoke|Modify)/.test(operation))).toEqual([]);
  expect(findings).toEqual([]);
});

it('a user of another account cannot assume the role of a member account', async () => {
  const role = deployed.find(({ accountId }) => accountId === MEMBER)?.roles[0]?.arn ?? '';
  const sts = sandbox.client(STSClient, sandbox.person('mallory', STRANGER));

  await expect(sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'mallory' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

/**
 * Attributes that are not compared between the StackSet's resources and Terraform's resources. AWS assigns each ARN, and only Terraform
 * uses `force_destroy`.
 */
const NOT_DECLARED: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_event_rule: ['arn'],
  aws_iam_policy: ['arn'],
  aws_iam_role: ['arn'],
  aws_s3_bucket: ['arn', 'force_destroy'],
  aws_sqs_queue: ['arn'],
};

/** Returns the attributes of each resource in a synthesised stack, by the type and name of the resource. */
function declaredBy(stack: JsonObject, location: Parameters<typeof resolveStackResources>[1]): Readonly<Record<string, JsonObject>> {
  const declared = Object.entries(json.object(stack, 'resource')).flatMap(([type, byName]) =>
    Object.values(json.isObject(byName) ? byName : {}).map((values) => [type, Object.keys(json.isObject(values) ? values : {})] as const),
  );
  const resources = resolveStackResources(stack, location).map(({ type, values }, i) => {
    const [declaredType, keys = []] = declared[i] ?? [];
    expect(declaredType).toBe(type);
    return { type, values: Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key))) };
  });
  return named(resources);
}

/** Returns the attributes of each resource by the type and name of the resource. Parses texts that contain JSON. */
function named(resources: readonly Resource[]): Readonly<Record<string, JsonObject>> {
  const each = resources.map(({ type, values }): [string, JsonObject] => {
    const attributes = Object.entries(values).filter(([key]) => NOT_DECLARED[type]?.includes(key) !== true);
    const owner = ['role', 'rule', 'queue_url'].map((key) => values[key]).find((name) => typeof name === 'string');
    const name = ['name', 'bucket', 'alarm_name', 'policy_arn'].map((key) => values[key]).find((text) => typeof text === 'string');
    return [
      [type, owner, name].filter((part) => part !== undefined).join(' '),
      Object.fromEntries(attributes.map(([key, value]) => [key, typeof value === 'string' ? (json.parse(value) ?? value) : value])),
    ];
  });
  const sorted = each.toSorted(([a], [b]) => a.localeCompare(b));
  expect(new Set(sorted.map(([key]) => key)).size).toBe(sorted.length);
  return Object.fromEntries(sorted);
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((each) => each === name).length]));
}

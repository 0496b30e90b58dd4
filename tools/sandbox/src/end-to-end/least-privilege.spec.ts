/**
 * Tests that the deployed roles need each of their permissions. If a role lacks one permission, AWS refuses a call in at least one
 * scenario.
 */
import {
  AuthorizeSecurityGroupEgressCommand,
  CreateManagedPrefixListCommand,
  CreateTagsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Call } from '../simulated-aws/call.js';
import {
  ANYWHERE,
  authorizeIngress,
  createSecurityGroup,
  createDemoVpc,
  readDemoGroupRules,
  runInstanceInGroup,
  demoTcpPermission,
} from '../demo/groups.js';
import { expectMotoValue } from '../simulated-aws/moto.js';
import type { DeployedConfigRule, DeployedFunction, DeployedRole, Deployment } from '../deployment/deployment.js';
import { json, type JsonObject } from '../json.js';
import { ACCOUNT_ID } from '../sandbox.js';
import { deployBaselines, during, owner, revoke, sandbox, useSandbox } from '../testing/fixture.js';
import { evaluateIamPolicies } from '../simulated-aws/iam-policies.js';
import { iamActionOfCall, ORGANIZATION_ID } from '../simulated-aws/iam-requests.js';

const MEMBER = '444455556666';
const DECLARED = demoTcpPermission(443, '10.0.0.0/8');
/**
 * 60 narrow rules use up the quota. Together, they allow only a part of the declared traffic. The remediator must modify one of these rules
 * into the declared rule.
 */
const NARROW = demoTcpPermission(443, ...Array.from({ length: 60 }, (_, i) => `10.${i}.0.0/16`));
/** With the declared rule and the opened rule, these 58 rules use up the quota of 60 rules. */
const FILLING = demoTcpPermission(80, ...Array.from({ length: 58 }, (_, i) => `10.${i}.0.0/16`));
const [out, all] = [demoTcpPermission(25, ANYWHERE), { IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] }];

let deployed: readonly Deployment[];
const judges = new Map<readonly DeployedConfigRule[], readonly DeployedConfigRule[]>();
const groups: Record<string, { byId: string; tagged: string; limited: string; list: string }> = {};

/**
 * Creates three groups. A baseline selects the first group by id, and another baseline selects the second group by tag and VPC. Only a
 * limit applies to the third group. Returns the VPC.
 */
async function createGroups(account: string): Promise<string> {
  const ec2 = owner(account);
  const vpcId = await createDemoVpc(ec2);
  const [byId, tagged] = [
    await createSecurityGroup(ec2, 'by-id', vpcId, [DECLARED]),
    await createSecurityGroup(ec2, 'tagged', vpcId, [DECLARED]),
  ];
  await runInstanceInGroup(ec2, 'bastion-1', byId);
  const limited = await createSecurityGroup(ec2, 'limited', vpcId, [DECLARED]);
  await ec2.send(new CreateTagsCommand({ Resources: [tagged], Tags: [{ Key: 'Guard', Value: 'yes' }] }));
  await ec2.send(new CreateTagsCommand({ Resources: [limited], Tags: [{ Key: 'Limit', Value: 'yes' }] }));
  const list = { PrefixListName: 'any', AddressFamily: 'IPv4', MaxEntries: 1, Entries: [{ Cidr: '192.0.2.0/24' }] };
  const { PrefixList } = await ec2.send(new CreateManagedPrefixListCommand(list));
  groups[account] = { byId, tagged, limited, list: expectMotoValue(PrefixList?.PrefixListId) };
  return vpcId;
}

useSandbox(async () => {
  const vpcs = [await createGroups(ACCOUNT_ID), await createGroups(MEMBER)];
  const { TopicArn: topicArn } = await sandbox.client(SNSClient).send(new CreateTopicCommand({ Name: 'findings' }));
  const { EventBusArn: arn } = await sandbox.client(EventBridgeClient).send(new CreateEventBusCommand({ Name: 'security' }));
  const baselines = [
    { name: 'by-id', groups: { ids: Object.values(groups).map(({ byId }) => byId) }, ingress: [DECLARED] },
    { name: 'tagged', groups: { tags: { Guard: 'yes' }, vpcs }, ingress: [DECLARED], egress: [all] },
  ];
  const bound = { services: ['ssh'], onlyFrom: { IpRanges: [{ CidrIp: '10.0.0.0/8' }] } };
  const limit = { name: 'ssh', groups: { tags: { Limit: 'yes' } }, mode: 'enforce', repair: 'narrow', ingress: [bound] };
  const organization = { id: ORGANIZATION_ID, members: [MEMBER] };
  const sinks = { sns: { topicArn }, eventBus: { arn }, securityHub: {} };
  deployed = await deployBaselines(baselines, { accountId: ACCOUNT_ID, organization, wake: true, sinks }, [limit]);
  await sandbox.settle();
  for (const { configRules } of deployed) judges.set(configRules, [...configRules]);
  deliverOnly('nothing');
  await deployWith(WITHOUT_WAKE);
});

/** Returns the deployment in the account in which the functions run. */
const central = (): Deployment => expectMotoValue(deployed.find(({ functions }) => functions.length > 0));

/** A change to a group, and a second change that undoes the first change. */
interface Play {
  /** Prepares the group. The sandbox delivers no events during this call. */
  before?(account: string): Promise<unknown>;
  act(account: string): Promise<unknown>;
  undo(account: string): Promise<unknown>;
}

type Which = 'byId' | 'tagged' | 'limited';
const groupOf = (which: Which, account: string): string => groups[account]?.[which] ?? '';
const opened = (which: Which, rule: (account: string) => IpPermission = () => demoTcpPermission(22, ANYWHERE)): Play => ({
  act: (account) => authorizeIngress(owner(account), groupOf(which, account), [rule(account)]),
  undo: (account) => revoke(owner(account), groupOf(which, account), [rule(account)]),
});
const closed = (which: Which): Play => ({
  act: (account) => revoke(owner(account), groupOf(which, account), [DECLARED]),
  undo: (account) => authorizeIngress(owner(account), groupOf(which, account), [DECLARED]),
});
const viaList = (account: string): IpPermission => ({
  ...demoTcpPermission(22),
  PrefixListIds: [{ PrefixListId: groups[account]?.list ?? '' }],
});
const letOut = (rule: IpPermission) => (account: string) =>
  owner(account).send(new AuthorizeSecurityGroupEgressCommand({ GroupId: groupOf('tagged', account), IpPermissions: [rule] }));
const keepIn = (rule: IpPermission) => (account: string) =>
  owner(account).send(new RevokeSecurityGroupEgressCommand({ GroupId: groupOf('tagged', account), IpPermissions: [rule] }));
const outOpened: Play = { act: letOut(out), undo: keepIn(out) };
const outClosed: Play = { act: keepIn(all), undo: letOut(all) };

/** From now on, the sandbox delivers only the events of AWS Config, only the events of CloudTrail, or no events. */
function deliverOnly(which: 'nothing' | 'config' | 'cloudtrail'): void {
  for (const { configRules, eventRules } of deployed) {
    configRules.splice(0, configRules.length, ...(which === 'config' ? (judges.get(configRules) ?? []) : []));
    for (const rule of eventRules) rule.isEnabled = which === 'cloudtrail';
  }
}

const filled = (which: Which): Play => ({
  before: async (account) => {
    await closed(which).act(account);
    await authorizeIngress(owner(account), groupOf(which, account), [NARROW]);
  },
  act: (account) => authorizeIngress(owner(account), groupOf(which, account), [demoTcpPermission(22, '::/0')]),
  undo: async (account) => {
    const GroupId = groupOf(which, account);
    const SecurityGroupRuleIds = (await readDemoGroupRules(owner(account), GroupId)).map(({ id }) => id);
    await owner(account).send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));
    await closed(which).undo(account);
  },
});

/** Adds a rule that the limit allows only in part. If `full`, the quota is used up, so no narrower rule can be added. */
const halfAllowed = (full = false): Play => ({
  ...filled('limited'),
  before: (account) => (full ? authorizeIngress(owner(account), groupOf('limited', account), [FILLING]) : Promise.resolve()),
  act: (account) => authorizeIngress(owner(account), groupOf('limited', account), [demoTcpPermission(22, '10.0.0.0/7')]),
});

/**
 * With this setting, the detector does not invoke the remediator. Otherwise, the remediator would run twice for a group, and the second
 * invocation would wait for many seconds.
 */
const WITHOUT_WAKE = { WAKE_FUNCTION: '' };
/** Deploys both functions with these environment variables. If a variable changes, the functions restart. */
const deployWith = (variables: Readonly<Record<string, string>>, more: Partial<DeployedFunction> = {}): Promise<void> => {
  const functions = central().functions.map((each) => ({ ...each, ...more, environment: { ...each.environment, ...variables } }));
  return sandbox.deploy({ ...central(), functions });
};
const woken: Play = {
  ...opened('byId'),
  before: () => deployWith({}),
  undo: (account) => deployWith(WITHOUT_WAKE).then(() => opened('byId').undo(account)),
};
/** Restarts the functions first. A running function would use the credentials of its earlier role sessions. */
const restarted: Play = { ...opened('byId'), before: () => deployWith({ ...WITHOUT_WAKE, RESTARTS: String((restarts += 1)) }) };
let restarts = 0;

const failed = (name: string): Play => ({
  before: () => deployWith(WITHOUT_WAKE, { handler: 'main.nothing' }),
  act: () => sandbox.client(LambdaClient).send(new InvokeCommand({ FunctionName: `portcullis-${name}`, InvocationType: 'Event' })),
  undo: () => deployWith(WITHOUT_WAKE),
});

const EC2 = 'UnauthorizedOperation';
const READS = ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'];
/**
 * A permission of a role: its policy statement, its action, AWS's error code if the permission is missing, and a scenario that needs the
 * permission.
 */
type Right = readonly [statement: string, action: string, code: string, play: Play];

const LISTS: Right = ['ReadPrefixLists', 'ec2:GetManagedPrefixListEntries', EC2, opened('byId', viaList)];
const RESTORE: readonly Right[] = [
  LISTS,
  ...READS.map((action): Right => ['ReadSecurityGroups', action, EC2, opened('tagged')]),
  ...(
    [
      ['RestoreIngress', 'byId'],
      ['RestoreIngressAndEgressSelected1', 'tagged'],
    ] as const
  ).flatMap(([statement, which]): Right[] => [
    [statement, 'ec2:AuthorizeSecurityGroupIngress', EC2, closed(which)],
    [statement, 'ec2:RevokeSecurityGroupIngress', EC2, opened(which)],
    [statement, 'ec2:ModifySecurityGroupRules', EC2, filled(which)],
  ]),
  ['RestoreLimited1', 'ec2:AuthorizeSecurityGroupIngress', EC2, halfAllowed()],
  ['RestoreLimited1', 'ec2:RevokeSecurityGroupIngress', EC2, halfAllowed()],
  ['RestoreLimited1', 'ec2:ModifySecurityGroupRules', EC2, halfAllowed(true)],
  ['RestoreIngressAndEgressSelected1', 'ec2:AuthorizeSecurityGroupEgress', EC2, outClosed],
  ['RestoreIngressAndEgressSelected1', 'ec2:RevokeSecurityGroupEgress', EC2, outOpened],
  ['ReplaceRules', 'ec2:ModifySecurityGroupRules', EC2, filled('byId')],
];
const DETECT: readonly Right[] = [
  ...READS.map((action): Right => ['ReadSecurityGroups', action, EC2, opened('byId')]),
  LISTS,
  ['ReadAttachments', 'ec2:DescribeNetworkInterfaces', EC2, opened('byId')],
  ['ReadAttachments', 'ec2:DescribeTags', EC2, opened('byId')],
];
const ofFunction = (name: string): readonly Right[] => [
  ['PublishFindings', 'sns:Publish', 'AuthorizationError', opened('byId')],
  ['PutFindings', 'events:PutEvents', 'AccessDeniedException', opened('byId')],
  ['ImportFindings', 'securityhub:BatchImportFindings', 'AccessDeniedException', opened('byId')],
  ['WriteLogs', 'logs:CreateLogStream', 'AccessDeniedException', opened('byId')],
  ['WriteLogs', 'logs:PutLogEvents', 'AccessDeniedException', opened('byId')],
  ['SendFailures', 'sqs:SendMessage', 'AccessDenied', failed(name)],
];
const PUT: Right = ['PutEvaluations', 'config:PutEvaluations', 'AccessDeniedException', opened('byId')];

const RIGHTS: Readonly<Record<string, readonly Right[]>> = {
  'config-remediator': [...RESTORE, PUT, ...ofFunction('config-remediator')],
  'cloudtrail-detector': [
    ...DETECT,
    ...ofFunction('cloudtrail-detector'),
    ['WakeRemediator', 'lambda:InvokeFunction', 'AccessDeniedException', woken],
  ],
  'member-remediator': [...RESTORE, PUT],
  'member-detector': DETECT,
};

const roleOf = (name: string): DeployedRole =>
  expectMotoValue(deployed.flatMap(({ roles }) => roles).find(({ arn }) => arn.endsWith(`:role/portcullis-${name}-eu-west-1`)));

/** Changes the policy statements of a role while `play` runs, and returns the calls that AWS refused. */
async function refusedWith(name: string, change: (statement: JsonObject) => JsonObject, play: Play, account: string): Promise<Call[]> {
  const role = roleOf(name);
  const { policies } = role;
  const before = sandbox.calls.length;
  const changed = policies.map((policy) => ({
    ...policy,
    Statement: json.list(policy, 'Statement').map((each) => change(each as JsonObject)),
  }));
  await play.before?.(account);
  await sandbox.settle();
  Object.assign(role, { policies: changed });
  deliverOnly(name.endsWith('remediator') ? 'config' : 'cloudtrail');
  try {
    await play.act(account);
    await sandbox.settle();
    return sandbox.calls.slice(before).filter(({ errorCode }) => /^(Unauthorized|Authorization|AccessDenied)/.test(errorCode ?? ''));
  } finally {
    deliverOnly('nothing');
    Object.assign(role, { policies });
    await play.undo(account).catch(() => undefined); // the remediator may have undone the change already
    await sandbox.settle();
  }
}

const refusals = (calls: readonly Call[]): string[] => [
  ...new Set(calls.map((call) => `${iamActionOfCall(call)} ${call.errorCode ?? ''}`)),
];

const without =
  (statement: string, action: string) =>
  (each: JsonObject): JsonObject =>
    each.Sid === statement ? { ...each, Action: json.list(each, 'Action').filter((allowed) => allowed !== action) } : each;

describe.each(Object.entries(RIGHTS))('%s', (name, rights) => {
  const account = name.startsWith('member') ? MEMBER : ACCOUNT_ID;

  it.each(rights)('if statement %s lacks the action %s, AWS refuses a call with %s', async (statement, action, code, play) => {
    expect(refusals(await refusedWith(name, without(statement, action), play, account))).toEqual([`${action} ${code}`]);
  });

  it('the role has only the tested permissions, and the permission to assume the role of a member account', () => {
    const statements = roleOf(name).policies.flatMap(({ Statement }) => Statement as readonly JsonObject[]);
    const has = statements.flatMap(({ Effect, Action }) => (Effect === 'Allow' ? [Action].flat().map(String) : []));

    expect(has.filter((action) => action !== 'sts:AssumeRole').toSorted()).toEqual(rights.map(([, action]) => action).toSorted());
  });
});

it.each(['config-remediator', 'cloudtrail-detector'])(
  "if the role of %s has no permission to assume a member's role, AWS refuses AssumeRole",
  async (name) => {
    const refused = await refusedWith(name, without('AssumeMemberRole', 'sts:AssumeRole'), restarted, MEMBER);

    expect(refusals(refused)).toEqual(['sts:AssumeRole AccessDenied']);
  },
);

it("if the role of a member's forwarder lacks events:PutEvents, the detector gets no event of the member", async () => {
  const { deliveries } = await during(() => refusedWith('forwarder', without('PutFindings', 'events:PutEvents'), opened('byId'), MEMBER));

  expect(deliveries).toEqual([]);
});

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html, resource type `security-group` */
it.each<readonly [key: string, statement: string, which: Which, Condition: JsonObject]>([
  ['ec2:SecurityGroupID', 'RestoreIngress', 'byId', { StringEquals: { 'ec2:SecurityGroupID': ['sg-0'] } }],
  ['aws:ResourceTag', 'RestoreIngressAndEgressSelected1', 'tagged', { StringEquals: { 'aws:ResourceTag/Guard': 'no' } }],
  ['ec2:Vpc', 'RestoreIngressAndEgressSelected1', 'tagged', { ArnLike: { 'ec2:Vpc': 'arn:aws:ec2:eu-west-1:*:vpc/vpc-0' } }],
])('AWS refuses the remediator a change of a group that does not match the condition on %s', async (_, statement, which, Condition) => {
  const change = (each: JsonObject): JsonObject => (each.Sid === statement ? { ...each, Condition } : each);

  expect(refusals(await refusedWith('config-remediator', change, opened(which), ACCOUNT_ID))).toEqual([
    `ec2:RevokeSecurityGroupIngress ${EC2}`,
  ]);
});

it.each(['cloudtrail-detector', 'member-detector'])(
  'the role of %s denies every EC2 call that changes a group, even if another policy allows everything',
  (name) => {
    const policies = [...roleOf(name).policies, { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }];
    const decide = (action: string): string => evaluateIamPolicies(policies, { action, resource: '*', context: {} });

    for (const [, action] of RESTORE.filter(([statement]) => !statement.startsWith('Read')))
      expect(decide(action)).toBe('explicitly denied');
    expect(decide('ec2:DescribeSecurityGroups')).toBe('allowed');
  },
);

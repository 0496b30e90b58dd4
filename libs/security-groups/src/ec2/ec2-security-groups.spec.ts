import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  GetManagedPrefixListEntriesCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { formatRule } from '@portcullis/permission-diff';
import { mockClient } from 'aws-sdk-client-mock';
import { UnreadableRuleError, type CallErrorKind } from '../errors.js';
import { rule } from '../testing/notation.js';
import { ec2Reader } from './ec2-reader.js';
import { ec2Writer } from './ec2-writer.js';

const client = new EC2Client({ region: 'eu-west-1' });
const ec2 = mockClient(client);
beforeEach(() => ec2.reset());

const item = (id: string, CidrIpv4: string, IsEgress = false): SecurityGroupRule => ({
  SecurityGroupRuleId: id,
  GroupId: 'sg-1',
  IsEgress,
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  CidrIpv4,
});

const failure = (name: string, status?: number): Error =>
  Object.assign(new Error('EC2 says no'), {
    name,
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
  });

describe('reading what a prefix list holds', () => {
  it('at a version, all pages', async () => {
    ec2
      .on(GetManagedPrefixListEntriesCommand)
      .resolvesOnce({ Entries: [{ Cidr: '10.0.0.0/8', Description: 'office' }], NextToken: 'more' })
      .resolvesOnce({ Entries: [{ Cidr: '192.0.2.0/24' }] });

    expect(await ec2Reader(client).readPrefixList('pl-1', '7')).toEqual(['10.0.0.0/8', '192.0.2.0/24']);
    expect(ec2.commandCalls(GetManagedPrefixListEntriesCommand).map((call) => call.args[0].input)).toEqual([
      { PrefixListId: 'pl-1', TargetVersion: 7 },
      { PrefixListId: 'pl-1', TargetVersion: 7, NextToken: 'more' },
    ]);
  });

  it('now, where no version is named', async () => {
    ec2.on(GetManagedPrefixListEntriesCommand).resolves({ Entries: [] });

    expect(await ec2Reader(client).readPrefixList('pl-1')).toEqual([]);
    expect(ec2.commandCalls(GetManagedPrefixListEntriesCommand)[0]?.args[0].input).toEqual({ PrefixListId: 'pl-1' });
  });

  it('fails as any call does', async () => {
    ec2.on(GetManagedPrefixListEntriesCommand).rejects(failure('UnauthorizedOperation', 403));

    await expect(ec2Reader(client).readPrefixList('pl-1')).rejects.toMatchObject({ kind: 'denied' });
  });
});

it('finds the groups of rules, each once, whichever of the rules still exist', async () => {
  ec2.on(DescribeSecurityGroupRulesCommand).resolves({
    SecurityGroupRules: [
      { ...item('sgr-2', '10.0.0.0/8'), GroupId: 'sg-2' },
      { ...item('sgr-1', '10.0.0.0/8'), GroupId: 'sg-1' },
      { ...item('sgr-3', '10.0.0.0/9'), GroupId: 'sg-1' },
    ],
  });

  expect(await ec2Reader(client).findGroupIdsOfRules(['sgr-1', 'sgr-2', 'sgr-3', 'sgr-gone'])).toEqual(['sg-1', 'sg-2']);
  expect(ec2.commandCalls(DescribeSecurityGroupRulesCommand)[0]?.args[0].input.Filters).toEqual([
    { Name: 'security-group-rule-id', Values: ['sgr-1', 'sgr-2', 'sgr-3', 'sgr-gone'] },
  ]);
});

describe('reading the live rules', () => {
  it('follows every page, and keeps directions apart', async () => {
    ec2
      .on(DescribeSecurityGroupRulesCommand)
      .resolvesOnce({ SecurityGroupRules: [item('sgr-1', '10.0.0.0/8')], NextToken: 'more' })
      .resolvesOnce({ SecurityGroupRules: [item('sgr-2', '0.0.0.0/0', true)], NextToken: '' });

    const rules = await ec2Reader(client).readRules('sg-1');

    expect(rules.map((rule) => `${rule.ruleId} ${formatRule(rule)}`)).toEqual([
      'sgr-1 tcp/443 from 10.0.0.0/8',
      'sgr-2 tcp/443 to 0.0.0.0/0',
    ]);
    expect(ec2.commandCalls(DescribeSecurityGroupRulesCommand).map((call) => call.args[0].input.NextToken)).toEqual([undefined, 'more']);
  });

  it.each([
    ['has no list of rules', [{}], 'the list is missing'],
    [
      'leads in a circle from page to page',
      [
        { SecurityGroupRules: [], NextToken: 'a' },
        { SecurityGroupRules: [], NextToken: 'a' },
      ],
      'the pages lead in a circle',
    ],
  ])('does not take an answer that %s for an empty group', async (_name, pages, problem) => {
    const answers = ec2.on(DescribeSecurityGroupRulesCommand);
    for (const page of pages) answers.resolvesOnce(page);

    await expect(ec2Reader(client).readRules('sg-1')).rejects.toMatchObject({
      code: 'MalformedReply',
      kind: 'transient',
      message: `DescribeSecurityGroupRules: MalformedReply: ${problem}`,
    });
  });

  it('reads the rules of many groups in calls for two hundred each, and tells apart what failed', async () => {
    const ids = Array.from({ length: 201 }, (_, i) => `sg-${i}`);
    ec2
      .on(DescribeSecurityGroupRulesCommand)
      .resolvesOnce({
        SecurityGroupRules: [
          { ...item('sgr-1', '10.0.0.0/8'), GroupId: 'sg-7' },
          { ...item('sgr-2', '10.0.0.0/8'), GroupId: 'sg-8', CidrIpv4: undefined },
        ],
      })
      .rejectsOnce(failure('RequestLimitExceeded', 503));

    const read = await ec2Reader(client).readRulesOf(ids);

    expect(ec2.commandCalls(DescribeSecurityGroupRulesCommand).map((call) => call.args[0].input)).toMatchObject([
      { Filters: [{ Name: 'group-id', Values: ids.slice(0, 200) }], MaxResults: 1000 },
      { Filters: [{ Name: 'group-id', Values: ['sg-200'] }] },
    ]);
    expect(read.size).toBe(201);
    expect(read.get('sg-0')).toEqual([]);
    expect(read.get('sg-7')).toMatchObject([{ ruleId: 'sgr-1' }]);
    expect(read.get('sg-8')).toBeInstanceOf(UnreadableRuleError);
    expect(read.get('sg-200')).toMatchObject({ code: 'RequestLimitExceeded' });
  });

  it('keeps tags and descriptions', async () => {
    const described = {
      ...item('sgr-1', '10.0.0.0/8'),
      Description: 'a & b',
      Tags: [{ Key: 'owner', Value: 'fms' }, { Key: 'bare' }],
    };
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [described] });

    const [rule] = await ec2Reader(client).readRules('sg-1');

    expect(rule).toMatchObject({ description: 'a & b', tags: { owner: 'fms', bare: '' } });
  });

  it('refuses to go on when a rule is of a kind we do not know, naming every such rule', async () => {
    const unknown = { ...item('sgr-1', '10.0.0.0/8'), CidrIpv4: undefined };
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [unknown, { ...unknown, SecurityGroupRuleId: 'sgr-2' }] });

    const reading = ec2Reader(client).readRules('sg-1');

    await expect(reading).rejects.toBeInstanceOf(UnreadableRuleError);
    await expect(reading).rejects.toThrow(/sgr-1.*sgr-2/);
  });
});

describe('a group', () => {
  it('is described by its name, VPC, owner and tags', async () => {
    ec2
      .on(DescribeSecurityGroupsCommand)
      .resolves({ SecurityGroups: [{ GroupId: 'sg-1', GroupName: 'web', VpcId: 'vpc-1', OwnerId: '111122223333' }] });

    const facts = await ec2Reader(client).describeGroup('sg-1');

    expect(facts).toEqual({ id: 'sg-1', name: 'web', vpcId: 'vpc-1', ownerId: '111122223333', tags: {} });
  });

  it('that EC2 does not know is none', async () => {
    ec2.on(DescribeSecurityGroupsCommand).rejects(failure('InvalidGroup.NotFound', 400));

    expect(await ec2Reader(client).describeGroup('sg-1')).toBeUndefined();
  });

  it('is listed with all others page by page, or with those of the ids that are asked for', async () => {
    ec2
      .on(DescribeSecurityGroupsCommand)
      .resolvesOnce({ SecurityGroups: [{ GroupId: 'sg-1' }], NextToken: 'more' })
      .resolves({ SecurityGroups: [{ GroupId: 'sg-2' }] });

    expect((await ec2Reader(client).listGroups()).map(({ id }) => id)).toEqual(['sg-1', 'sg-2']);
    expect((await ec2Reader(client).listGroups(['sg-2', 'sg-9'])).map(({ id }) => id)).toEqual(['sg-2']);
    expect(await ec2Reader(client).listGroups([])).toEqual([]);
    expect(ec2.commandCalls(DescribeSecurityGroupsCommand).map((call) => call.args[0].input)).toEqual([
      { MaxResults: 1000 },
      { MaxResults: 1000, NextToken: 'more' },
      // By filter: one id that does not exist would fail the call by ids.
      { Filters: [{ Name: 'group-id', Values: ['sg-2', 'sg-9'] }], MaxResults: 1000 },
    ]);
  });

  it('is found by its name, in whichever VPCs', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] });

    expect((await ec2Reader(client).findGroups('web')).map(({ id }) => id)).toEqual(['sg-1', 'sg-2']);
    expect(ec2.commandCalls(DescribeSecurityGroupsCommand)[0]?.args[0].input).toEqual({
      Filters: [{ Name: 'group-name', Values: ['web'] }],
    });
  });
});

describe('a group of another account', () => {
  const [OURS, THEIRS] = ['111122223333', '444455556666'];
  const reader = ec2Reader(client, { ownerId: OURS });

  it('is left out by a filter when groups are listed or looked up by name', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });

    await reader.listGroups();
    await reader.listGroups(['sg-1']);
    await reader.findGroups('web');

    const ours = { Name: 'owner-id', Values: [OURS] };
    expect(ec2.commandCalls(DescribeSecurityGroupsCommand).map((call) => call.args[0].input.Filters)).toEqual([
      [ours],
      [{ Name: 'group-id', Values: ['sg-1'] }, ours],
      [{ Name: 'group-name', Values: ['web'] }, ours],
    ]);
  });

  it('is described as if it did not exist', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: 'sg-1', OwnerId: THEIRS }] });

    expect(await reader.describeGroup('sg-1')).toBeUndefined();
  });

  it('is not found by its rules, and none of them is read', async () => {
    const SecurityGroupRules = [
      { ...item('sgr-1', '10.0.0.0/8'), GroupOwnerId: OURS },
      { ...item('sgr-2', '10.0.0.0/8'), GroupId: 'sg-2', GroupOwnerId: THEIRS },
    ];
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules });

    expect(await reader.findGroupIdsOfRules(['sgr-1', 'sgr-2'])).toEqual(['sg-1']);
    expect([...(await reader.readRulesOf(['sg-1', 'sg-2'])).values()].map((rules) => 'length' in rules && rules.length)).toEqual([1, 0]);
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: SecurityGroupRules.slice(1) });
    expect(await reader.readRules('sg-2')).toEqual([]);
  });

  it('is asked for by account only once the account is known', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });
    const ownerId = jest.fn(() => Promise.resolve(OURS));

    const lazy = ec2Reader(client, { ownerId });
    expect(ownerId).not.toHaveBeenCalled();
    await lazy.findGroups('web');

    expect(ec2.commandCalls(DescribeSecurityGroupsCommand)[0]?.args[0].input.Filters).toContainEqual({
      Name: 'owner-id',
      Values: [OURS],
    });
  });
});

describe('writing', () => {
  it('replaces a rule by one with a source of any kind, with both ports, and with the description that is declared', async () => {
    ec2.onAnyCommand().resolves({});
    const writer = ec2Writer(client);

    for (const text of ['tcp 80 from 10.0.0.0/8 # office', '-1 from ::/0', 'icmp 8 from sg-2', '50 from pl-1'])
      await writer.replace('sg-1', 'sgr-1', rule(text));

    const sent = ec2.commandCalls(ModifySecurityGroupRulesCommand).map((call) => call.args[0].input);
    expect(new Set(sent.map(({ GroupId }) => GroupId))).toEqual(new Set(['sg-1']));
    expect(sent.map(({ SecurityGroupRules: [one] = [] }) => one)).toEqual([
      {
        SecurityGroupRuleId: 'sgr-1',
        SecurityGroupRule: {
          IpProtocol: 'tcp',
          FromPort: 80,
          ToPort: 80,
          CidrIpv4: '10.0.0.0/8',
          Description: 'office',
        },
      },
      {
        SecurityGroupRuleId: 'sgr-1',
        SecurityGroupRule: { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' },
      },
      {
        SecurityGroupRuleId: 'sgr-1',
        SecurityGroupRule: { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, ReferencedGroupId: 'sg-2' },
      },
      {
        SecurityGroupRuleId: 'sgr-1',
        SecurityGroupRule: { IpProtocol: '50', FromPort: -1, ToPort: -1, PrefixListId: 'pl-1' },
      },
    ]);
  });

  it('does not take a revocation for done when EC2 names permissions that were not there', async () => {
    ec2.on(RevokeSecurityGroupEgressCommand).resolves({ Return: true, UnknownIpPermissions: [{ IpProtocol: '-1' }] });

    await expect(ec2Writer(client).revoke('sg-1', 'egress', ['sgr-1'])).rejects.toMatchObject({
      operation: 'RevokeSecurityGroupEgress',
      code: 'UnknownIpPermissions',
      kind: 'rule-not-found',
    });
  });

  it.each([
    ['whose answer was lost', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), true],
    [
      'that EC2 refuses as a duplicate when the SDK has sent it twice',
      Object.assign(new Error('x'), {
        name: 'InvalidPermission.Duplicate',
        $metadata: { httpStatusCode: 400, attempts: 2 },
      }),
      true,
    ],
    [
      'that EC2 refuses as a duplicate at once',
      Object.assign(new Error('x'), {
        name: 'InvalidPermission.Duplicate',
        $metadata: { httpStatusCode: 400, attempts: 1 },
      }),
      false,
    ],
  ])('says of a call %s whether it may have been carried out all the same', async (_, error, mayHaveHappened) => {
    ec2.on(AuthorizeSecurityGroupIngressCommand).rejects(error);

    const call = ec2Writer(client).authorize('sg-1', 'ingress', [{ IpProtocol: '-1' }]);

    await expect(call).rejects.toMatchObject({ mayHaveHappened });
  });

  it('ends the call that is under way when the signal says so', async () => {
    ec2.onAnyCommand().resolves({ SecurityGroupRules: [] });
    const { signal } = new AbortController();

    await ec2Writer(client, signal).revoke('sg-1', 'ingress', ['sgr-1']);
    await ec2Reader(client, { signal }).readRules('sg-1');

    const options = ec2.calls().map(({ args }): unknown => [...args][1]);
    expect(options).toEqual([{ abortSignal: signal }, { abortSignal: signal }]);
  });

  it('authorizes and revokes in the direction told, and revokes by id', async () => {
    ec2.onAnyCommand().resolves({});
    const writer = ec2Writer(client);
    const permissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];

    await writer.authorize('sg-1', 'ingress', permissions);
    await writer.authorize('sg-1', 'egress', permissions);
    await writer.revoke('sg-1', 'ingress', ['sgr-1']);
    await writer.revoke('sg-1', 'egress', ['sgr-2']);

    expect(ec2.calls().map((call) => call.args[0].constructor)).toEqual([
      AuthorizeSecurityGroupIngressCommand,
      AuthorizeSecurityGroupEgressCommand,
      RevokeSecurityGroupIngressCommand,
      RevokeSecurityGroupEgressCommand,
    ]);
    expect(ec2.calls().map((call) => call.args[0].input)).toEqual([
      { GroupId: 'sg-1', IpPermissions: permissions },
      { GroupId: 'sg-1', IpPermissions: permissions },
      { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-1'] },
      { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-2'] },
    ]);
  });

  it.each<[string, Error, string, CallErrorKind]>([
    ['a rule that is there', failure('InvalidPermission.Duplicate', 400), 'InvalidPermission.Duplicate', 'duplicate'],
    ['a full group', failure('RulesPerSecurityGroupLimitExceeded', 400), 'RulesPerSecurityGroupLimitExceeded', 'quota'],
    ['a role that may not', failure('UnauthorizedOperation', 403), 'UnauthorizedOperation', 'denied'],
    ['throttling', failure('RequestLimitExceeded', 503), 'RequestLimitExceeded', 'transient'],
    ['a fault of EC2', failure('SomethingNew', 500), 'SomethingNew', 'transient'],
    ['an answer that is none', failure('SyntaxError', 200), 'SyntaxError', 'transient'],
    ['too many requests by their status', failure('SomethingNew', 429), 'SomethingNew', 'transient'],
    ['keys that ran out', failure('RequestExpired', 400), 'RequestExpired', 'transient'],
    ['a call that took too long', failure('TimeoutError'), 'TimeoutError', 'transient'],
    ['a call that was ended for lack of time', failure('AbortError'), 'AbortError', 'transient'],
    ['a lost connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'ECONNRESET', 'transient'],
    ['a request EC2 never takes', failure('InvalidParameterValue', 400), 'InvalidParameterValue', 'refused'],
    ['a code that only every object has', failure('constructor', 400), 'constructor', 'refused'],
  ])('tells %s', async (_name, error, code, kind) => {
    ec2.on(RevokeSecurityGroupIngressCommand).rejects(error);

    const revoking = ec2Writer(client).revoke('sg-1', 'ingress', ['sgr-1']);

    await expect(revoking).rejects.toMatchObject({ operation: 'RevokeSecurityGroupIngress', code, kind, cause: error });
  });
});

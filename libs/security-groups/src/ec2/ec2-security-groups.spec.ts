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
import { UnreadableRuleError, type CallErrorKind } from './errors.js';
import { rule } from '../testing/notation.js';
import { ec2Reader } from './ec2-reader.js';
import { ec2Writer } from './ec2-writer.js';

const client = new EC2Client({ region: 'eu-west-1' });
const ec2 = mockClient(client);
const reader = ec2Reader(client);
const writer = ec2Writer(client);
beforeEach(() => ec2.reset());

const item = (SecurityGroupRuleId: string, changed: Partial<SecurityGroupRule> = {}): SecurityGroupRule => ({
  SecurityGroupRuleId,
  GroupId: 'sg-1',
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  CidrIpv4: '10.0.0.0/8',
  ...changed,
});
/** Returns an error in the shape of the SDK's errors. */
const failure = (name: string, httpStatusCode?: number, attempts?: number): Error =>
  Object.assign(new Error('EC2 says no'), { name, ...(httpStatusCode !== undefined && { $metadata: { httpStatusCode, attempts } }) });
const lostConnection = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
const inputs = (): object[] => ec2.calls().map((call) => call.args[0].input);

describe('The reader reads groups, rules and prefix lists from EC2', () => {
  it('reads all entries of the given version of a prefix list, and by default the entries of the current version', async () => {
    ec2
      .on(GetManagedPrefixListEntriesCommand)
      .resolvesOnce({ Entries: [{ Cidr: '10.0.0.0/8', Description: 'office' }], NextToken: 'more' })
      .resolvesOnce({ Entries: [{ Cidr: '192.0.2.0/24' }] })
      .resolves({ Entries: [] });

    expect(await reader.readPrefixList('pl-1', '7')).toEqual(['10.0.0.0/8', '192.0.2.0/24']);
    expect(await reader.readPrefixList('pl-1')).toEqual([]);
    expect(inputs()).toEqual([
      { PrefixListId: 'pl-1', TargetVersion: 7 },
      { PrefixListId: 'pl-1', TargetVersion: 7, NextToken: 'more' },
      { PrefixListId: 'pl-1' },
    ]);
  });

  it('finds the groups of the given rules without duplicates, and skips rules that no longer exist', async () => {
    const SecurityGroupRules = [item('sgr-2', { GroupId: 'sg-2' }), item('sgr-1'), item('sgr-3')];
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules });

    expect(await reader.findGroupIdsOfRules(['sgr-1', 'sgr-2', 'sgr-3', 'sgr-gone'])).toEqual(['sg-1', 'sg-2']);
    expect(inputs()).toMatchObject([{ Filters: [{ Name: 'security-group-rule-id', Values: ['sgr-1', 'sgr-2', 'sgr-3', 'sgr-gone'] }] }]);
  });

  it('reads every page of DescribeSecurityGroupRules, with directions, descriptions and tags', async () => {
    const Tags = [{ Key: 'owner', Value: 'fms' }, { Key: 'bare' }];
    ec2
      .on(DescribeSecurityGroupRulesCommand)
      .resolvesOnce({ SecurityGroupRules: [item('sgr-1', { Description: 'a & b', Tags })], NextToken: 'more' })
      .resolvesOnce({ SecurityGroupRules: [item('sgr-2', { IsEgress: true })], NextToken: '' });

    const rules = await reader.readRules('sg-1');

    expect(rules.map(formatRule)).toEqual(['tcp/443 from 10.0.0.0/8', 'tcp/443 to 10.0.0.0/8']);
    expect(rules).toMatchObject([{ ruleId: 'sgr-1', description: 'a & b', tags: { owner: 'fms', bare: '' } }, { ruleId: 'sgr-2' }]);
    expect(inputs()).toMatchObject([{}, { NextToken: 'more' }]);
  });

  const page = { SecurityGroupRules: [], NextToken: 'a' };
  it.each([
    ['has no list of rules', [{}], 'the response has no list of items'],
    ['repeats a page token', [page, page], 'the response repeats an earlier page token'],
  ])('`readRules` fails instead of returning an empty list if the response %s', async (_, pages, problem) => {
    const answers = ec2.on(DescribeSecurityGroupRulesCommand);
    for (const each of pages) answers.resolvesOnce(each);

    await expect(reader.readRules('sg-1')).rejects.toMatchObject({
      code: 'MalformedReply',
      kind: 'transient',
      message: `DescribeSecurityGroupRules: MalformedReply: ${problem}`,
    });
  });

  it('`readRules` fails with the ids of all rules of an unknown kind', async () => {
    const SecurityGroupRules = ['sgr-1', 'sgr-2'].map((id) => item(id, { CidrIpv4: undefined }));
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules });

    const reading = reader.readRules('sg-1');

    await expect(reading).rejects.toBeInstanceOf(UnreadableRuleError);
    await expect(reading).rejects.toThrow(/sgr-1.*sgr-2/);
  });

  it('reads the rules of up to 200 groups in one call, and returns either rules or an error for each group', async () => {
    const ids = Array.from({ length: 201 }, (_, i) => `sg-${i}`);
    const SecurityGroupRules = [item('sgr-1', { GroupId: 'sg-7' }), item('sgr-2', { GroupId: 'sg-8', CidrIpv4: undefined })];
    ec2.on(DescribeSecurityGroupRulesCommand).resolvesOnce({ SecurityGroupRules }).rejectsOnce(failure('RequestLimitExceeded', 503));

    const read = await reader.readRulesOf(ids);

    expect(inputs()).toMatchObject([
      { Filters: [{ Name: 'group-id', Values: ids.slice(0, 200) }], MaxResults: 1000 },
      { Filters: [{ Name: 'group-id', Values: ['sg-200'] }] },
    ]);
    expect([read.size, read.get('sg-0')]).toEqual([201, []]);
    expect(read.get('sg-7')).toMatchObject([{ ruleId: 'sgr-1' }]);
    expect(read.get('sg-8')).toBeInstanceOf(UnreadableRuleError);
    expect(read.get('sg-200')).toMatchObject({ code: 'RequestLimitExceeded' });
  });

  it('`describeGroup` returns a group, and undefined for an unknown group', async () => {
    const group = { GroupId: 'sg-1', GroupName: 'web', VpcId: 'vpc-1', OwnerId: '111122223333' };
    ec2
      .on(DescribeSecurityGroupsCommand)
      .resolvesOnce({ SecurityGroups: [group] })
      .rejects(failure('InvalidGroup.NotFound', 400));

    expect(await reader.describeGroup('sg-1')).toEqual({ id: 'sg-1', name: 'web', vpcId: 'vpc-1', ownerId: '111122223333', tags: {} });
    expect(await reader.describeGroup('sg-1')).toBeUndefined();
  });

  it('lists groups page by page, and skips an unknown group id', async () => {
    ec2
      .on(DescribeSecurityGroupsCommand)
      .resolvesOnce({ SecurityGroups: [{ GroupId: 'sg-1' }], NextToken: 'more' })
      .resolves({ SecurityGroups: [{ GroupId: 'sg-2' }] });

    expect((await reader.listGroups()).map(({ id }) => id)).toEqual(['sg-1', 'sg-2']);
    expect((await reader.listGroups(['sg-2', 'sg-9'])).map(({ id }) => id)).toEqual(['sg-2']);
    expect(await reader.listGroups([])).toEqual([]);
    expect((await reader.findGroups('web')).map(({ id }) => id)).toEqual(['sg-2']);
    expect(inputs()).toEqual([
      { MaxResults: 1000 },
      { MaxResults: 1000, NextToken: 'more' },
      { Filters: [{ Name: 'group-id', Values: ['sg-2', 'sg-9'] }], MaxResults: 1000 },
      { Filters: [{ Name: 'group-name', Values: ['web'] }] },
    ]);
  });
});

describe('The reader of one account does not see groups of other accounts', () => {
  const [OURS, THEIRS] = ['111122223333', '444455556666'];
  const own = ec2Reader(client, { ownerId: OURS });

  it('omits groups of other accounts when it lists groups or finds groups by name', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });

    await own.listGroups();
    await own.listGroups(['sg-1']);
    await own.findGroups('web');

    const ours = { Name: 'owner-id', Values: [OURS] };
    expect(inputs()).toMatchObject([
      { Filters: [ours] },
      { Filters: [{ Name: 'group-id', Values: ['sg-1'] }, ours] },
      { Filters: [{ Name: 'group-name', Values: ['web'] }, ours] },
    ]);
  });

  it('`describeGroup` returns undefined for a group of another account', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: 'sg-1', OwnerId: THEIRS }] });

    expect(await own.describeGroup('sg-1')).toBeUndefined();
  });

  it('does not find a group of another account by its rules, and does not read its rules', async () => {
    const SecurityGroupRules = [item('sgr-1', { GroupOwnerId: OURS }), item('sgr-2', { GroupId: 'sg-2', GroupOwnerId: THEIRS })];
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules });

    expect(await own.findGroupIdsOfRules(['sgr-1', 'sgr-2'])).toEqual(['sg-1']);
    expect([...(await own.readRulesOf(['sg-1', 'sg-2']))]).toMatchObject([
      ['sg-1', [{ ruleId: 'sgr-1' }]],
      ['sg-2', []],
    ]);
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: SecurityGroupRules.slice(1) });
    expect(await own.readRules('sg-2')).toEqual([]);
  });

  it('calls `ownerId` only when a read needs the account id', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });
    const ownerId = jest.fn(() => Promise.resolve(OURS));

    const lazy = ec2Reader(client, { ownerId });
    expect(ownerId).not.toHaveBeenCalled();
    await lazy.findGroups('web');

    expect(inputs()).toEqual([
      {
        Filters: [
          { Name: 'group-name', Values: ['web'] },
          { Name: 'owner-id', Values: [OURS] },
        ],
      },
    ]);
  });
});

describe('The writer changes groups', () => {
  it('`replace` sends the source, both ports and the description of the new rule, for each kind of source', async () => {
    ec2.onAnyCommand().resolves({});

    for (const text of ['tcp 80 from 10.0.0.0/8 # office', '-1 from ::/0', 'icmp 8 from sg-2', '50 from pl-1'])
      await writer.replace('sg-1', 'sgr-1', rule(text));

    expect(ec2.commandCalls(ModifySecurityGroupRulesCommand)).toHaveLength(4);
    expect(inputs()).toEqual(
      [
        { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv4: '10.0.0.0/8', Description: 'office' },
        { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' },
        { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, ReferencedGroupId: 'sg-2' },
        { IpProtocol: '50', FromPort: -1, ToPort: -1, PrefixListId: 'pl-1' },
      ].map((SecurityGroupRule) => ({ GroupId: 'sg-1', SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1', SecurityGroupRule }] })),
    );
  });

  it('authorizes permissions and revokes rule ids in the given direction', async () => {
    ec2.onAnyCommand().resolves({});
    const permissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];

    await writer.authorize('sg-1', 'ingress', permissions);
    await writer.authorize('sg-1', 'egress', permissions);
    await writer.revoke('sg-1', 'ingress', ['sgr-1']);
    await writer.revoke('sg-1', 'egress', ['sgr-2']);

    expect(ec2.calls().map(({ args: [command] }): unknown[] => [command.constructor, command.input])).toEqual([
      [AuthorizeSecurityGroupIngressCommand, { GroupId: 'sg-1', IpPermissions: permissions }],
      [AuthorizeSecurityGroupEgressCommand, { GroupId: 'sg-1', IpPermissions: permissions }],
      [RevokeSecurityGroupIngressCommand, { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-1'] }],
      [RevokeSecurityGroupEgressCommand, { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-2'] }],
    ]);
  });

  it('`revoke` fails if the response lists permissions that EC2 did not find', async () => {
    ec2.on(RevokeSecurityGroupEgressCommand).resolves({ Return: true, UnknownIpPermissions: [{ IpProtocol: '-1' }] });

    await expect(writer.revoke('sg-1', 'egress', ['sgr-1'])).rejects.toMatchObject({
      operation: 'RevokeSecurityGroupEgress',
      code: 'UnknownIpPermissions',
      kind: 'rule-not-found',
    });
  });
});

it.each([
  ['may have taken effect if its response was lost', lostConnection, true],
  [
    'may have taken effect if the SDK sent the call twice and EC2 refused a duplicate',
    failure('InvalidPermission.Duplicate', 400, 2),
    true,
  ],
  ['did not take effect if EC2 refused the first attempt as a duplicate', failure('InvalidPermission.Duplicate', 400, 1), false],
])('the error of a failed call says that the call %s', async (_, error, mayHaveHappened) => {
  ec2.on(AuthorizeSecurityGroupIngressCommand).rejects(error);

  await expect(writer.authorize('sg-1', 'ingress', [{ IpProtocol: '-1' }])).rejects.toMatchObject({ mayHaveHappened });
});

it('`ec2Reader` and `ec2Writer` pass their abort signal to EC2 calls', async () => {
  ec2.onAnyCommand().resolves({ SecurityGroupRules: [] });
  const { signal } = new AbortController();

  await ec2Writer(client, signal).revoke('sg-1', 'ingress', ['sgr-1']);
  await ec2Reader(client, { signal }).readRules('sg-1');

  expect(ec2.calls().map(({ args }): unknown => [...args][1])).toEqual([{ abortSignal: signal }, { abortSignal: signal }]);
});

it.each<[string, Error, string, CallErrorKind]>([
  ['a rule that already exists', failure('InvalidPermission.Duplicate', 400), 'InvalidPermission.Duplicate', 'duplicate'],
  ['a full group', failure('RulesPerSecurityGroupLimitExceeded', 400), 'RulesPerSecurityGroupLimitExceeded', 'quota'],
  ['a role without the permission', failure('UnauthorizedOperation', 403), 'UnauthorizedOperation', 'denied'],
  ['throttling', failure('RequestLimitExceeded', 503), 'RequestLimitExceeded', 'transient'],
  ['an error of EC2', failure('SomethingNew', 500), 'SomethingNew', 'transient'],
  ['an answer that cannot be read', failure('SyntaxError', 200), 'SyntaxError', 'transient'],
  ['an unknown code with the status for too many requests', failure('SomethingNew', 429), 'SomethingNew', 'transient'],
  ['expired credentials', failure('RequestExpired', 400), 'RequestExpired', 'transient'],
  ['a timeout', failure('TimeoutError'), 'TimeoutError', 'transient'],
  ['a call that was aborted because time ran out', failure('AbortError'), 'AbortError', 'transient'],
  ['a lost connection', lostConnection, 'ECONNRESET', 'transient'],
  ['an invalid request', failure('InvalidParameterValue', 400), 'InvalidParameterValue', 'refused'],
  ['a code that is a property of every object', failure('constructor', 400), 'constructor', 'refused'],
])('the `kind` of a `SecurityGroupCallError` says why the call failed: %s', async (_, error, code, kind) => {
  ec2.on(RevokeSecurityGroupIngressCommand).rejects(error);

  const expected = { operation: 'RevokeSecurityGroupIngress', code, kind, cause: error };
  await expect(writer.revoke('sg-1', 'ingress', ['sgr-1'])).rejects.toMatchObject(expected);
});

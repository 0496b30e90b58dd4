import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { formatRule } from '@portcullis/permission-diff';
import { mockClient } from 'aws-sdk-client-mock';
import { UnreadableRuleError, type CallErrorKind } from '../errors.js';
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
    expect(ec2.commandCalls(DescribeSecurityGroupRulesCommand).map((call) => call.args[0].input.NextToken)).toEqual([
      undefined,
      'more',
    ]);
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
    ec2
      .on(DescribeSecurityGroupRulesCommand)
      .resolves({ SecurityGroupRules: [unknown, { ...unknown, SecurityGroupRuleId: 'sgr-2' }] });

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

  it('is found by its name, in whichever VPCs', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] });

    expect(await ec2Reader(client).findGroupIds('web')).toEqual(['sg-1', 'sg-2']);
    expect(ec2.commandCalls(DescribeSecurityGroupsCommand)[0]?.args[0].input).toEqual({
      Filters: [{ Name: 'group-name', Values: ['web'] }],
    });
  });
});

describe('writing', () => {
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
    [
      'a lost connection',
      Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
      'ECONNRESET',
      'transient',
    ],
    ['a request EC2 never takes', failure('InvalidParameterValue', 400), 'InvalidParameterValue', 'refused'],
    ['a code that only every object has', failure('constructor', 400), 'constructor', 'refused'],
  ])('tells %s', async (_name, error, code, kind) => {
    ec2.on(RevokeSecurityGroupIngressCommand).rejects(error);

    const revoking = ec2Writer(client).revoke('sg-1', 'ingress', ['sgr-1']);

    await expect(revoking).rejects.toMatchObject({ operation: 'RevokeSecurityGroupIngress', code, kind, cause: error });
  });
});

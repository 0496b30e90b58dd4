// What the mends make of moto, tried on moto itself.
import {
  CreateTrailCommand,
  GetTrailStatusCommand,
  DeleteTrailCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  DescribeConfigRulesCommand,
  DescribeConfigurationRecordersCommand,
  PutConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  type AuthorizeSecurityGroupIngressCommandOutput,
  type IpPermission,
  type SecurityGroupRule,
  type SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import { CreateBucketCommand, GetObjectCommand, HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { startSandbox, type Sandbox } from './sandbox.js';
import { createGroup, deployFoundation, deployFunction, putConfigRule } from './testing/deployment.js';

let sandbox: Sandbox;
let roleArn: string;
let groups = 0;

beforeAll(async () => {
  sandbox = await startSandbox();
  roleArn = await deployFoundation(sandbox);
}, 60_000);

afterAll(() => sandbox.stop());

const newGroup = (): Promise<string> => createGroup(sandbox, `group-${(groups += 1)}`);

const tcp = (port: number, ...cidrs: readonly string[]): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp })),
  Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
});

const authorize = (
  GroupId: string,
  ...IpPermissions: IpPermission[]
): Promise<AuthorizeSecurityGroupIngressCommandOutput> =>
  sandbox.ec2().send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));

const ingressRules = async (groupId: string): Promise<readonly SecurityGroupRule[]> => {
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const { SecurityGroupRules = [] } = await sandbox.ec2().send(new DescribeSecurityGroupRulesCommand({ Filters }));
  return SecurityGroupRules.filter(({ IsEgress }) => IsEgress !== true).toSorted((a, b) =>
    (a.SecurityGroupRuleId ?? '').localeCompare(b.SecurityGroupRuleId ?? ''),
  );
};

const idsOf = (rules: readonly SecurityGroupRule[]): string[] => rules.map((rule) => rule.SecurityGroupRuleId ?? '');

describe('a call that EC2 refuses', () => {
  it('adds nothing when one of the rules to authorize is there already', async () => {
    const groupId = await newGroup();
    await authorize(groupId, tcp(443, '0.0.0.0/0'));
    const before = await ingressRules(groupId);

    await expect(authorize(groupId, tcp(80, '0.0.0.0/0'), tcp(443, '0.0.0.0/0'))).rejects.toMatchObject({
      name: 'InvalidPermission.Duplicate',
    });

    expect(await ingressRules(groupId)).toEqual(before);
  });

  it('removes nothing when one of the rules to revoke is not there, and every rule keeps its id', async () => {
    const groupId = await newGroup();
    await authorize(groupId, tcp(80, '0.0.0.0/0'), tcp(443, '::/0'));
    const before = await ingressRules(groupId);

    const IpPermissions = [tcp(80, '0.0.0.0/0'), tcp(22, '0.0.0.0/0')];
    const refused = sandbox.ec2().send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));
    await expect(refused).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });

    expect(await ingressRules(groupId)).toEqual(before);
  });

  it('can be repaired by the ids read before it', async () => {
    const groupId = await newGroup();
    await authorize(groupId, tcp(80, '0.0.0.0/0'));
    const [rule] = await ingressRules(groupId);
    const IpPermissions = [tcp(80, '0.0.0.0/0'), tcp(22, '0.0.0.0/0')];
    await sandbox
      .ec2()
      .send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }))
      .catch(() => undefined);

    const SecurityGroupRuleIds = [rule?.SecurityGroupRuleId ?? ''];
    await sandbox.ec2().send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds }));

    expect(await ingressRules(groupId)).toEqual([]);
  });

  it('names the rule id that its group does not have, and revokes no other', async () => {
    const groupId = await newGroup();
    await authorize(groupId, tcp(80, '0.0.0.0/0'));
    const before = await ingressRules(groupId);
    const SecurityGroupRuleIds = [...idsOf(before), 'sgr-0123456789abcdef0'];

    const refused = sandbox
      .ec2()
      .send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds }));
    await expect(refused).rejects.toMatchObject({
      name: 'InvalidSecurityGroupRuleId.NotFound',
      message: "The security group rule ID 'sgr-0123456789abcdef0' does not exist",
    });

    expect(await ingressRules(groupId)).toEqual(before);
  });
});

describe('the answer of EC2', () => {
  it('to Authorize has a rule for every source, with its owner and ARN', async () => {
    const groupId = await newGroup();

    const { SecurityGroupRules: rules = [] } = await authorize(
      groupId,
      tcp(80, '0.0.0.0/0', '::/0'),
      tcp(443, '0.0.0.0/0'),
    );

    expect(rules).toMatchObject([
      { FromPort: 80, CidrIpv4: '0.0.0.0/0', GroupId: groupId, GroupOwnerId: sandbox.accountId, IsEgress: false },
      { FromPort: 80, CidrIpv6: '::/0' },
      { FromPort: 443, CidrIpv4: '0.0.0.0/0' },
    ]);
    expect(rules[0]?.SecurityGroupRuleArn).toBe(
      `arn:aws:ec2:eu-west-1:123456789012:security-group-rule/${rules[0]?.SecurityGroupRuleId ?? ''}`,
    );
  });

  it('to Revoke has the rules that were removed', async () => {
    const groupId = await newGroup();
    await authorize(groupId, tcp(80, '0.0.0.0/0'), tcp(443, '0.0.0.0/0'));

    const { RevokedSecurityGroupRules: revoked } = await sandbox
      .ec2()
      .send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [tcp(443, '0.0.0.0/0')] }));

    expect(revoked).toMatchObject([{ FromPort: 443, CidrIpv4: '0.0.0.0/0', GroupId: groupId, IsEgress: false }]);
  });
});

describe('a protocol without ports', () => {
  it.each([
    ['icmpv6', 'icmpv6'],
    ['58', 'icmpv6'],
    ['50', '50'],
    ['-1', '-1'],
  ])('%s is taken without ports and shown as %s', async (given, shown) => {
    const groupId = await newGroup();
    const permission = { IpProtocol: given, Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] };

    await authorize(groupId, permission);

    expect(await ingressRules(groupId)).toMatchObject([{ IpProtocol: shown, FromPort: -1, ToPort: -1 }]);
    await sandbox.ec2().send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [permission] }));
    expect(await ingressRules(groupId)).toEqual([]);
  });

  it('is taken for egress', async () => {
    const groupId = await newGroup();
    const IpPermissions = [{ IpProtocol: '50', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];

    const { SecurityGroupRules: rules } = await sandbox
      .ec2()
      .send(new AuthorizeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions }));

    expect(rules).toMatchObject([{ IpProtocol: '50', IsEgress: true, CidrIpv4: '10.0.0.0/8' }]);
  });
});

describe('ModifySecurityGroupRules', () => {
  const modify = (GroupId: string, updates: Readonly<Record<string, SecurityGroupRuleRequest>>): Promise<unknown> =>
    sandbox.ec2().send(
      new ModifySecurityGroupRulesCommand({
        GroupId,
        SecurityGroupRules: Object.entries(updates).map(([SecurityGroupRuleId, SecurityGroupRule]) => ({
          SecurityGroupRuleId,
          SecurityGroupRule,
        })),
      }),
    );

  it.each<readonly [string, (groupId: string) => IpPermission, (groupId: string) => SecurityGroupRuleRequest]>([
    [
      'an IPv4 source',
      () => tcp(22, '10.0.0.0/8'),
      () => ({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0', Description: 'wide' }),
    ],
    [
      'an IPv6 source',
      () => tcp(22, '2001:db8::/32'),
      () => ({ IpProtocol: 'tcp', FromPort: 22, ToPort: 23, CidrIpv6: '::/0' }),
    ],
    [
      'a prefix list',
      () => ({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: 'pl-1' }] }),
      () => ({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListId: 'pl-2' }),
    ],
    ['the protocol', () => tcp(22, '10.0.0.0/8'), () => ({ IpProtocol: '-1', CidrIpv4: '10.0.0.0/8' })],
    [
      'the ports of a group source',
      (groupId) => ({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, UserIdGroupPairs: [{ GroupId: groupId }] }),
      (groupId) => ({ IpProtocol: 'udp', FromPort: 53, ToPort: 53, ReferencedGroupId: groupId }),
    ],
  ])('changes %s and keeps the id', async (_what, permission, change) => {
    const groupId = await newGroup();
    await authorize(groupId, permission(groupId));
    const [rule] = await ingressRules(groupId);
    const { ReferencedGroupId, ...changed } = change(groupId);

    await modify(groupId, { [rule?.SecurityGroupRuleId ?? '']: change(groupId) });

    expect(await ingressRules(groupId)).toMatchObject([
      {
        SecurityGroupRuleId: rule?.SecurityGroupRuleId,
        ...changed,
        ...(ReferencedGroupId !== undefined && { ReferencedGroupInfo: { GroupId: ReferencedGroupId } }),
      },
    ]);
  });

  it('changes the same rule twice', async () => {
    const groupId = await newGroup();
    await authorize(groupId, tcp(22, '10.0.0.0/8'));
    const [id = ''] = idsOf(await ingressRules(groupId));

    await modify(groupId, { [id]: { IpProtocol: 'tcp', FromPort: 23, ToPort: 23, CidrIpv4: '10.0.0.0/8' } });
    await modify(groupId, { [id]: { IpProtocol: 'tcp', FromPort: 24, ToPort: 24, CidrIpv4: '10.0.0.0/8' } });

    expect(await ingressRules(groupId)).toMatchObject([{ SecurityGroupRuleId: id, FromPort: 24 }]);
  });

  it.each<readonly [string, SecurityGroupRuleRequest, string]>([
    ['no source', { IpProtocol: 'tcp', FromPort: 1, ToPort: 1 }, 'MissingParameter'],
    [
      'two sources',
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, CidrIpv4: '10.0.0.0/8', CidrIpv6: '::/0' },
      'InvalidParameterCombination',
    ],
    ['no protocol', { FromPort: 1, ToPort: 1, CidrIpv4: '10.0.0.0/8' }, 'InvalidParameterValue'],
    ['no ports', { IpProtocol: 'tcp', CidrIpv4: '10.0.0.0/8' }, 'InvalidParameterValue'],
    [
      'another kind of source',
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, CidrIpv6: '::/0' },
      'InvalidParameterValue',
    ],
    [
      'what another rule is already',
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/8' },
      'InvalidPermission.Duplicate',
    ],
  ])('with %s changes nothing, of the other rules either', async (_what, change, code) => {
    const groupId = await newGroup();
    await authorize(groupId, tcp(22, '10.0.0.0/8'), tcp(80, '10.0.0.0/8'), tcp(443, '10.0.0.0/8'));
    const before = await ingressRules(groupId);
    const idOf = (port: number): string => before.find(({ FromPort }) => FromPort === port)?.SecurityGroupRuleId ?? '';
    const fine = { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, CidrIpv4: '10.0.0.0/8' };

    await expect(modify(groupId, { [idOf(22)]: fine, [idOf(80)]: change })).rejects.toMatchObject({ name: code });

    expect(await ingressRules(groupId)).toEqual(before);
  });

  it('refuses a rule id that its group does not have', async () => {
    const groupId = await newGroup();
    const change = { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, CidrIpv4: '10.0.0.0/8' };

    await expect(modify(groupId, { 'sgr-0123456789abcdef0': change })).rejects.toMatchObject({
      name: 'InvalidSecurityGroupRuleId.NotFound',
    });
  });
});

describe('UpdateSecurityGroupRuleDescriptionsIngress', () => {
  const describeRule = (GroupId: string, id: string): Promise<unknown> =>
    sandbox.ec2().send(
      new UpdateSecurityGroupRuleDescriptionsIngressCommand({
        GroupId,
        SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: id, Description: 'the new one' }],
      }),
    );

  it.each([['10.0.0.0/8'], ['2001:db8::/32']])('describes the rule for %s by its id', async (cidr) => {
    const groupId = await newGroup();
    await authorize(groupId, tcp(22, cidr));
    const [id = ''] = idsOf(await ingressRules(groupId));

    await describeRule(groupId, id);

    expect(await ingressRules(groupId)).toMatchObject([{ SecurityGroupRuleId: id, Description: 'the new one' }]);
  });

  it('refuses a rule id that its group does not have', async () => {
    const groupId = await newGroup();

    await expect(describeRule(groupId, 'sgr-0123456789abcdef0')).rejects.toMatchObject({
      name: 'InvalidSecurityGroupRuleId.NotFound',
    });
  });
});

describe('the description of a rule', () => {
  const described = (source: 'group' | 'list', groupId: string, Description: string): IpPermission => ({
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    ...(source === 'group'
      ? { UserIdGroupPairs: [{ GroupId: groupId, Description }] }
      : { PrefixListIds: [{ PrefixListId: 'pl-1', Description }] }),
  });

  it.each([['group'], ['list']] as const)('is shown when its source is a %s', async (source) => {
    const groupId = await newGroup();

    const { SecurityGroupRules: made } = await authorize(groupId, described(source, groupId, 'a < b'));

    expect(made).toMatchObject([{ Description: 'a < b' }]);
    expect(await ingressRules(groupId)).toMatchObject([{ Description: 'a < b' }]);
  });

  it.each([['group'], ['list']] as const)('can be changed by the rule id when its source is a %s', async (source) => {
    const groupId = await newGroup();
    await authorize(groupId, described(source, groupId, 'old'));
    const [SecurityGroupRuleId] = idsOf(await ingressRules(groupId));

    await sandbox.ec2().send(
      new UpdateSecurityGroupRuleDescriptionsIngressCommand({
        GroupId: groupId,
        SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description: 'new' }],
      }),
    );

    expect(await ingressRules(groupId)).toMatchObject([{ SecurityGroupRuleId, Description: 'new' }]);
  });

  it('can be changed by the permission when its source is a list', async () => {
    const groupId = await newGroup();
    await authorize(groupId, described('list', groupId, 'old'));

    await sandbox.ec2().send(
      new UpdateSecurityGroupRuleDescriptionsIngressCommand({
        GroupId: groupId,
        IpPermissions: [described('list', groupId, 'new')],
      }),
    );

    expect(await ingressRules(groupId)).toMatchObject([{ Description: 'new' }]);
  });
});

describe('RevokeSecurityGroupEgress', () => {
  const everywhere: IpPermission = { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] };
  const https = tcp(443, '2001:db8::/32');

  it('removes IPv6 rules by value', async () => {
    const GroupId = await newGroup();
    const ec2 = sandbox.ec2();
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everywhere, https] }));

    const { RevokedSecurityGroupRules: revoked } = await ec2.send(
      new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everywhere, https] }),
    );

    expect(revoked?.map(({ CidrIpv6 }) => CidrIpv6)).toEqual(['::/0', '2001:db8::/32']);
  });

  it('removes nothing when one of them is not there', async () => {
    const GroupId = await newGroup();
    const ec2 = sandbox.ec2();
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [https] }));
    const Filters = [{ Name: 'group-id', Values: [GroupId] }];
    const before = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));

    await expect(
      ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [https, everywhere] })),
    ).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });

    const after = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    expect(idsOf(after.SecurityGroupRules ?? []).sort()).toEqual(idsOf(before.SecurityGroupRules ?? []).sort());
  });
});

describe('CloudTrail', () => {
  it('starts and stops the logging of a trail by its ARN', async () => {
    const cloudTrail = sandbox.cloudTrail();
    const { TrailARN: Name } = await cloudTrail.send(new CreateTrailCommand({ Name: 'other', S3BucketName: 'audit' }));

    await cloudTrail.send(new StartLoggingCommand({ Name }));
    expect(await cloudTrail.send(new GetTrailStatusCommand({ Name }))).toMatchObject({ IsLogging: true });

    await cloudTrail.send(new StopLoggingCommand({ Name }));
    expect(await cloudTrail.send(new GetTrailStatusCommand({ Name }))).toMatchObject({ IsLogging: false });
  });

  it('deletes a trail by its ARN', async () => {
    const cloudTrail = sandbox.cloudTrail();
    const { TrailARN: Name } = await cloudTrail.send(new CreateTrailCommand({ Name: 'late', S3BucketName: 'audit' }));

    await cloudTrail.send(new DeleteTrailCommand({ Name }));

    await expect(cloudTrail.send(new GetTrailStatusCommand({ Name }))).rejects.toMatchObject({
      name: 'TrailNotFoundException',
    });
  });
});

describe('AWS Config', () => {
  it.each([
    ['the mode it was given', { recordingFrequency: 'DAILY' } as const, { recordingFrequency: 'DAILY' }],
    ['that it records continuously when it was given no mode', undefined, { recordingFrequency: 'CONTINUOUS' }],
  ])('tells of a recorder %s', async (_what, recordingMode, told) => {
    const ConfigurationRecorder = {
      name: 'default',
      roleARN: roleArn,
      ...(recordingMode !== undefined && { recordingMode }),
    };
    await sandbox.config().send(new PutConfigurationRecorderCommand({ ConfigurationRecorder }));

    const { ConfigurationRecorders } = await sandbox.config().send(new DescribeConfigurationRecordersCommand({}));

    expect(ConfigurationRecorders).toMatchObject([{ name: 'default', recordingMode: told }]);
  });

  it('tells the tag of a rule in its scope, and that it is detective', async () => {
    const arn = await deployFunction(sandbox, 'nothing', roleArn, 'export const handler = async () => 1;');
    await putConfigRule(sandbox, 'by-tag', arn, { TagKey: 'Guarded', TagValue: 'yes' });

    const { ConfigRules } = await sandbox
      .config()
      .send(new DescribeConfigRulesCommand({ ConfigRuleNames: ['by-tag'] }));

    expect(ConfigRules).toMatchObject([
      { Scope: { TagKey: 'Guarded', TagValue: 'yes' }, EvaluationModes: [{ Mode: 'DETECTIVE' }] },
    ]);
  });
});

describe('a call that needs no mend', () => {
  it('brings bytes to S3 and back as they are', async () => {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await sandbox.s3().send(new CreateBucketCommand({ Bucket: 'bytes', CreateBucketConfiguration }));
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);

    await sandbox.s3().send(new PutObjectCommand({ Bucket: 'bytes', Key: 'a key/with ü', Body: bytes }));

    const { Body: body } = await sandbox.s3().send(new GetObjectCommand({ Bucket: 'bytes', Key: 'a key/with ü' }));
    expect(await body?.transformToByteArray()).toEqual(bytes);
    await expect(sandbox.s3().send(new HeadBucketCommand({ Bucket: 'bytes' }))).resolves.toMatchObject({
      $metadata: { httpStatusCode: 200 },
    });
    await expect(sandbox.s3().send(new HeadBucketCommand({ Bucket: 'none' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('answers addresses at the sandbox, not at moto', async () => {
    const { QueueUrl } = await sandbox.sqs().send(new CreateQueueCommand({ QueueName: 'letters' }));
    await sandbox.sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));

    expect(QueueUrl).toBe(`${sandbox.endpoint}/123456789012/letters`);
    const { Messages } = await sandbox.sqs().send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toMatchObject([{ Body: 'hello' }]);
  });
});

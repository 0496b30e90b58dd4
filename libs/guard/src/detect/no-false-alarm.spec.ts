import { baseline, liveRules, type SimulatedEc2, compiled } from '@portcullis/security-groups/testing';
import { AT_BASELINE, detector, ec2With, web } from '../testing/detector.js';
import { authorizeTcp, GROUP, record, REMEDIATOR, revokeTcp } from '../testing/records.js';

const at = (...live: string[]) => ec2With(liveRules(...live));
const describedById = record('UpdateSecurityGroupRuleDescriptionsIngress', {
  UpdateSecurityGroupRuleDescriptionsIngressRequest: {
    GroupId: GROUP,
    SecurityGroupRuleDescription: { SecurityGroupRuleId: 'sgr-1', Description: 'web', tag: 1 },
  },
});
const PIPELINE = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/Deployer/pipeline',
  sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/ci/Deployer' } },
};

describe('is no alarm, but at most for information', () => {
  it.each([
    ["a pipeline's own authorization of what is declared", authorizeTcp(443, '0.0.0.0/0', { userIdentity: PIPELINE }), at(...AT_BASELINE)],
    ["a pipeline's own revocation of what is not", revokeTcp(22, '10.0.0.0/8', { userIdentity: PIPELINE }), at(...AT_BASELINE)],
    ['a description that is edited', describedById, at('tcp 80 from 0.0.0.0/0 # web', 'tcp 443 from 0.0.0.0/0')],
    [
      'equal traffic that is spelled otherwise',
      record('AuthorizeSecurityGroupIngress', {
        groupId: GROUP,
        ipPermissions: {
          items: [{ ipProtocol: '6', fromPort: '443', toPort: '443', ipRanges: { items: [{ cidrIp: '198.51.100.7/0' }] } }],
        },
      }),
      at(...AT_BASELINE),
    ],
    ['the restoration of the remediator', revokeTcp(445, '0.0.0.0/0', { userIdentity: REMEDIATOR }), at(...AT_BASELINE)],
    [
      'the group in another VPC',
      record('AssociateSecurityGroupVpc', { AssociateSecurityGroupVpcRequest: { GroupId: GROUP, VpcId: 'vpc-2' } }),
      at(...AT_BASELINE),
    ],
    ['a dry run', authorizeTcp(22, '0.0.0.0/0', { errorCode: 'Client.DryRunOperation', responseElements: null }), at(...AT_BASELINE)],
  ])('%s', async (_, event, ec2) => {
    expect(await detector(ec2).run(event)).toMatchObject([{ severity: 'info' }]);
  });

  it('other rules that let in the same, where access is compared', async () => {
    const declared = compiled(baseline(['tcp 80-443 from 10.0.0.0/8'], { compare: 'access', groups: { ids: [GROUP] } }));
    const live = at('tcp 80-200 from 10.0.0.0/8', 'tcp 201-443 from 10.0.0.0/9', 'tcp 201-443 from 10.128.0.0/9');

    expect(await detector(live, { declared }).run(authorizeTcp(80, '10.0.0.0/8'))).toMatchObject([{ kind: 'change', severity: 'info' }]);
  });

  it('a rule that is permitted, or that the baseline leaves to somebody else', async () => {
    const declared = compiled({ ...web, ignore: [{ descriptionPrefix: 'elbv2' }] });
    const live = at(...AT_BASELINE, 'tcp 8080 from 0.0.0.0/0 # elbv2 controller');

    expect(await detector(live, { declared }).run(authorizeTcp(8080, '0.0.0.0/0'))).toMatchObject([
      {
        kind: 'change',
        severity: 'info',
        summary: expect.stringContaining('left alone: tcp/8080 from 0.0.0.0/0') as string,
      },
    ]);
  });

  it('a description that is edited while the live rules cannot be read: the record tells that it changes nothing', async () => {
    const ec2 = at();
    ec2.before = () => 'transient';

    expect(await detector(ec2).run(describedById)).toMatchObject([{ kind: 'change', severity: 'info', basis: 'event', atBaseline: null }]);
  });
});

describe('is silence', () => {
  it.each([
    ['another group', record('AuthorizeSecurityGroupIngress', { groupId: 'sg-0b0b0b0b0b0b0b0b2', ipPermissions: {} })],
    [
      'a new group that nothing selects',
      record(
        'CreateSecurityGroup',
        { groupName: 'new', vpcId: 'vpc-1' },
        { responseElements: { groupId: 'sg-0b0b0b0b0b0b0b0b2', _return: true } },
      ),
    ],
    ['a call that EC2 answers, of another kind', record('RunInstances', { instancesSet: {} })],
  ])('%s, and nothing is read', async (_, event) => {
    const ec2 = at(...AT_BASELINE);

    expect(await detector(ec2).run(event)).toEqual([]);
    expect(ec2.calls).toEqual([]);
  });
});

describe('what was done and is undone already', () => {
  it.each<[string, unknown, string]>([
    ['SSH from the world', authorizeTcp(22, '0.0.0.0/0'), 'high'],
    ['a web port from the world', authorizeTcp(8080, '0.0.0.0/0'), 'high'],
    ['SSH from one network', authorizeTcp(22, '10.0.0.0/8'), 'medium'],
  ])('is judged by what was open for a while, and is high at most: %s', async (_what, event, severity) => {
    expect(await detector(at(...AT_BASELINE)).run(event)).toMatchObject([
      {
        kind: 'change',
        severity,
        atBaseline: true,
        summary: expect.stringMatching(/^the group is at its baseline after AuthorizeSecurityGroupIngress; gone again: tcp/) as string,
      },
    ]);
  });

  it('is no less where the group has drifted by something else', async () => {
    expect(await detector(at('tcp 80 from 0.0.0.0/0')).run(authorizeTcp(22, '0.0.0.0/0'))).toMatchObject([
      {
        kind: 'drift',
        severity: 'high',
        summary: 'tcp/443 from 0.0.0.0/0 must be authorized; gone again: tcp/22 from 0.0.0.0/0',
      },
    ]);
  });

  it('is low where a declared rule was gone and is back: the outage is over', async () => {
    expect(await detector(at(...AT_BASELINE)).run(revokeTcp(443, '0.0.0.0/0'))).toMatchObject([
      {
        kind: 'change',
        severity: 'low',
        summary: 'the group is at its baseline after RevokeSecurityGroupIngress; back again: tcp/443 from 0.0.0.0/0',
      },
    ]);
  });

  it('is not said of a rule of egress that was modified, and is as it was made', async () => {
    const edited = record('ModifySecurityGroupRules', {
      ModifySecurityGroupRulesRequest: {
        GroupId: GROUP,
        SecurityGroupRule: {
          SecurityGroupRuleId: 'sgr-3',
          tag: 1,
          SecurityGroupRule: { IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' },
        },
      },
    });

    expect(await detector(at(...AT_BASELINE, '-1 to 0.0.0.0/0')).run(edited)).toMatchObject([{ kind: 'change', severity: 'info' }]);
  });

  it('is not said of a rule whose source is a group, which EC2 tells with its account', async () => {
    const opened = record('AuthorizeSecurityGroupIngress', {
      groupId: GROUP,
      ipPermissions: {
        items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, groups: { items: [{ groupId: 'sg-0b0b0b0b0b0b0b0b2' }] } }],
      },
    });
    const live = liveRules(...AT_BASELINE, 'tcp 22 from sg-0b0b0b0b0b0b0b0b2').map((rule) =>
      rule.source.kind === 'group' ? { ...rule, source: { ...rule.source, userId: '111122223333' } } : rule,
    );

    expect(await detector(ec2With(live)).run(opened)).toMatchObject([
      {
        kind: 'drift',
        severity: 'medium',
        summary: 'tcp/22 from sg-0b0b0b0b0b0b0b0b2 (account 111122223333) must be revoked',
      },
    ]);
  });
});

describe('a rule that is left alone although it opens a sensitive port to the world', () => {
  const permitted = compiled(baseline(AT_BASELINE, { groups: { ids: [GROUP] }, permit: [{ rule: 'tcp 22 from 0.0.0.0/0' }] }));
  const ignored = compiled({ ...web, ignore: [{ descriptionPrefix: 'elbv2' }] });
  const open = (): SimulatedEc2 => at(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0 # elbv2');

  it.each([
    ['permitted', permitted],
    ["another owner's", ignored],
  ])('is critical when it is made: one that is %s', async (_why, declared) => {
    expect(await detector(open(), { declared }).run(authorizeTcp(22, '0.0.0.0/0'))).toMatchObject([
      {
        kind: 'change',
        severity: 'critical',
        atBaseline: true,
        summary:
          'the group is at its baseline after AuthorizeSecurityGroupIngress; left alone, and lets the world reach SSH (tcp/22): tcp/22 from 0.0.0.0/0',
      },
    ]);
  });

  it('is critical when only it and an undeclared rule together let the world reach SSH', async () => {
    const ec2 = at(...AT_BASELINE, 'tcp 22 from 16.0.0.0/5 # elbv2', 'tcp 22 from 24.0.0.0/5');

    expect(await detector(ec2, { declared: ignored }).run(authorizeTcp(22, '16.0.0.0/5'))).toMatchObject([
      {
        kind: 'drift',
        severity: 'critical',
        summary: 'tcp/22 from 24.0.0.0/5 must be revoked; left alone, and lets the world reach SSH (tcp/22): tcp/22 from 16.0.0.0/5',
      },
    ]);
  });

  it.each([
    ['permitted', permitted],
    ["another owner's", ignored],
  ])('is for information with the next call: one that is %s', async (_why, declared) => {
    for (const event of [authorizeTcp(443, '0.0.0.0/0'), revokeTcp(22, '10.0.0.0/8')])
      expect(await detector(open(), { declared }).run(event)).toMatchObject([
        {
          kind: 'change',
          severity: 'info',
          summary: expect.stringContaining('left alone: tcp/22 from 0.0.0.0/0') as string,
        },
      ]);
  });

  it('is critical when it was made in steps, of which this call is the last', async () => {
    const live = at(...AT_BASELINE, ...['16.0.0.0/5', '24.0.0.0/5'].map((block) => `tcp 22 from ${block} # elbv2`));

    expect(await detector(live, { declared: ignored }).run(authorizeTcp(22, '24.0.0.0/5'))).toMatchObject([
      { kind: 'change', severity: 'critical' },
    ]);
  });

  it('is high at most when it is gone again', async () => {
    expect(await detector(at(...AT_BASELINE), { declared: permitted }).run(authorizeTcp(22, '0.0.0.0/0'))).toMatchObject([
      { kind: 'change', severity: 'high', summary: expect.stringContaining('gone again: tcp/22') as string },
    ]);
  });

  it('is critical by the record alone, too', async () => {
    const ec2 = open();
    ec2.before = (call) => (call.startsWith('read') ? 'denied' : undefined);

    expect(await detector(ec2, { declared: permitted }).run(authorizeTcp(22, '0.0.0.0/0'))).toMatchObject([
      { kind: 'change', severity: 'critical', atBaseline: null, basis: 'event' },
    ]);
  });

  it('is high when its prefix list cannot be read', async () => {
    const viaList = record('AuthorizeSecurityGroupIngress', {
      groupId: GROUP,
      ipPermissions: {
        items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, prefixListIds: { items: [{ prefixListId: 'pl-1' }] } }],
      },
    });

    expect(await detector(at(...AT_BASELINE, 'tcp 22 from pl-1 # elbv2'), { declared: ignored }).run(viaList)).toMatchObject([
      { kind: 'change', severity: 'high' },
    ]);
  });

  it('is for information when a port that is not sensitive is opened', async () => {
    const live = at(...AT_BASELINE, 'tcp 8080 from 0.0.0.0/0 # elbv2');

    expect(await detector(live, { declared: ignored }).run(authorizeTcp(8080, '0.0.0.0/0'))).toMatchObject([
      { kind: 'change', severity: 'info' },
    ]);
  });
});

import { baseline, liveRules } from '@portcullis/security-groups/testing';
import { AT_BASELINE, compiled, detector, ec2With, web } from './testing/detector.js';
import { authorizeTcp, GROUP, record, REMEDIATOR, revokeTcp } from './testing/records.js';

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
    [
      "a pipeline's own authorization of what is declared",
      authorizeTcp(443, '0.0.0.0/0', { userIdentity: PIPELINE }),
      at(...AT_BASELINE),
    ],
    [
      "a pipeline's own revocation of what is not",
      revokeTcp(22, '10.0.0.0/8', { userIdentity: PIPELINE }),
      at(...AT_BASELINE),
    ],
    ['a description that is edited', describedById, at('tcp 80 from 0.0.0.0/0 # web', 'tcp 443 from 0.0.0.0/0')],
    [
      'equal traffic that is spelled otherwise',
      record('AuthorizeSecurityGroupIngress', {
        groupId: GROUP,
        ipPermissions: {
          items: [
            { ipProtocol: '6', fromPort: '443', toPort: '443', ipRanges: { items: [{ cidrIp: '198.51.100.7/0' }] } },
          ],
        },
      }),
      at(...AT_BASELINE),
    ],
    [
      'the restoration of the remediator',
      revokeTcp(445, '0.0.0.0/0', { userIdentity: REMEDIATOR }),
      at(...AT_BASELINE),
    ],
    [
      'the group in another VPC',
      record('AssociateSecurityGroupVpc', { AssociateSecurityGroupVpcRequest: { GroupId: GROUP, VpcId: 'vpc-2' } }),
      at(...AT_BASELINE),
    ],
    [
      'a dry run',
      authorizeTcp(22, '0.0.0.0/0', { errorCode: 'Client.DryRunOperation', responseElements: null }),
      at(...AT_BASELINE),
    ],
  ])('%s', async (_, event, ec2) => {
    expect(await detector(ec2).run(event)).toMatchObject([{ severity: 'info' }]);
  });

  it('other rules that let in the same, where access is compared', async () => {
    const declared = compiled(
      baseline(['tcp 80-443 from 10.0.0.0/8'], { compare: 'access', groups: { ids: [GROUP] } }),
    );
    const live = at('tcp 80-200 from 10.0.0.0/8', 'tcp 201-443 from 10.0.0.0/9', 'tcp 201-443 from 10.128.0.0/9');

    expect(await detector(live, { declared }).run(authorizeTcp(80, '10.0.0.0/8'))).toMatchObject([
      { kind: 'change', severity: 'info' },
    ]);
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

    expect(await detector(ec2).run(describedById)).toMatchObject([
      { kind: 'change', severity: 'info', basis: 'event', atBaseline: null },
    ]);
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
  it('is told as low: it was so for a while', async () => {
    expect(await detector(at(...AT_BASELINE)).run(authorizeTcp(22, '0.0.0.0/0'))).toMatchObject([
      {
        kind: 'change',
        severity: 'low',
        atBaseline: true,
        summary: 'the group is at its baseline after AuthorizeSecurityGroupIngress; gone again: tcp/22 from 0.0.0.0/0',
      },
    ]);
    expect(await detector(at(...AT_BASELINE)).run(revokeTcp(443, '0.0.0.0/0'))).toMatchObject([
      {
        kind: 'change',
        severity: 'low',
        summary: 'the group is at its baseline after RevokeSecurityGroupIngress; back again: tcp/443 from 0.0.0.0/0',
      },
    ]);
  });
});

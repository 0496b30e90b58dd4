import type { Baseline } from '@portcullis/baseline';
import { userIdentities } from '@portcullis/cloudtrail/testing';
import type { Finding } from '@portcullis/finding';
import { findingSchema } from '@portcullis/finding/schema';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import { baseline, liveRules, permissions, compiled } from '@portcullis/security-groups/testing';
import { AT_BASELINE, detector, ec2With, web } from '../testing/detector.js';
import { authorizeTcp, GROUP, record, REMEDIATOR, revokeTcp } from '../testing/records.js';

const accessTo = (...ingress: readonly string[]) => ({ ingress: baseline(ingress).ingress, compare: 'access' }) satisfies Partial<Baseline>;

const invoke = async (event: unknown, ec2: SimulatedEc2, declared = compiled(web)): Promise<readonly Finding[]> => {
  const guard = detector(ec2, { declared });
  const findings = await guard.run(event);
  expect(guard.findings).toEqual(findings);
  return findings;
};

describe('an empty group that gets tcp 445', () => {
  const event = authorizeTcp(445, '0.0.0.0/0');

  it('is a finding that authorizes 80 and 443 and revokes 445, with the actor', async () => {
    const findings = await invoke(event, ec2With(liveRules('tcp 445 from 0.0.0.0/0')));

    expect(findings).toEqual([
      {
        schemaVersion: 1,
        id: `event-1:${GROUP}`,
        kind: 'drift',
        severity: 'critical',
        summary: 'tcp/445 from 0.0.0.0/0 must be revoked; tcp/80, tcp/443 from 0.0.0.0/0 must be authorized',
        group: { id: GROUP, name: 'web', vpcId: 'vpc-1', accountId: '111122223333', region: 'eu-west-1' },
        baseline: 'web',
        atBaseline: false,
        authorize: permissions(...AT_BASELINE),
        revoke: permissions('tcp 445 from 0.0.0.0/0'),
        access: {
          gained: [{ protocol: 'tcp', source: { cidr: '0.0.0.0/0' }, fromPort: 445, toPort: 445 }],
          lost: [
            { protocol: 'tcp', source: { cidr: '0.0.0.0/0' }, fromPort: 80, toPort: 80 },
            { protocol: 'tcp', source: { cidr: '0.0.0.0/0' }, fromPort: 443, toPort: 443 },
          ],
        },
        actor: {
          type: 'IAMUser',
          arn: 'arn:aws:iam::111122223333:user/mallory',
          issuerArn: null,
          accountId: '111122223333',
          principalId: 'AIDAEXAMPLE',
          onBehalfOf: null,
          userName: 'mallory',
          sessionName: null,
          sourceIdentity: null,
          sourceIp: '203.0.113.50',
          userAgent: 'aws-cli/2.15.0',
          invokedBy: null,
          mfa: false,
          console: null,
        },
        outlook: 'the remediator restores it after AWS Config has recorded the change, usually within minutes',
        event: {
          source: 'cloudtrail',
          id: 'event-1',
          name: 'AuthorizeSecurityGroupIngress',
          time: '2026-11-23T10:00:00Z',
          errorCode: null,
        },
        basis: 'live',
      },
    ]);
  });

  it('is only read', async () => {
    const ec2 = ec2With(liveRules('tcp 445 from 0.0.0.0/0'));

    await invoke(event, ec2);

    expect(ec2.calls.sort()).toEqual(['describe', 'read']);
    expect(ec2.state).toEqual(['tcp/445 from 0.0.0.0/0']);
  });

  it('is the same finding when the event is delivered again', async () => {
    const ec2 = ec2With(liveRules('tcp 445 from 0.0.0.0/0'));

    expect(await invoke(event, ec2)).toEqual(await invoke(event, ec2));
  });
});

describe('a call that concerns no guarded group', () => {
  it.each([['another group', record('AuthorizeSecurityGroupIngress', { groupId: 'sg-0b0b0b0b0b0b0b0b2', ipPermissions: {} })]])(
    'since it is of %s is no finding, and nothing is read',
    async (_name, event) => {
      const ec2 = ec2With([]);

      expect(await invoke(event, ec2)).toEqual([]);
      expect(ec2.calls).toEqual([]);
    },
  );
});

it('a prefix list that no guarded group refers to is no finding', async () => {
  const event = record('ModifyManagedPrefixList', {
    ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', AddEntry: { Cidr: '0.0.0.0/0', tag: 1 } },
  });

  expect(await invoke(event, ec2With(liveRules('tcp 443 from pl-2')))).toEqual([]);
});

describe('a guarded group is found', () => {
  it('in the wrapped form, with one rule or several', async () => {
    const rule = {
      SecurityGroupRuleId: 'sgr-1',
      tag: 1,
      SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' },
    };
    const modify = (SecurityGroupRule: unknown) =>
      record('ModifySecurityGroupRules', { ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule } });

    for (const event of [modify(rule), modify([rule, { ...rule, tag: 2 }])]) {
      expect(await invoke(event, ec2With(liveRules(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0')))).toMatchObject([
        { kind: 'drift', severity: 'critical' },
      ]);
    }
  });

  it('by its name alone', async () => {
    const ec2 = ec2With(liveRules(...AT_BASELINE));
    ec2.add('sg-0b0b0b0b0b0b0b0b2', []);

    const findings = await invoke(record('RevokeSecurityGroupIngress', { groupName: 'web', ipPermissions: {} }), ec2);

    expect(findings.map(({ group }) => group.id)).toEqual([GROUP]);
  });

  it('by its name, its rules or a prefix list only in its own account: a shared VPC shows the groups of others', async () => {
    const declared = compiled(baseline([], { groups: { ids: [], tags: { Tier: 'web' } }, ignore: [{ tag: { key: 'owner' } }] }));
    const theirs = { ownerId: '444455556666', tags: { Tier: 'web' } };
    const ec2 = ec2With(liveRules('tcp 22 from pl-1'));
    ec2.add(GROUP, liveRules('tcp 22 from pl-1'), theirs);
    const [{ ruleId } = { ruleId: '' }] = ec2.rules;

    for (const event of [
      record('RevokeSecurityGroupIngress', { groupName: 'web', ipPermissions: {} }),
      record('CreateTags', {
        resourcesSet: { items: [{ resourceId: ruleId }] },
        tagSet: { items: [{ key: 'owner', value: 'x' }] },
      }),
      record('ModifyManagedPrefixList', {
        ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', AddEntry: { Cidr: '0.0.0.0/0', tag: 1 } },
      }),
    ])
      expect(await invoke(event, ec2, declared)).toEqual([]);
    expect(ec2.calls).toEqual(['find web', 'find rules', 'list']);
  });

  it('by a prefix list that its baseline refers to', async () => {
    const declared = compiled(baseline(['tcp 443 from pl-1'], { groups: { ids: [GROUP] } }));
    const event = record('ModifyManagedPrefixList', {
      ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', AddEntry: { Cidr: '0.0.0.0/0', tag: 1 } },
    });

    expect(await invoke(event, ec2With(liveRules('tcp 443 from pl-1')), declared)).toMatchObject([
      { kind: 'change', group: { id: GROUP } },
    ]);
  });
});

describe('a group that is selected by what it has', () => {
  const tagged = baseline(['tcp 443 from pl-1'], { name: 'tagged', groups: { ids: [], tags: { Tier: 'web' } } });
  const other = baseline([], { name: 'other', groups: { ids: [], names: ['db-*'] } });
  const world = (tags: Record<string, string>, name = 'web'): SimulatedEc2 => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules('tcp 445 from 0.0.0.0/0'), { name, tags });
    return ec2;
  };
  const event = authorizeTcp(445, '0.0.0.0/0');

  it('is found for no call more, and is told with what selects it', async () => {
    const ec2 = world({ Tier: 'web' });

    expect(await invoke(event, ec2, compiled(tagged, other))).toMatchObject([{ kind: 'drift', baseline: 'tagged', group: { id: GROUP } }]);
    expect(ec2.calls.sort()).toEqual(['describe', 'read']);
  });

  it('is none of our business without it', async () => {
    const ec2 = world({ Tier: 'db' });

    expect(await invoke(event, ec2, compiled(tagged, other))).toEqual([]);
    expect(ec2.calls).toEqual(['describe']);
  });

  it('is undetermined where two baselines select it', async () => {
    expect(await invoke(event, world({ Tier: 'web' }, 'db-1'), compiled(tagged, other))).toMatchObject([
      { kind: 'undetermined', severity: 'high', summary: 'several baselines select the group: other, tagged' },
    ]);
  });

  it('is undetermined when it cannot be read what it has', async () => {
    const ec2 = world({ Tier: 'web' });
    ec2.before = () => 'denied';

    expect(await invoke(event, ec2, compiled(tagged))).toMatchObject([{ kind: 'undetermined', severity: 'high', group: { id: GROUP } }]);
  });

  it('is undetermined, and no alarm, when it is gone with all that it had', async () => {
    const ec2 = world({});
    ec2.exists = false;

    expect(await invoke(record('DeleteSecurityGroup', { groupId: GROUP }), ec2, compiled(tagged))).toMatchObject([
      { kind: 'undetermined', severity: 'low', group: { id: GROUP } },
    ]);
  });

  describe('concerns a call on a prefix list that its baseline refers to, which', () => {
    const modified = record('ModifyManagedPrefixList', {
      ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', AddEntry: { Cidr: '0.0.0.0/0', tag: 1 } },
    });

    it('is found among all groups', async () => {
      expect(await invoke(modified, world({ Tier: 'web' }), compiled(tagged, other))).toMatchObject([
        { baseline: 'tagged', group: { id: GROUP } },
      ]);
    });

    it('is undetermined when they cannot be listed', async () => {
      const ec2 = world({ Tier: 'web' });
      ec2.before = () => 'transient';

      expect(await invoke(modified, ec2, compiled(tagged))).toMatchObject([{ kind: 'undetermined', group: { id: null } }]);
    });
  });
});

describe('a group that is at its baseline after the call', () => {
  it('is a change, for information', async () => {
    const findings = await invoke(authorizeTcp(443, '0.0.0.0/0'), ec2With(liveRules(...AT_BASELINE)));

    expect(findings).toMatchObject([{ kind: 'change', severity: 'info', authorize: [], revoke: [] }]);
  });
});

describe('a call in an account that is not guarded', () => {
  it.each([
    ['on a group', authorizeTcp(22, '0.0.0.0/0', { recipientAccountId: '777788889999' })],
    [
      'on the guard',
      {
        ...record(
          'StopConfigurationRecorder',
          { configurationRecorderName: 'default' },
          { eventSource: 'config.amazonaws.com', recipientAccountId: '777788889999' },
        ),
        source: 'aws.config',
      },
    ],
  ])('%s is logged, counted and dropped before any call of AWS', async (_, event) => {
    const ec2 = ec2With(liveRules('tcp 22 from 0.0.0.0/0'));
    const isGuarded = (accountId: string): boolean => accountId === '111122223333';
    const guard = detector(ec2, { settings: { remediatorRoleArn: undefined, guardName: 'portcullis' }, isGuarded });

    expect(await guard.run(event)).toEqual([]);

    expect([guard.findings, ec2.calls]).toEqual([[], []]);
    expect(guard.measured).toEqual({ EventsDropped: 1 });
    expect(guard.logged).toEqual([{ level: 'info', message: 'dropped an event of an account that is not guarded from here' }]);
  });
});

describe('a call that was refused', () => {
  it('is an attempt, and the group is not read', async () => {
    const ec2 = ec2With(liveRules(...AT_BASELINE));
    const event = authorizeTcp(22, '0.0.0.0/0', {
      errorCode: 'Client.UnauthorizedOperation',
      errorMessage: 'no',
      responseElements: null,
    });

    const findings = await invoke(event, ec2);

    expect(findings).toMatchObject([
      {
        kind: 'attempt',
        severity: 'low',
        summary: 'AuthorizeSecurityGroupIngress was refused with Client.UnauthorizedOperation; it named tcp/22 from 0.0.0.0/0',
        event: { errorCode: 'Client.UnauthorizedOperation' },
      },
    ]);
    expect(ec2.calls).toEqual([]);
  });

  it('as a dry run is for information only', async () => {
    const event = authorizeTcp(22, '0.0.0.0/0', {
      errorCode: 'Client.DryRunOperation',
      errorMessage: 'would have',
      responseElements: null,
    });

    expect(await invoke(event, ec2With([]))).toMatchObject([{ kind: 'attempt', severity: 'info' }]);
  });
});

describe('a call on which EC2 itself failed', () => {
  const failed = { errorCode: 'Server.InternalError', errorMessage: 'try again', responseElements: null };

  it('is judged by the live rules, which have the rule that it added', async () => {
    const findings = await invoke(authorizeTcp(22, '0.0.0.0/0', failed), ec2With(liveRules(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0')));

    expect(findings).toMatchObject([{ kind: 'drift', severity: 'critical', summary: 'tcp/22 from 0.0.0.0/0 must be revoked' }]);
  });

  it('is not said to have opened what the live rules do not have', async () => {
    expect(await invoke(authorizeTcp(22, '0.0.0.0/0', failed), ec2With(liveRules(...AT_BASELINE)))).toMatchObject([
      {
        kind: 'change',
        severity: 'info',
        summary: 'the group is at its baseline after AuthorizeSecurityGroupIngress, which EC2 failed with Server.InternalError',
      },
    ]);
  });

  it('is undetermined when the live rules cannot be read: the record does not say what was carried out', async () => {
    const ec2 = ec2With([]);
    ec2.before = () => 'transient';

    expect(await invoke(authorizeTcp(443, '0.0.0.0/0', failed), ec2)).toMatchObject([{ kind: 'undetermined', severity: 'high' }]);
  });
});

describe('the remediator itself', () => {
  const by = { userIdentity: REMEDIATOR };

  it('is told for information when it authorizes what is declared', async () => {
    const findings = await invoke(authorizeTcp(443, '0.0.0.0/0', by), ec2With(liveRules(...AT_BASELINE)));

    expect(findings).toMatchObject([{ kind: 'restoration', severity: 'info' }]);
  });

  it('is told for information when it revokes what is not declared, also while it is not done', async () => {
    const findings = await invoke(revokeTcp(445, '0.0.0.0/0', by), ec2With(liveRules('tcp 80 from 0.0.0.0/0')));

    expect(findings).toMatchObject([{ kind: 'restoration', severity: 'info' }]);
  });

  it('is told for information when it revokes by rule id and nothing declared is missing', async () => {
    const event = record(
      'RevokeSecurityGroupIngress',
      { groupId: GROUP, securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] } },
      by,
    );

    expect(await invoke(event, ec2With(liveRules(...AT_BASELINE)))).toMatchObject([{ kind: 'restoration', severity: 'info' }]);
  });

  const replaced = (FromPort: number) =>
    record(
      'ModifySecurityGroupRules',
      {
        ModifySecurityGroupRulesRequest: {
          GroupId: GROUP,
          SecurityGroupRule: {
            SecurityGroupRuleId: 'sgr-1',
            tag: 1,
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort, ToPort: FromPort, CidrIpv4: '0.0.0.0/0' },
          },
        },
      },
      by,
    );

  it('is told for information when it turns a rule into a declared one and none is missing', async () => {
    expect(await invoke(replaced(443), ec2With(liveRules(...AT_BASELINE)))).toMatchObject([{ kind: 'restoration', severity: 'info' }]);
  });

  it.each([
    ['into one that is not declared', 22, [...AT_BASELINE, 'tcp 22 from 0.0.0.0/0']],
    ['that is declared into another', 443, ['tcp 443 from 0.0.0.0/0']],
  ])('is not excused when it turns a rule %s', async (_, port, live) => {
    expect(await invoke(replaced(port), ec2With(liveRules(...live)))).toMatchObject([{ kind: 'drift' }]);
  });

  it('is not excused when it revokes by rule id and something declared is missing', async () => {
    const event = record(
      'RevokeSecurityGroupIngress',
      { groupId: GROUP, securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] } },
      by,
    );

    expect(await invoke(event, ec2With(liveRules('tcp 80 from 0.0.0.0/0')))).toMatchObject([{ kind: 'drift', severity: 'medium' }]);
  });

  it('is not excused when part of what it authorizes cannot be read', async () => {
    const declared = { ipProtocol: 'tcp', fromPort: 443, toPort: 443, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } };
    const items = [declared, { ipProtocol: 'tcp', fromPort: 'x' }];
    const event = record('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: { items } }, by);

    expect(await invoke(event, ec2With(liveRules(...AT_BASELINE)))).toMatchObject([{ kind: 'change' }]);
  });

  it.each([
    ['is known by its role in the member account of the call', '111122223333', 'restoration'],
    ['is not known by a role of that name in another account', '444455556666', 'change'],
  ])('%s', async (_, account, kind) => {
    const settings = {
      remediatorRoleArn: 'arn:aws:iam::999988887777:role/portcullis-remediator',
      remediatorMemberRoleArn: 'arn:aws:iam::{account}:role/portcullis-member',
    };
    const sessionIssuer = { type: 'Role', arn: `arn:aws:iam::${account}:role/portcullis-member` };
    const event = authorizeTcp(443, '0.0.0.0/0', {
      userIdentity: { ...REMEDIATOR, sessionContext: { sessionIssuer } },
    });

    expect(await detector(ec2With(liveRules(...AT_BASELINE)), { settings }).run(event)).toMatchObject([{ kind }]);
  });

  it('is not excused when it authorizes what is not declared', async () => {
    const findings = await invoke(authorizeTcp(22, '0.0.0.0/0', by), ec2With(liveRules(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0')));

    expect(findings).toMatchObject([{ kind: 'drift', severity: 'critical' }]);
  });

  it('is not excused when it revokes what is declared', async () => {
    const findings = await invoke(revokeTcp(443, '0.0.0.0/0', by), ec2With(liveRules('tcp 80 from 0.0.0.0/0')));

    expect(findings).toMatchObject([{ kind: 'drift', severity: 'medium' }]);
  });

  it.each<[string, Partial<Baseline>, unknown, readonly string[]]>([
    [
      'revokes half of the declared addresses, where baselines are compared by access',
      { ...web, ...accessTo('tcp 443 from 10.0.0.0/8') },
      revokeTcp(443, '10.0.0.0/9', by),
      ['tcp 443 from 10.128.0.0/9'],
    ],
    [
      'revokes a wider rule that alone let in the declared traffic',
      { ...web, ...accessTo('tcp 443 from 10.0.0.0/8') },
      revokeTcp(443, '0.0.0.0/0', by),
      [],
    ],
    [
      'revokes a wider rule that alone let in the declared traffic, where rules are compared',
      baseline(['tcp 443 from 10.0.0.0/8'], { groups: { ids: [GROUP] } }),
      revokeTcp(443, '0.0.0.0/0', by),
      [],
    ],
    [
      'authorizes more than is declared, where baselines are compared by access',
      { ...web, ...accessTo('tcp 443 from 10.0.0.0/8') },
      authorizeTcp(443, '10.0.0.0/7', by),
      ['tcp 443 from 10.0.0.0/7'],
    ],
  ])('is not excused when it %s', async (_, declared, event, live) => {
    const findings = await invoke(event, ec2With(liveRules(...live)), compiled(declared as Baseline));

    expect(findings).toMatchObject([{ kind: 'drift', severity: expect.not.stringMatching('info') as string }]);
  });

  it.each<[string, unknown, readonly string[]]>([
    ['authorizes a part of what is declared', authorizeTcp(443, '10.0.0.0/9', by), ['tcp 443 from 10.0.0.0/9']],
    ['revokes a wider rule beside the declared one', revokeTcp(443, '0.0.0.0/0', by), ['tcp 443 from 10.0.0.0/8']],
  ])('is told for information when it %s, where baselines are compared by access', async (_, event, live) => {
    const declared = compiled({ ...web, ...accessTo('tcp 443 from 10.0.0.0/8') });

    expect(await invoke(event, ec2With(liveRules(...live)), declared)).toMatchObject([{ kind: 'restoration', severity: 'info' }]);
  });

  it('is not excused when it revokes what is permitted', async () => {
    const permitting = baseline(AT_BASELINE, {
      groups: { ids: [GROUP] },
      permit: [{ rule: 'tcp 22 from 10.0.0.0/8' }],
    });

    expect(await invoke(revokeTcp(22, '10.0.0.0/8', by), ec2With(liveRules(...AT_BASELINE)), compiled(permitting))).toMatchObject([
      { kind: 'change' },
    ]);
  });

  it('is not known by its session name or user agent', async () => {
    const pretender = {
      ...REMEDIATOR,
      sessionContext: {
        sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/evil/portcullis-remediator' },
      },
    };
    const event = authorizeTcp(443, '0.0.0.0/0', {
      userIdentity: pretender,
      userAgent: 'exec-env/AWS_Lambda_nodejs24.x',
    });

    expect(await invoke(event, ec2With(liveRules('tcp 80 from 0.0.0.0/0')))).toMatchObject([{ kind: 'drift' }]);
  });
});

describe('when the live rules cannot be read', () => {
  const deaf = (): SimulatedEc2 => {
    const ec2 = ec2With([]);
    ec2.before = () => 'transient';
    return ec2;
  };

  it('an authorization is judged by the record alone, and the finding says so', async () => {
    expect(await invoke(authorizeTcp(445, '0.0.0.0/0'), deaf())).toMatchObject([
      {
        kind: 'drift',
        severity: 'critical',
        basis: 'event',
        authorize: [],
        revoke: permissions('tcp 445 from 0.0.0.0/0'),
        summary:
          'tcp/445 from 0.0.0.0/0 must be revoked; judged by the event alone, since the live rules could not be read (DescribeSecurityGroupRules failed with RequestLimitExceeded)',
      },
    ]);
  });

  it('a revocation of what is declared is an outage', async () => {
    expect(await invoke(revokeTcp(443, '0.0.0.0/0'), deaf())).toMatchObject([
      {
        kind: 'drift',
        severity: 'medium',
        basis: 'event',
        authorize: permissions('tcp 443 from 0.0.0.0/0'),
        revoke: [],
      },
    ]);
  });

  it.each([
    ['an authorization of what is declared', authorizeTcp(443, '0.0.0.0/0')],
    ['a revocation of what is not', revokeTcp(22, '0.0.0.0/0')],
  ])('%s is within the baseline', async (_name, event) => {
    expect(await invoke(event, deaf())).toMatchObject([{ kind: 'change', severity: 'info', basis: 'event' }]);
  });

  it('a revocation by rule id is undetermined: the record does not say what it removed', async () => {
    const event = record('RevokeSecurityGroupIngress', {
      groupId: GROUP,
      securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] },
    });

    expect(await invoke(event, deaf())).toMatchObject([{ kind: 'undetermined', severity: 'high', basis: 'event' }]);
  });

  it('a modification is judged as if the rule were ingress', async () => {
    const SecurityGroupRule = {
      SecurityGroupRuleId: 'sgr-1',
      tag: 1,
      SecurityGroupRule: { IpProtocol: -1, CidrIpv6: '::/0' },
    };
    const event = record('ModifySecurityGroupRules', {
      ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule },
    });

    expect(await invoke(event, deaf())).toMatchObject([{ kind: 'drift', severity: 'critical', basis: 'event' }]);
  });
});

describe('a deletion', () => {
  const deletion = record('DeleteSecurityGroup', { groupId: GROUP });

  it('is understood when nothing can be read: the record alone says that the group is gone', async () => {
    const ec2 = ec2With([]);
    ec2.before = () => 'denied';

    expect(await invoke(deletion, ec2)).toMatchObject([
      {
        kind: 'drift',
        severity: 'medium',
        atBaseline: false,
        basis: 'event',
        summary:
          'the group guarded by web does not exist after DeleteSecurityGroup; judged by the event alone, since the live rules could not be read (DescribeSecurityGroupRules failed with UnauthorizedOperation)',
      },
    ]);
  });

  it('is understood when the rules cannot be read and the group is not described any more', async () => {
    const ec2 = ec2With([]);
    ec2.exists = false;
    ec2.before = (call) => (call === 'read' ? 'transient' : undefined);

    expect(await invoke(deletion, ec2)).toMatchObject([{ kind: 'drift', severity: 'medium', basis: 'live' }]);
  });
});

describe('a group that does not exist any more', () => {
  it('is told, and not taken for one that lost its rules', async () => {
    const ec2 = ec2With([]);
    ec2.exists = false;

    const findings = await invoke(record('DeleteSecurityGroup', { groupId: GROUP }), ec2);

    expect(findings).toMatchObject([
      {
        kind: 'drift',
        severity: 'medium',
        authorize: [],
        summary: 'the group guarded by web does not exist after DeleteSecurityGroup',
      },
    ]);
  });
});

describe('what cannot be read is undetermined, never silence', () => {
  it.each([
    ['no event at all', undefined],
    ['text', 'an event'],
    ['a record without its parts', { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2', detail: { eventID: 'event-1' } }],
  ])('%s', async (_name, event) => {
    expect(await invoke(event, ec2With([]))).toMatchObject([{ kind: 'undetermined', severity: 'high' }]);
  });

  it('a record whose parameters were left out for their size', async () => {
    const findings = await invoke(record('AuthorizeSecurityGroupIngress', undefined, { responseElements: undefined }), ec2With([]));

    expect(findings).toMatchObject([{ id: 'event-1:-', kind: 'undetermined', event: { name: 'AuthorizeSecurityGroupIngress' } }]);
  });

  it('a group known by its name only, when names cannot be looked up', async () => {
    const ec2 = ec2With([]);
    ec2.before = () => 'denied';

    expect(await invoke(record('AuthorizeSecurityGroupIngress', { groupName: 'web', ipPermissions: {} }), ec2)).toMatchObject([
      { kind: 'undetermined' },
    ]);
  });
});

it.each(Object.entries(userIdentities))('whoever calls is told, as far as the record tells: %s', async (_, userIdentity) => {
  const ec2 = ec2With(liveRules('tcp 445 from 0.0.0.0/0'));
  const [finding] = await invoke(authorizeTcp(445, '0.0.0.0/0', { userIdentity }), ec2);

  expect(finding).toMatchObject({ kind: 'drift', severity: 'critical', actor: { sourceIp: '203.0.113.50' } });
  expect(findingSchema.safeParse(JSON.parse(JSON.stringify(finding))).error).toBeUndefined();
});

it('a call that several accounts have a record of is told with what the records share', async () => {
  const event = authorizeTcp(443, '0.0.0.0/0', { sharedEventID: 'shared-1' });
  const [finding] = await invoke(event, ec2With(liveRules(...AT_BASELINE)));

  expect(finding?.event).toMatchObject({ id: 'event-1', sharedId: 'shared-1' });
});

it('bounds the texts that the caller chose', async () => {
  const [finding] = await invoke(
    authorizeTcp(445, '0.0.0.0/0', { userAgent: 'x'.repeat(5000) }),
    ec2With(liveRules('tcp 445 from 0.0.0.0/0')),
  );

  expect(finding?.actor?.userAgent).toHaveLength(256);
});

import type { Baseline } from '@portcullis/baseline';
import { userIdentities } from '@portcullis/cloudtrail/testing';
import { findingSchema } from '@portcullis/finding/schema';
import { baseline, liveRules, permissions, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { AT_BASELINE, detector, ec2With, finds, findingsOf, guarding, unreadable, web, withoutGroup } from '../testing/detector.js';
import {
  addEntry,
  ANYWHERE,
  authorizeTcp,
  deleteGroup,
  GROUP,
  ipv4,
  modify,
  OTHER_GROUP,
  record,
  REMEDIATOR,
  revokeById,
  revokeTcp,
  sessionOf,
  tagCall,
  tcp,
} from '../testing/records.js';

const OPEN = ['tcp 445 from 0.0.0.0/0'];
const opening = authorizeTcp(445, ANYWHERE);

describe('A drifted group leads to a finding', () => {
  it('says who changed the group, how to undo the change, and what the group let in', async () => {
    const detecting = detector(ec2With(OPEN));

    const findings = await detecting.run(opening);

    expect(detecting.findings).toEqual(findings);
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
        revoke: permissions(...OPEN),
        access: {
          gained: [{ protocol: 'tcp', source: { cidr: ANYWHERE }, fromPort: 445, toPort: 445 }],
          lost: [80, 443].map((port) => ({ protocol: 'tcp', source: { cidr: ANYWHERE }, fromPort: port, toPort: port })),
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

  it('makes only reads, and returns the same finding when the event is delivered again', async () => {
    const ec2 = ec2With(OPEN);

    expect(await findingsOf(opening, ec2)).toEqual(await findingsOf(opening, ec2));
    expect(ec2.calls.sort()).toEqual(['describe', 'describe', 'read', 'read']);
  });

  it.each(Object.entries(userIdentities))('names the caller as far as the record does: %s', async (_, userIdentity) => {
    const [finding] = await findingsOf(authorizeTcp(445, ANYWHERE, { userIdentity }), OPEN);

    expect(finding).toMatchObject({ kind: 'drift', severity: 'critical', actor: { sourceIp: '203.0.113.50' } });
    expect(findingSchema.safeParse(JSON.parse(JSON.stringify(finding))).error).toBeUndefined();
  });

  it('reports the event id that the records of one call share across accounts', async () => {
    expect(await findingsOf(authorizeTcp(445, ANYWHERE, { sharedEventID: 'shared-1' }), OPEN)).toMatchObject([
      { event: { id: 'event-1', sharedId: 'shared-1' } },
    ]);
  });

  it('shortens the texts that the caller chose', async () => {
    const [finding] = await findingsOf(authorizeTcp(445, ANYWHERE, { userAgent: 'x'.repeat(5000) }), OPEN);

    expect(finding?.actor?.userAgent).toHaveLength(256);
  });
});

describe('Groups are looked up if the record does not name them by id', () => {
  const tagged = baseline(['tcp 443 from pl-1'], {
    name: 'tagged',
    groups: { ids: [], tags: { Tier: 'web' } },
    ignore: [{ tag: { key: 'owner' } }],
  });
  const named = baseline([], { name: 'named', groups: { ids: [], names: ['db-*'] } });
  const byName = record('RevokeSecurityGroupIngress', { groupName: 'web', ipPermissions: {} });
  const db = (): SimulatedEc2 => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules(...OPEN), { name: 'db-1', tags: { Tier: 'web' } });
    return ec2;
  };

  it('finds the guarded groups among all groups with that name', async () => {
    const ec2 = ec2With(AT_BASELINE);
    ec2.add(OTHER_GROUP, []);

    expect((await findingsOf(byName, ec2)).map(({ group }) => group.id)).toEqual([GROUP]);
  });

  it('ignores groups of other accounts in a shared VPC when it looks groups up by name, rule or prefix list', async () => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules('tcp 22 from pl-1'), { ownerId: '444455556666', tags: { Tier: 'web' } });

    for (const event of [byName, tagCall('CreateTags', { owner: 'x' }, ['sgr-1']), addEntry(ANYWHERE)])
      expect(await findingsOf(event, ec2, tagged)).toEqual([]);
    expect(ec2.calls).toEqual(['find web', 'find rules', 'list']);
  });

  it('makes two reads for a group that a baseline selects by tag, and names the baseline', async () => {
    const ec2 = ec2With(OPEN, { Tier: 'web' });

    expect(await findingsOf(opening, ec2, tagged, named)).toMatchObject([{ kind: 'drift', baseline: 'tagged', group: { id: GROUP } }]);
    expect(ec2.calls.sort()).toEqual(['describe', 'read']);
  });

  it('does not read the rules of a group that no baseline selects', async () => {
    const ec2 = ec2With(OPEN, { Tier: 'db' });

    expect(await findingsOf(opening, ec2, tagged, named)).toEqual([]);
    expect(ec2.calls).toEqual(['describe']);
  });

  it('finds groups selected by tag when a prefix list of their baseline changes', async () => {
    expect(await findingsOf(addEntry(ANYWHERE), ec2With(OPEN, { Tier: 'web' }), tagged, named)).toMatchObject([
      { baseline: 'tagged', group: { id: GROUP } },
    ]);
  });

  it.each<[string, unknown, SimulatedEc2, readonly Baseline[], string, string, string | null]>([
    [
      'two baselines select the group',
      opening,
      db(),
      [tagged, named],
      'undetermined, high',
      'several baselines select the group: named, tagged',
      GROUP,
    ],
    [
      'its tags cannot be read',
      opening,
      unreadable('denied'),
      [tagged],
      'undetermined, high',
      'it cannot be told whether the group is guarded: ',
      GROUP,
    ],
    [
      'the group was deleted with its tags',
      deleteGroup,
      withoutGroup(),
      [tagged],
      'undetermined, low',
      'the group does not exist after DeleteSecurityGroup',
      GROUP,
    ],
    [
      'groups cannot be listed',
      addEntry(ANYWHERE),
      unreadable(),
      [tagged],
      'undetermined, high',
      'ModifyManagedPrefixList names a prefix list, and ',
      null,
    ],
    [
      'names cannot be looked up',
      byName,
      unreadable('denied'),
      [guarding([])],
      'undetermined, high',
      'RevokeSecurityGroupIngress names a group only by ',
      null,
    ],
  ])('reports a group as undetermined when %s', async (_, event, ec2, declared, outcome, summary, id) => {
    const [finding, ...others] = await findingsOf(event, ec2, ...declared);

    expect([others, finding?.group.id, `${finding?.kind}, ${finding?.severity}`]).toEqual([[], id, outcome]);
    expect(finding?.summary).toContain(summary);
  });
});

it.each([
  ['no event at all', undefined],
  ['text', 'an event'],
  [
    'a record with most fields missing',
    { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2', detail: { eventID: 'event-1' } },
  ],
])('reports an unreadable event as undetermined: %s', (_, event) => finds('undetermined, high', event, [])());

it.each([
  ['a group', authorizeTcp(22, ANYWHERE, { recipientAccountId: '777788889999' })],
  [
    'the guard',
    {
      ...record('StopConfigurationRecorder', {}, { eventSource: 'config.amazonaws.com', recipientAccountId: '777788889999' }),
      source: 'aws.config',
    },
  ],
])('drops a call on %s of an account that is not guarded, counts and logs the call, and does not call AWS', async (_, event) => {
  const ec2 = ec2With(['tcp 22 from 0.0.0.0/0']);
  const isGuarded = (accountId: string): boolean => accountId === '111122223333';
  const detecting = detector(ec2, { settings: { remediatorRoleArn: undefined, guardName: 'portcullis' }, isGuarded });

  expect(await detecting.run(event)).toEqual([]);

  expect([detecting.findings, ec2.calls]).toEqual([[], []]);
  expect(detecting.measured).toEqual({ EventsDropped: 1 });
  expect(detecting.logged).toEqual([{ level: 'info', message: 'dropped an event of an account that is not guarded from here' }]);
});

it('reports a refused call as an attempt, without reading the group', async () => {
  const ec2 = ec2With(AT_BASELINE);
  const refused = { errorCode: 'Client.UnauthorizedOperation', errorMessage: 'no', responseElements: null };

  await finds(
    'attempt, low: AuthorizeSecurityGroupIngress was refused with Client.UnauthorizedOperation; it named tcp/22 from 0.0.0.0/0',
    authorizeTcp(22, ANYWHERE, refused),
    ec2,
  )();
  expect(ec2.calls).toEqual([]);
});

describe('A call that failed inside EC2 may have taken effect', () => {
  const failed = authorizeTcp(22, ANYWHERE, { errorCode: 'Server.InternalError', errorMessage: 'try again', responseElements: null });

  it.each([
    ['have the rule', [...AT_BASELINE, 'tcp 22 from 0.0.0.0/0'], 'drift, critical: tcp/22 from 0.0.0.0/0 must be revoked'],
    [
      'do not have the rule',
      AT_BASELINE,
      'change, info: the group is at its baseline after AuthorizeSecurityGroupIngress, which EC2 failed with Server.InternalError',
    ],
    [
      'cannot be read',
      unreadable(),
      'undetermined, high: the live rules could not be read (DescribeSecurityGroupRules failed with RequestLimitExceeded) and the record of AuthorizeSecurityGroupIngress does not tell what it did',
    ],
  ])('judges a failed call by the live rules when they %s', (_, group, found) => finds(found, failed, group)());
});

describe('A call of the remediator is excused only if it can have brought the group closer to its baseline', () => {
  const by = { userIdentity: REMEDIATOR };
  const byAccess = guarding(['tcp 443 from 10.0.0.0/8'], { compare: 'access' });
  const replacing = (port: number): unknown => modify('sgr-1', { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv4: ANYWHERE }, by);
  const items = [tcp(443, ipv4(ANYWHERE)), { ipProtocol: 'tcp', fromPort: 'x' }];
  const partly = record('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: { items } }, by);
  const internal = guarding(['tcp 443 from 10.0.0.0/8']);
  const permitting = guarding(AT_BASELINE, { permit: [{ rule: 'tcp 22 from 10.0.0.0/8' }] });

  it.each<[string, unknown, readonly string[], Baseline?]>([
    ['authorizes a declared rule', authorizeTcp(443, ANYWHERE, by), AT_BASELINE],
    ['revokes an undeclared rule, although other changes are still missing', revokeTcp(445, ANYWHERE, by), ['tcp 80 from 0.0.0.0/0']],
    ['revokes by rule id, and no declared rule is missing', revokeById('sgr-1', by), AT_BASELINE],
    ['turns a rule into a declared rule, and no declared rule is missing', replacing(443), AT_BASELINE],
    ['authorizes a part of the declared access', authorizeTcp(443, '10.0.0.0/9', by), ['tcp 443 from 10.0.0.0/9'], byAccess],
    ['revokes a wider rule beside the declared access', revokeTcp(443, ANYWHERE, by), ['tcp 443 from 10.0.0.0/8'], byAccess],
  ])('reports a call of the remediator as a restoration with severity info when it %s', (_, event, live, declared = web) =>
    finds('restoration, info', event, live, declared)(),
  );

  const open = [...AT_BASELINE, 'tcp 22 from 0.0.0.0/0'];
  it.each<[string, string, unknown, readonly string[], Baseline?]>([
    ['authorizes an undeclared rule', 'drift, critical', authorizeTcp(22, ANYWHERE, by), open],
    ['revokes a declared rule', 'drift, medium', revokeTcp(443, ANYWHERE, by), ['tcp 80 from 0.0.0.0/0']],
    ['turns a rule into an undeclared rule', 'drift, critical', replacing(22), open],
    ['turns a declared rule into another', 'drift, medium', replacing(443), ['tcp 443 from 0.0.0.0/0']],
    ['revokes by rule id, and a declared rule is missing', 'drift, medium', revokeById('sgr-1', by), ['tcp 80 from 0.0.0.0/0']],
    ['revokes half of the declared access', 'drift, medium', revokeTcp(443, '10.0.0.0/9', by), ['tcp 443 from 10.128.0.0/9'], byAccess],
    [
      'revokes the wider rule that was the only one to let in the declared access',
      'drift, medium',
      revokeTcp(443, ANYWHERE, by),
      [],
      byAccess,
    ],
    [
      'revokes the wider rule that was the only one to let in the traffic of a declared rule',
      'drift, medium',
      revokeTcp(443, ANYWHERE, by),
      [],
      internal,
    ],
    [
      'authorizes more than the declared access',
      'drift, medium',
      authorizeTcp(443, '10.0.0.0/7', by),
      ['tcp 443 from 10.0.0.0/7'],
      byAccess,
    ],
    ['revokes a permitted rule', 'change, info', revokeTcp(22, '10.0.0.0/8', by), AT_BASELINE, permitting],
    ['authorizes rules that are only partly readable', 'change, info', partly, AT_BASELINE],
  ])('does not excuse a call of the remediator that %s', (_, found, event, live, declared = web) => finds(found, event, live, declared)());

  it.each([
    ['in the member account of the call', '111122223333', 'restoration'],
    ['not in another account', '444455556666', 'change'],
  ])('recognizes the remediator by its member role %s', async (_, account, kind) => {
    const settings = {
      remediatorRoleArn: 'arn:aws:iam::999988887777:role/portcullis-remediator',
      remediatorMemberRoleArn: 'arn:aws:iam::{account}:role/portcullis-member',
    };
    const event = authorizeTcp(443, ANYWHERE, { userIdentity: sessionOf(`arn:aws:iam::${account}:role/portcullis-member`) });

    expect(await detector(ec2With(AT_BASELINE), { settings }).run(event)).toMatchObject([{ kind }]);
  });
});

describe('Without the live rules a call is judged by its record', () => {
  const WHY = 'the live rules could not be read (DescribeSecurityGroupRules failed with RequestLimitExceeded)';

  it.each([
    [
      'an authorization of an undeclared rule',
      authorizeTcp(445, ANYWHERE),
      `drift, critical: tcp/445 from 0.0.0.0/0 must be revoked; judged by the event alone, since ${WHY}`,
    ],
    [
      'a revocation of a declared rule',
      revokeTcp(443, ANYWHERE),
      `drift, medium: tcp/443 from 0.0.0.0/0 must be authorized; judged by the event alone, since ${WHY}`,
    ],
    [
      'an authorization of a declared rule',
      authorizeTcp(443, ANYWHERE),
      'change, info: AuthorizeSecurityGroupIngress is within the baseline',
    ],
    ['a revocation of an undeclared rule', revokeTcp(22, ANYWHERE), 'change, info: RevokeSecurityGroupIngress is within the baseline'],
    ['a revocation by id, whose record does not say what was removed', revokeById('sgr-1'), `undetermined, high: ${WHY} and the record of`],
    [
      'a modification, as if the rule were ingress',
      modify('sgr-1', { IpProtocol: -1, CidrIpv6: '::/0' }),
      'drift, critical: all traffic from ::/0',
    ],
    [
      'a deletion',
      deleteGroup,
      'drift, medium: the group guarded by web does not exist after DeleteSecurityGroup; judged by the event alone',
    ],
  ])('judges %s', async (_, event, summary) => {
    const findings = await findingsOf(event, unreadable());

    expect(findings.map((finding) => `${finding.kind}, ${finding.severity}: ${finding.summary}`)[0]).toContain(summary);
    expect(findings.map(({ basis }) => basis)).toEqual(['event']);
  });

  it('judges a deletion by DescribeSecurityGroups when only the rules cannot be read', async () => {
    const ec2 = withoutGroup().fail('read', 'transient');

    expect(await findingsOf(deleteGroup, ec2)).toMatchObject([{ kind: 'drift', severity: 'medium', basis: 'live' }]);
  });
});

it('does not mistake a deleted group for a group that lost its rules', async () => {
  expect(await findingsOf(deleteGroup, withoutGroup())).toMatchObject([
    { kind: 'drift', severity: 'medium', authorize: [], summary: 'the group guarded by web does not exist after DeleteSecurityGroup' },
  ]);
});

import { baseline, liveRules, permissions, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { AT_BASELINE, detector, ec2With, findingsOf, guarding, isFound, unreadable, withoutGroup, type Case } from '../testing/detector.js';
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

describe('The detector reports a drifted group', () => {
  it('a finding names who changed the group, how to undo the change, and what traffic the change let in', async () => {
    const detecting = detector(ec2With(OPEN));

    const findings = await detecting.run(opening);

    expect(detecting.findings).toEqual(findings);
    expect(findings).toEqual([
      {
        schemaVersion: 1,
        id: `event-1:${GROUP}`,
        kind: 'drift',
        severity: 'critical',
        summary: 'SMB open to the internet; tcp/445 from 0.0.0.0/0 must be revoked; tcp/80, tcp/443 from 0.0.0.0/0 must be authorized',
        exposure: { services: ['SMB'], moreServices: 0, declared: [] },
        controls: expect.arrayContaining([{ standard: 'AWS Security Hub', id: 'EC2.19' }]) as unknown,
        fix: {
          commands: [
            expect.stringMatching(/^aws ec2 authorize-security-group-ingress /),
            expect.stringMatching(/^aws ec2 revoke-security-group-ingress .*"FromPort":445/),
          ],
          console: `https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=${GROUP}`,
        },
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
          ...{ issuerArn: null, onBehalfOf: null, sessionName: null, sourceIdentity: null, invokedBy: null, mfa: false, console: null },
          type: 'IAMUser',
          arn: 'arn:aws:iam::111122223333:user/mallory',
          accountId: '111122223333',
          principalId: 'AIDAEXAMPLE',
          userName: 'mallory',
          sourceIp: '203.0.113.50',
          userAgent: 'aws-cli/2.15.0',
        },
        outlook: 'the remediator restores the group after AWS Config has recorded the change, usually within minutes',
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

  it('a finding names the control EC2.2 if the group is the default group of its VPC', async () => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules('tcp 9 from 10.0.0.1/32'), { name: 'default' });

    const [finding] = await findingsOf(authorizeTcp(9, '10.0.0.1/32'), ec2, guarding([]));

    expect(finding?.controls).toContainEqual({ standard: 'AWS Security Hub', id: 'EC2.2' });
  });

  it('the detector only reads from EC2, and returns the same finding when the event is delivered again', async () => {
    const ec2 = ec2With(OPEN);

    expect(await findingsOf(opening, ec2)).toEqual(await findingsOf(opening, ec2));
    expect(ec2.calls.sort()).toEqual(['describe', 'describe', 'read', 'read']);
  });

  it('a finding contains the `sharedEventID` of the record, and shortens texts that the caller chose', async () => {
    const rest = { sharedEventID: 'shared-1', userAgent: 'x'.repeat(5000) };

    expect(await findingsOf(authorizeTcp(445, ANYWHERE, rest), OPEN)).toMatchObject([
      { event: { id: 'event-1', sharedId: 'shared-1' }, actor: { userAgent: 'x'.repeat(256) } },
    ]);
  });
});

describe('The detector looks up groups that the record does not name by id', () => {
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

  it('the detector finds the guarded groups among all groups with the name in the record', async () => {
    const ec2 = ec2With(AT_BASELINE);
    ec2.add(OTHER_GROUP, []);

    expect((await findingsOf(byName, ec2)).map(({ group }) => group.id)).toEqual([GROUP]);
  });

  it('the detector ignores groups of other accounts in a shared VPC when it looks groups up by name, rule or prefix list', async () => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules('tcp 22 from pl-1'), { ownerId: '444455556666', tags: { Tier: 'web' } });

    for (const event of [byName, tagCall('CreateTags', { owner: 'x' }, ['sgr-1']), addEntry(ANYWHERE)])
      expect(await findingsOf(event, ec2, tagged)).toEqual([]);
    expect(ec2.calls).toEqual(['find web', 'find rules', 'list']);
  });

  it.each([
    [
      'the detector makes two calls to read a group that a baseline selects by tag, and names the baseline',
      'web',
      ['tagged'],
      ['describe', 'read'],
    ],
    ['the detector does not read the rules of a group that no baseline selects', 'db', [], ['describe']],
  ])('%s', async (_, Tier, baselines, calls) => {
    const ec2 = ec2With(OPEN, { Tier });

    expect((await findingsOf(opening, ec2, tagged, named)).map((finding) => finding.baseline)).toEqual(baselines);
    expect(ec2.calls.sort()).toEqual(calls);
  });

  it('if a prefix list in a baseline changes, the detector finds the groups that this baseline selects by tag', async () => {
    expect(await findingsOf(addEntry(ANYWHERE), ec2With(OPEN, { Tier: 'web' }), tagged, named)).toMatchObject([
      { baseline: 'tagged', group: { id: GROUP } },
    ]);
  });

  const unselected = 'undetermined, high: it is unknown whether the group is guarded: …';
  const vanished = 'undetermined, low: it is unknown whether the group was guarded, because …';
  it.each<Case>([
    [
      'two baselines select the group',
      'undetermined, high: several baselines select the group: named, tagged',
      opening,
      db(),
      tagged,
      named,
    ],
    ['its tags cannot be read', unselected, opening, unreadable('denied'), tagged],
    ['the group was deleted with its tags', vanished, deleteGroup, withoutGroup(), tagged],
    [
      'EC2 cannot list the groups',
      'undetermined, high: ModifyManagedPrefixList names a prefix list, but …',
      addEntry(ANYWHERE),
      unreadable(),
    ],
    ['the lookup by name fails', 'undetermined, high: RevokeSecurityGroupIngress names a group only by …', byName, unreadable('denied')],
  ])('the detector reports a group as undetermined when %s', isFound);

  it('a finding of kind undetermined names the group, or names no group if the lookup of groups fails', async () => {
    expect(await findingsOf(opening, unreadable('denied'), tagged)).toMatchObject([{ group: { id: GROUP } }]);
    expect(await findingsOf(byName, unreadable('denied'))).toMatchObject([{ group: { id: null } }]);
  });
});

const lacking = { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2', detail: { eventID: 'event-1' } };
it.each<Case>([
  ['no event at all', 'undetermined, high', undefined, []],
  ['text', 'undetermined, high', 'an event', []],
  ['a record with most fields missing', 'undetermined, high', lacking, []],
])('the detector reports an unreadable event as undetermined: %s', isFound);

const stranger = { recipientAccountId: '777788889999' };
const ofConfig = record('StopConfigurationRecorder', {}, { eventSource: 'config.amazonaws.com', ...stranger });
it.each([
  ['a group', authorizeTcp(22, ANYWHERE, stranger)],
  ['the guard', { ...ofConfig, source: 'aws.config' }],
])('for an account that is not guarded, the detector drops, counts and logs a call on %s, and does not call AWS', async (_, event) => {
  const ec2 = ec2With(['tcp 22 from 0.0.0.0/0']);
  const isGuarded = (accountId: string): boolean => accountId === '111122223333';
  const detecting = detector(ec2, { settings: { remediatorRoleArn: undefined, guardName: 'portcullis' }, isGuarded });

  expect(await detecting.run(event)).toEqual([]);

  expect([detecting.findings, ec2.calls]).toEqual([[], []]);
  expect(detecting.measured).toEqual({ EventsDropped: 1 });
  expect(detecting.logged).toMatchObject([{ level: 'info', message: 'dropped an event of an account that this function does not guard' }]);
});

it('the detector reports a refused call as an attempt, without reading the group', async () => {
  const ec2 = ec2With(AT_BASELINE);
  const refused = { errorCode: 'Client.UnauthorizedOperation', errorMessage: 'no', responseElements: null };
  const summary = 'AuthorizeSecurityGroupIngress was refused with Client.UnauthorizedOperation; the call named tcp/22 from 0.0.0.0/0';

  expect(await findingsOf(authorizeTcp(22, ANYWHERE, refused), ec2)).toMatchObject([{ kind: 'attempt', severity: 'low', summary }]);
  expect(ec2.calls).toEqual([]);
});

const failed = authorizeTcp(22, ANYWHERE, { errorCode: 'Server.InternalError', errorMessage: 'try again', responseElements: null });
const NOTHING_DONE = 'the group is at its baseline after AuthorizeSecurityGroupIngress, which failed with Server.InternalError';
const UNREAD = 'the live rules could not be read (DescribeSecurityGroupRules failed with RequestLimitExceeded)';
it.each<Case>([
  [
    'contain the added rule',
    'drift, critical: SSH open to the internet; tcp/22 from 0.0.0.0/0 must be revoked',
    failed,
    [...AT_BASELINE, 'tcp 22 from 0.0.0.0/0'],
  ],
  ['lack the added rule', `change, info: ${NOTHING_DONE}`, failed, AT_BASELINE],
  [
    'cannot be read',
    `undetermined, high: ${UNREAD}, and the record of AuthorizeSecurityGroupIngress does not say what the call changed`,
    failed,
    unreadable(),
  ],
])('a call that failed inside EC2 may have taken effect, so the detector compares the live rules with the baseline: the rules %s', isFound);

describe('The detector reports a call of the remediator as a restoration only if the call may have brought the group closer to its baseline', () => {
  const by = { userIdentity: REMEDIATOR };
  const [INTERNAL, NINTH] = ['tcp 443 from 10.0.0.0/8', 'tcp 443 from 10.0.0.0/9'];
  const byAccess = guarding([INTERNAL], { compare: 'access' });
  const replacing = (port: number): unknown => modify('sgr-1', { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv4: ANYWHERE }, by);
  const items = [tcp(443, ipv4(ANYWHERE)), { ipProtocol: 'tcp', fromPort: 'x' }];
  const partly = record('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: { items } }, by);
  const internal = guarding([INTERNAL]);
  const permitting = guarding(AT_BASELINE, { permit: [{ rule: 'tcp 22 from 10.0.0.0/8' }] });

  const MISSING_443 = ['tcp 80 from 0.0.0.0/0'];
  it.each<Case>([
    ['authorizes a declared rule', 'restoration, info', authorizeTcp(443, ANYWHERE, by), AT_BASELINE],
    ['revokes an undeclared rule while a declared rule is missing', 'restoration, info', revokeTcp(445, ANYWHERE, by), MISSING_443],
    ['revokes by rule id while no declared rule is missing', 'restoration, info', revokeById('sgr-1', by), AT_BASELINE],
    ['modifies a rule into a declared rule while no declared rule is missing', 'restoration, info', replacing(443), AT_BASELINE],
    ['authorizes a part of the declared access', 'restoration, info', authorizeTcp(443, '10.0.0.0/9', by), [NINTH], byAccess],
    ['revokes a rule that is wider than the declared access', 'restoration, info', revokeTcp(443, ANYWHERE, by), [INTERNAL], byAccess],
  ])('the detector reports a call of the remediator as a restoration with severity info when the call %s', isFound);

  const open = [...AT_BASELINE, 'tcp 22 from 0.0.0.0/0'];
  const wider = authorizeTcp(443, '10.0.0.0/7', by);
  it.each<Case>([
    ['revokes a declared rule', 'drift, medium', revokeTcp(443, ANYWHERE, by), MISSING_443],
    ['modifies a rule into an undeclared rule', 'drift, critical', replacing(22), open],
    ['modifies a declared rule into another rule', 'drift, medium', replacing(443), ['tcp 443 from 0.0.0.0/0']],
    ['revokes by rule id while a declared rule is missing', 'drift, medium', revokeById('sgr-1', by), MISSING_443],
    ['revokes half of the declared access', 'drift, medium', revokeTcp(443, '10.0.0.0/9', by), ['tcp 443 from 10.128.0.0/9'], byAccess],
    ['revokes the only rule that let in the declared access', 'drift, medium', revokeTcp(443, ANYWHERE, by), [], byAccess],
    ['revokes the only rule that let in the traffic of a declared rule', 'drift, medium', revokeTcp(443, ANYWHERE, by), [], internal],
    ['authorizes more than the declared access', 'drift, medium', wider, ['tcp 443 from 10.0.0.0/7'], byAccess],
    ['revokes a permitted rule', 'change, info', revokeTcp(22, '10.0.0.0/8', by), AT_BASELINE, permitting],
    ['authorizes rules that are only partly readable', 'change, info', partly, AT_BASELINE],
  ])('the detector reports a call of the remediator like any other call when the call %s', isFound);

  it.each([
    ['the member account of the call', '111122223333', 'restoration'],
    ['another account', '444455556666', 'change'],
  ])("the detector reports a call by the remediator's role in %s (%s) as a %s", async (_, account, kind) => {
    const settings = {
      remediatorRoleArn: 'arn:aws:iam::999988887777:role/portcullis-remediator',
      remediatorMemberRoleArn: 'arn:aws:iam::{account}:role/portcullis-member',
    };
    const event = authorizeTcp(443, ANYWHERE, { userIdentity: sessionOf(`arn:aws:iam::${account}:role/portcullis-member`) });

    expect(await detector(ec2With(AT_BASELINE), { settings }).run(event)).toMatchObject([{ kind }]);
  });
});

describe('If the live rules cannot be read, the finding is based on the record of the call', () => {
  const GONE = 'drift, medium: the group guarded by web does not exist after DeleteSecurityGroup';
  const ALONE = `based on the CloudTrail record alone, because ${UNREAD}`;
  const toAllIpv6 = modify('sgr-1', { IpProtocol: -1, CidrIpv6: '::/0' });
  const within = 'conforms to the baseline; …';

  it.each<Case>([
    [
      'an undeclared authorization',
      `drift, critical: SMB open to the internet; tcp/445 from 0.0.0.0/0 must be revoked; ${ALONE}`,
      opening,
      unreadable(),
    ],
    ['a declared revocation', `drift, medium: tcp/443 from 0.0.0.0/0 must be authorized; ${ALONE}`, revokeTcp(443, ANYWHERE), unreadable()],
    ['a declared authorization', `change, info: AuthorizeSecurityGroupIngress ${within}`, authorizeTcp(443, ANYWHERE), unreadable()],
    ['an undeclared revocation', `change, info: RevokeSecurityGroupIngress ${within}`, revokeTcp(22, ANYWHERE), unreadable()],
    [
      'a revocation by id, because the record does not contain the rule',
      `undetermined, high: ${UNREAD}, and …`,
      revokeById('sgr-1'),
      unreadable(),
    ],
    [
      'a modification, with the assumption that the rule is an ingress rule',
      'drift, critical: all traffic open to the internet; all traffic from ::/0 …',
      toAllIpv6,
      unreadable(),
    ],
    ['a deletion', `${GONE}; ${ALONE}`, deleteGroup, unreadable()],
    ['a deletion that DescribeSecurityGroups confirms', GONE, deleteGroup, withoutGroup()],
  ])('the detector reports from the record alone: %s', isFound);

  it('a finding says that it is based on the record alone', async () => {
    expect(await findingsOf(opening, unreadable())).toMatchObject([{ basis: 'event' }]);
    expect(await findingsOf(revokeById('sgr-1'), unreadable())).toMatchObject([{ basis: 'event' }]);
    expect(await findingsOf(deleteGroup, unreadable())).toMatchObject([{ basis: 'event', atBaseline: false }]);
  });

  it('if only the rules of a deleted group cannot be read, the detector confirms the deletion with DescribeSecurityGroups', async () => {
    const ec2 = withoutGroup().fail('read', 'transient');

    expect(await findingsOf(deleteGroup, ec2)).toMatchObject([{ kind: 'drift', severity: 'medium', basis: 'live' }]);
  });
});

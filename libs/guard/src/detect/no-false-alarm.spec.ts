import { liveRules } from '@portcullis/security-groups/testing';
import { AT_BASELINE, ec2With, findingsOf, guarding, isFound, unreadable, type Case } from '../testing/detector.js';
import {
  addEntry,
  ANYWHERE,
  authorize,
  authorizeTcp,
  describeRule,
  group,
  GROUP,
  ipv4,
  list,
  modify,
  OTHER_GROUP,
  record,
  revokeTcp,
  sessionOf,
  tcp,
} from '../testing/records.js';

const pipeline = { userIdentity: sessionOf('arn:aws:iam::111122223333:role/ci/Deployer') };
const dryRun = { errorCode: 'Client.DryRunOperation', errorMessage: 'would have', responseElements: null };
const elsewhere = record('AssociateSecurityGroupVpc', { AssociateSecurityGroupVpcRequest: { GroupId: GROUP, VpcId: 'vpc-2' } });
const opening = authorizeTcp(22, ANYWHERE);
const ignoring = guarding(AT_BASELINE, { ignore: [{ descriptionPrefix: 'elbv2' }] });

const respelled = authorize({ ipProtocol: '6', fromPort: '443', toPort: '443', ...ipv4('198.51.100.7/0') });
const split = ['tcp 80-200 from 10.0.0.0/8', 'tcp 201-443 from 10.0.0.0/9', 'tcp 201-443 from 10.128.0.0/9'];
const byAccess = guarding(['tcp 80-443 from 10.0.0.0/8'], { compare: 'access' });

it.each<Case>([
  ['a pipeline authorizes a declared rule', 'change, info', authorizeTcp(443, ANYWHERE, pipeline), AT_BASELINE],
  ['a pipeline revokes an undeclared rule', 'change, info', revokeTcp(22, '10.0.0.0/8', pipeline), AT_BASELINE],
  ['a description is edited', 'change, info', describeRule('sgr-1', 'web'), ['tcp 80 from 0.0.0.0/0 # web', 'tcp 443 from 0.0.0.0/0']],
  ['declared traffic is authorized with another spelling', 'change, info', respelled, AT_BASELINE],
  ['the group is associated with another VPC', 'change, info', elsewhere, AT_BASELINE],
  ['a call is a dry run', 'attempt, info', authorizeTcp(22, ANYWHERE, dryRun), AT_BASELINE],
  [
    'a call authorizes traffic that other rules already let in, under `compare: access`',
    'change, info',
    authorizeTcp(80, '10.0.0.0/8'),
    split,
    byAccess,
  ],
])('the severity is info when %s', isFound);

it('the severity of an edited description is info even if the live rules cannot be read, because the record shows that no access changed', async () => {
  expect(await findingsOf(describeRule('sgr-1', 'web'), unreadable())).toMatchObject([
    { kind: 'change', severity: 'info', basis: 'event', atBaseline: null },
  ]);
});

it.each([
  ['another group', record('AuthorizeSecurityGroupIngress', { groupId: OTHER_GROUP, ipPermissions: {} })],
  [
    'a new group that no baseline selects',
    record('CreateSecurityGroup', { groupName: 'new', vpcId: 'vpc-1' }, { responseElements: { groupId: OTHER_GROUP, _return: true } }),
  ],
  ['an EC2 call on something else', record('RunInstances', { instancesSet: {} })],
])('the detector neither reports a finding nor calls EC2 for %s', async (_, event) => {
  const ec2 = ec2With(AT_BASELINE);

  expect(await findingsOf(event, ec2)).toEqual([]);
  expect(ec2.calls).toEqual([]);
});

it('the detector reports nothing for a prefix list that no guarded group refers to', async () => {
  expect(await findingsOf(addEntry(ANYWHERE), ['tcp 443 from pl-2'])).toEqual([]);
});

describe('If a change is undone before the detector reads the group, the severity depends on the access that the change opened', () => {
  const GONE = 'the group is at its baseline after AuthorizeSecurityGroupIngress; added and removed again:';
  const BACK = 'the group is at its baseline after RevokeSecurityGroupIngress; removed and added again:';
  const drifted = 'drift, high: tcp/443 from 0.0.0.0/0 must be authorized; added and removed again: tcp/22 from 0.0.0.0/0';
  const still = 'change, info: the group is at its baseline after ModifySecurityGroupRules';
  const toAll = modify('sgr-3', { IpProtocol: '-1', CidrIpv4: ANYWHERE });

  it.each<Case>([
    ['high if the change opened a web port', `change, high: ${GONE} tcp/8080 from 0.0.0.0/0`, authorizeTcp(8080, ANYWHERE), AT_BASELINE],
    [
      'medium if the change opened a port to one network',
      `change, medium: ${GONE} tcp/22 from 10.0.0.0/8`,
      authorizeTcp(22, '10.0.0.0/8'),
      AT_BASELINE,
    ],
    ['high if the group also has another drift', drifted, opening, ['tcp 80 from 0.0.0.0/0']],
    ['low if the outage is over', `change, low: ${BACK} tcp/443 from 0.0.0.0/0`, revokeTcp(443, ANYWHERE), AT_BASELINE],
    ['info if the call modified an egress rule that still exists', still, toAll, [...AT_BASELINE, '-1 to 0.0.0.0/0']],
  ])('the detector reports an undone change as %s', isFound);

  it("the detector does not report a rule as removed if EC2 has only added the account id to the rule's source group", async () => {
    const ec2 = ec2With([]);
    ec2.rules = liveRules(...AT_BASELINE, `tcp 22 from ${OTHER_GROUP}`).map((rule) =>
      rule.source.kind === 'group' ? { ...rule, source: { ...rule.source, userId: '111122223333' } } : rule,
    );

    const expected = `drift, medium: tcp/22 from ${OTHER_GROUP} (account 111122223333) must be revoked`;
    await isFound('', expected, authorize(tcp(22, group(OTHER_GROUP))), ec2);
  });
});

describe('If a tolerated rule opens a port to the world, the detector reports only the call that creates the rule', () => {
  const permitting = guarding(AT_BASELINE, { permit: [{ rule: 'tcp 22 from 0.0.0.0/0' }] });
  const open = [...AT_BASELINE, 'tcp 22 from 0.0.0.0/0 # elbv2'];
  const AFTER = 'the group is at its baseline after AuthorizeSecurityGroupIngress;';
  const OFFER = 'left alone, although it lets the world reach SSH (tcp/22):';

  const HALF = 'tcp 22 from 16.0.0.0/5 # elbv2';
  const REST = 'tcp 22 from 24.0.0.0/5';
  const together = `drift, critical: tcp/22 from 24.0.0.0/5 must be revoked; ${OFFER} tcp/22 from 16.0.0.0/5`;
  const last = `change, critical: ${AFTER} ${OFFER} tcp/22 from 16.0.0.0/5 and tcp/22 from 24.0.0.0/5`;
  const gone = `change, high: ${AFTER} added and removed again: tcp/22 from 0.0.0.0/0`;
  const web8080 = `change, info: ${AFTER} left alone: tcp/8080 from 0.0.0.0/0`;
  const next = `change, info: ${AFTER} left alone: tcp/22 from 0.0.0.0/0`;

  it.each<Case>([
    ['critical when the baseline permits the rule', `change, critical: ${AFTER} ${OFFER} tcp/22 from 0.0.0.0/0`, opening, open, permitting],
    [
      'critical when the rule opens the port together with an undeclared rule',
      together,
      authorizeTcp(22, '16.0.0.0/5'),
      [...AT_BASELINE, HALF, REST],
      ignoring,
    ],
    [
      'critical when this call is the last of several steps',
      last,
      authorizeTcp(22, '24.0.0.0/5'),
      [...AT_BASELINE, HALF, `${REST} # elbv2`],
      ignoring,
    ],
    ['high when the rule is removed before the read', gone, opening, AT_BASELINE, permitting],
    [
      'high when its prefix list cannot be read',
      'change, high',
      authorize(tcp(22, list('pl-1'))),
      [...AT_BASELINE, 'tcp 22 from pl-1 # elbv2'],
      ignoring,
    ],
    [
      'info when the port is not sensitive',
      web8080,
      authorizeTcp(8080, ANYWHERE),
      [...AT_BASELINE, 'tcp 8080 from 0.0.0.0/0 # elbv2'],
      ignoring,
    ],
    ['info for the next call, when the baseline permits the rule', next, authorizeTcp(443, ANYWHERE), open, permitting],
    ['info for the next call, when the baseline ignores the rule', next, authorizeTcp(443, ANYWHERE), open, ignoring],
    ['info for an unrelated revocation', 'change, info', revokeTcp(22, '10.0.0.0/8'), open, ignoring],
  ])('the detector reports a tolerated rule as %s', isFound);

  it('a tolerated rule has severity critical even if only the record shows the rule', async () => {
    const ec2 = ec2With(open).fail('read', 'denied');

    expect(await findingsOf(opening, ec2, permitting)).toMatchObject([
      { kind: 'change', severity: 'critical', atBaseline: null, basis: 'event' },
    ]);
  });
});

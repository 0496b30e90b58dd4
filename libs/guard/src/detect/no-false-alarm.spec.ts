import { liveRules } from '@portcullis/security-groups/testing';
import { AT_BASELINE, ec2With, finds, findingsOf, guarding, unreadable } from '../testing/detector.js';
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
  REMEDIATOR,
  revokeTcp,
  sessionOf,
  tcp,
} from '../testing/records.js';

const pipeline = { userIdentity: sessionOf('arn:aws:iam::111122223333:role/ci/Deployer') };
const dryRun = { errorCode: 'Client.DryRunOperation', errorMessage: 'would have', responseElements: null };
const elsewhere = record('AssociateSecurityGroupVpc', { AssociateSecurityGroupVpcRequest: { GroupId: GROUP, VpcId: 'vpc-2' } });
const opening = authorizeTcp(22, ANYWHERE);
const ignoring = guarding(AT_BASELINE, { ignore: [{ descriptionPrefix: 'elbv2' }] });

it.each<[string, unknown, readonly string[], string]>([
  ['a pipeline authorizes a declared rule', authorizeTcp(443, ANYWHERE, pipeline), AT_BASELINE, 'change, info'],
  ['a pipeline revokes an undeclared rule', revokeTcp(22, '10.0.0.0/8', pipeline), AT_BASELINE, 'change, info'],
  ['a description is edited', describeRule('sgr-1', 'web'), ['tcp 80 from 0.0.0.0/0 # web', 'tcp 443 from 0.0.0.0/0'], 'change, info'],
  [
    'declared traffic is authorized with another spelling',
    authorize({ ipProtocol: '6', fromPort: '443', toPort: '443', ...ipv4('198.51.100.7/0') }),
    AT_BASELINE,
    'change, info',
  ],
  ['the remediator restores the group', revokeTcp(445, ANYWHERE, { userIdentity: REMEDIATOR }), AT_BASELINE, 'restoration, info'],
  ['the group is associated with another VPC', elsewhere, AT_BASELINE, 'change, info'],
  ['a call is a dry run', authorizeTcp(22, ANYWHERE, dryRun), AT_BASELINE, 'attempt, info'],
])('reports with severity info only that %s', (_, event, live, outcome) => finds(outcome, event, live)());

it(
  'reports other rules that let in the same traffic with severity info only, if the baseline compares access',
  finds(
    'change, info',
    authorizeTcp(80, '10.0.0.0/8'),
    ['tcp 80-200 from 10.0.0.0/8', 'tcp 201-443 from 10.0.0.0/9', 'tcp 201-443 from 10.128.0.0/9'],
    guarding(['tcp 80-443 from 10.0.0.0/8'], { compare: 'access' }),
  ),
);

it('reports an edited description with severity info when the live rules cannot be read, since the record shows that no access changed', async () => {
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
])('reports and reads nothing for %s', async (_, event) => {
  const ec2 = ec2With(AT_BASELINE);

  expect(await findingsOf(event, ec2)).toEqual([]);
  expect(ec2.calls).toEqual([]);
});

it('reports nothing for a prefix list that no guarded group refers to', async () => {
  expect(await findingsOf(addEntry(ANYWHERE), ['tcp 443 from pl-2'])).toEqual([]);
});

describe('A change that was undone before the read is judged by what was open meanwhile', () => {
  const GONE = 'the group is at its baseline after AuthorizeSecurityGroupIngress; gone again:';

  it('an undone change is high if it opened SSH to the world', finds(`change, high: ${GONE} tcp/22 from 0.0.0.0/0`, opening, AT_BASELINE));
  it(
    'an undone change is high if it opened a web port to the world',
    finds(`change, high: ${GONE} tcp/8080 from 0.0.0.0/0`, authorizeTcp(8080, ANYWHERE), AT_BASELINE),
  );
  it(
    'an undone change is medium if it opened SSH to one network',
    finds(`change, medium: ${GONE} tcp/22 from 10.0.0.0/8`, authorizeTcp(22, '10.0.0.0/8'), AT_BASELINE),
  );
  it(
    'an undone change is high if the group has another drift, too',
    finds('drift, high: tcp/443 from 0.0.0.0/0 must be authorized; gone again: tcp/22 from 0.0.0.0/0', opening, ['tcp 80 from 0.0.0.0/0']),
  );
  it(
    'an undone change is low if a declared rule was restored, since the outage is over',
    finds(
      'change, low: the group is at its baseline after RevokeSecurityGroupIngress; back again: tcp/443 from 0.0.0.0/0',
      revokeTcp(443, ANYWHERE),
      AT_BASELINE,
    ),
  );
  it(
    'a modified egress rule that still exists does not count as undone',
    finds(
      'change, info: the group is at its baseline after ModifySecurityGroupRules',
      modify('sgr-3', { IpProtocol: '-1', CidrIpv4: ANYWHERE }),
      [...AT_BASELINE, '-1 to 0.0.0.0/0'],
    ),
  );

  it('does not treat a rule as gone because EC2 names the account of its source group', async () => {
    const ec2 = ec2With([]);
    ec2.rules = liveRules(...AT_BASELINE, `tcp 22 from ${OTHER_GROUP}`).map((rule) =>
      rule.source.kind === 'group' ? { ...rule, source: { ...rule.source, userId: '111122223333' } } : rule,
    );

    await finds(
      `drift, medium: tcp/22 from ${OTHER_GROUP} (account 111122223333) must be revoked`,
      authorize(tcp(22, group(OTHER_GROUP))),
      ec2,
    )();
  });
});

describe('A tolerated rule that opens a port to the world is reported for the call that creates it', () => {
  const permitting = guarding(AT_BASELINE, { permit: [{ rule: 'tcp 22 from 0.0.0.0/0' }] });
  const open = [...AT_BASELINE, 'tcp 22 from 0.0.0.0/0 # elbv2'];
  const AFTER = 'the group is at its baseline after AuthorizeSecurityGroupIngress;';
  const LEFT = `${AFTER} left alone, and lets the world reach SSH (tcp/22):`;

  it(
    'a tolerated rule is critical when it is a permitted rule',
    finds(`change, critical: ${LEFT} tcp/22 from 0.0.0.0/0`, opening, open, permitting),
  );
  it(
    'a tolerated rule is critical when it is an ignored rule',
    finds(`change, critical: ${LEFT} tcp/22 from 0.0.0.0/0`, opening, open, ignoring),
  );
  it(
    'a tolerated rule is critical when it lets the world in only together with an undeclared rule',
    finds(
      'drift, critical: tcp/22 from 24.0.0.0/5 must be revoked; left alone, and lets the world reach SSH (tcp/22): tcp/22 from 16.0.0.0/5',
      authorizeTcp(22, '16.0.0.0/5'),
      [...AT_BASELINE, 'tcp 22 from 16.0.0.0/5 # elbv2', 'tcp 22 from 24.0.0.0/5'],
      ignoring,
    ),
  );
  it(
    'a tolerated rule is critical when this call is the last of several steps',
    finds(
      `change, critical: ${LEFT} tcp/22 from 16.0.0.0/5 and tcp/22 from 24.0.0.0/5`,
      authorizeTcp(22, '24.0.0.0/5'),
      [...AT_BASELINE, 'tcp 22 from 16.0.0.0/5 # elbv2', 'tcp 22 from 24.0.0.0/5 # elbv2'],
      ignoring,
    ),
  );
  it(
    'a tolerated rule is high when it is gone again',
    finds(`change, high: ${AFTER} gone again: tcp/22 from 0.0.0.0/0`, opening, AT_BASELINE, permitting),
  );
  it(
    'a tolerated rule is high when its prefix list cannot be read',
    finds('change, high', authorize(tcp(22, list('pl-1'))), [...AT_BASELINE, 'tcp 22 from pl-1 # elbv2'], ignoring),
  );
  it(
    'a tolerated rule is info when the port is not sensitive',
    finds(
      `change, info: ${AFTER} left alone: tcp/8080 from 0.0.0.0/0`,
      authorizeTcp(8080, ANYWHERE),
      [...AT_BASELINE, 'tcp 8080 from 0.0.0.0/0 # elbv2'],
      ignoring,
    ),
  );
  it.each([permitting, ignoring])('a tolerated rule is info for the next call', async (declared) => {
    await finds(`change, info: ${AFTER} left alone: tcp/22 from 0.0.0.0/0`, authorizeTcp(443, ANYWHERE), open, declared)();
    await finds('change, info', revokeTcp(22, '10.0.0.0/8'), open, declared)();
  });

  it('a tolerated rule is critical when it is judged by the record alone', async () => {
    const ec2 = ec2With(open).fail('read', 'denied');

    expect(await findingsOf(opening, ec2, permitting)).toMatchObject([
      { kind: 'change', severity: 'critical', atBaseline: null, basis: 'event' },
    ]);
  });
});

import { OCSF_EVENTS } from '../testing/ocsf-events.js';
import { bare, example, operator } from '../testing/example.js';
import { complianceFinding, detectionFinding } from '../testing/ocsf-schema.js';
import { ocsfCheckFor, ocsfFor } from './ocsf.js';

const now = new Date('2026-11-23T10:00:09Z');
const restoration = example({ kind: 'restoration', atBaseline: true, id: 'state-7:sg-1' });
const tagged = { ...example().group, tags: { team: 'web', Owner: 'ana\u0007' } };
const controls = [{ standard: 'CIS AWS Foundations Benchmark v5.0.0', id: '5.3' }];

it('`ocsfFor` writes a drift as a new finding about one group, with the caller, the opened traffic, and the commands that end the drift', () => {
  const { account, ...user } = { name: 'Operator', account: { uid: '111122223333', type_id: 10, type: 'AWS Account' } };

  expect(ocsfFor(example({ group: tagged, controls }), now)).toEqual({
    ...{ class_uid: 2004, class_name: 'Detection Finding', category_uid: 2, category_name: 'Findings' },
    ...{ activity_id: 1, activity_name: 'Create', type_uid: 200401, type_name: 'Detection Finding: Create' },
    ...{ severity_id: 5, severity: 'Critical', status_id: 1, status: 'New' },
    time: now.getTime(),
    start_time: Date.parse('2026-11-23T10:00:00Z'),
    end_time: Date.parse('2026-11-23T10:00:00Z'),
    message: 'tcp/445 from 0.0.0.0/0 must be revoked; tcp/443 from 0.0.0.0/0 must be authorized',
    status_detail: 'the remediator restores the group after AWS Config has recorded the change, usually within minutes',
    metadata: {
      version: '1.8.0',
      product: { name: 'Portcullis', vendor_name: 'Portcullis' },
      profiles: ['cloud'],
      uid: 'event-1:sg-1',
      correlation_uid: 'event-1',
      labels: ['CIS AWS Foundations Benchmark v5.0.0/5.3'],
    },
    cloud: { provider: 'AWS', region: 'eu-west-1', account },
    finding_info: {
      uid: 'portcullis/111122223333/eu-west-1/sg-1/drift',
      title: 'Security group web: drift',
      desc: 'tcp/445 from 0.0.0.0/0 must be revoked; tcp/443 from 0.0.0.0/0 must be authorized',
      types: ['drift'],
      analytic: { name: 'public-web', type_id: 1, type: 'Rule' },
      data_sources: ['AWS CloudTrail'],
      src_url: 'https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-1',
    },
    remediation: {
      desc: expect.stringMatching(/^aws ec2 authorize-security-group-ingress .* && aws ec2 revoke-security-group-ingress /) as unknown,
      references: ['https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-1'],
    },
    resources: [
      {
        uid: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
        type: 'AWS::EC2::SecurityGroup',
        name: 'web',
        region: 'eu-west-1',
        cloud_partition: 'aws',
        labels: ['team=web', 'Owner=ana '],
        owner: { name: 'ana' },
      },
    ],
    evidences: [
      {
        actor: {
          user: { ...user, uid: operator.issuerArn, account, type_id: 99, type: 'AssumedRole' },
          session: { uid: 'mallory', issuer: operator.issuerArn, is_mfa: false },
        },
        api: { operation: 'AuthorizeSecurityGroupIngress' },
        src_endpoint: { ip: '203.0.113.50' },
        data: {
          gained: ['tcp/445 from 0.0.0.0/0'],
          lost: ['tcp/443 from 0.0.0.0/0'],
          userAgent: 'aws-cli/2.22.0',
          sourceIdentity: 'mallory@example.com',
        },
      },
    ],
  });
});

it.each(OCSF_EVENTS)('the OCSF event of %s has only attributes of the OCSF schema, with valid types and values', (_, event) => {
  const schema = event.class_uid === 2004 ? detectionFinding : complianceFinding;

  expect(schema.safeParse(event).error).toBeUndefined();
  expect(event.type_uid).toBe(event.class_uid * 100 + event.activity_id);
});

it('in OCSF, a restoration closes the finding of the drift, and a refused call gets its own finding', () => {
  const { uid } = ocsfFor(example(), now).finding_info;
  const attempt = example({ kind: 'attempt', atBaseline: null });

  expect(ocsfFor(restoration, now)).toMatchObject({ activity_id: 3, status_id: 4, status: 'Resolved', finding_info: { uid } });
  expect(ocsfFor(attempt, now)).toMatchObject({ activity_id: 1, status_id: 1, finding_info: { uid: 'event-1:sg-1' } });
});

it('`ocsfFor` writes the AWS service that made a call as `svc_name`, and the IP address of the caller as `ip`', () => {
  const actor = { ...operator, sourceIp: 'cloudformation.amazonaws.com', userName: null, sessionName: null, invokedBy: 'cloudformation' };
  const [evidence] = ocsfFor(example({ actor }), now).evidences;

  expect(evidence).toMatchObject({ src_endpoint: { svc_name: 'cloudformation.amazonaws.com' }, actor: { app_name: 'cloudformation' } });
  expect(evidence?.actor?.session).toBeUndefined();
  expect(ocsfFor(example({ actor: { ...operator, sourceIp: '2001:db8::1' } }), now).evidences[0]?.src_endpoint).toEqual({
    ip: '2001:db8::1',
  });
});

it('`ocsfFor` writes the account as the resource of a finding without a group, if the account is known', () => {
  const group = { ...bare.group, accountId: '111122223333' };

  expect(ocsfFor(bare, now).resources).toBeUndefined();
  expect(ocsfFor({ ...bare, group }, now).resources).toEqual([{ uid: 'AWS::::Account:111122223333', type: 'AWS::::Account' }]);
});

it('in OCSF, a check that passes closes the finding of its earlier failed run', () => {
  const check = { name: 'exposure tcp/22', severity: 'critical', summary: 'SSH is open', group: example().group, controls } as const;
  const failed = ocsfCheckFor({ ...check, result: 'fail', commands: ['aws ec2 …'] }, now);

  expect(failed).toMatchObject({
    activity_id: 1,
    severity_id: 5,
    finding_info: { uid: 'portcullis/111122223333/eu-west-1/sg-1/exposure tcp/22' },
    remediation: { desc: 'aws ec2 …' },
    compliance: {
      ...{ control: 'exposure tcp/22', status_id: 3, status: 'Fail' },
      standards: ['CIS AWS Foundations Benchmark v5.0.0'],
      requirements: ['CIS AWS Foundations Benchmark v5.0.0/5.3'],
    },
  });
  expect(ocsfCheckFor({ ...check, result: 'pass' }, now)).toMatchObject({
    ...{ activity_id: 3, status_id: 4, compliance: { status_id: 1 } },
    finding_info: { uid: failed.finding_info.uid },
  });
});

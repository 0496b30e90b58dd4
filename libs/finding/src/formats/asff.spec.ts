import * as z from 'zod';
import { bare, example, large, operator } from '../testing/example.js';
import { asffFor } from './asff.js';
import { findingClosesDrift } from './finding-record.js';

const origin = { accountId: '111122223333', region: 'eu-west-1' };
const now = new Date('2026-11-23T10:00:09Z');
const restoration = example({ kind: 'restoration', atBaseline: true, id: 'state-7:sg-1' });
const attempt = example({ kind: 'attempt', atBaseline: null });

it('`asffFor` writes a drift as a failed check of a group, with a command that ends the drift', () => {
  const controls = [{ standard: 'CIS AWS Foundations Benchmark v5.0.0', id: '5.3' }];
  expect(asffFor(example({ controls }), origin, now)).toEqual({
    SchemaVersion: '2018-10-08',
    Id: 'portcullis/eu-west-1/sg-1/baseline',
    ProductArn: 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default',
    ProductName: 'Portcullis',
    CompanyName: 'Portcullis',
    GeneratorId: 'portcullis/cloudtrail',
    AwsAccountId: '111122223333',
    Types: ['Software and Configuration Checks/AWS Security Best Practices/Network Reachability'],
    CreatedAt: '2026-11-23T10:00:00Z',
    UpdatedAt: '2026-11-23T10:00:09.000Z',
    Severity: { Label: 'CRITICAL', Original: 'critical' },
    Title: 'Security group web: drift',
    Description: 'tcp/445 from 0.0.0.0/0 must be revoked; tcp/443 from 0.0.0.0/0 must be authorized',
    Remediation: {
      Recommendation: {
        Text: `aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-1 --ip-permissions '[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'`,
        Url: 'https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-1',
      },
    },
    ProductFields: {
      'portcullis/findingId': 'event-1:sg-1',
      'portcullis/kind': 'drift',
      'portcullis/baseline': 'public-web',
      'portcullis/basis': 'live',
      'portcullis/outlook': 'the remediator restores the group after AWS Config has recorded the change, usually within minutes',
      'portcullis/event/id': 'event-1',
      'portcullis/event/name': 'AuthorizeSecurityGroupIngress',
      'portcullis/actor/arn': 'arn:aws:iam::111122223333:role/people/Operator',
      'portcullis/actor/sessionName': 'mallory',
      'portcullis/actor/sourceIp': '203.0.113.50',
      'portcullis/actor/userAgent': 'aws-cli/2.22.0',
    },
    Resources: [
      {
        Type: 'AwsEc2SecurityGroup',
        Id: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
        Partition: 'aws',
        Region: 'eu-west-1',
        Details: { AwsEc2SecurityGroup: { GroupId: 'sg-1', GroupName: 'web', VpcId: 'vpc-1' } },
      },
    ],
    Compliance: { Status: 'FAILED', RelatedRequirements: ['CIS AWS Foundations Benchmark v5.0.0/5.3'] },
    RecordState: 'ACTIVE',
  });
});

// The schema of the ASFF fields that Portcullis writes. Types, required fields, enumerations and the pattern `.*\\S.*` are from the
// Security Hub API reference: AwsSecurityFinding, Resource, Recommendation, Compliance. Lengths are from the partner guide, "Guidelines for
// mapping findings".
function text(max: number): z.ZodString {
  return z.string().regex(/\S/).max(max);
}

const time = z.iso.datetime();
const group = z.strictObject({ GroupId: text(256), GroupName: text(256).optional(), VpcId: text(256).optional() });
const resource = z.strictObject({
  Type: text(256),
  Id: text(512),
  Partition: z.enum(['aws', 'aws-cn', 'aws-us-gov']).optional(),
  Region: text(16),
  Details: z.strictObject({ AwsEc2SecurityGroup: group }).optional(),
});
const format = z.strictObject({
  SchemaVersion: z.literal('2018-10-08'),
  Id: text(512),
  ProductArn: z.string().regex(/^arn:aws(-cn|-eusc|-us-gov)?:securityhub:[a-z0-9-]+:(\d{12}):product\/\2\/default$/),
  ProductName: text(128),
  CompanyName: text(128),
  GeneratorId: text(512),
  AwsAccountId: z.string().regex(/^\d{12}$/),
  Types: z.array(z.string().regex(/^[^/]+\/[^/]+\/[^/]+$/)).max(50),
  CreatedAt: time,
  UpdatedAt: time,
  Severity: z.strictObject({ Label: z.enum(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']), Original: text(64) }),
  Title: text(256),
  Description: text(1024),
  Remediation: z.strictObject({ Recommendation: z.strictObject({ Text: text(512), Url: z.url() }) }).optional(),
  ProductFields: z.record(text(128), text(2048)).refine((fields) => Object.keys(fields).length <= 50),
  Resources: z.array(resource).min(1).max(32),
  Compliance: z
    .strictObject({
      Status: z.enum(['PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE']),
      RelatedRequirements: z.array(text(512)).max(32).optional(),
    })
    .optional(),
  RecordState: z.enum(['ACTIVE', 'ARCHIVED']),
});

const long = 'word '.repeat(2_000);
const longTexts = example({
  id: long,
  summary: long,
  kind: 'undetermined',
  group: { ...example().group, name: long.slice(0, 255) },
  actor: { ...operator, userAgent: long },
  authorize: [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: long }] }],
});

it.each([
  ['a drift', example()],
  ['a restoration', restoration],
  ['an attempt', attempt],
  ['a finding with only the required values', bare],
  ['a finding about many rules', large(900)],
  ['a finding with long texts', longTexts],
  ['a finding about forty controls', example({ controls: Array.from({ length: 40 }, (_, i) => ({ standard: 'S', id: `${i}` })) })],
])('the ASFF record of %s has the fields, types and lengths that Security Hub accepts', (_, finding) => {
  expect(format.safeParse(asffFor(finding, origin, now)).error).toBeUndefined();
});

it('`asffFor` recommends the AWS console if the command is too long for Security Hub', () => {
  expect(asffFor(longTexts, origin, now).Remediation?.Recommendation.Text).toBe('Open the security group in the AWS console');
});

const { Id } = asffFor(example(), origin, now);
const settled = { Id, Compliance: { Status: 'PASSED' }, RecordState: 'ARCHIVED' };
const apart = { Id: 'portcullis/eu-west-1/event-1:sg-1', Compliance: undefined, RecordState: 'ACTIVE' };

it.each([
  ['a restoration does', restoration, settled],
  ['a harmless change of a group at its baseline does', example({ kind: 'change', severity: 'info', atBaseline: true }), settled],
  ['an attempt does not', attempt, apart],
  ['an undetermined finding does not', example({ kind: 'undetermined', atBaseline: null }), apart],
  ['an incomplete restoration does not', example({ kind: 'restoration', atBaseline: false }), apart],
  ['a severe change, such as a wider prefix list, does not', example({ kind: 'change', severity: 'high', atBaseline: true }), apart],
])('`asffFor` archives the record of an earlier drift only for a finding that closes the drift: %s', (_, finding, record) => {
  const { Id: id, Compliance, RecordState } = asffFor(finding, origin, now);

  expect({ Id: id, Compliance, RecordState }).toEqual(record);
  expect(findingClosesDrift(finding)).toBe(record === settled);
});

it.each([
  ['cn-north-1', 'aws-cn', { Partition: 'aws-cn' }],
  // Security Hub does not accept `aws-eusc` as a partition.
  ['eusc-de-east-1', 'aws-eusc', {}],
])('`asffFor` writes the account as the resource of a finding without a group, in the region %s', (region, partition, Partition) => {
  expect(asffFor(bare, { ...origin, region }, now)).toMatchObject({
    ProductArn: `arn:${partition}:securityhub:${region}:111122223333:product/111122223333/default`,
    CreatedAt: '2026-11-23T10:00:09.000Z',
    Title: 'Security group unknown: undetermined',
  });
  expect(asffFor(bare, { ...origin, region }, now).Resources).toEqual([
    { Type: 'AwsAccount', Id: 'AWS::::Account:111122223333', Region: region, ...Partition },
  ]);
});

it('`asffFor` writes tampering with the type "Defense Evasion"', () => {
  const Title = 'Portcullis itself: tampering';

  expect(asffFor({ ...bare, kind: 'tampering' }, origin, now)).toMatchObject({ Title, Types: ['TTPs/Defense Evasion'] });
});

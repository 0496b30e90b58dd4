import * as z from 'zod';
import { asffFor, settles } from './asff.js';
import { bare, example, large } from './testing/example.js';

const origin = { accountId: '111122223333', region: 'eu-west-1' };
const now = new Date('2026-11-23T10:00:09Z');

it('a drift is one failed check of one group, with what to do about it', () => {
  expect(asffFor(example(), origin, now)).toEqual({
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
      'portcullis/outlook': 'the remediator restores it once AWS Config has recorded the change, within minutes as a rule',
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
    Compliance: { Status: 'FAILED' },
    RecordState: 'ACTIVE',
  });
});

describe('the format', () => {
  // The part of it that is used. Sources: Security Hub API reference, AwsSecurityFinding, Resource, Recommendation, Compliance: types,
  // required fields, enumerations, `Pattern: .*\\S.*` of texts and timestamps; partner guide, "Guidelines for mapping findings", for lengths.
  const text = (max: number) => z.string().regex(/\S/).max(max);
  const time = z.iso.datetime();
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
    Severity: z.strictObject({
      Label: z.enum(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
      Original: text(64),
    }),
    Title: text(256),
    Description: text(1024),
    Remediation: z.strictObject({ Recommendation: z.strictObject({ Text: text(512), Url: z.url() }) }).optional(),
    ProductFields: z.record(text(128), text(2048)).refine((fields) => Object.keys(fields).length <= 50),
    Resources: z
      .array(
        z.strictObject({
          Type: text(256),
          Id: text(512),
          Partition: z.enum(['aws', 'aws-cn', 'aws-us-gov']).optional(),
          Region: text(16),
          Details: z
            .strictObject({
              AwsEc2SecurityGroup: z.strictObject({
                GroupId: text(256),
                GroupName: text(256).optional(),
                VpcId: text(256).optional(),
              }),
            })
            .optional(),
        }),
      )
      .min(1)
      .max(32),
    Compliance: z.strictObject({ Status: z.enum(['PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE']) }).optional(),
    RecordState: z.enum(['ACTIVE', 'ARCHIVED']),
  });

  it.each([
    ['a drift', example()],
    ['a restoration', example({ kind: 'restoration', atBaseline: true })],
    ['an attempt', example({ kind: 'attempt', atBaseline: null })],
    ['a finding of which nothing is known', bare],
    ['a finding about many rules', large(900)],
  ])('is that of Security Hub: %s', (_, finding) => {
    expect(format.safeParse(asffFor(finding, origin, now)).error).toBeUndefined();
  });
});

describe('the record that a drift opened', () => {
  const { Id } = asffFor(example(), origin, now);

  it.each([
    ['a restoration', example({ kind: 'restoration', atBaseline: true, id: 'state-7:sg-1' })],
    [
      'a change after which the group is at its baseline',
      example({ kind: 'change', severity: 'info', atBaseline: true, access: { gained: [], lost: [] } }),
    ],
  ])('is archived by %s', (_, finding) => {
    expect(settles(finding)).toBe(true);
    expect(asffFor(finding, origin, now)).toMatchObject({
      Id,
      Compliance: { Status: 'PASSED' },
      RecordState: 'ARCHIVED',
    });
  });

  it.each([
    ['an attempt', example({ kind: 'attempt', atBaseline: null })],
    ['what is undetermined', example({ kind: 'undetermined', atBaseline: null })],
    ['a restoration that is under way', example({ kind: 'restoration', atBaseline: false })],
    ['a list that lets in more, or tags that are gone', example({ kind: 'change', severity: 'high', atBaseline: true })],
  ])('is not touched by %s', (_, finding) => {
    expect(settles(finding)).toBe(false);
    expect(asffFor(finding, origin, now)).toMatchObject({
      Id: 'portcullis/eu-west-1/event-1:sg-1',
      RecordState: 'ACTIVE',
    });
    expect(asffFor(finding, origin, now)).not.toHaveProperty('Compliance');
  });
});

it('a finding of no known group is about the account', () => {
  expect(asffFor(bare, { ...origin, region: 'cn-north-1' }, now)).toMatchObject({
    ProductArn: 'arn:aws-cn:securityhub:cn-north-1:111122223333:product/111122223333/default',
    CreatedAt: '2026-11-23T10:00:09.000Z',
    Title: 'Security group not known: undetermined',
    Resources: [{ Type: 'AwsAccount', Id: 'AWS::::Account:111122223333', Partition: 'aws-cn', Region: 'cn-north-1' }],
  });
});

it('leaves out the partition of a resource in aws-eusc, a name that Security Hub does not accept', () => {
  const { ProductArn, Resources } = asffFor(bare, { ...origin, region: 'eusc-de-east-1' }, now);

  expect(ProductArn).toBe('arn:aws-eusc:securityhub:eusc-de-east-1:111122223333:product/111122223333/default');
  expect(Resources).toEqual([{ Type: 'AwsAccount', Id: 'AWS::::Account:111122223333', Region: 'eusc-de-east-1' }]);
});

it('no text is longer than Security Hub takes', () => {
  const long = 'word '.repeat(2_000);
  const { actor, group } = example();
  const finding = example({
    id: long,
    summary: long,
    kind: 'undetermined',
    group: { ...group, name: long },
    actor: actor && { ...actor, userAgent: long },
    authorize: [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: long }] }],
  });
  const { Id, Title, Description, Remediation, ProductFields } = asffFor(finding, origin, now);

  expect([Id.length <= 512, Title.length <= 256, Description.length <= 1024]).toEqual([true, true, true]);
  expect(Remediation?.Recommendation.Text).toBe('See the security group in the AWS console');
  expect(Math.max(...Object.values(ProductFields).map((text) => text.length))).toBeLessThanOrEqual(2048);
});

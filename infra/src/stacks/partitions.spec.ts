import { baselineOf, synthesisedStacks } from '../testing/synthesised.js';

const partition = '${data.aws_partition.partition.partition}';

describe.each([
  ['eu-west-1', 'aws', 'logs.eu-west-1.amazonaws.com'],
  ['eusc-de-east-1', 'aws-eusc', 'logs.eusc-de-east-1.amazonaws.com'],
  ['us-gov-west-1', 'aws-us-gov', 'logs.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'aws-cn', 'logs.cn-north-1.amazonaws.com.cn'],
])('in %s', (region, name, logs) => {
  const arn = (rest: string): string => `arn:${name}:${rest}`;
  const stacks = synthesisedStacks(
    {
      regions: [region],
      accountId: '111122223333',
      kmsKey: 'create',
      wake: true,
      permissionsBoundary: arn('iam::111122223333:policy/boundary'),
      deployers: [arn('iam::111122223333:role/deployer')],
      alarms: { actions: [arn(`sns:${region}:111122223333:alarms`)] },
      sinks: {
        sns: {
          topicArn: arn(`sns:${region}:111122223333:alarms`),
          kmsKeyArn: arn(`kms:${region}:111122223333:key/1234abcd`),
        },
        eventBus: { arn: arn(`events:${region}:111122223333:event-bus/security`) },
        securityHub: {},
      },
      organization: { id: 'o-exampleorgid', members: ['444455556666'] },
    },
    [baselineOf('web', ['sg-00000001'], { egress: [] })],
  );
  const [central, member] = stacks;
  if (central === undefined || member === undefined) throw new Error('a central stack and a member were expected');

  it('every ARN in the stacks names the partition of the region', () => {
    const partitions = stacks.flatMap(({ text }) => [...text.matchAll(/\barn:([^:]+):/g)].map(([, found]) => found));

    expect(new Set(partitions)).toEqual(new Set([name, partition]));
  });

  it("the role that deploys a member account is a role of the region's partition", () => {
    expect(member.provider.assume_role).toEqual([{ role_arn: arn('iam::444455556666:role/OrganizationAccountAccessRole') }]);
  });

  it("the KMS key allows the service principal that CloudWatch Logs has in the region's partition", () => {
    const [statement] = central.statements('aws_kms_key', 'key_key').filter(({ Sid }) => Sid === 'Logs');

    expect(statement?.Principal).toEqual({ Service: logs });
  });

  it('except CloudWatch Logs, every service principal is the same in every partition', () => {
    const principals = stacks.flatMap(({ text }) =>
      [...text.matchAll(/"(?:Service\\":\s*\\"|principal": ")([^"\\]+)/g)].map(([, found]) => found),
    );

    expect(new Set(principals)).toEqual(
      new Set(['cloudtrail.amazonaws.com', 'config.amazonaws.com', 'events.amazonaws.com', 'lambda.amazonaws.com', logs]),
    );
  });

  it('a policy allows the use of a KMS key through a service, with any domain of the service endpoint', () => {
    const services = stacks.flatMap(({ text }) => [...text.matchAll(/ViaService\\":\s*\\"([^"\\]+)/g)].map(([, found]) => found));

    expect(new Set(services)).toEqual(new Set(['s3', 'sns', 'sqs'].map((service) => `${service}.${region}.amazonaws.*`)));
  });
});

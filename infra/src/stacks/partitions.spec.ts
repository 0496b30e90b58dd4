/** One region of every partition, in an organization with a key of its own: nothing in what is synthesised belongs to another partition. */
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

  it('every ARN is of that partition', () => {
    const partitions = stacks.flatMap(({ text }) => [...text.matchAll(/\barn:([^:]+):/g)].map(([, found]) => found));

    expect(new Set(partitions)).toEqual(new Set([name, partition]));
  });

  it('the deployment role of a member is of that partition', () => {
    expect(member.provider.assume_role).toEqual([{ role_arn: arn('iam::444455556666:role/OrganizationAccountAccessRole') }]);
  });

  it('the key lets CloudWatch Logs use it by the principal that it has there', () => {
    const [statement] = central.statements('aws_kms_key', 'key_key').filter(({ Sid }) => Sid === 'Logs');

    expect(statement?.Principal).toEqual({ Service: logs });
  });

  it('every other service has the principal that it has everywhere', () => {
    const principals = stacks.flatMap(({ text }) =>
      [...text.matchAll(/"(?:Service\\":\s*\\"|principal": ")([^"\\]+)/g)].map(([, found]) => found),
    );

    expect(new Set(principals)).toEqual(
      new Set(['cloudtrail.amazonaws.com', 'config.amazonaws.com', 'events.amazonaws.com', 'lambda.amazonaws.com', logs]),
    );
  });

  it('a key may be used through a service, whatever the domain of its endpoints', () => {
    const services = stacks.flatMap(({ text }) => [...text.matchAll(/ViaService\\":\s*\\"([^"\\]+)/g)].map(([, found]) => found));

    expect(new Set(services)).toEqual(new Set(['s3', 'sns', 'sqs'].map((service) => `${service}.${region}.amazonaws.*`)));
  });
});

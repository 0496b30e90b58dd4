/** Many accounts, guarded from one. */
import { guardCallPattern } from '@portcullis/cloudtrail';
import { baselineOf, synthesised, synthesisedStacks } from '../testing/synthesised.js';

const settings = {
  accountId: '111122223333',
  organization: { id: 'o-exampleorgid', members: ['444455556666'], excludedAccounts: ['777788889999'] },
  schedule: 'TwentyFour_Hours',
};
const baselines = [baselineOf('web', ['sg-00000001'], { egress: [] })];
const [central, member, organization, ...others] = synthesisedStacks(settings, baselines);
if (central === undefined || member === undefined || organization === undefined) throw new Error('three stacks were expected');
const partition = '${data.aws_partition.partition.partition}';

it('synthesises a stack for the account that guards, one for each member, and one for the rule of the organization', () => {
  expect(others).toEqual([]);
  expect([central, member, organization].map(({ terraform }) => terraform.backend)).toEqual([
    { local: { path: '../../../terraform.portcullis-eu-west-1.tfstate' } },
    { local: { path: '../../../terraform.portcullis-444455556666-eu-west-1.tfstate' } },
    { local: { path: '../../../terraform.portcullis-organization-eu-west-1.tfstate' } },
  ]);
});

it('deploys the bus before the members that forward to it, and the recorders of all accounts before the rule that needs them', () => {
  const stacks = synthesisedStacks(
    {
      regions: ['eu-west-1', 'us-east-1'],
      accountId: '111122223333',
      organization: { id: 'o-exampleorgid', members: ['444455556666', '777788889999'] },
    },
    baselines,
  );

  expect(stacks.map(({ name, dependencies }) => [name, dependencies])).toEqual(
    ['eu-west-1', 'us-east-1'].flatMap((region) => {
      const first = `portcullis-${region}`;
      const members = [`portcullis-444455556666-${region}`, `portcullis-777788889999-${region}`];
      return [[first, []], ...members.map((each) => [each, [first]]), [`portcullis-organization-${region}`, [first, ...members]]];
    }),
  );
});

it('gives each stack a state of its own, also where the settings name the key', () => {
  const stacks = synthesisedStacks(
    { ...settings, state: { bucket: 'states', region: 'eu-west-1', key: '{account}/{region}.tfstate' } },
    baselines,
  );

  expect(stacks.map(({ terraform }) => (terraform.backend as { s3: { key: string } }).s3.key)).toEqual([
    '111122223333/eu-west-1.tfstate',
    '444455556666/eu-west-1.tfstate',
    'organization/eu-west-1.tfstate',
  ]);
});

describe('the rule of the organization', () => {
  it('is in every account but those that are excluded, and calls the function of the account that guards', () => {
    expect([central, member].map((stack) => stack.counts())).toEqual([
      expect.not.objectContaining({ aws_config_config_rule: 1, aws_config_organization_custom_rule: 1 }),
      expect.not.objectContaining({ aws_config_config_rule: 1, aws_config_organization_custom_rule: 1 }),
    ]);
    expect(organization.counts()).toEqual({ aws_config_organization_custom_rule: 1 });
    expect(organization.only('aws_config_organization_custom_rule')).toMatchObject({
      name: 'portcullis-security-groups',
      lambda_function_arn: `arn:${partition}:lambda:eu-west-1:111122223333:function:${String(
        central.resource('aws_lambda_function', 'config-remediator_function').function_name,
      )}`,
      trigger_types: ['ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification', 'ScheduledNotification'],
      maximum_execution_frequency: 'TwentyFour_Hours',
      resource_types_scope: ['AWS::EC2::SecurityGroup'],
      resource_id_scope: 'sg-00000001',
      excluded_accounts: ['777788889999'],
    });
  });

  it('evaluates every group once a day if a permit ends', () => {
    const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '198.51.100.0/24' }] };
    const [, , ending] = synthesisedStacks({ ...settings, schedule: undefined }, [
      baselineOf('web', ['sg-00000001'], { permit: [{ permission, until: '2027-01-31' }] }),
    ]);

    expect(ending?.only('aws_config_organization_custom_rule')).toMatchObject({
      trigger_types: expect.arrayContaining(['ScheduledNotification']) as unknown,
      maximum_execution_frequency: 'TwentyFour_Hours',
    });
  });

  it('is waited for long enough for an organization of hundreds of accounts', () => {
    expect(organization.only('aws_config_organization_custom_rule').timeouts).toEqual({
      create: '60m',
      update: '60m',
      delete: '60m',
    });
  });

  it('is made in the account that guards, by whoever runs Terraform', () => {
    expect(organization.provider).toMatchObject({ allowed_account_ids: ['111122223333'] });
    expect(organization.provider).not.toHaveProperty('assume_role');
  });
});

describe('the account that guards', () => {
  it('lets AWS Config of every account call, and itself reach the roles of its own organization only', () => {
    expect(central.resource('aws_lambda_permission', 'config_permission')).not.toHaveProperty('source_account');
    for (const [guard, role] of [
      ['config-remediator', 'remediator'],
      ['cloudtrail-detector', 'detector'],
    ] as const) {
      expect(central.statements('aws_iam_role_policy', `${guard}_policy`).filter(({ Sid }) => Sid === 'AssumeMemberRole')).toEqual([
        {
          Sid: 'AssumeMemberRole',
          Effect: 'Allow',
          Action: ['sts:AssumeRole'],
          Resource: [`arn:${partition}:iam::*:role/portcullis-member-${role}-eu-west-1`],
          Condition: { StringEquals: { 'aws:ResourceOrgID': 'o-exampleorgid' } },
        },
      ]);
    }
  });

  it('tells the functions which role to assume, in the account that an event names', () => {
    const variablesOf = (guard: string): unknown =>
      (central.resource('aws_lambda_function', `${guard}_function`).environment as { variables: unknown }).variables;
    const role = (name: string): string => `arn:${partition}:iam::{account}:role/portcullis-member-${name}-eu-west-1`;
    const CENTRAL_ACCOUNT_ID = '${data.aws_caller_identity.account.account_id}';

    expect(variablesOf('config-remediator')).toMatchObject({ CENTRAL_ACCOUNT_ID, MEMBER_ROLE_ARN: role('remediator') });
    expect(variablesOf('cloudtrail-detector')).toMatchObject({
      CENTRAL_ACCOUNT_ID,
      MEMBER_ROLE_ARN: role('detector'),
      REMEDIATOR_MEMBER_ROLE_ARN: role('remediator'),
    });
  });

  it('has a bus that the accounts of the organization alone can put events on, and hears of them', () => {
    expect(central.statements('aws_cloudwatch_event_bus_policy', 'members_policy')).toEqual([
      {
        Sid: 'MembersForward',
        Effect: 'Allow',
        Principal: '*',
        Action: ['events:PutEvents'],
        Resource: ['${aws_cloudwatch_event_bus.members_bus.arn}'],
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } },
      },
    ]);
    for (const id of ['members', 'member-guard']) {
      const eventBusName = '${aws_cloudwatch_event_bus.members_bus.name}';
      expect(central.resource('aws_cloudwatch_event_rule', `cloudtrail_${id}-rule`).event_bus_name).toBe(eventBusName);
      expect(central.resource('aws_cloudwatch_event_target', `cloudtrail_${id}-target`)).toMatchObject({
        event_bus_name: eventBusName,
        arn: '${aws_lambda_function.cloudtrail-detector_function.arn}',
      });
    }
    expect(central.resource('aws_cloudwatch_event_rule', 'cloudtrail_members-rule').event_pattern).toBe(
      central.resource('aws_cloudwatch_event_rule', 'cloudtrail_rule').event_pattern,
    );
  });
});

describe('a member', () => {
  it('runs nothing', () => {
    expect(member.resources('aws_lambda_function')).toEqual([]);
  });

  it('is deployed by a role in it, and into no other account', () => {
    expect(member.provider).toMatchObject({
      allowed_account_ids: ['444455556666'],
      assume_role: [{ role_arn: 'arn:aws:iam::444455556666:role/OrganizationAccountAccessRole' }],
    });
  });

  it.each([
    [
      'config-remediator',
      'remediator',
      ['ReadSecurityGroups', 'ReadPrefixLists', 'RestoreIngressAndEgress', 'ReplaceRules', 'PutEvaluations'],
    ],
    ['cloudtrail-detector', 'detector', ['ReadSecurityGroups', 'ReadPrefixLists', 'NeverWriteToEc2']],
  ])('has a role for the %s, which that one function of the central account may assume', (guard, name, sids) => {
    expect(member.resource('aws_iam_role', `${guard}_role`).name).toBe(`portcullis-member-${name}-eu-west-1`);
    expect(member.statements('aws_iam_role', `${guard}_role`, 'assume_role_policy')).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: `arn:${partition}:iam::111122223333:root` },
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': `arn:${partition}:iam::111122223333:role/portcullis-${guard}-eu-west-1` },
        },
      },
    ]);
    expect(member.statements('aws_iam_role_policy', `${guard}_policy`).map(({ Sid }) => Sid)).toEqual(sids);
  });

  it('forwards the calls on guarded groups and on what it lives on to the central account, and keeps what it could not', () => {
    for (const id of ['', 'guard-', 'guard-rule-', 'guard-resource-'])
      expect(member.resource('aws_cloudwatch_event_target', `cloudtrail_${id}target`)).toMatchObject({
        arn: `arn:${partition}:events:eu-west-1:111122223333:event-bus/portcullis-members`,
        role_arn: '${aws_iam_role.cloudtrail_forwarder.arn}',
        dead_letter_config: { arn: '${aws_sqs_queue.cloudtrail_undelivered.arn}' },
      });
    expect(member.statements('aws_iam_role_policy', 'cloudtrail_forwarder-policy')).toEqual([
      {
        Sid: 'PutFindings',
        Effect: 'Allow',
        Action: ['events:PutEvents'],
        Resource: [`arn:${partition}:events:eu-west-1:111122223333:event-bus/portcullis-members`],
      },
    ]);
  });

  it('may restore nothing where the deployment is in report mode', () => {
    const [, reporting] = synthesisedStacks({ ...settings, mode: 'report' }, baselines);

    expect(reporting?.statements('aws_iam_role_policy', 'config-remediator_policy').map(({ Sid }) => Sid)).toEqual([
      'ReadSecurityGroups',
      'ReadPrefixLists',
      'PutEvaluations',
    ]);
  });
});

describe('the guard guards itself', () => {
  const stack = synthesised();
  const patternOf = (id: string): unknown =>
    JSON.parse(String(stack.resource('aws_cloudwatch_event_rule', `cloudtrail_${id}`).event_pattern));

  const watchedRules = (id: string): unknown =>
    /"name":\[("[^\]]*")\]/
      .exec(JSON.stringify(patternOf(id)))?.[1]
      ?.replaceAll('"', '')
      .split(',');

  it('by rules on the calls that stop or change it, each of which is watched by another', () => {
    expect(patternOf('guard-resource-rule')).toEqual(
      guardCallPattern({ name: 'portcullis' }, { services: ['iam', 's3', 'sqs', 'monitoring'] }),
    );
    expect(watchedRules('guard-rule')).toEqual(['portcullis-guard-rule-calls']);
    expect(watchedRules('guard-rule-rule')).toEqual([
      'portcullis-security-group-calls',
      'portcullis-guard-calls',
      'portcullis-guard-resource-calls',
      'portcullis-guard-function-calls',
    ]);
  });

  it('and the detector knows its name, and who deploys it', () => {
    const variablesOf = (more: object): unknown =>
      (
        synthesised({ ...more }).resource('aws_lambda_function', 'cloudtrail-detector_function').environment as {
          variables: unknown;
        }
      ).variables;
    const deployers = ['arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/b'];

    expect(variablesOf({ deployers })).toMatchObject({
      GUARD_NAME: 'portcullis',
      DEPLOYER_ROLE_ARNS: deployers.join(','),
    });
    expect(variablesOf({})).not.toHaveProperty('DEPLOYER_ROLE_ARNS');
    expect(variablesOf({ kmsKey: 'create' })).toMatchObject({ GUARD_KMS_KEY_ARN: '${aws_kms_key.key_key.arn}' });
    expect(variablesOf({})).not.toHaveProperty('GUARD_KMS_KEY_ARN');
  });
});

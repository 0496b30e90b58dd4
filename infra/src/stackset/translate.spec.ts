import { translateToCloudFormation } from './translate.js';

const role = { name: 'guard', assume_role_policy: '{}' };
const propertiesOf = (more: object): unknown =>
  translateToCloudFormation({ resource: { aws_iam_role: { guard: { ...role, ...more } } } }).Guard?.Properties;

it.each<[string, object, string]>([
  ['an unknown resource type', { aws_sns_topic: { alarms: {} } }, '`aws_sns_topic.alarms` has an unknown type'],
  ['an unknown attribute', { aws_iam_role: { guard: { ...role, path: '/x/' } } }, '`aws_iam_role.guard` has the unknown attribute `path`'],
  [
    'an unknown attribute of a block',
    { aws_config_configuration_recorder: { all: { recording_group: [{ include_global_resource_types: true }] } } },
    '`aws_config_configuration_recorder.all recording_group` has the unknown attribute `include_global_resource_types`',
  ],
  [
    'an attribute value that has no CloudFormation property',
    { aws_s3_bucket: { log: { bucket: 'log', force_destroy: false } } },
    '`aws_s3_bucket.log force_destroy` has an unknown value, expected true',
  ],
  [
    'several blocks where CloudFormation allows one',
    { aws_config_configuration_recorder: { all: { recording_group: [{}, {}] } } },
    '`aws_config_configuration_recorder.all recording_group` has several blocks, expected one',
  ],
  ['an unknown reference', { aws_iam_role: { guard: { name: '${aws_iam_role.guard.id}' } } }, '`aws_iam_role.guard.id`'],
  [
    'a reference to a missing resource',
    { aws_iam_role: { guard: { name: '${aws_iam_role.other.arn}' } } },
    'refers to `aws_iam_role.other`',
  ],
  [
    'a reference in the key of a mapping',
    { aws_iam_role: { guard: { assume_role_policy: '{"${aws_iam_role.guard.arn}": 1}' } } },
    'has the reference `aws_iam_role.guard.arn` in a key',
  ],
  [
    'two resources that would have the same logical id',
    { aws_iam_role: { a_b: role, 'a-b': role } },
    'two resources would have the logical id `AB`',
  ],
  [
    'a part that would replace a property',
    {
      aws_s3_bucket: { log: { bucket: 'log' } },
      aws_s3_bucket_versioning: Object.fromEntries(
        ['a', 'b'].map((name) => [name, { bucket: '${aws_s3_bucket.log.id}', versioning_configuration: { status: 'Enabled' } }]),
      ),
    },
    '`aws_s3_bucket_versioning.b` would replace the property `VersioningConfiguration`',
  ],
])('`translateToCloudFormation` refuses %s', (_, resource, message) => {
  expect(() => translateToCloudFormation({ resource: resource as never })).toThrow(message);
});

it.each<[string, unknown]>([
  ['plain', 'plain'],
  ['$${aws:username} and %%{if}', '${aws:username} and %{if}'],
  ['${data.aws_partition.partition.partition}', { Ref: 'AWS::Partition' }],
  ['${aws_iam_role.guard.arn}', { 'Fn::GetAtt': ['Guard', 'Arn'] }],
  ['${aws_iam_role.guard.arn}/$${x}/%%{y}', { 'Fn::Sub': '${Guard.Arn}/${!x}/%{y}' }],
  [
    'arn:${data.aws_partition.partition.partition}:${data.aws_caller_identity.account.account_id}',
    { 'Fn::Sub': 'arn:${AWS::Partition}:${AWS::AccountId}' },
  ],
])('`translateToCloudFormation` translates the text %j', (text, expected) => {
  expect(propertiesOf({ description: text })).toMatchObject({ Description: expected });
  expect(propertiesOf({ assume_role_policy: JSON.stringify({ Resource: [text] }) })).toMatchObject({
    AssumeRolePolicyDocument: { Resource: [expected] },
  });
});

it('the CloudFormation template has the dependencies of the Terraform stack, except those that a reference already implies', () => {
  const bucket = '${aws_s3_bucket.log.id}';
  const resources = translateToCloudFormation({
    resource: {
      aws_s3_bucket: { log: { bucket: 'log' } },
      aws_s3_bucket_policy: { log_policy: { bucket, policy: '{}', depends_on: ['aws_s3_bucket.log'] } },
      aws_cloudtrail: { trail: { s3_bucket_name: bucket, depends_on: ['aws_s3_bucket_policy.log_policy'] } },
    },
  });

  expect(Object.entries(resources).map(([id, { DependsOn }]) => [id, DependsOn])).toEqual([
    ['Log', undefined],
    ['LogPolicy', undefined],
    ['Trail', ['LogPolicy']],
  ]);
});

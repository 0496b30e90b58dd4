import { eventPattern } from '@portcullis/cloudtrail';
import { baselineOf, synthesised } from '../testing/synthesised.js';
import type { Resource, Template } from '../testing/template.js';

const account = '${data.aws_caller_identity.account.account_id}';
const partition = '${data.aws_partition.partition.partition}';
const anyGroup = `arn:${partition}:ec2:eu-west-1:${account}:security-group/*`;

describe('the stack as the settings leave it', () => {
  let stack: Template;
  beforeAll(() => {
    stack = synthesised();
  });

  it('holds exactly these resources', () => {
    expect(stack.counts()).toEqual({
      aws_cloudtrail: 1,
      aws_cloudwatch_dashboard: 1,
      aws_cloudwatch_event_rule: 5,
      aws_cloudwatch_event_target: 5,
      aws_cloudwatch_log_group: 2,
      aws_cloudwatch_metric_alarm: 12,
      aws_config_config_rule: 1,
      aws_config_configuration_recorder: 1,
      aws_config_configuration_recorder_status: 1,
      aws_config_delivery_channel: 1,
      aws_iam_role: 3,
      aws_iam_role_policy: 3,
      aws_lambda_function: 2,
      aws_lambda_function_event_invoke_config: 2,
      aws_lambda_permission: 6,
      aws_s3_bucket: 2,
      aws_s3_bucket_lifecycle_configuration: 2,
      aws_s3_bucket_policy: 2,
      aws_s3_bucket_public_access_block: 2,
      aws_s3_bucket_server_side_encryption_configuration: 2,
      aws_s3_bucket_versioning: 2,
      aws_sqs_queue: 3,
      aws_sqs_queue_policy: 1,
    });
  });

  it('names resources after the code that makes them, without a hash', () => {
    expect(stack.resources('aws_lambda_function').map(({ address }) => address)).toEqual([
      'aws_lambda_function.cloudtrail-detector_function',
      'aws_lambda_function.config-remediator_function',
    ]);
  });

  it('refers to what Terraform knows by plain references only, so that it can be read without Terraform', () => {
    const expressions = stack.text.match(/[$%]\{[^}]*\}/g) ?? [];

    expect(expressions.length).toBeGreaterThan(40);
    expect(expressions.filter((text) => !/^\$\{(?:data\.)?aws_[a-z0-9_]+\.[\w-]+\.[a-z_]+\}$/.test(text))).toEqual([]);
  });

  it('is the same text every time', () => {
    expect(synthesised().text).toBe(stack.text);
  });

  it('says nothing of the machine it was synthesised on', () => {
    expect(stack.text).not.toContain(process.cwd());
    expect(stack.terraform).toMatchObject({
      backend: { local: { path: '../../../terraform.portcullis-eu-west-1.tfstate' } },
    });
  });

  describe.each([
    ['config-remediator', { REPORT_RESTORED: 'COMPLIANT' }],
    ['cloudtrail-detector', { REMEDIATOR_ROLE_ARN: '${aws_iam_role.config-remediator_role.arn}' }],
  ])('the function %s', (guard, environment) => {
    it('runs its bundle as the settings say', () => {
      expect(stack.resource('aws_lambda_function', `${guard}_function`)).toMatchObject({
        function_name: `portcullis-${guard}`,
        role: `\${aws_iam_role.${guard}_role.arn}`,
        runtime: 'nodejs24.x',
        architectures: ['arm64'],
        handler: 'main.handler',
        memory_size: 256,
        environment: {
          variables: {
            POWERTOOLS_LOG_LEVEL: 'INFO',
            POWERTOOLS_METRICS_NAMESPACE: 'Portcullis',
            POWERTOOLS_SERVICE_NAME: guard,
            // Events of any other account are dropped.
            CENTRAL_ACCOUNT_ID: '${data.aws_caller_identity.account.account_id}',
            ...environment,
          },
        },
      });
    });

    it('is deployed anew only when its package has changed: the hash is of the zip', () => {
      const { filename, source_code_hash: hash } = stack.resource('aws_lambda_function', `${guard}_function`);

      expect(filename).toMatch(new RegExp(`^assets/${guard}_package/[0-9A-F]+/[a-z]+\\.zip$`));
      expect(hash).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    });

    it('writes to a log group that is there before it and is not kept for ever', () => {
      expect(stack.resource('aws_cloudwatch_log_group', `${guard}_logs`)).toMatchObject({
        name: `/aws/lambda/portcullis-${guard}`,
        retention_in_days: 90,
      });
      expect(stack.resource('aws_lambda_function', `${guard}_function`).depends_on).toContain(`aws_cloudwatch_log_group.${guard}_logs`);
    });

    it('hands the events it failed on to its queue, by a destination and not by a dead-letter configuration', () => {
      expect(stack.resource('aws_lambda_function_event_invoke_config', `${guard}_failed-invocations`)).toMatchObject({
        maximum_retry_attempts: 2,
        destination_config: { on_failure: { destination: `\${aws_sqs_queue.${guard}_failures.arn}` } },
        depends_on: [`aws_iam_role_policy.${guard}_policy`],
      });
      expect(stack.resource('aws_lambda_function', `${guard}_function`)).not.toHaveProperty('dead_letter_config');
    });

    it('may log to its own log group and send to its own queue, and nowhere else', () => {
      const statements = stack.statements('aws_iam_role_policy', `${guard}_policy`);

      expect(statements).toContainEqual({
        Sid: 'WriteLogs',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: [`\${aws_cloudwatch_log_group.${guard}_logs.arn}:*`],
      });
      expect(statements).toContainEqual({
        Sid: 'SendFailures',
        Effect: 'Allow',
        Action: ['sqs:SendMessage'],
        Resource: [`\${aws_sqs_queue.${guard}_failures.arn}`],
      });
    });

    it('is assumed by Lambda, by nobody else and without a condition Lambda cannot meet', () => {
      expect(stack.statements('aws_iam_role', `${guard}_role`, 'assume_role_policy')).toEqual([
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
    });
  });

  it('gives the remediator exactly these permissions beside its log and its queue', () => {
    const statements = stack.statements('aws_iam_role_policy', 'config-remediator_policy').slice(0, -2);

    expect(statements).toEqual([
      {
        Sid: 'ReadSecurityGroups',
        Effect: 'Allow',
        Action: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'],
        Resource: ['*'],
      },
      {
        Sid: 'ReadPrefixLists',
        Effect: 'Allow',
        Action: ['ec2:GetManagedPrefixListEntries'],
        Resource: [`arn:${partition}:ec2:eu-west-1:*:prefix-list/*`],
      },
      {
        Sid: 'RestoreIngress',
        Effect: 'Allow',
        Action: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules', 'ec2:RevokeSecurityGroupIngress'],
        Resource: [anyGroup],
        Condition: { StringEquals: { 'ec2:SecurityGroupID': ['sg-00000001'] } },
      },
      {
        // Of no use without the statement on the group: a call needs both. No statement lets a call set a prefix list.
        Sid: 'ReplaceRules',
        Effect: 'Allow',
        Action: ['ec2:ModifySecurityGroupRules'],
        Resource: [`arn:${partition}:ec2:eu-west-1:${account}:security-group-rule/*`],
      },
      { Sid: 'PutEvaluations', Effect: 'Allow', Action: ['config:PutEvaluations'], Resource: ['*'] },
    ]);
  });

  it('lets the detector read security groups, and denies it every write', () => {
    const [read, lists, deny, ...own] = stack.statements('aws_iam_role_policy', 'cloudtrail-detector_policy');

    expect(read).toMatchObject({
      Effect: 'Allow',
      Action: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'],
    });
    expect(lists).toMatchObject({
      Effect: 'Allow',
      Action: ['ec2:GetManagedPrefixListEntries'],
      Resource: [expect.stringMatching(/:ec2:eu-west-1:\*:prefix-list\/\*$/) as string],
    });
    expect(deny).toMatchObject({ Effect: 'Deny', Resource: ['*'] });
    expect(own.map(({ Sid }) => Sid)).toEqual(['WriteLogs', 'SendFailures']);
  });

  it('allows something on every resource only where AWS authorizes it by no resource', () => {
    const wide = stack
      .resources('aws_iam_role_policy')
      .flatMap(
        ({ policy }) => (JSON.parse(String(policy)) as { Statement: { Effect: string; Resource: string[]; Sid: string }[] }).Statement,
      )
      .filter(({ Effect, Resource }) => Effect === 'Allow' && Resource.includes('*'));

    expect(wide.map(({ Sid }) => Sid)).toEqual(['ReadSecurityGroups', 'ReadSecurityGroups', 'PutEvaluations', 'RecordSecurityGroups']);
  });

  it('lets AWS Config invoke the remediator before the rule is made, on behalf of this account', () => {
    expect(stack.resource('aws_lambda_permission', 'config_permission')).toMatchObject({
      action: 'lambda:InvokeFunction',
      function_name: '${aws_lambda_function.config-remediator_function.function_name}',
      principal: 'config.amazonaws.com',
      source_account: account,
    });
    expect(stack.resource('aws_lambda_permission', 'config_permission')).not.toHaveProperty('source_arn');
    expect(stack.only('aws_config_config_rule').depends_on).toEqual([
      'aws_lambda_permission.config_permission',
      'aws_config_configuration_recorder_status.recorder_started',
    ]);
  });

  it('hears of changes of the one guarded group, however large its item', () => {
    expect(stack.only('aws_config_config_rule')).toMatchObject({
      name: 'portcullis-security-groups',
      scope: { compliance_resource_types: ['AWS::EC2::SecurityGroup'], compliance_resource_id: 'sg-00000001' },
      source: {
        owner: 'CUSTOM_LAMBDA',
        source_identifier: '${aws_lambda_function.config-remediator_function.arn}',
        source_detail: [
          { message_type: 'ConfigurationItemChangeNotification' },
          { message_type: 'OversizedConfigurationItemChangeNotification' },
        ],
      },
    });
  });

  it('hears of the API calls that could concern a guarded group', () => {
    expect(JSON.parse(String(stack.resource('aws_cloudwatch_event_rule', 'cloudtrail_rule').event_pattern))).toEqual(
      eventPattern(['sg-00000001']),
    );
  });

  it('lets the rule of EventBridge and nothing else invoke the detector, and names no account', () => {
    expect(stack.resource('aws_lambda_permission', 'cloudtrail_permission')).toMatchObject({
      function_name: '${aws_lambda_function.cloudtrail-detector_function.function_name}',
      principal: 'events.amazonaws.com',
      source_arn: '${aws_cloudwatch_event_rule.cloudtrail_rule.arn}',
    });
    expect(stack.resource('aws_lambda_permission', 'cloudtrail_permission')).not.toHaveProperty('source_account');
  });

  it('keeps the events EventBridge could not deliver', () => {
    expect(stack.resource('aws_cloudwatch_event_target', 'cloudtrail_target')).toMatchObject({
      rule: '${aws_cloudwatch_event_rule.cloudtrail_rule.name}',
      arn: '${aws_lambda_function.cloudtrail-detector_function.arn}',
      retry_policy: { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 },
      dead_letter_config: { arn: '${aws_sqs_queue.cloudtrail_undelivered.arn}' },
      depends_on: ['aws_lambda_permission.cloudtrail_permission', 'aws_sqs_queue_policy.cloudtrail_undelivered-policy'],
    });
    expect(stack.statements('aws_sqs_queue_policy', 'cloudtrail_undelivered-policy')).toEqual([
      {
        Sid: 'KeepUndeliveredEvents',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: ['sqs:SendMessage'],
        Resource: ['${aws_sqs_queue.cloudtrail_undelivered.arn}'],
        Condition: {
          ArnEquals: {
            'aws:SourceArn': ['rule', 'guard-rule', 'guard-rule-rule', 'guard-resource-rule', 'guard-function-rule'].map(
              (id) => `\${aws_cloudwatch_event_rule.cloudtrail_${id}.arn}`,
            ),
          },
        },
      },
    ]);
  });

  it('encrypts every queue', () => {
    expect(stack.resources('aws_sqs_queue').map((queue) => queue.sqs_managed_sse_enabled)).toEqual([true, true, true]);
  });

  it.each(['recorder', 'trail'])(
    'keeps the bucket of the %s private, encrypted, versioned, open to TLS only, forgetful in time, and removable',
    (owner) => {
      const bucket = `\${aws_s3_bucket.${owner}_log_bucket.id}`;
      const arn = `\${aws_s3_bucket.${owner}_log_bucket.arn}`;

      expect(stack.resource('aws_s3_bucket', `${owner}_log_bucket`)).toMatchObject({ force_destroy: true });
      expect(stack.resource('aws_s3_bucket_public_access_block', `${owner}_log_public-access`)).toMatchObject({
        bucket,
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
      expect(stack.resource('aws_s3_bucket_server_side_encryption_configuration', `${owner}_log_encryption`)).toMatchObject({
        bucket,
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
      });
      expect(stack.resource('aws_s3_bucket_versioning', `${owner}_log_versioning`)).toMatchObject({
        bucket,
        versioning_configuration: { status: 'Enabled' },
      });
      expect(stack.resource('aws_s3_bucket_lifecycle_configuration', `${owner}_log_lifecycle`)).toMatchObject({
        bucket,
        rule: [
          {
            status: 'Enabled',
            filter: [{ prefix: '' }],
            expiration: [{ days: 365 }],
            noncurrent_version_expiration: [{ noncurrent_days: 30 }],
            abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
          },
        ],
      });
      expect(stack.statements('aws_s3_bucket_policy', `${owner}_log_policy`)).toContainEqual({
        Sid: 'OverTlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: ['s3:*'],
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    },
  );

  it('starts a recorder of security groups, which delivers on behalf of this account', () => {
    expect(stack.only('aws_config_configuration_recorder')).toMatchObject({
      role_arn: '${aws_iam_role.recorder_role.arn}',
      recording_group: { all_supported: false, resource_types: ['AWS::EC2::SecurityGroup'] },
    });
    expect(stack.only('aws_config_delivery_channel')).toMatchObject({
      s3_bucket_name: '${aws_s3_bucket.recorder_log_bucket.id}',
      depends_on: ['aws_config_configuration_recorder.recorder_recorder', 'aws_s3_bucket_policy.recorder_log_policy'],
    });
    expect(stack.only('aws_config_configuration_recorder_status')).toMatchObject({
      is_enabled: true,
      depends_on: ['aws_config_delivery_channel.recorder_channel'],
    });
    expect(stack.statements('aws_iam_role', 'recorder_role', 'assume_role_policy')).toEqual([
      expect.objectContaining({
        Principal: { Service: 'config.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    ]);
    expect(stack.statements('aws_s3_bucket_policy', 'recorder_log_policy')).toContainEqual({
      Sid: 'DeliverItems',
      Effect: 'Allow',
      Principal: { Service: 'config.amazonaws.com' },
      Action: ['s3:PutObject'],
      Resource: [`\${aws_s3_bucket.recorder_log_bucket.arn}/AWSLogs/${account}/Config/*`],
      Condition: { StringEquals: { 'aws:SourceAccount': account, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    });
  });

  it('logs all management events, to a bucket that only this trail can write to', () => {
    expect(stack.only('aws_cloudtrail')).toMatchObject({
      name: 'portcullis',
      s3_bucket_name: '${aws_s3_bucket.trail_log_bucket.id}',
      is_multi_region_trail: true,
      enable_log_file_validation: true,
      event_selector: [{ read_write_type: 'All', include_management_events: true }],
      depends_on: ['aws_s3_bucket_policy.trail_log_policy'],
    });
    const SourceArn = `arn:${partition}:cloudtrail:eu-west-1:${account}:trail/portcullis`;
    expect(stack.statements('aws_s3_bucket_policy', 'trail_log_policy').slice(0, -1)).toEqual([
      expect.objectContaining({
        Action: ['s3:GetBucketAcl'],
        Condition: { StringEquals: { 'aws:SourceArn': SourceArn } },
      }),
      expect.objectContaining({
        Action: ['s3:PutObject'],
        Resource: [`\${aws_s3_bucket.trail_log_bucket.arn}/AWSLogs/${account}/*`],
        Condition: { StringEquals: { 'aws:SourceArn': SourceArn, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
    ]);
  });
});

it('logs write events alone if the settings say so: the guard needs no others', () => {
  expect(synthesised({ trailEvents: 'write' }).only('aws_cloudtrail').event_selector).toEqual([
    { read_write_type: 'WriteOnly', include_management_events: true },
  ]);
});

describe('an account that has a recorder and a trail', () => {
  let stack: Template;
  beforeAll(() => {
    stack = synthesised({ recorder: 'existing', trail: 'existing' });
  });

  it.each(['aws_config_configuration_recorder', 'aws_config_delivery_channel', 'aws_cloudtrail', 'aws_s3_bucket'])(
    'gets no second %s',
    (type) => {
      expect(stack.resources(type)).toEqual([]);
    },
  );

  it('gets the rule all the same, after its permission', () => {
    expect(stack.only('aws_config_config_rule').depends_on).toEqual(['aws_lambda_permission.config_permission']);
  });
});

describe('baselines of several kinds', () => {
  let stack: Template;
  beforeAll(() => {
    stack = synthesised({}, [
      baselineOf('web', ['sg-00000002', 'sg-00000001']),
      baselineOf('closed', ['sg-00000003'], { egress: [] }),
      baselineOf('watched', ['sg-00000004'], { mode: 'report', egress: [] }),
    ]);
  });

  it('let the remediator change the groups it enforces, in the directions their baseline declares', () => {
    const statements = stack.statements('aws_iam_role_policy', 'config-remediator_policy');

    expect(statements.filter(({ Sid }) => Sid.startsWith('Restore'))).toEqual([
      {
        Sid: 'RestoreIngress',
        Effect: 'Allow',
        Action: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules', 'ec2:RevokeSecurityGroupIngress'],
        Resource: [anyGroup],
        Condition: { StringEquals: { 'ec2:SecurityGroupID': ['sg-00000001', 'sg-00000002'] } },
      },
      {
        Sid: 'RestoreIngressAndEgress',
        Effect: 'Allow',
        Action: [
          'ec2:AuthorizeSecurityGroupIngress',
          'ec2:ModifySecurityGroupRules',
          'ec2:RevokeSecurityGroupIngress',
          'ec2:AuthorizeSecurityGroupEgress',
          'ec2:RevokeSecurityGroupEgress',
        ],
        Resource: [anyGroup],
        Condition: { StringEquals: { 'ec2:SecurityGroupID': ['sg-00000003'] } },
      },
    ]);
  });

  it('are all heard of: a scope can name one group only', () => {
    expect(stack.only('aws_config_config_rule').scope).toEqual({
      compliance_resource_types: ['AWS::EC2::SecurityGroup'],
    });
    expect(stack.resource('aws_cloudwatch_event_rule', 'cloudtrail_rule').event_pattern).toBe(
      JSON.stringify(eventPattern(['sg-00000001', 'sg-00000002', 'sg-00000003', 'sg-00000004'])),
    );
  });
});

describe('baselines that select groups by what they have', () => {
  let stack: Template;
  beforeAll(() => {
    stack = synthesised({}, [
      baselineOf('tagged', [], { groups: { tags: { Tier: 'web', App: 'shop' }, vpcs: ['vpc-00000001'] }, egress: [] }),
      baselineOf('named', [], { groups: { names: ['db-*'] } }),
      baselineOf('one', ['sg-00000001']),
    ]);
  });

  it('let the remediator change the groups that have the tags and are in the VPC, as far as IAM can tell them', () => {
    const statements = stack.statements('aws_iam_role_policy', 'config-remediator_policy');

    expect(
      statements.filter(({ Sid }) => Sid.startsWith('Restore')).map(({ Sid, Resource, Condition }) => ({ Sid, Resource, Condition })),
    ).toEqual([
      {
        Sid: 'RestoreIngress',
        Resource: [anyGroup],
        Condition: { StringEquals: { 'ec2:SecurityGroupID': ['sg-00000001'] } },
      },
      // IAM cannot check a name.
      { Sid: 'RestoreIngressSelected1', Resource: [anyGroup], Condition: undefined },
      {
        Sid: 'RestoreIngressAndEgressSelected2',
        Resource: [anyGroup],
        Condition: {
          StringEquals: { 'aws:ResourceTag/App': 'shop', 'aws:ResourceTag/Tier': 'web' },
          // The ARN of a shared VPC names another account.
          ArnLike: { 'ec2:Vpc': [`arn:${partition}:ec2:eu-west-1:*:vpc/vpc-00000001`] },
        },
      },
    ]);
  });

  it('let the remediator change no group that a baseline in report mode names by id, whatever the group has', () => {
    const withReported = synthesised({}, [
      baselineOf('tagged', [], { groups: { tags: { Tier: 'web' } } }),
      baselineOf('watched', ['sg-00000004'], { mode: 'report' }),
    ]);
    const denied = withReported.statements('aws_iam_role_policy', 'config-remediator_policy').filter(({ Effect }) => Effect === 'Deny');

    expect(denied).toEqual([
      {
        Sid: 'NeverRestoreReported',
        Effect: 'Deny',
        Action: [
          'ec2:AuthorizeSecurityGroupIngress',
          'ec2:ModifySecurityGroupRules',
          'ec2:RevokeSecurityGroupIngress',
          'ec2:AuthorizeSecurityGroupEgress',
          'ec2:RevokeSecurityGroupEgress',
        ],
        Resource: [anyGroup],
        Condition: { StringEquals: { 'ec2:SecurityGroupID': ['sg-00000004'] } },
      },
    ]);
    expect(stack.text).not.toContain('NeverRestoreReported');
  });

  it('are heard of with every group, also where one is named by id', () => {
    expect(stack.only('aws_config_config_rule').scope).not.toHaveProperty('compliance_resource_id');
    expect(stack.resource('aws_cloudwatch_event_rule', 'cloudtrail_rule').event_pattern).toBe(
      JSON.stringify(eventPattern([], { byIdOnly: false, tagsMatter: true })),
    );
  });
});

describe('findings go where the settings say', () => {
  const sinks = {
    sns: {
      topicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms',
      minimumSeverity: 'high',
      kmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/k-1',
    },
    eventBus: { arn: 'arn:aws:events:eu-west-1:444455556666:event-bus/security', minimumSeverity: 'info' },
    securityHub: { minimumSeverity: 'low' },
  } as const;

  it.each(['config-remediator', 'cloudtrail-detector'])('of the %s, with the permissions that takes and no more', (name) => {
    const stack = synthesised({ sinks });
    const { environment } = stack.resource('aws_lambda_function', `${name}_function`);
    const statements = stack.statements('aws_iam_role_policy', `${name}_policy`);
    const own = ['PublishFindings', 'EncryptFindings', 'PutFindings', 'ImportFindings'];

    expect(environment).toMatchObject({
      variables: {
        SNS_TOPIC_ARN: sinks.sns.topicArn,
        SNS_MINIMUM_SEVERITY: 'high',
        EVENT_BUS: sinks.eventBus.arn,
        EVENT_BUS_MINIMUM_SEVERITY: 'info',
        SECURITY_HUB_ACCOUNT_ID: '${data.aws_caller_identity.account.account_id}',
        SECURITY_HUB_MINIMUM_SEVERITY: 'low',
      },
    });
    expect(statements.filter(({ Sid }) => own.includes(Sid))).toEqual([
      { Sid: 'PublishFindings', Effect: 'Allow', Action: ['sns:Publish'], Resource: [sinks.sns.topicArn] },
      {
        Sid: 'EncryptFindings',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: [sinks.sns.kmsKeyArn],
        Condition: { StringLike: { 'kms:ViaService': 'sns.eu-central-1.amazonaws.*' } },
      },
      { Sid: 'PutFindings', Effect: 'Allow', Action: ['events:PutEvents'], Resource: [sinks.eventBus.arn] },
      {
        Sid: 'ImportFindings',
        Effect: 'Allow',
        Action: ['securityhub:BatchImportFindings'],
        Resource: [expect.stringMatching(/^arn:[^:]+:securityhub:eu-west-1:([^:]+):product\/\1\/default$/) as string],
      },
    ]);
  });

  it('each by itself', () => {
    const stack = synthesised({ sinks: { eventBus: sinks.eventBus } });
    const { environment } = stack.resource('aws_lambda_function', 'cloudtrail-detector_function');

    expect(environment).toMatchObject({ variables: { EVENT_BUS: sinks.eventBus.arn } });
    expect(JSON.stringify(environment)).not.toMatch(/SNS|SECURITY_HUB/);
    expect(stack.text).not.toContain('sns:Publish');
  });
});

describe('the remediator is woken where the settings say so', () => {
  const wakeStatement = (wake: boolean) =>
    synthesised({ wake })
      .statements('aws_iam_role_policy', 'cloudtrail-detector_policy')
      .find(({ Sid }) => Sid === 'WakeRemediator');

  it('by the detector, which may invoke that one function', () => {
    const { environment } = synthesised({ wake: true }).resource('aws_lambda_function', 'cloudtrail-detector_function');

    expect(wakeStatement(true)).toEqual({
      Sid: 'WakeRemediator',
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction'],
      Resource: ['${aws_lambda_function.config-remediator_function.arn}'],
    });
    expect(environment).toMatchObject({
      variables: { WAKE_FUNCTION: '${aws_lambda_function.config-remediator_function.arn}' },
    });
  });

  it('and otherwise by nobody', () => {
    expect(wakeStatement(false)).toBeUndefined();
    expect(synthesised({ wake: false }).text).not.toContain('WAKE_FUNCTION');
  });
});

describe('what is wrong with the guard itself', () => {
  const action = 'arn:aws:sns:eu-west-1:111122223333:alarms';
  const alarmsOf = (settings: object): readonly Resource[] => synthesised({ ...settings }).resources('aws_cloudwatch_metric_alarm');

  it('is an alarm: of each function its errors, throttles, age, failures and sinks, two owners who fight, and what was not delivered', () => {
    const metricOf = ({ namespace, metric_name, dimensions }: Resource): string =>
      `${String(namespace)} ${String(metric_name)} of ${Object.values(dimensions as object).join()}`;

    expect(alarmsOf({}).map((alarm) => `${String(alarm.alarm_name)}: ${metricOf(alarm)}`)).toEqual(
      [
        ...['config-remediator', 'cloudtrail-detector'].flatMap((guard) => [
          `portcullis-${guard}-age: AWS/Lambda AsyncEventAge of portcullis-${guard}`,
          `portcullis-${guard}-errors: AWS/Lambda Errors of portcullis-${guard}`,
          `portcullis-${guard}-failures: AWS/SQS ApproximateNumberOfMessagesVisible of portcullis-${guard}-failures`,
          `portcullis-${guard}-sinks: Portcullis SinkFailures of ${guard}`,
          `portcullis-${guard}-throttles: AWS/Lambda Throttles of portcullis-${guard}`,
        ]),
        'portcullis-config-remediator-fight: Portcullis DriftFound of config-remediator',
        'portcullis-cloudtrail-undelivered: AWS/SQS ApproximateNumberOfMessagesVisible of portcullis-cloudtrail-undelivered',
      ].sort(),
    );
  });

  it('is about queues and functions that there are', () => {
    const stack = synthesised();
    const names = [
      ...stack.resources('aws_sqs_queue').map(({ name }) => name),
      ...stack.resources('aws_lambda_function').map(({ function_name }) => function_name),
      'config-remediator',
      'cloudtrail-detector',
    ];
    const watched = alarmsOf({}).flatMap(({ dimensions }) => Object.values(dimensions as object) as unknown[]);

    expect(watched.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('is told when it begins and when it ends, to whom the settings say; silence is no alarm', () => {
    const alarms = alarmsOf({ alarms: { actions: [action], driftsPerHour: 3 } });

    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        alarm_actions: [action],
        ok_actions: [action],
        treat_missing_data: 'notBreaching',
      });
    expect(alarms.find(({ metric_name }) => metric_name === 'DriftFound')).toMatchObject({
      threshold: 3,
      period: 3600,
    });
    expect(JSON.stringify(alarmsOf({}))).not.toContain('alarm_actions');
  });
});

it('shows what it did and how it is on one page, of metrics, functions and queues that there are', () => {
  const stack = synthesised();
  const { dashboard_name, dashboard_body } = stack.only('aws_cloudwatch_dashboard');
  const { widgets } = JSON.parse(String(dashboard_body)) as {
    widgets: { x: number; y: number; properties: { title: string; region: string; metrics: unknown[][] } }[];
  };
  const lines = widgets.flatMap(({ properties }) => properties.metrics).filter(([first]) => typeof first === 'string');
  const there = [
    ...stack.resources('aws_sqs_queue').map(({ name }) => name),
    ...stack.resources('aws_lambda_function').map(({ function_name }) => function_name),
    'config-remediator',
    'cloudtrail-detector',
  ];

  expect(dashboard_name).toBe('portcullis-eu-west-1');
  expect(widgets.map(({ properties }) => properties.title)).toEqual([
    'Drifts, and rules that were restored',
    'Findings',
    'Age of an event when it is read, in seconds',
    'Calls and sinks that failed',
    'Invocations',
    'Errors and throttles',
    'Duration in milliseconds',
    'What waits for a person',
  ]);
  expect(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size).toBe(widgets.length);
  expect(lines.length).toBeGreaterThan(15);
  expect(lines.filter((line) => line.length !== 4 || !there.includes(line[3]))).toEqual([]);
});

describe('a deployment in report mode', () => {
  const stack = () =>
    synthesised({ mode: 'report' }, [
      baselineOf('web', ['sg-00000001'], { egress: [] }),
      baselineOf('data', ['sg-00000002'], { mode: 'report' }),
    ]);

  it('lets the remediator change nothing, whatever the baselines say', () => {
    const actions = stack()
      .statements('aws_iam_role_policy', 'config-remediator_policy')
      .flatMap(({ Action }) => Action);

    expect(actions.filter((action) => /^ec2:(?!Describe|Get)/.test(action))).toEqual([]);
  });

  it('is another package than one that enforces, and the same resources', () => {
    const [reporting, enforcing] = [
      stack(),
      synthesised({}, [baselineOf('web', ['sg-00000001'], { egress: [] }), baselineOf('data', ['sg-00000002'], { mode: 'report' })]),
    ];
    const hashOf = (template: Template): unknown => template.resource('aws_lambda_function', 'config-remediator_function').source_code_hash;

    expect(hashOf(reporting)).not.toBe(hashOf(enforcing));
    expect(reporting.counts()).toEqual(enforcing.counts());
  });
});

it('bounds the permissions of every role that it makes, where the account asks for that', () => {
  const boundary = 'arn:aws:iam::111122223333:policy/boundary';

  const boundaries = synthesised({ permissionsBoundary: boundary })
    .resources('aws_iam_role')
    .map(({ permissions_boundary }) => permissions_boundary);
  expect(boundaries).toEqual([boundary, boundary, boundary]);
  expect(synthesised().text).not.toContain('permissions_boundary');
});

it('keeps instances aside for each function as the settings say', () => {
  const reserved = (settings: object): unknown[] =>
    ['config-remediator', 'cloudtrail-detector'].map(
      (name) => synthesised({ ...settings }).resource('aws_lambda_function', `${name}_function`).reserved_concurrent_executions,
    );

  expect(reserved({ reservedConcurrency: { remediator: 5, detector: 7 } })).toEqual([5, 7]);
  expect(reserved({ reservedConcurrency: { detector: 7 } })).toEqual([undefined, 7]);
  expect(reserved({})).toEqual([undefined, undefined]);
});

it('gives the remediator the limit of revocations that the settings name', () => {
  const { environment } = synthesised({ maxRevocations: 0 }).resource('aws_lambda_function', 'config-remediator_function');

  expect(environment).toMatchObject({ variables: { MAX_REVOCATIONS: '0' } });
});

it('lets the remediator change nothing when every baseline only reports', () => {
  const stack = synthesised({}, [baselineOf('watched', ['sg-00000004'], { mode: 'report', egress: [] })]);

  expect(stack.statements('aws_iam_role_policy', 'config-remediator_policy').map(({ Sid }) => Sid)).toEqual([
    'ReadSecurityGroups',
    'ReadPrefixLists',
    'PutEvaluations',
    'WriteLogs',
    'SendFailures',
  ]);
});

describe('a permit that ends', () => {
  const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '198.51.100.0/24' }] };
  const ruleOf = (permit: object, settings: Readonly<Record<string, unknown>> = {}): unknown =>
    synthesised(settings, [baselineOf('web', ['sg-00000001'], { permit: [{ permission, ...permit }] })]).only('aws_config_config_rule');
  const scheduled = (frequency: string): unknown =>
    expect.objectContaining({ message_type: 'ScheduledNotification', maximum_execution_frequency: frequency });
  const source = (detail: unknown): object => ({ source: { source_detail: detail } });

  it('has every group evaluated once a day, since nothing else wakes the remediator on the day after', () => {
    expect(ruleOf({ until: '2027-01-31' })).toMatchObject(source([expect.anything(), expect.anything(), scheduled('TwentyFour_Hours')]));
    expect(ruleOf({ until: '2027-01-31' }, { mode: 'report' })).toMatchObject(
      source([expect.anything(), expect.anything(), scheduled('TwentyFour_Hours')]),
    );
  });

  it('leaves a schedule of the settings as it is', () => {
    expect(ruleOf({ until: '2027-01-31' }, { schedule: 'One_Hour' })).toMatchObject(
      source([expect.anything(), expect.anything(), scheduled('One_Hour')]),
    );
  });

  it('needs no schedule if it has no last day', () => {
    expect(ruleOf({})).toMatchObject(source([expect.anything(), expect.anything()]));
  });
});

describe('settings', () => {
  let stack: Template;
  beforeAll(() => {
    stack = synthesised({
      name: 'gate',
      regions: ['eu-central-1'],
      accountId: '111122223333',
      runtime: 'nodejs22.x',
      architecture: 'x86_64',
      memory: 512,
      logRetentionDays: 7,
      reportRestored: 'NON_COMPLIANT',
      schedule: 'TwentyFour_Hours',
      tags: { Team: 'platform' },
      state: { bucket: 'states', region: 'us-east-1' },
      provider: { endpoint: 'http://127.0.0.1:5000', version: '5.100.0' },
    });
  });

  it('shape the functions', () => {
    expect(stack.resource('aws_lambda_function', 'config-remediator_function')).toMatchObject({
      function_name: 'gate-config-remediator',
      runtime: 'nodejs22.x',
      architectures: ['x86_64'],
      memory_size: 512,
      environment: { variables: { REPORT_RESTORED: 'NON_COMPLIANT' } },
    });
    expect(stack.resource('aws_cloudwatch_log_group', 'cloudtrail-detector_logs')).toMatchObject({
      retention_in_days: 7,
    });
  });

  it('start every name, with the region where a name is shared between regions', () => {
    const names = stack.resources('aws_iam_role').map(({ name }) => name);

    expect(names).toEqual(['gate-cloudtrail-detector-eu-central-1', 'gate-config-remediator-eu-central-1', 'gate-recorder-eu-central-1']);
    expect(stack.resources('aws_s3_bucket').map(({ bucket }) => bucket)).toEqual([
      `gate-config-${account}-eu-central-1`,
      `gate-trail-${account}-eu-central-1`,
    ]);
  });

  it('add a schedule to the rule', () => {
    expect(stack.only('aws_config_config_rule')).toHaveProperty('source.source_detail.2', {
      message_type: 'ScheduledNotification',
      maximum_execution_frequency: 'TwentyFour_Hours',
    });
  });

  it('tag everything and refuse any other account', () => {
    expect(stack.provider).toMatchObject({
      default_tags: [{ tags: { Team: 'platform' } }],
      allowed_account_ids: ['111122223333'],
    });
  });

  it('keep the state in a bucket, encrypted and locked', () => {
    expect(stack.terraform).toMatchObject({
      backend: {
        s3: {
          bucket: 'states',
          region: 'us-east-1',
          key: 'gate/eu-central-1.tfstate',
          encrypt: true,
          use_lockfile: true,
        },
      },
    });
  });

  it('point everything at a stand-in for AWS, with keys that open nothing, and another provider', () => {
    const [endpoints] = stack.provider.endpoints as readonly Readonly<Record<string, string>>[];

    expect(new Set(Object.values(endpoints ?? {}))).toEqual(new Set(['http://127.0.0.1:5000']));
    expect(stack.provider).toMatchObject({
      region: 'eu-central-1',
      access_key: 'testing',
      secret_key: 'testing',
      s3_use_path_style: true,
    });
    expect(stack.terraform).toMatchObject({ required_providers: { aws: { version: '5.100.0' } } });
  });

  it('accept no provider that plans the block on SSE-C away, unless they name one', () => {
    expect(synthesised().terraform).toMatchObject({ required_providers: { aws: { version: '>= 6.40.0, < 7.0.0' } } });
  });
});

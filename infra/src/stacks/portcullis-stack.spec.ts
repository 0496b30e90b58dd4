import { eventPattern } from '@portcullis/cloudtrail';
import { baselineOf, limitIn, synthesised } from '../testing/synthesised.js';
import type { Template } from '../testing/template.js';

const ACCOUNT = '${data.aws_caller_identity.account.account_id}';
const PARTITION = '${data.aws_partition.partition.partition}';
const ANY_GROUP = `arn:${PARTITION}:ec2:eu-west-1:${ACCOUNT}:security-group/*`;
const INGRESS = ['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules', 'ec2:RevokeSecurityGroupIngress'];
const EGRESS = ['ec2:AuthorizeSecurityGroupEgress', 'ec2:RevokeSecurityGroupEgress'];
const BOTH_GUARDS = ['config-remediator', 'cloudtrail-detector'] as const;

const functionOf = (stack: Template, guard: (typeof BOTH_GUARDS)[number]) => stack.resource('aws_lambda_function', `${guard}_function`);
const policyOf = (stack: Template, guard: (typeof BOTH_GUARDS)[number]) => stack.statements('aws_iam_role_policy', `${guard}_policy`);
const restoring = (stack: Template) => policyOf(stack, 'config-remediator').filter(({ Sid }) => /^(Never)?Restore/.test(Sid));
const patternOf = (stack: Template) => stack.resource('aws_cloudwatch_event_rule', 'cloudtrail_rule').event_pattern;
const allow = (Sid: string, Action: readonly string[], resource: string, Condition?: object) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource: [resource],
  ...(Condition && { Condition }),
});
const READING = [
  allow('ReadSecurityGroups', ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'], '*'),
  allow('ReadPrefixLists', ['ec2:GetManagedPrefixListEntries'], `arn:${PARTITION}:ec2:eu-west-1:*:prefix-list/*`),
];
const namingIds = (...ids: readonly string[]) => ({ StringEquals: { 'ec2:SecurityGroupID': ids } });
const variablesOf = (stack: Template, guard: (typeof BOTH_GUARDS)[number]): unknown =>
  (functionOf(stack, guard).environment as { readonly variables: unknown }).variables;

describe('the default stack', () => {
  const stack = synthesised();

  it('the default stack has exactly the resources of the snapshot', () => {
    const parsed: unknown = JSON.parse(stack.text, (key, value: unknown) => {
      // CDKTF's comments repeat the address of each resource.
      if (key === '//') return undefined;
      if (typeof value !== 'string') return value;
      return value.startsWith('{')
        ? (JSON.parse(value) as unknown)
        : value.replace(/^[A-Za-z0-9+/]{43}=$|(?<=_package\/)[0-9A-F]+/, '(hash)');
    });

    expect(parsed).toMatchSnapshot();
  });

  it('synthesis always writes the same text for the same settings, without absolute paths', () => {
    expect(synthesised().text).toBe(stack.text);
    expect(stack.text).not.toContain(process.cwd());
  });

  it('the remediator has exactly the expected permissions, besides those for its log and its queue', () => {
    expect(policyOf(stack, 'config-remediator').slice(0, -2)).toEqual([
      ...READING,
      allow('RestoreIngress', INGRESS, ANY_GROUP, namingIds('sg-00000001')),
      // IAM also requires the statement about the group for ModifySecurityGroupRules.
      allow('ReplaceRules', ['ec2:ModifySecurityGroupRules'], `arn:${PARTITION}:ec2:eu-west-1:${ACCOUNT}:security-group-rule/*`),
      allow('PutEvaluations', ['config:PutEvaluations'], '*'),
    ]);
  });

  it('the detector can read security groups and their network interfaces, and cannot write to EC2', () => {
    const attachments = allow('ReadAttachments', ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeTags'], '*');

    expect(policyOf(stack, 'cloudtrail-detector').slice(0, -2)).toMatchObject([
      ...READING,
      attachments,
      { Effect: 'Deny', Resource: ['*'] },
    ]);
  });

  it('an EventBridge rule sends API calls on guarded groups to the detector, and undelivered calls to a queue', () => {
    const permission = stack.resource('aws_lambda_permission', 'cloudtrail_permission');

    expect(patternOf(stack)).toBe(JSON.stringify(eventPattern(['sg-00000001'])));
    expect(permission).toMatchObject({
      principal: 'events.amazonaws.com',
      source_arn: '${aws_cloudwatch_event_rule.cloudtrail_rule.arn}',
    });
    expect(permission).not.toHaveProperty('source_account');
    expect(stack.resource('aws_cloudwatch_event_target', 'cloudtrail_target')).toMatchObject({
      arn: '${aws_lambda_function.cloudtrail-detector_function.arn}',
      depends_on: ['aws_lambda_permission.cloudtrail_permission', 'aws_sqs_queue_policy.cloudtrail_undelivered-policy'],
    });
    const rules = stack.resources('aws_cloudwatch_event_rule').map(({ address }) => `\${${address}.arn}`);
    const [statement, ...others] = stack.statements('aws_sqs_queue_policy', 'cloudtrail_undelivered-policy');
    expect(others).toEqual([]);
    expect(statement).toMatchObject({ Condition: { ArnEquals: { 'aws:SourceArn': expect.arrayContaining(rules) as unknown } } });
  });
});

it('the stack has no recorder and no trail if both are `existing` in the settings', () => {
  const stack = synthesised({ recorder: 'existing', trail: 'existing' });

  expect(Object.keys(stack.counts()).filter((type) => /recorder|delivery_channel|cloudtrail$|s3_bucket/.test(type))).toEqual([]);
  expect(stack.only('aws_config_config_rule').depends_on).toEqual(['aws_lambda_permission.config_permission']);
});

describe('guarded groups', () => {
  const criteria = [
    baselineOf('tagged', [], { groups: { tags: { Tier: 'web', App: 'shop' }, vpcs: ['vpc-00000001'] }, egress: [] }),
    baselineOf('named', [], { groups: { names: ['db-*'] } }),
    baselineOf('one', ['sg-00000001']),
  ];

  it('the remediator can change groups that an enforced baseline lists by id, in the directions that the baseline declares', () => {
    const stack = synthesised({}, [
      baselineOf('web', ['sg-00000002', 'sg-00000001']),
      baselineOf('closed', ['sg-00000003'], { egress: [] }),
      baselineOf('watched', ['sg-00000004'], { mode: 'report', egress: [] }),
    ]);

    expect(restoring(stack)).toEqual([
      allow('RestoreIngress', INGRESS, ANY_GROUP, namingIds('sg-00000001', 'sg-00000002')),
      allow('RestoreIngressAndEgress', [...INGRESS, ...EGRESS], ANY_GROUP, namingIds('sg-00000003')),
    ]);
    expect(stack.only('aws_config_config_rule').scope).toEqual({ compliance_resource_types: ['AWS::EC2::SecurityGroup'] });
    expect(patternOf(stack)).toBe(JSON.stringify(eventPattern(['sg-00000001', 'sg-00000002', 'sg-00000003', 'sg-00000004'])));
  });

  it('the remediator can change groups with the selected tags and VPC, because IAM can check both', () => {
    const stack = synthesised({}, criteria);

    expect(restoring(stack).map(({ Sid, Resource, Condition }) => [Sid, Resource, Condition])).toEqual([
      ['RestoreIngress', [ANY_GROUP], namingIds('sg-00000001')],
      ['RestoreIngressSelected1', [ANY_GROUP], undefined],
      [
        'RestoreIngressAndEgressSelected2',
        [ANY_GROUP],
        {
          StringEquals: { 'aws:ResourceTag/App': 'shop', 'aws:ResourceTag/Tier': 'web' },
          // The account is `*`, because another account can own a shared VPC.
          ArnLike: { 'ec2:Vpc': [`arn:${PARTITION}:ec2:eu-west-1:*:vpc/vpc-00000001`] },
        },
      ],
    ]);
    expect(stack.only('aws_config_config_rule').scope).not.toHaveProperty('compliance_resource_id');
    expect(patternOf(stack)).toBe(JSON.stringify(eventPattern([], { byIdOnly: false, tagsMatter: true })));
  });

  it("the remediator cannot change a group that a baseline in report mode lists by id, even if another baseline selects the group's tags", () => {
    const stack = synthesised({}, [...criteria, baselineOf('watched', ['sg-00000004'], { mode: 'report' })]);

    expect(restoring(stack).filter(({ Effect }) => Effect === 'Deny')).toEqual([
      { ...allow('NeverRestoreReported', [...INGRESS, ...EGRESS], ANY_GROUP, namingIds('sg-00000004')), Effect: 'Deny' },
    ]);
  });

  it.each([
    ['every baseline only reports', {}, { mode: 'report', egress: [] }],
    ['the settings say `mode: report`', { mode: 'report' }, { egress: [] }],
  ])('the remediator can change no group if %s', (_, settings, more) => {
    const stack = synthesised(settings, [baselineOf('watched', ['sg-00000004'], more)]);
    const actions = policyOf(stack, 'config-remediator').flatMap(({ Action }) => Action);

    expect(actions.filter((action) => /^ec2:(?!Describe|Get)/.test(action))).toEqual([]);
  });

  it('`mode: report` in the settings changes neither the scope of guarded groups nor the list of resources', () => {
    const [reporting, enforcing] = [synthesised({ mode: 'report' }), synthesised()];
    const hashes = [reporting, enforcing].map((stack) => functionOf(stack, 'config-remediator').source_code_hash);

    expect(new Set(hashes).size).toBe(2);
    expect(reporting.counts()).toEqual(enforcing.counts());
  });
});

describe('a stack with limits', () => {
  const limits = [
    limitIn('no-ssh', { all: true, except: { ids: ['sg-00000002'], tags: { Bastion: 'yes' } } }),
    limitIn('narrowed', { ids: ['sg-00000001'] }, { repair: 'narrow' }),
    limitIn('watched', { tags: { Tier: 'web' } }, { mode: 'report' }),
  ];
  const stack = synthesised({}, [], limits);
  const scopeOf = (template: Template) => [template.only('aws_config_config_rule').scope, patternOf(template)];

  it('a stack with limits has the same resources as a stack without limits', () => {
    expect(stack.counts()).toEqual(synthesised().counts());
  });

  it('with limits, `mode: report` in the settings removes every permission to change a group, and does not change the scope', () => {
    const reporting = synthesised({ mode: 'report' }, [], limits);

    expect(restoring(reporting)).toEqual([]);
    expect(scopeOf(reporting)).toEqual(scopeOf(stack));
  });
});

describe('sinks', () => {
  const sns = {
    topicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms',
    minimumSeverity: 'high',
    kmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/k-1',
  };
  const eventBus = { arn: 'arn:aws:events:eu-west-1:444455556666:event-bus/security', minimumSeverity: 'info', format: 'both' };

  it.each(BOTH_GUARDS)('%s can send findings to each configured sink, and has no other permission for sinks', (guard) => {
    const stack = synthesised({ sinks: { sns, eventBus, securityHub: { minimumSeverity: 'low' } } });
    const own = ['PublishFindings', 'EncryptFindings', 'PutFindings', 'ImportFindings'];

    expect(variablesOf(stack, guard)).toMatchObject({
      SNS_TOPIC_ARN: sns.topicArn,
      SNS_MINIMUM_SEVERITY: 'high',
      EVENT_BUS: eventBus.arn,
      EVENT_BUS_MINIMUM_SEVERITY: 'info',
      EVENT_BUS_FORMAT: 'both',
      SECURITY_HUB_ACCOUNT_ID: ACCOUNT,
      SECURITY_HUB_MINIMUM_SEVERITY: 'low',
    });
    expect(policyOf(stack, guard).filter(({ Sid }) => own.includes(Sid))).toEqual([
      allow('PublishFindings', ['sns:Publish'], sns.topicArn),
      allow('EncryptFindings', ['kms:Decrypt', 'kms:GenerateDataKey'], sns.kmsKeyArn, {
        StringLike: { 'kms:ViaService': 'sns.eu-central-1.amazonaws.*' },
      }),
      allow('PutFindings', ['events:PutEvents'], eventBus.arn),
      allow(
        'ImportFindings',
        ['securityhub:BatchImportFindings'],
        `arn:${PARTITION}:securityhub:eu-west-1:${ACCOUNT}:product/${ACCOUNT}/default`,
      ),
    ]);
  });

  it('each sink can be configured without the other sinks', () => {
    const stack = synthesised({ sinks: { eventBus } });

    expect(variablesOf(stack, 'cloudtrail-detector')).toMatchObject({ EVENT_BUS: eventBus.arn });
    expect(stack.text).not.toMatch(/SNS_|SECURITY_HUB_|sns:Publish|BatchImportFindings/);
  });
});

it('with `wake` in the settings, the detector can invoke the remediator and no other function', () => {
  const stack = synthesised({ wake: true });
  const remediator = '${aws_lambda_function.config-remediator_function.arn}';

  expect(policyOf(stack, 'cloudtrail-detector')).toContainEqual(allow('WakeRemediator', ['lambda:InvokeFunction'], remediator));
  expect(variablesOf(stack, 'cloudtrail-detector')).toMatchObject({ WAKE_FUNCTION: remediator });
  expect(synthesised().text).not.toMatch(/WAKE_FUNCTION|WakeRemediator/);
});

it("the detector's environment names the roles that deploy Portcullis, and the key of the deployment", () => {
  const deployers = ['arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/b'];

  expect(variablesOf(synthesised({ deployers, kmsKey: 'create' }), 'cloudtrail-detector')).toMatchObject({
    GUARD_NAME: 'portcullis',
    DEPLOYER_ROLE_ARNS: deployers.join(','),
    GUARD_KMS_KEY_ARN: '${aws_kms_key.key_key.arn}',
  });
});

it('the alarms and the dashboard refer only to queues and functions that exist', () => {
  const stack = synthesised();
  const body = JSON.parse(String(stack.only('aws_cloudwatch_dashboard').dashboard_body)) as {
    widgets: { properties: { metrics: unknown[][] } }[];
  };
  const drawn = body.widgets.flatMap(({ properties }) => properties.metrics).flatMap(([, , , name]) => name ?? []);
  const watched = stack
    .resources('aws_cloudwatch_metric_alarm')
    .flatMap(({ dimensions }) => Object.values(dimensions as object) as unknown[]);
  const existing = [...stack.resources('aws_sqs_queue'), ...stack.resources('aws_lambda_function')];

  expect(drawn.length).toBeGreaterThan(15);
  expect([...existing.map(({ name, function_name }) => name ?? function_name), ...BOTH_GUARDS]).toEqual(
    expect.arrayContaining([...drawn, ...watched]),
  );
});

it('an alarm notifies the configured actions when it starts and ends, and missing data does not start an alarm', () => {
  const action = 'arn:aws:sns:eu-west-1:111122223333:alarms';
  const alarms = synthesised({ alarms: { actions: [action], driftsPerHour: 3 } }).resources('aws_cloudwatch_metric_alarm');

  expect(alarms).toHaveLength(12);
  for (const alarm of alarms)
    expect(alarm).toMatchObject({ alarm_actions: [action], ok_actions: [action], treat_missing_data: 'notBreaching' });
  expect(alarms.find(({ metric_name }) => metric_name === 'DriftFound')).toMatchObject({ threshold: 3, period: 3600 });
});

it('AWS Config evaluates every group daily if a permit has a last day, because no event invokes the remediator when the permit ends', () => {
  const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '198.51.100.0/24' }] };
  const stack = synthesised({}, [baselineOf('web', ['sg-00000001'], { permit: [{ permission, until: '2027-01-31' }] })]);

  expect(stack.only('aws_config_config_rule').source).toMatchObject({
    source_detail: expect.arrayContaining([
      { message_type: 'ScheduledNotification', maximum_execution_frequency: 'TwentyFour_Hours' },
    ]) as unknown,
  });
});

it('every setting reaches the functions, their logs, the roles, the trail, the provider and the Terraform state', () => {
  const boundary = 'arn:aws:iam::111122223333:policy/boundary';
  const stack = synthesised({
    name: 'gate',
    regions: ['eu-central-1'],
    accountId: '111122223333',
    runtime: 'nodejs22.x',
    architecture: 'x86_64',
    memory: 512,
    logRetentionDays: 7,
    reportRestored: 'NON_COMPLIANT',
    maxRevocations: 0,
    reservedConcurrency: { remediator: 5 },
    permissionsBoundary: boundary,
    trailEvents: 'write',
    tags: { Team: 'platform' },
    state: { bucket: 'states', region: 'us-east-1' },
    provider: { endpoint: 'http://127.0.0.1:5000', version: '5.100.0' },
  });

  expect(functionOf(stack, 'config-remediator')).toMatchObject({
    function_name: 'gate-config-remediator',
    runtime: 'nodejs22.x',
    architectures: ['x86_64'],
    memory_size: 512,
    reserved_concurrent_executions: 5,
    environment: { variables: { REPORT_RESTORED: 'NON_COMPLIANT', MAX_REVOCATIONS: '0' } },
  });
  expect(functionOf(stack, 'cloudtrail-detector')).not.toHaveProperty('reserved_concurrent_executions');
  expect(stack.resources('aws_cloudwatch_log_group').map(({ retention_in_days: days }) => days)).toEqual([7, 7]);
  expect(stack.only('aws_cloudtrail').event_selector).toMatchObject([{ read_write_type: 'WriteOnly' }]);
  // The names contain the region, because IAM roles are global.
  expect(stack.resources('aws_iam_role').map((role) => [role.name, role.permissions_boundary])).toEqual(
    [...BOTH_GUARDS, 'recorder'].sort().map((role) => [`gate-${role}-eu-central-1`, boundary]),
  );
  expect(stack.resources('aws_s3_bucket').map(({ bucket }) => bucket)).toEqual(
    ['config', 'trail'].map((purpose) => `gate-${purpose}-${ACCOUNT}-eu-central-1`),
  );
  expect(stack.terraform).toMatchObject({
    backend: {
      s3: { bucket: 'states', region: 'us-east-1', key: 'gate/eu-central-1.tfstate', encrypt: true, use_lockfile: true },
    },
    required_providers: { aws: { version: '5.100.0' } },
  });
  expect(stack.provider).toMatchObject({
    region: 'eu-central-1',
    default_tags: [{ tags: { Team: 'platform' } }],
    allowed_account_ids: ['111122223333'],
    access_key: 'testing',
    secret_key: 'testing',
  });
  const [endpoints = {}] = stack.provider.endpoints as readonly Readonly<Record<string, string>>[];
  expect(new Set(Object.values(endpoints))).toEqual(new Set(['http://127.0.0.1:5000']));
});

describe('a baseline in mode `approve`', () => {
  const waiting = synthesised({}, [baselineOf('web', ['sg-00000001'], { mode: 'approve', approveWithin: 60 })]);
  const scheduler = `arn:${PARTITION}:scheduler:eu-west-1:${ACCOUNT}`;
  const role = `arn:${PARTITION}:iam::${ACCOUNT}:role/portcullis-approval-eu-west-1`;
  const calls = ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'scheduler:GetSchedule'];

  it('with a baseline in mode `approve`, the stack has a schedule group, and the remediator can manage only its schedules and pass only one role', () => {
    expect(waiting.only('aws_scheduler_schedule_group').name).toBe('portcullis-approvals');
    expect(policyOf(waiting, 'config-remediator')).toEqual(
      expect.arrayContaining([
        allow('WaitForApprovals', calls, `${scheduler}:schedule/portcullis-approvals/*`),
        allow('PassRoleToScheduler', ['iam:PassRole'], role, { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } }),
      ]) as unknown,
    );
    expect(waiting.statements('aws_iam_role', 'approvals_role', 'assume_role_policy')).toMatchObject([
      {
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': ACCOUNT,
            'aws:SourceArn': `${scheduler}:schedule-group/portcullis-approvals`,
          },
        },
      },
    ]);
    expect(waiting.statements('aws_iam_role_policy', 'approvals_policy').map(({ Sid }) => Sid)).toEqual([
      'RestoreWhenOver',
      'SendFailures',
    ]);
  });

  it("the remediator's environment names the schedule group and the role of the schedules", () => {
    const { function_name: name, environment } = functionOf(waiting, 'config-remediator');
    const { APPROVAL_FUNCTION_ARN: functionArn, APPROVAL_FAILURES_ARN: failuresArn } = (
      environment as { variables: Record<string, string> }
    ).variables;

    expect(functionArn?.split(':').at(-1)).toBe(name);
    expect(failuresArn?.split(':').at(-1)).toBe(waiting.resource('aws_sqs_queue', 'config-remediator_failures').name);
  });

  it('with a baseline in mode `approve`, the detector reports calls on the schedules', () => {
    const patternOf = (stack: Template): unknown =>
      stack.resource('aws_cloudwatch_event_rule', 'cloudtrail_guard-function-rule').event_pattern;

    expect(patternOf(waiting)).toContain('DeleteScheduleGroup');
    expect(patternOf(synthesised())).not.toContain('scheduler');
  });

  it('with a baseline in mode `approve`, the remediator can change the group; `mode: report` in the settings removes the schedules', () => {
    expect(policyOf(waiting, 'config-remediator').map(({ Sid }) => Sid)).toContain('RestoreIngress');
    expect(
      synthesised({ mode: 'report' }, [baselineOf('web', ['sg-00000001'], { mode: 'approve', approveWithin: 60 })]).resources(
        'aws_scheduler_schedule_group',
      ),
    ).toEqual([]);
  });
});

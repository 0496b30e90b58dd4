/**
 * Checks the security properties of every resource that the settings can create. `docs/security.md` names the tests in this file.
 */
import { baselineOf, EVERYTHING, limitIn, synthesised, synthesisedStacks } from '../testing/synthesised.js';
import type { Statement } from '../policies/statements.js';
import { statementsIn, type Template } from '../testing/template.js';

const manyIds = Array.from({ length: 500 }, (_, i) => `sg-${i.toString(16).padStart(17, '0')}`);
const variants: readonly (readonly [string, Template])[] = [
  ['by default', synthesised()],
  ['with a KMS key of its own', synthesised({ kmsKey: 'create' })],
  ['with more groups than an inline policy can name', synthesised({}, [baselineOf('many', manyIds)])],
  [
    'with groups that wait for an approval',
    synthesised({ kmsKey: 'create' }, [baselineOf('web', ['sg-00000001'], { mode: 'approve', approveWithin: 60 })]),
  ],
  [
    'with limits over every group',
    synthesised({}, [], [limitIn('no-ssh', { all: true }), limitIn('narrowed', { all: true }, { repair: 'narrow' })]),
  ],
  ...synthesisedStacks(EVERYTHING, [baselineOf('web', ['sg-00000001'], { egress: [] })]).map(
    (stack) => [`in the stack ${stack.name} of an organization`, stack] as const,
  ),
];

/** `Resource` is optional here, because the statements of a trust policy have no `Resource`. */
interface Written extends Omit<Statement, 'Resource'> {
  readonly Resource?: readonly string[];
  readonly where: string;
}

function statementsOf(stack: Template): readonly Written[] {
  return Object.keys(stack.counts())
    .flatMap((type) => stack.resources(type))
    .flatMap(({ address, policy, assume_role_policy: trust }) =>
      [policy, trust]
        .flatMap((text) => (text === undefined ? [] : statementsIn(text)))
        .map((statement) => ({ ...statement, where: address })),
    );
}

function conditionKeys({ Condition = {} }: Pick<Statement, 'Condition'>): readonly string[] {
  return Object.values(Condition).flatMap((keys) => Object.keys(keys));
}

describe.each(variants)('%s', (_, stack) => {
  const statements = statementsOf(stack);
  const allowedToRoles = statements.filter(({ where, Effect }) => where.startsWith('aws_iam') && Effect === 'Allow');

  it('every policy limits a service principal to our account, our trail or our rule, so that no service acts for another account', () => {
    const unbound = statements
      .filter(({ Principal }) => typeof Principal === 'object' && 'Service' in Principal)
      .filter(
        (statement) => !conditionKeys(statement).some((key) => /^(aws:SourceAccount|aws:SourceArn|kms:EncryptionContext:)/.test(key)),
      );

    // Lambda is the exception: it sends no source account when it assumes a function's role, so a condition on the source account would be
    // false.
    expect([...new Set(unbound.map(({ Principal }) => JSON.stringify(Principal)))]).toEqual(
      stack.resources('aws_lambda_function').length > 0 ? ['{"Service":"lambda.amazonaws.com"}'] : [],
    );
  });

  it('the only statement that allows the principal `*` is on the event bus, and only for accounts of the organization', () => {
    const open = statements.filter(({ Effect, Principal }) => Effect === 'Allow' && Principal === '*');

    expect(open.filter((statement) => !conditionKeys(statement).includes('aws:PrincipalOrgID'))).toEqual([]);
    expect(open.flatMap(({ Action }) => Action).filter((action) => action !== 'events:PutEvents')).toEqual([]);
  });

  it('a statement has the resource `*` only for actions without resource-level permissions', () => {
    const wide = allowedToRoles.filter(({ Resource }) => Resource?.includes('*')).flatMap(({ Action }) => Action);

    expect(wide.filter((action) => !/^(ec2:(Describe|Get)|config:(Describe|Get|List|Put))/.test(action))).toEqual([]);
  });

  it('no role is allowed all actions of a service', () => {
    expect(allowedToRoles.flatMap(({ Action }) => Action).filter((action) => /^(\*|[a-z0-9-]+:\*)$/.test(action))).toEqual([]);
  });

  it('every bucket is private, encrypted, versioned and limited to TLS, and its objects expire', () => {
    const buckets = stack.resources('aws_s3_bucket').map(({ address }) => `\${${address}.id}`);
    for (const type of [
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_server_side_encryption_configuration',
      'aws_s3_bucket_versioning',
      'aws_s3_bucket_lifecycle_configuration',
      'aws_s3_bucket_policy',
    ])
      expect([type, stack.resources(type).map(({ bucket }) => bucket)]).toEqual([type, buckets]);

    for (const block of stack.resources('aws_s3_bucket_public_access_block'))
      expect(block).toMatchObject({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
    for (const { versioning_configuration: versioning } of stack.resources('aws_s3_bucket_versioning'))
      expect(versioning).toEqual({ status: 'Enabled' });
    for (const { rule } of stack.resources('aws_s3_bucket_lifecycle_configuration'))
      expect(rule).toMatchObject([{ status: 'Enabled', expiration: [{ days: 365 }] }]);
    expect(statements.filter(({ Sid, Effect }) => Sid === 'OverTlsOnly' && Effect === 'Deny')).toHaveLength(buckets.length);
  });

  it('every queue is encrypted, and every log group has a retention', () => {
    for (const queue of stack.resources('aws_sqs_queue')) expect(queue.sqs_managed_sse_enabled ?? queue.kms_master_key_id).toBeTruthy();
    for (const group of stack.resources('aws_cloudwatch_log_group')) expect(group.retention_in_days).toBeGreaterThan(0);
  });

  it('every recorder starts after its delivery channel exists', () => {
    const started = stack.resources('aws_config_configuration_recorder_status');

    expect(started).toHaveLength(stack.resources('aws_config_configuration_recorder').length);
    for (const status of started)
      expect(status).toMatchObject({ is_enabled: true, depends_on: ['aws_config_delivery_channel.recorder_channel'] });
  });

  it('every trail records reads and writes in all regions, in log files that can be validated', () => {
    for (const trail of stack.resources('aws_cloudtrail'))
      expect(trail).toMatchObject({
        is_multi_region_trail: true,
        include_global_service_events: true,
        enable_log_file_validation: true,
        event_selector: [{ read_write_type: 'All', include_management_events: true }],
      });
  });

  it('every failed or undelivered event goes to a queue that has an alarm', () => {
    const functions = stack.resources('aws_lambda_function').length;

    expect(stack.resources('aws_lambda_function_event_invoke_config')).toHaveLength(functions);
    for (const target of stack.resources('aws_cloudwatch_event_target'))
      expect(target).toMatchObject({ dead_letter_config: { arn: expect.any(String) as string } });
    const queues = stack.resources('aws_sqs_queue').map(({ name }) => name);
    const watched = stack
      .resources('aws_cloudwatch_metric_alarm')
      .flatMap(({ dimensions }) => (dimensions as { QueueName?: string }).QueueName ?? []);
    expect(watched.sort()).toEqual(queues.sort());
  });

  it('only AWS Config and EventBridge can invoke a function, and no function has a URL', () => {
    expect(stack.text).not.toMatch(/aws_lambda_function_url|"principal": ?"\*"/);
    for (const permission of stack.resources('aws_lambda_permission'))
      expect(['config.amazonaws.com', 'events.amazonaws.com']).toContain(permission.principal);
  });
});

describe('a KMS key of the deployment', () => {
  const stack = synthesised({ kmsKey: 'create' });
  const key = '${aws_kms_key.key_key.arn}';

  it("KMS rotates the deployment's key every year, and deletes it only 30 days after somebody schedules its deletion", () => {
    expect(stack.only('aws_kms_key')).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
  });

  it("the deployment's key encrypts the logs, the queues, the buckets, the configuration items and the trail", () => {
    expect(stack.resources('aws_cloudwatch_log_group').map(({ kms_key_id }) => kms_key_id)).toEqual([key, key]);
    expect(stack.resources('aws_sqs_queue').map(({ kms_master_key_id }) => kms_master_key_id)).toEqual([key, key, key]);
    expect(stack.only('aws_cloudtrail').kms_key_id).toBe(key);
    expect(stack.only('aws_config_delivery_channel').s3_kms_key_arn).toBe(key);
    for (const { rule } of stack.resources('aws_s3_bucket_server_side_encryption_configuration'))
      expect(rule).toEqual([
        {
          apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: key },
          bucket_key_enabled: true,
        },
      ]);
  });

  it("the functions can use the deployment's key only for their queues, and the recorder can use the key only for its bucket", () => {
    const using = statementsOf(stack)
      .filter(({ where }) => where.startsWith('aws_iam'))
      .filter(({ Action }) => JSON.stringify(Action).includes('kms:'));

    expect(using.map(({ Resource, Condition }) => [Resource, Condition])).toEqual(
      ['sqs', 'sqs', 's3'].map((service) => [[key], { StringLike: { 'kms:ViaService': `${service}.eu-west-1.amazonaws.*` } }]),
    );
  });

  it('the settings can name an existing KMS key', () => {
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd';
    const existing = synthesised({ kmsKey: arn });

    expect(existing.resources('aws_kms_key')).toEqual([]);
    expect(existing.only('aws_cloudtrail').kms_key_id).toBe(arn);
  });
});

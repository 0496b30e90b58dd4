import { createRequire } from 'node:module';
import type { TerraformResources } from '@portcullis/aws-limits';
import { readSettings, type Settings } from '@portcullis/settings';
import type { Fields } from '@portcullis/yaml-file';
import { baselineOf, synthesised } from '../testing/synthesised.js';
import { terraformModule, type Stack } from './terraform-module.js';
import type { VariableBlock } from './variables.js';

const ARNS = {
  topic: 'arn:aws:sns:eu-central-1:111122223333:findings',
  key: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd',
  bus: 'arn:aws:events:eu-west-1:111122223333:event-bus/security',
};
const WITH_SINKS = { sinks: { sns: { topicArn: ARNS.topic, kmsKeyArn: ARNS.key }, eventBus: { arn: ARNS.bus } } };
const BASELINES = [baselineOf('web', ['sg-00000001']), baselineOf('shop', ['sg-00000002'], { mode: 'approve', approveWithin: 60 })];

/** Returns the parts of the module that is written for these settings. */
function moduleOf(settings: Readonly<Record<string, unknown>> = {}) {
  const read = readSettings(JSON.stringify({ regions: ['eu-west-1'], baseline: 'baseline.json', ...settings }));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const stack = JSON.parse(synthesised(settings, BASELINES).text) as Stack;
  const [ofRegion] = read.value as [Settings];
  const { files, zips } = terraformModule(stack, ofRegion);
  const parsed = (name: string): unknown => JSON.parse(files[name] ?? '{}');
  const { resource, data } = parsed('main.tf.json') as { resource: TerraformResources; data: TerraformResources };
  const { variable } = parsed('variables.tf.json') as { variable: Readonly<Record<string, VariableBlock>> };
  return { stack, files, zips, resource, data, variable, main: files['main.tf.json'] ?? '' };
}

function only(resources: TerraformResources, type: string, name: string): Fields {
  return resources[type]?.[name] ?? {};
}

const minimal = moduleOf();
const withSinks = moduleOf(WITH_SINKS);

it('a module has every resource of the stack, and configures neither the provider nor the state', () => {
  const { stack, resource, files } = moduleOf({ state: { bucket: 'states', region: 'eu-west-1' } });
  const addresses = (resources: TerraformResources) => Object.entries(resources).map(([type, named]) => [type, Object.keys(named)]);

  expect(addresses(resource)).toEqual(addresses(stack.resource));
  expect(JSON.parse(files['versions.tf.json'] ?? '')).toEqual({
    terraform: { required_version: '>= 1.5', required_providers: { aws: { source: 'hashicorp/aws', version: '>= 6.40.0, < 7.0.0' } } },
  });
  expect(Object.keys(JSON.parse(files['main.tf.json'] ?? '') as object)).toEqual(['data', 'resource']);
});

it('a module finds the zips in its own folder', () => {
  const { resource, zips } = minimal;

  expect(only(resource, 'aws_lambda_function', 'config-remediator_function').filename).toBe('${path.module}/config-remediator.zip');
  expect(zips).toEqual({
    'config-remediator.zip': expect.stringMatching(/^assets\/.*remediator\.zip$/) as string,
    'cloudtrail-detector.zip': expect.stringMatching(/^assets\/.*detector\.zip$/) as string,
  });
});

it('the default of each module variable is the value in the settings', () => {
  const { variable } = moduleOf({ ...WITH_SINKS, memory: 512, alarms: { actions: [ARNS.topic] }, tags: { Team: 'platform' } });

  expect(Object.fromEntries(Object.entries(variable).map(([name, { type, default: value }]) => [name, [type, value]]))).toEqual({
    alarms_actions: ['list(string)', [ARNS.topic]],
    alarms_drifts_per_hour: ['number', 20],
    architecture: ['string', 'arm64'],
    log_retention_days: ['number', 90],
    memory: ['number', 512],
    permissions_boundary: ['string', null],
    record_retention_days: ['number', 365],
    report_restored: ['string', 'COMPLIANT'],
    reserved_concurrency_detector: ['number', null],
    reserved_concurrency_remediator: ['number', null],
    runtime: ['string', 'nodejs24.x'],
    sinks_event_bus_arn: ['string', ARNS.bus],
    sinks_sns_kms_key_arn: ['string', ARNS.key],
    sinks_sns_topic_arn: ['string', ARNS.topic],
    tags: ['map(string)', { Team: 'platform' }],
  });
});

it.each([
  ['sinks', {}],
  ['sinks_sns_kms_key_arn', { sinks: { sns: { topicArn: ARNS.topic } } }],
  ['record_retention_days', { recorder: 'existing', trail: 'existing' }],
])('a module has no variable for the unused setting of %s', (prefix, settings) => {
  const { variable } = moduleOf(settings);

  expect(Object.keys(variable).filter((name) => name.startsWith(prefix))).toEqual([]);
});

it('a module refers to exactly the variables that it declares', () => {
  const { main, variable } = withSinks;

  expect([...new Set([...main.matchAll(/\$\{var\.(\w+)\}/g)].map(([, name]) => name))].sort()).toEqual(Object.keys(variable).sort());
});

it.each<[string, (resources: TerraformResources) => unknown, unknown]>([
  ['a number', (r) => only(r, 'aws_lambda_function', 'cloudtrail-detector_function').memory_size, '${var.memory}'],
  ['a member of a list', (r) => only(r, 'aws_lambda_function', 'config-remediator_function').architectures, ['${var.architecture}']],
  [
    'an argument that the settings leave out',
    (r) => only(r, 'aws_iam_role', 'recorder_role').permissions_boundary,
    '${var.permissions_boundary}',
  ],
  [
    'an argument in a block',
    (r) => (only(r, 'aws_s3_bucket_lifecycle_configuration', 'trail_log_lifecycle').rule as readonly Fields[])[0]?.expiration,
    [{ days: '${var.record_retention_days}' }],
  ],
  [
    'one function only',
    (r) => Object.values(r.aws_lambda_function ?? {}).map(({ reserved_concurrent_executions }) => reserved_concurrent_executions as string),
    ['${var.reserved_concurrency_detector}', '${var.reserved_concurrency_remediator}'],
  ],
])('a module variable replaces %s', (_, read, reference) => {
  expect(read(minimal.resource)).toEqual(reference);
});

it('a module variable replaces the ARN of a sink in the policies and in the environment of both functions', () => {
  const { main } = withSinks;

  for (const [arn, name] of [
    [ARNS.topic, 'sinks_sns_topic_arn'],
    [ARNS.bus, 'sinks_event_bus_arn'],
  ] as const) {
    expect(main).not.toContain(arn);
    expect(main.match(new RegExp(`\\$\\{var\\.${name}\\}`, 'g'))).toHaveLength(4);
  }
});

it('a module adds its tags to every type of resource that can have tags', () => {
  // These settings create every optional resource.
  const { resource } = moduleOf({ kmsKey: 'create' });
  const require = createRequire(__filename);
  const takesTags = (type: string): boolean => {
    const name = type.replace(/^aws_/, '').replaceAll('_', '-');
    const bindings = require(`@cdktf/provider-aws/lib/${name}/index.js`) as Record<string, { tfResourceType?: string; prototype: object }>;
    return Object.values(bindings).some(({ tfResourceType, prototype }) => tfResourceType === type && 'tagsInput' in prototype);
  };

  for (const [type, named] of Object.entries(resource))
    for (const values of Object.values(named)) expect([type, 'tags' in values]).toEqual([type, takesTags(type)]);
});

it('a module fails if its provider is for another region or account', () => {
  const { data } = moduleOf({ accountId: '111122223333' });
  const conditions = Object.values(data).flatMap((named) =>
    Object.values(named).flatMap(
      ({ lifecycle }) => (lifecycle as { postcondition: { condition: string } } | undefined)?.postcondition ?? [],
    ),
  );

  expect(conditions).toEqual([
    { condition: '${self.account_id == "111122223333"}', error_message: 'this module was generated for the account 111122223333' },
    {
      condition: '${split(".", self.endpoint)[1] == "eu-west-1"}',
      error_message: 'this module was generated for the region eu-west-1',
    },
  ]);
});

describe('the validation of a variable', () => {
  const { variable } = withSinks;

  it.each([
    ['memory', 'var.memory >= 128 && var.memory <= 10240 && floor(var.memory) == var.memory'],
    ['architecture', 'contains(["arm64","x86_64"], var.architecture)'],
    ['runtime', String.raw`can(regex("^nodejs(2\\d|[3-9]\\d)\\.x$", var.runtime))`],
    [
      'reserved_concurrency_detector',
      'var.reserved_concurrency_detector == null ? true : var.reserved_concurrency_detector >= 1 && var.reserved_concurrency_detector <= 1000 && floor(var.reserved_concurrency_detector) == var.reserved_concurrency_detector',
    ],
    [
      'tags',
      String.raw`alltrue([for key, each in var.tags : !can(regex("^aws:", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}$", key)) && !can(regex("^aws:", each)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}$", each))])`,
    ],
    [
      'sinks_sns_topic_arn',
      String.raw`!can(regex("^.*[$%]\\{", var.sinks_sns_topic_arn)) && can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_.-]+$", var.sinks_sns_topic_arn)) && split(":", var.sinks_sns_topic_arn)[3] == "eu-central-1"`,
    ],
  ])('Terraform validates the variable %s as the settings do', (name, condition) => {
    expect(variable[name]?.validation.condition).toBe(`\${${condition}}`);
  });

  it('the error message of a module variable describes the valid values as the error message of the setting does', () => {
    expect(variable.memory?.validation.error_message).toBe('`memory`: expected whole MB from 128 to 10240.');
    expect(variable.sinks_sns_kms_key_arn?.validation.error_message).toBe(
      '`sinks_sns_kms_key_arn`: expected the ARN of the KMS key that the topic is encrypted with, in eu-central-1.',
    );
    expect(variable.sinks_sns_topic_arn?.validation.error_message).toBe(
      '`sinks_sns_topic_arn`: expected the ARN of an SNS topic, `arn:<partition>:sns:<region>:<account>:<name>`, in eu-central-1.',
    );
  });
});

it('the README of a module lists each resource, input and output', () => {
  const { files, resource, variable } = minimal;
  const readme = files['README.md'] ?? '';
  const { output } = JSON.parse(files['outputs.tf.json'] ?? '{}') as { output: object };
  const addresses = Object.entries(resource).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));

  for (const row of [
    ...addresses.map((each) => `| [${each}](`),
    ...Object.keys({ ...variable, ...output }).map((each) => `| \`${each}\` |`),
  ])
    expect(readme).toContain(row);
});

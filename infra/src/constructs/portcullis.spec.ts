/** Portcullis in somebody else's CDKTF app. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { App, TerraformStack } from 'cdktf';
import { Portcullis, PortcullisError, type PortcullisProps } from '../index.js';
import { synthesised } from '../testing/synthesised.js';
import { readTemplate, type Template } from '../testing/template.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'composed-'));
  for (const name of ['r', 'd']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'main.mjs'), `export const handler = '${name}';`);
  }
  writeFileSync(join(folder, 'baseline.yaml'), 'version: 1\nbaselines:\n  - { name: web, groups: { ids: [sg-00000001] }, ingress: [] }\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function compose(props: Partial<PortcullisProps> = {}): Template {
  const app = new App({ outdir: join(folder, 'out') });
  const stack = new TerraformStack(app, 'theirs');
  new AwsProvider(stack, 'aws', { region: 'eu-west-1' });
  new SnsTopic(stack, 'topic', { name: 'theirs' });
  new Portcullis(stack, 'guard', {
    region: 'eu-west-1',
    baseline: join(folder, 'baseline.yaml'),
    bundles: { remediator: join(folder, 'r', 'main.mjs'), detector: join(folder, 'd', 'main.mjs') },
    ...props,
  });
  app.synth();
  return readTemplate(readFileSync(join(folder, 'out', 'stacks', 'theirs', 'cdk.tf.json'), 'utf8'));
}

it('stands beside what else is in a stack, with the same resources as in a stack of its own', () => {
  const composed = compose();
  const { aws_sns_topic: topics, ...ours } = composed.counts();

  expect(topics).toBe(1);
  expect(ours).toEqual(synthesised().counts());
  expect(composed.resources('aws_lambda_function').map(({ function_name }) => function_name)).toEqual([
    'portcullis-cloudtrail-detector',
    'portcullis-config-remediator',
  ]);
});

it('takes every setting in the words of the settings file', () => {
  const composed = compose({ name: 'gate', recorder: 'existing', trail: 'existing', memory: 512, mode: 'report' });

  expect(composed.resources('aws_lambda_function').map(({ memory_size }) => memory_size)).toEqual([512, 512]);
  expect(composed.resources('aws_s3_bucket')).toEqual([]);
  expect(composed.text).not.toContain('ec2:RevokeSecurityGroupIngress"');
});

it('can be there twice under two names', () => {
  const app = new App({ outdir: join(folder, 'out') });
  const stack = new TerraformStack(app, 'theirs');
  new AwsProvider(stack, 'aws', { region: 'eu-west-1' });
  for (const name of ['one', 'two'])
    new Portcullis(stack, name, {
      name,
      region: 'eu-west-1',
      recorder: 'existing',
      trail: 'existing',
      baseline: join(folder, 'baseline.yaml'),
      bundles: { remediator: join(folder, 'r', 'main.mjs'), detector: join(folder, 'd', 'main.mjs') },
    });
  app.synth();
  const template = readTemplate(readFileSync(join(folder, 'out', 'stacks', 'theirs', 'cdk.tf.json'), 'utf8'));

  expect(template.resources('aws_lambda_function')).toHaveLength(4);
});

it('refuses what it cannot be made from, all at once, and says what would be right', () => {
  writeFileSync(join(folder, 'baseline.yaml'), 'version: 2\n');
  let problems: readonly string[] = [];
  try {
    compose({ memory: 1, runtime: 'python3.12', bundles: { remediator: '/none', detector: '/none either' } });
  } catch (error) {
    if (!(error instanceof PortcullisError)) throw error;
    problems = error.problems;
  }

  expect(problems).toEqual(
    expect.arrayContaining([
      '`memory`: expected whole MB from 128 to 10240',
      expect.stringMatching(/^`runtime`: expected a Node.js runtime/),
      expect.stringMatching(/baseline\.yaml:1:\d+: /),
      expect.stringMatching(/^\/none does not exist/),
      expect.stringMatching(/^\/none either does not exist/),
    ]),
  );
});

// To rename one of these is to have Terraform destroy what it holds and make it anew.
it('keeps the addresses of what holds something', () => {
  const stateful = /^aws_(s3_bucket|sqs_queue|cloudwatch_log_group|kms_key|cloudtrail|config_configuration_recorder|cloudwatch_event_bus)$/;
  const stack = synthesised({ kmsKey: 'create', accountId: '111122223333', organization: { id: 'o-exampleorgid' } });
  const addresses = Object.keys(stack.counts())
    .filter((type) => stateful.test(type))
    .flatMap((type) => stack.resources(type).map(({ address }) => address));

  expect(addresses.sort()).toEqual([
    'aws_cloudtrail.trail_trail',
    'aws_cloudwatch_event_bus.members_bus',
    'aws_cloudwatch_log_group.cloudtrail-detector_logs',
    'aws_cloudwatch_log_group.config-remediator_logs',
    'aws_config_configuration_recorder.recorder_recorder',
    'aws_kms_key.key_key',
    'aws_s3_bucket.recorder_log_bucket',
    'aws_s3_bucket.trail_log_bucket',
    'aws_sqs_queue.cloudtrail-detector_failures',
    'aws_sqs_queue.cloudtrail_undelivered',
    'aws_sqs_queue.config-remediator_failures',
  ]);
});

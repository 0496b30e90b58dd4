/** Uses Portcullis in another CDKTF app. */
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

/** Synthesises a stack with a topic and with one `Portcullis` construct for each entry of `guards`, keyed by construct id. */
function compose(guards: Readonly<Record<string, Partial<PortcullisProps>>>): Template {
  const app = new App({ outdir: join(folder, 'out') });
  const stack = new TerraformStack(app, 'theirs');
  new AwsProvider(stack, 'aws', { region: 'eu-west-1' });
  new SnsTopic(stack, 'topic', { name: 'theirs' });
  for (const [id, props] of Object.entries(guards))
    new Portcullis(stack, id, {
      region: 'eu-west-1',
      baseline: join(folder, 'baseline.yaml'),
      bundles: { remediator: join(folder, 'r', 'main.mjs'), detector: join(folder, 'd', 'main.mjs') },
      ...props,
    });
  app.synth();
  return readTemplate(readFileSync(join(folder, 'out', 'stacks', 'theirs', 'cdk.tf.json'), 'utf8'));
}

it('the construct `Portcullis` creates the same resources in a shared stack as in its own stack', () => {
  const composed = compose({ guard: {} });
  const { aws_sns_topic: topics, ...ours } = composed.counts();

  expect(topics).toBe(1);
  expect(ours).toEqual(synthesised().counts());
});

it('the construct `Portcullis` accepts the keys of the settings file as properties', () => {
  const composed = compose({ guard: { name: 'gate', recorder: 'existing', trail: 'existing', memory: 512, mode: 'report' } });

  expect(composed.resources('aws_lambda_function').map(({ memory_size }) => memory_size)).toEqual([512, 512]);
  expect(composed.resources('aws_s3_bucket')).toEqual([]);
  expect(composed.text).not.toContain('ec2:RevokeSecurityGroupIngress"');
});

it('one stack can contain two `Portcullis` constructs with different names', () => {
  const existing = { recorder: 'existing', trail: 'existing' } as const;
  const template = compose({ one: { name: 'one', ...existing }, two: { name: 'two', ...existing } });

  expect(template.resources('aws_lambda_function')).toHaveLength(4);
});

it('the construct `Portcullis` reports all invalid properties at once, with the expected values', () => {
  writeFileSync(join(folder, 'baseline.yaml'), 'version: 2\n');
  const invalid = { memory: 1, runtime: 'python3.12', bundles: { remediator: '/none', detector: '/none either' } };

  expect(() => compose({ guard: invalid })).toThrow(PortcullisError);
  for (const problem of [
    /^`memory`: expected whole MB from 128 to 10240$/m,
    /^`runtime`: expected a Node.js runtime/m,
    /baseline\.yaml:1:\d+: /,
    /^\/none does not exist/m,
    /^\/none either does not exist/m,
  ])
    expect(() => compose({ guard: invalid })).toThrow(problem);
});

// If the Terraform address of a resource changes, Terraform destroys the resource with its content and creates it again.
it('resources with content, such as buckets, keep their Terraform addresses', () => {
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

/** Tests that a deployment can be read from a synthesised stack and from Terraform's state. */
import { readDeployment, readDeploymentFromTerraform } from './deployment.js';
import { resolveStackResources } from './synthesised-stack.js';

const LOCATION = { accountId: '123456789012', region: 'eu-west-1', partition: 'aws' };
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:guard';
const ROLE = 'arn:aws:iam::123456789012:role/portcullis/guard';
const RULE = 'arn:aws:events:eu-west-1:123456789012:rule/calls';
const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:failures';
const POLICY = '{"Statement":[{"Effect":"Allow","Action":"logs:PutLogEvents","Resource":"*"}]}';

/** The attributes that are the same in a synthesised stack and in Terraform's state. */
const FUNCTION = { function_name: 'guard', runtime: 'nodejs22.x', handler: 'main.handler', timeout: 30, filename: 'guard.zip' };
const PERMISSION = { action: 'lambda:InvokeFunction', principal: 'events.amazonaws.com' };
const GUARD = { name: 'guard', path: '/portcullis/', assume_role_policy: '{"Statement":[]}' };
const CALLS = { name: 'calls', event_pattern: '{"source":["aws.ec2"]}' };

/** The stack in the format of CDKTF: with references, and with blocks as objects. */
const NAME = '${aws_lambda_function.guard.function_name}';
const variables = { BUCKET: 'audit-${data.aws_caller_identity.here.account_id}', LITERAL: '$${name} and %%{if}' };
const on_failure = { destination: '${aws_sqs_queue.failures.arn}' };
const synthesised = {
  resource: {
    aws_lambda_function: { guard: { ...FUNCTION, role: '${aws_iam_role.guard.arn}', environment: { variables } } },
    aws_lambda_function_event_invoke_config: {
      guard: { function_name: NAME, maximum_retry_attempts: 1, destination_config: { on_failure } },
    },
    aws_lambda_permission: { calls: { ...PERMISSION, function_name: NAME, source_arn: '${aws_cloudwatch_event_rule.calls.arn}' } },
    aws_iam_role: { guard: GUARD },
    aws_iam_role_policy: { guard: { role: '${aws_iam_role.guard.name}', policy: POLICY } },
    aws_cloudwatch_event_rule: { calls: CALLS },
    aws_cloudwatch_event_target: { calls: { rule: '${aws_cloudwatch_event_rule.calls.name}', arn: '${aws_lambda_function.guard.arn}' } },
    aws_sqs_queue: { failures: { name: 'failures' } },
  },
};

/**
 * The stack in the format of `terraform show -json`. References are replaced by values, and a block is a list of one object. Unset
 * attributes are null or empty.
 */
const environment = [{ variables: { BUCKET: 'audit-123456789012', LITERAL: '${name} and %{if}' } }];
const destination_config = [{ on_failure: [{ destination: QUEUE }], on_success: [] }];
const resources = [
  ['aws_cloudwatch_event_rule', { ...CALLS, arn: RULE, event_bus_name: 'default', state: 'ENABLED' }],
  ['aws_cloudwatch_event_target', { rule: 'calls', arn: ARN, event_bus_name: 'default', role_arn: '', dead_letter_config: [] }],
  ['aws_iam_role', { ...GUARD, arn: ROLE }],
  ['aws_iam_role_policy', { role: 'guard', policy: POLICY }],
  ['aws_lambda_function', { ...FUNCTION, arn: ARN, role: ROLE, memory_size: 128, environment }],
  ['aws_lambda_function_event_invoke_config', { function_name: 'guard', maximum_retry_attempts: 1, destination_config }],
  ['aws_lambda_permission', { ...PERMISSION, function_name: 'guard', source_arn: RULE, source_account: null }],
  ['aws_sqs_queue', { name: 'failures', arn: QUEUE }],
].map(([type, values]) => ({ mode: 'managed', type, values }));
/** Half of the resources are in a child module. */
const state = { values: { root_module: { resources: resources.slice(0, 4), child_modules: [{ resources: resources.slice(4) }] } } };

it('`readDeployment` and `readDeploymentFromTerraform` return the same deployment for the same stack', () => {
  const fromStack = readDeployment(resolveStackResources(synthesised, LOCATION), LOCATION, '/stack', false);
  const fromState = readDeploymentFromTerraform(JSON.stringify(state), LOCATION, '/stack');

  expect({ ...fromState, isInMoto: false, names: [...fromState.names].sort() }).toEqual({
    ...fromStack,
    names: [...fromStack.names].sort(),
  });
  expect(fromStack).toMatchObject({
    functions: [
      {
        arn: ARN,
        packageFile: '/stack/guard.zip',
        onFailure: QUEUE,
        permissions: [{ sourceArn: RULE }],
        environment: environment[0]?.variables,
      },
    ],
    roles: [{ arn: ROLE, trust: { Statement: [] }, policies: [JSON.parse(POLICY)] }],
    eventRules: [{ pattern: { source: ['aws.ec2'] }, targets: [{ arn: ARN }], isEnabled: true }],
  });
});

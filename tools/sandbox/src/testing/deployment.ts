/** Makes a small stack for tests, in the form that CDKTF synthesises. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { readDeployment, type Deployment } from '../deployment/deployment.js';
import { resolveStackResources } from '../deployment/synthesised-stack.js';
import type { JsonObject } from '../json.js';
import { folder, sandbox } from './fixture.js';

const ROLE = 'arn:aws:iam::123456789012:role/portcullis/everything';
const EVERYTHING = JSON.stringify({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });

/** Returns a deployment package that contains this source text as `main.mjs`. */
export function packageWith(source: string): Uint8Array {
  return zipSync({ 'main.mjs': strToU8(source) });
}

/** Returns a deployment of functions with these source texts and a role that allows everything. A trail and a recorder are running. */
export async function deploymentWith(sources: Readonly<Record<string, string>>, more: JsonObject = {}): Promise<Deployment> {
  const each = (valuesOf: (name: string) => JsonObject): JsonObject =>
    Object.fromEntries(Object.keys(sources).map((name) => [name, valuesOf(name)]));
  for (const [name, source] of Object.entries(sources)) await writeFile(join(folder, `${name}.zip`), packageWith(source));
  const attributes = { role: ROLE, runtime: 'nodejs22.x', handler: 'main.handler' };
  const permission = { action: 'lambda:InvokeFunction', principal: 'config.amazonaws.com' };
  const resource = {
    aws_iam_role: { everything: { name: 'everything', path: '/portcullis/', assume_role_policy: '{}' } },
    aws_iam_role_policy: { everything: { role: 'everything', policy: EVERYTHING } },
    aws_lambda_function: each((name) => ({
      ...attributes,
      function_name: name,
      filename: `${name}.zip`,
      // The function `clumsy` hangs on purpose, so its timeout is short. All other functions must not time out on a busy machine.
      timeout: name === 'clumsy' ? 1 : 30,
      environment: { variables: { GREETING: 'hello' } },
    })),
    aws_lambda_permission: {
      ...each((function_name) => ({ ...permission, function_name })),
      events: { ...permission, function_name: Object.keys(sources)[0], principal: 'events.amazonaws.com' },
    },
    aws_cloudwatch_log_group: each((name) => ({ name: `/aws/lambda/${name}` })),
    aws_config_configuration_recorder: { recorder: { role_arn: ROLE } },
    aws_config_configuration_recorder_status: { recorder: { is_enabled: true } },
    aws_cloudtrail: { trail: {} },
    ...more,
  };
  return readDeployment(resolveStackResources({ resource }, sandbox), sandbox, folder, false);
}

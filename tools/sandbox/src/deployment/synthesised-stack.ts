/** Reads a synthesised `cdk.tf.json`, adds the attributes that AWS would compute, and resolves every reference. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { json, type JsonObject } from '../json.js';
import { readDeployment, type Deployment, type AwsLocation, type Resource } from './deployment.js';

/**
 * Reads a stack. The stack's provider block contains the region. If there are stacks in several accounts, the provider block also contains
 * the account.
 * @throws {Error} for an expression that only Terraform can evaluate
 */
export async function readSynthesisedStack(file: string, home: AwsLocation): Promise<Deployment> {
  const stack = json.parse(await readFile(file, 'utf8'));
  if (stack === undefined) throw new Error(`${file} is not a JSON object`);
  const [provider] = json.list(json.object(stack, 'provider'), 'aws');
  const [accountId = home.accountId] = json.list(provider, 'allowed_account_ids').map(String);
  const { partition, region } = home;
  const location = { partition, region: json.text(provider, 'region') ?? region, accountId };
  return readDeployment(resolveStackResources(stack, location), location, dirname(file), false);
}

const META = ['//', 'depends_on', 'lifecycle'];

/** Returns the resources of a synthesised stack, with all references replaced by values. */
export function resolveStackResources(stack: JsonObject, location: AwsLocation): readonly Resource[] {
  const declared = new Map<string, Resource>();
  for (const [type, byName] of Object.entries(json.object(stack, 'resource')))
    for (const [name, values] of Object.entries(json.isObject(byName) ? byName : {}))
      if (json.isObject(values)) declared.set(`${type}.${name}`, { type, values });
  const resolved = new Map<string, Resource>();

  const resourceAt = (address: string): Resource => {
    const known = resolved.get(address);
    if (known !== undefined) return known;
    const resource = declared.get(address);
    if (resource === undefined) throw new Error(`the stack refers to \`${address}\`, which it does not declare`);
    const values = Object.fromEntries(
      Object.entries(resource.values).flatMap(([key, value]) => (META.includes(key) ? [] : [[key, valueOf(value)]])),
    ) as JsonObject;
    const whole = { type: resource.type, values: { ...computedDeploymentAttributes(resource.type, values, location), ...values } };
    resolved.set(address, whole);
    return whole;
  };

  const valueOf = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(valueOf);
    if (json.isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, valueOf(member)]));
    return value;
  };

  // `$${` and `%%{` are Terraform's escapes for `${` and `%{`: https://developer.hashicorp.com/terraform/language/expressions/strings
  const text = (template: string): string =>
    template.replace(/\$\$\{|%%\{|\$\{([^}]*)\}/g, (all, expression?: string) =>
      expression === undefined ? all.slice(1) : reference(expression.trim()),
    );

  const reference = (expression: string): string => {
    if (/^data\.aws_caller_identity\.[\w-]+\.account_id$/.test(expression)) return location.accountId;
    if (/^data\.aws_partition\.[\w-]+\.partition$/.test(expression)) return location.partition;
    if (/^data\.aws_region\.[\w-]+\.(name|region|id)$/.test(expression)) return location.region;
    const [, address = '', attribute = ''] = /^(aws_\w+\.[\w-]+)\.(\w+)$/.exec(expression) ?? [];
    const value = address === '' ? undefined : json.text(resourceAt(address).values, attribute);
    if (value === undefined) throw new Error(`the sandbox cannot evaluate \`${expression}\`: use \`demo:deploy\`, which runs Terraform`);
    return value;
  };

  return [...declared.keys()].map(resourceAt);
}

/** Returns the attributes that AWS would compute and that Portcullis's stacks refer to. */
function computedDeploymentAttributes(type: string, values: JsonObject, { accountId, region, partition }: AwsLocation): JsonObject {
  const name = json.text(values, 'name') ?? json.text(values, 'function_name') ?? json.text(values, 'bucket') ?? '';
  const [path, bus] = [json.text(values, 'path') ?? '/', json.text(values, 'event_bus_name') ?? 'default'];
  const key = '00000000-0000-4000-8000-000000000000';
  const configRule = `config:${region}:${accountId}:config-rule/config-rule-${Buffer.from(name).toString('hex').slice(-6)}`;
  const arns: Readonly<Record<string, string>> = {
    aws_lambda_function: `lambda:${region}:${accountId}:function:${name}`,
    aws_iam_role: `iam::${accountId}:role${path}${name}`,
    aws_iam_policy: `iam::${accountId}:policy${path}${name}`,
    aws_cloudwatch_event_rule: `events:${region}:${accountId}:rule/${bus === 'default' ? '' : `${bus}/`}${name}`,
    aws_cloudwatch_event_bus: `events:${region}:${accountId}:event-bus/${name}`,
    aws_cloudwatch_log_group: `logs:${region}:${accountId}:log-group:${name}`,
    aws_sqs_queue: `sqs:${region}:${accountId}:${name}`,
    aws_s3_bucket: `s3:::${name}`,
    aws_kms_key: `kms:${region}:${accountId}:key/${key}`,
    aws_config_config_rule: configRule,
    aws_config_organization_custom_rule: configRule,
  };
  return {
    id: type === 'aws_kms_key' ? key : name,
    ...(arns[type] !== undefined && { arn: `arn:${partition}:${arns[type]}` }),
    ...(type === 'aws_kms_key' && { key_id: key }),
    ...(type === 'aws_sqs_queue' && { url: `https://sqs.${region}.amazonaws.com/${accountId}/${name}` }),
  };
}

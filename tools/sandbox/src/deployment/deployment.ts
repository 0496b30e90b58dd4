/** The parts of a stack that matter at run time. Calls that tamper with the stack change them. */
import { resolve } from 'node:path';
import { policyOf } from '../simulated-aws/evaluate.js';
import { isObject, listOf, objectOf, parseObject, textOf, type JsonObject } from '../json.js';

/** A resource as Terraform knows it, with every reference resolved. */
export interface Resource {
  /** `aws_lambda_function` */
  readonly type: string;
  readonly values: JsonObject;
}

export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
}

export type DeployedFunction = ReturnType<typeof functionOf>;
export type DeployedRole = ReturnType<typeof roleOf>;
export type DeployedEventRule = ReturnType<typeof eventRuleOf>;
/** An organization's rule covers every account but the excluded ones. */
export type DeployedConfigRule = ReturnType<typeof configRule> & Partial<Pick<ReturnType<typeof organizationRule>, 'organization'>>;

export interface Deployment extends Place {
  readonly functions: DeployedFunction[];
  readonly roles: readonly DeployedRole[];
  readonly configRules: DeployedConfigRule[];
  readonly eventRules: DeployedEventRule[];
  readonly buses: readonly { readonly name: string; readonly arn: string; readonly policies: readonly JsonObject[] }[];
  /** The StackSets, and the organizational units that they deploy to. */
  readonly stackSets: readonly {
    readonly name: string;
    readonly template: string;
    readonly isAutomatic: boolean;
    readonly units: readonly string[];
  }[];
  readonly queueNames: readonly string[];
  readonly scheduleGroupNames: readonly string[];
  /** The names of all resources. */
  readonly names: readonly string[];
  /** Whether Terraform made the resources in moto. */
  readonly isInMoto: boolean;
  readonly logGroupNames: readonly string[];
  /** Null if there is no recorder. */
  readonly recorderRoleArn: string | null;
  isRecording: boolean;
  /** Whether a trail logs management events of this region. */
  hasTrail: boolean;
}

/** Returns the resources of a type. */
type Of = (type: string) => readonly JsonObject[];

/** Reads the resources of a stack. The paths of the functions' packages are relative to `folder`, where Terraform runs. */
export function readDeployment(resources: readonly Resource[], place: Place, folder: string, isInMoto: boolean): Deployment {
  const { accountId, region, partition } = place;
  const of: Of = (type) => resources.filter((each) => each.type === type).map(({ values }) => values);
  const [status] = of('aws_config_configuration_recorder_status');
  const [recorder] = of('aws_config_configuration_recorder');
  return {
    accountId,
    region,
    partition,
    functions: of('aws_lambda_function').map((values) => functionOf(values, of, folder)),
    roles: of('aws_iam_role').map((values) => roleOf(values, of)),
    configRules: [...of('aws_config_config_rule').map(configRule), ...of('aws_config_organization_custom_rule').map(organizationRule)],
    eventRules: of('aws_cloudwatch_event_rule').map((values) => eventRuleOf(values, of)),
    buses: of('aws_cloudwatch_event_bus').map((values) => ({
      ...required(values, { name: 'name', arn: 'arn' }),
      policies: of('aws_cloudwatch_event_bus_policy')
        .filter((each) => each.event_bus_name === values.name)
        .map((each) => policyOf(named(each, 'policy'))),
    })),
    stackSets: of('aws_cloudformation_stack_set').map((values) => ({
      ...required(values, { name: 'name', template: 'template_body' }),
      isAutomatic: blockOf(values, 'auto_deployment').enabled === true,
      units: of('aws_cloudformation_stack_set_instance')
        .filter((each) => each.stack_set_name === values.name)
        .flatMap((each) => listOf(blockOf(each, 'deployment_targets'), 'organizational_unit_ids').map(String)),
    })),
    names: [...new Set(resources.flatMap(({ values }) => NAMES.flatMap((name) => textOf(values, name) ?? [])))],
    isInMoto,
    queueNames: of('aws_sqs_queue').map((values) => named(values, 'name')),
    scheduleGroupNames: of('aws_scheduler_schedule_group').map((values) => named(values, 'name')),
    logGroupNames: of('aws_cloudwatch_log_group').map((values) => named(values, 'name')),
    recorderRoleArn: recorder !== undefined && status?.is_enabled === true ? named(recorder, 'role_arn') : null,
    isRecording: true,
    hasTrail: of('aws_cloudtrail').some((trail) => trail.enable_logging !== false),
  };
}

/** Reads the output of `terraform show -json` after an apply. Format: https://developer.hashicorp.com/terraform/internals/json-format */
export function readTerraformState(text: string, place: Place, folder: string): Deployment {
  const state = parseObject(text);
  if (state === undefined) throw new Error(`\`terraform show -json\` in ${folder} did not print a JSON object`);
  const managed = resourcesIn(objectOf(objectOf(state, 'values'), 'root_module')).filter(({ mode }) => mode === 'managed');
  return readDeployment(
    managed.map((each) => ({ type: named(each, 'type'), values: objectOf(each, 'values') })),
    place,
    folder,
    true,
  );
}

/** Returns the resources of a module and of the modules that it calls. */
function resourcesIn(module: unknown): readonly JsonObject[] {
  return [...listOf(module, 'resources').filter(isObject), ...listOf(module, 'child_modules').flatMap(resourcesIn)];
}

function functionOf(values: JsonObject, of: Of, folder: string) {
  const name = named(values, 'function_name');
  const isOf = (each: JsonObject): boolean => functionNameIn(named(each, 'function_name')) === name;
  const settings = of('aws_lambda_function_event_invoke_config').find(isOf);
  const permissions = of('aws_lambda_permission').filter((each) => isOf(each) && each.action === 'lambda:InvokeFunction');
  return {
    name,
    ...required(values, { arn: 'arn', roleArn: 'role', runtime: 'runtime', handler: 'handler' }),
    timeoutSeconds: numberOf(values, 'timeout', 3),
    memoryMegabytes: numberOf(values, 'memory_size', 128),
    environment: objectOf(blockOf(values, 'environment'), 'variables') as Readonly<Record<string, string>>, // by the provider's schema
    packageFile: resolve(folder, named(values, 'filename')),
    maximumRetryAttempts: numberOf(settings, 'maximum_retry_attempts', 2),
    /** An ARN. */
    ...optional(blockOf(blockOf(settings, 'destination_config'), 'on_failure'), { onFailure: 'destination' }),
    /** Whether it was deleted or its concurrency is zero, so that it gets no events. */
    isStopped: false,
    permissions: permissions.map((each) => ({
      principal: named(each, 'principal'),
      ...optional(each, { sourceArn: 'source_arn', sourceAccount: 'source_account' }),
    })),
  };
}

function roleOf(values: JsonObject, of: Of) {
  const isOf = (each: JsonObject): boolean => each.role === values.name;
  const attached = of('aws_iam_role_policy_attachment').filter(isOf);
  const managed = attached.flatMap(({ policy_arn: arn }) => of('aws_iam_policy').filter((policy) => policy.arn === arn));
  return {
    arn: named(values, 'arn'),
    trust: policyOf(named(values, 'assume_role_policy')),
    policies: [...of('aws_iam_role_policy').filter(isOf), ...managed].map((policy) => policyOf(named(policy, 'policy'))),
  };
}

function eventRuleOf(values: JsonObject, of: Of) {
  const busName = busOf(values);
  const targets = of('aws_cloudwatch_event_target').filter((target) => target.rule === values.name && busOf(target) === busName);
  return {
    ...required(values, { name: 'name', arn: 'arn' }),
    busName,
    pattern: parseObject(named(values, 'event_pattern')) ?? {},
    isEnabled: values.state !== 'DISABLED',
    targets: targets.map((target) => ({ arn: named(target, 'arn'), ...optional(target, { roleArn: 'role_arn' }) })),
  };
}

/** The attributes that name a resource in a call. */
const NAMES = ['name', 'function_name', 'bucket', 'alarm_name', 'dashboard_name', 'key_id'];

/** Returns the function's name, from a name or from an ARN with or without a version. */
function functionNameIn(arn: string): string {
  return /:function:([^:]+)/.exec(arn)?.[1] ?? arn;
}

function busOf(values: JsonObject): string {
  return textOf(values, 'event_bus_name') ?? 'default';
}

function configRule(values: JsonObject) {
  const [source, scope] = [blockOf(values, 'source'), blockOf(values, 'scope')];
  return {
    ...required(values, { name: 'name', arn: 'arn' }),
    functionArn: named(source, 'source_identifier'),
    messageTypes: listOf(source, 'source_detail').map((detail) => named(detail, 'message_type')),
    scope: {
      types: listOf(scope, 'compliance_resource_types').map(String),
      ...optional(scope, { id: 'compliance_resource_id', tagKey: 'tag_key', tagValue: 'tag_value' }),
    },
    ...optional(values, { inputParameters: 'input_parameters' }),
  };
}

function organizationRule(values: JsonObject) {
  return {
    ...required(values, { name: 'name', arn: 'arn', functionArn: 'lambda_function_arn' }),
    messageTypes: listOf(values, 'trigger_types').map(String),
    scope: {
      types: listOf(values, 'resource_types_scope').map(String),
      ...optional(values, { id: 'resource_id_scope', tagKey: 'tag_key_scope', tagValue: 'tag_value_scope' }),
    },
    ...optional(values, { inputParameters: 'input_parameters' }),
    organization: { excludedAccounts: listOf(values, 'excluded_accounts').map(String) },
  };
}

/** Returns a block, which is an object in synthesised JSON and a list of one in Terraform's state. */
function blockOf(values: JsonObject | undefined, key: string): JsonObject {
  const [member] = listOf(values, key);
  return isObject(member) ? member : objectOf(values, key);
}

function numberOf(values: JsonObject = {}, key: string, otherwise: number): number {
  return typeof values[key] === 'number' ? values[key] : otherwise;
}

function named(values: unknown, key: string): string {
  return textOf(values, key) ?? '';
}

/** Returns attributes under other names. */
function required<K extends string>(values: JsonObject, names: Readonly<Record<K, string>>): Readonly<Record<K, string>> {
  return Object.fromEntries(Object.entries<string>(names).map(([name, key]) => [name, named(values, key)])) as Record<K, string>;
}

/** Returns the attributes that are set. In Terraform's state, the others are null or empty. */
function optional<K extends string>(values: JsonObject, names: Readonly<Record<K, string>>): Readonly<Partial<Record<K, string>>> {
  return Object.fromEntries(Object.entries(required(values, names)).filter(([, value]) => value !== '')) as Partial<Record<K, string>>;
}

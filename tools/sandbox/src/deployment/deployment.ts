/** The parts of a deployed stack that the sandbox uses while it runs. Calls that tamper with the stack change a `Deployment`. */
import { resolve } from 'node:path';
import { parseIamPolicy } from '../simulated-aws/iam-policies.js';
import { isJsonObject, listMember, objectMember, parseJsonObject, textMember, type JsonObject } from '../json.js';

/** A resource of a Terraform stack, with all references replaced by values. */
export interface Resource {
  /** `aws_lambda_function` */
  readonly type: string;
  readonly values: JsonObject;
}

export interface AwsLocation {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
}

export type DeployedFunction = ReturnType<typeof deployedFunction>;
export type DeployedRole = ReturnType<typeof deployedRole>;
export type DeployedEventRule = ReturnType<typeof deployedEventRule>;
/** A Config rule of an organization applies to every account except `excludedAccounts`. */
export type DeployedConfigRule = ReturnType<typeof deployedConfigRule> &
  Partial<Pick<ReturnType<typeof deployedOrganizationRule>, 'organization'>>;

export interface Deployment extends AwsLocation {
  readonly functions: DeployedFunction[];
  readonly roles: readonly DeployedRole[];
  readonly configRules: DeployedConfigRule[];
  readonly eventRules: DeployedEventRule[];
  readonly buses: readonly { readonly name: string; readonly arn: string; readonly policies: readonly JsonObject[] }[];
  /** The StackSets, with the organizational units to which each StackSet deploys. */
  readonly stackSets: readonly {
    readonly name: string;
    readonly template: string;
    readonly isAutomatic: boolean;
    readonly units: readonly string[];
  }[];
  readonly queueNames: readonly string[];
  readonly scheduleGroupNames: readonly string[];
  /** The names by which calls can refer to resources of the stack. */
  readonly names: readonly string[];
  /** Whether Terraform created the resources in moto. */
  readonly isInMoto: boolean;
  readonly logGroupNames: readonly string[];
  /** Null if there is no recorder. */
  readonly recorderRoleArn: string | null;
  isRecording: boolean;
  /** Whether a trail of the stack has its logging turned on. */
  hasTrail: boolean;
}

/** Returns the attributes of each resource of a type. */
type Of = (type: string) => readonly JsonObject[];

/**
 * Returns the deployment that consists of these resources. The paths of the functions' packages are relative to `folder`, in which
 * Terraform runs.
 */
export function readDeployment(resources: readonly Resource[], location: AwsLocation, folder: string, isInMoto: boolean): Deployment {
  const { accountId, region, partition } = location;
  const of: Of = (type) => resources.filter((each) => each.type === type).map(({ values }) => values);
  const [status] = of('aws_config_configuration_recorder_status');
  const [recorder] = of('aws_config_configuration_recorder');
  return {
    accountId,
    region,
    partition,
    functions: of('aws_lambda_function').map((values) => deployedFunction(values, of, folder)),
    roles: of('aws_iam_role').map((values) => deployedRole(values, of)),
    configRules: [
      ...of('aws_config_config_rule').map(deployedConfigRule),
      ...of('aws_config_organization_custom_rule').map(deployedOrganizationRule),
    ],
    eventRules: of('aws_cloudwatch_event_rule').map((values) => deployedEventRule(values, of)),
    buses: of('aws_cloudwatch_event_bus').map((values) => ({
      ...textAttributes(values, { name: 'name', arn: 'arn' }),
      policies: of('aws_cloudwatch_event_bus_policy')
        .filter((each) => each.event_bus_name === values.name)
        .map((each) => parseIamPolicy(textAttribute(each, 'policy'))),
    })),
    stackSets: of('aws_cloudformation_stack_set').map((values) => ({
      ...textAttributes(values, { name: 'name', template: 'template_body' }),
      isAutomatic: terraformBlock(values, 'auto_deployment').enabled === true,
      units: of('aws_cloudformation_stack_set_instance')
        .filter((each) => each.stack_set_name === values.name)
        .flatMap((each) => listMember(terraformBlock(each, 'deployment_targets'), 'organizational_unit_ids').map(String)),
    })),
    names: [...new Set(resources.flatMap(({ values }) => NAMES.flatMap((name) => textMember(values, name) ?? [])))],
    isInMoto,
    queueNames: of('aws_sqs_queue').map((values) => textAttribute(values, 'name')),
    scheduleGroupNames: of('aws_scheduler_schedule_group').map((values) => textAttribute(values, 'name')),
    logGroupNames: of('aws_cloudwatch_log_group').map((values) => textAttribute(values, 'name')),
    recorderRoleArn: recorder !== undefined && status?.is_enabled === true ? textAttribute(recorder, 'role_arn') : null,
    isRecording: true,
    hasTrail: of('aws_cloudtrail').some((trail) => trail.enable_logging !== false),
  };
}

/** Reads the output of `terraform show -json` after an apply. Format: https://developer.hashicorp.com/terraform/internals/json-format */
export function readTerraformState(text: string, location: AwsLocation, folder: string): Deployment {
  const state = parseJsonObject(text);
  if (state === undefined) throw new Error(`\`terraform show -json\` in ${folder} did not print a JSON object`);
  const managed = terraformModuleResources(objectMember(objectMember(state, 'values'), 'root_module')).filter(
    ({ mode }) => mode === 'managed',
  );
  return readDeployment(
    managed.map((each) => ({ type: textAttribute(each, 'type'), values: objectMember(each, 'values') })),
    location,
    folder,
    true,
  );
}

/** Returns the resources of a module and of its child modules. */
function terraformModuleResources(module: unknown): readonly JsonObject[] {
  return [
    ...listMember(module, 'resources').filter(isJsonObject),
    ...listMember(module, 'child_modules').flatMap(terraformModuleResources),
  ];
}

function deployedFunction(values: JsonObject, of: Of, folder: string) {
  const name = textAttribute(values, 'function_name');
  const isOf = (each: JsonObject): boolean => functionNameInArn(textAttribute(each, 'function_name')) === name;
  const settings = of('aws_lambda_function_event_invoke_config').find(isOf);
  const permissions = of('aws_lambda_permission').filter((each) => isOf(each) && each.action === 'lambda:InvokeFunction');
  return {
    name,
    ...textAttributes(values, { arn: 'arn', roleArn: 'role', runtime: 'runtime', handler: 'handler' }),
    timeoutSeconds: numberAttribute(values, 'timeout', 3),
    memoryMegabytes: numberAttribute(values, 'memory_size', 128),
    environment: objectMember(terraformBlock(values, 'environment'), 'variables') as Readonly<Record<string, string>>, // the provider's schema allows only text
    packageFile: resolve(folder, textAttribute(values, 'filename')),
    maximumRetryAttempts: numberAttribute(settings, 'maximum_retry_attempts', 2),
    /** An ARN. */
    ...setTextAttributes(terraformBlock(terraformBlock(settings, 'destination_config'), 'on_failure'), { onFailure: 'destination' }),
    /** Whether the function gets no events, because it was deleted or its concurrency is zero. */
    isStopped: false,
    permissions: permissions.map((each) => ({
      principal: textAttribute(each, 'principal'),
      ...setTextAttributes(each, { sourceArn: 'source_arn', sourceAccount: 'source_account' }),
    })),
  };
}

function deployedRole(values: JsonObject, of: Of) {
  const isOf = (each: JsonObject): boolean => each.role === values.name;
  const attached = of('aws_iam_role_policy_attachment').filter(isOf);
  const managed = attached.flatMap(({ policy_arn: arn }) => of('aws_iam_policy').filter((policy) => policy.arn === arn));
  return {
    arn: textAttribute(values, 'arn'),
    trust: parseIamPolicy(textAttribute(values, 'assume_role_policy')),
    policies: [...of('aws_iam_role_policy').filter(isOf), ...managed].map((policy) => parseIamPolicy(textAttribute(policy, 'policy'))),
  };
}

function deployedEventRule(values: JsonObject, of: Of) {
  const busName = eventBusName(values);
  const targets = of('aws_cloudwatch_event_target').filter((target) => target.rule === values.name && eventBusName(target) === busName);
  return {
    ...textAttributes(values, { name: 'name', arn: 'arn' }),
    busName,
    pattern: parseJsonObject(textAttribute(values, 'event_pattern')) ?? {},
    isEnabled: values.state !== 'DISABLED',
    targets: targets.map((target) => ({ arn: textAttribute(target, 'arn'), ...setTextAttributes(target, { roleArn: 'role_arn' }) })),
  };
}

/** The attributes by which a call can name a resource. */
const NAMES = ['name', 'function_name', 'bucket', 'alarm_name', 'dashboard_name', 'key_id'];

/** Returns the name of the function, given its name or its ARN. The ARN can end with a version. */
function functionNameInArn(arn: string): string {
  return /:function:([^:]+)/.exec(arn)?.[1] ?? arn;
}

function eventBusName(values: JsonObject): string {
  return textMember(values, 'event_bus_name') ?? 'default';
}

function deployedConfigRule(values: JsonObject) {
  const [source, scope] = [terraformBlock(values, 'source'), terraformBlock(values, 'scope')];
  return {
    ...textAttributes(values, { name: 'name', arn: 'arn' }),
    functionArn: textAttribute(source, 'source_identifier'),
    messageTypes: listMember(source, 'source_detail').map((detail) => textAttribute(detail, 'message_type')),
    scope: {
      types: listMember(scope, 'compliance_resource_types').map(String),
      ...setTextAttributes(scope, { id: 'compliance_resource_id', tagKey: 'tag_key', tagValue: 'tag_value' }),
    },
    ...setTextAttributes(values, { inputParameters: 'input_parameters' }),
  };
}

function deployedOrganizationRule(values: JsonObject) {
  return {
    ...textAttributes(values, { name: 'name', arn: 'arn', functionArn: 'lambda_function_arn' }),
    messageTypes: listMember(values, 'trigger_types').map(String),
    scope: {
      types: listMember(values, 'resource_types_scope').map(String),
      ...setTextAttributes(values, { id: 'resource_id_scope', tagKey: 'tag_key_scope', tagValue: 'tag_value_scope' }),
    },
    ...setTextAttributes(values, { inputParameters: 'input_parameters' }),
    organization: { excludedAccounts: listMember(values, 'excluded_accounts').map(String) },
  };
}

/** Returns a block as an object, although Terraform's state contains a block as a list of one object. */
function terraformBlock(values: JsonObject | undefined, key: string): JsonObject {
  const [member] = listMember(values, key);
  return isJsonObject(member) ? member : objectMember(values, key);
}

function numberAttribute(values: JsonObject = {}, key: string, otherwise: number): number {
  return typeof values[key] === 'number' ? values[key] : otherwise;
}

function textAttribute(values: unknown, key: string): string {
  return textMember(values, key) ?? '';
}

/** Returns several text attributes. `names` maps each key of the result to the name of an attribute. */
function textAttributes<K extends string>(values: JsonObject, names: Readonly<Record<K, string>>): Readonly<Record<K, string>> {
  return Object.fromEntries(Object.entries<string>(names).map(([name, key]) => [name, textAttribute(values, key)])) as Record<K, string>;
}

/** Like `textAttributes`, but omits unset attributes, which are null or empty in Terraform's state. */
function setTextAttributes<K extends string>(values: JsonObject, names: Readonly<Record<K, string>>): Readonly<Partial<Record<K, string>>> {
  return Object.fromEntries(Object.entries(textAttributes(values, names)).filter(([, value]) => value !== '')) as Partial<
    Record<K, string>
  >;
}

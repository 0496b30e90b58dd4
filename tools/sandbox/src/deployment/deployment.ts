/** The parts of a deployed stack that the sandbox uses while it runs. Calls that tamper with the stack change a `Deployment`. */
import { resolve } from 'node:path';
import { parseIamPolicy } from '../simulated-aws/iam-policies.js';
import { json, type JsonObject } from '../json.js';

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

export type DeployedFunction = ReturnType<typeof deploymentFunction>;
export type DeployedRole = ReturnType<typeof deploymentRole>;
export type DeployedEventRule = ReturnType<typeof deploymentEventRule>;
/** A Config rule of an organization applies to every account except `excludedAccounts`. */
export type DeployedConfigRule = ReturnType<typeof deploymentConfigRule> &
  Partial<Pick<ReturnType<typeof deploymentOrganizationRule>, 'organization'>>;

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
  /** Null if the stack contains no recorder. */
  readonly recorderRoleArn: string | null;
  isRecording: boolean;
  /** Whether the stack contains a trail that is logging. */
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
    functions: of('aws_lambda_function').map((values) => deploymentFunction(values, of, folder)),
    roles: of('aws_iam_role').map((values) => deploymentRole(values, of)),
    configRules: [
      ...of('aws_config_config_rule').map(deploymentConfigRule),
      ...of('aws_config_organization_custom_rule').map(deploymentOrganizationRule),
    ],
    eventRules: of('aws_cloudwatch_event_rule').map((values) => deploymentEventRule(values, of)),
    buses: of('aws_cloudwatch_event_bus').map((values) => ({
      ...deploymentTexts(values, { name: 'name', arn: 'arn' }),
      policies: of('aws_cloudwatch_event_bus_policy')
        .filter((each) => each.event_bus_name === values.name)
        .map((each) => parseIamPolicy(deploymentText(each, 'policy'))),
    })),
    stackSets: of('aws_cloudformation_stack_set').map((values) => ({
      ...deploymentTexts(values, { name: 'name', template: 'template_body' }),
      isAutomatic: deploymentBlock(values, 'auto_deployment').enabled === true,
      units: of('aws_cloudformation_stack_set_instance')
        .filter((each) => each.stack_set_name === values.name)
        .flatMap((each) => json.list(deploymentBlock(each, 'deployment_targets'), 'organizational_unit_ids').map(String)),
    })),
    names: [...new Set(resources.flatMap(({ values }) => NAMES.flatMap((name) => json.text(values, name) ?? [])))],
    isInMoto,
    queueNames: of('aws_sqs_queue').map((values) => deploymentText(values, 'name')),
    scheduleGroupNames: of('aws_scheduler_schedule_group').map((values) => deploymentText(values, 'name')),
    logGroupNames: of('aws_cloudwatch_log_group').map((values) => deploymentText(values, 'name')),
    recorderRoleArn: recorder !== undefined && status?.is_enabled === true ? deploymentText(recorder, 'role_arn') : null,
    isRecording: true,
    hasTrail: of('aws_cloudtrail').some((trail) => trail.enable_logging !== false),
  };
}

/** Reads the output of `terraform show -json` after an apply. Format: https://developer.hashicorp.com/terraform/internals/json-format */
export function readDeploymentFromTerraform(text: string, location: AwsLocation, folder: string): Deployment {
  const state = json.parse(text);
  if (state === undefined) throw new Error(`\`terraform show -json\` in ${folder} did not print a JSON object`);
  const managed = sandboxResourcesInModule(json.object(json.object(state, 'values'), 'root_module')).filter(
    ({ mode }) => mode === 'managed',
  );
  return readDeployment(
    managed.map((each) => ({ type: deploymentText(each, 'type'), values: json.object(each, 'values') })),
    location,
    folder,
    true,
  );
}

/** Returns the resources of a module and of its child modules. */
function sandboxResourcesInModule(module: unknown): readonly JsonObject[] {
  return [...json.list(module, 'resources').filter(json.isObject), ...json.list(module, 'child_modules').flatMap(sandboxResourcesInModule)];
}

function deploymentFunction(values: JsonObject, of: Of, folder: string) {
  const name = deploymentText(values, 'function_name');
  const isOf = (each: JsonObject): boolean => deploymentFunctionName(deploymentText(each, 'function_name')) === name;
  const settings = of('aws_lambda_function_event_invoke_config').find(isOf);
  const permissions = of('aws_lambda_permission').filter((each) => isOf(each) && each.action === 'lambda:InvokeFunction');
  return {
    name,
    ...deploymentTexts(values, { arn: 'arn', roleArn: 'role', runtime: 'runtime', handler: 'handler' }),
    timeoutSeconds: deploymentNumber(values, 'timeout', 3),
    memoryMegabytes: deploymentNumber(values, 'memory_size', 128),
    environment: json.object(deploymentBlock(values, 'environment'), 'variables') as Readonly<Record<string, string>>, // the AWS provider allows only texts as values
    packageFile: resolve(folder, deploymentText(values, 'filename')),
    maximumRetryAttempts: deploymentNumber(settings, 'maximum_retry_attempts', 2),
    /** An ARN. */
    ...nonEmptyDeploymentTexts(deploymentBlock(deploymentBlock(settings, 'destination_config'), 'on_failure'), {
      onFailure: 'destination',
    }),
    /** Whether the function gets no events, because it was deleted or its concurrency is zero. */
    isStopped: false,
    permissions: permissions.map((each) => ({
      principal: deploymentText(each, 'principal'),
      ...nonEmptyDeploymentTexts(each, { sourceArn: 'source_arn', sourceAccount: 'source_account' }),
    })),
  };
}

function deploymentRole(values: JsonObject, of: Of) {
  const isOf = (each: JsonObject): boolean => each.role === values.name;
  const attached = of('aws_iam_role_policy_attachment').filter(isOf);
  const managed = attached.flatMap(({ policy_arn: arn }) => of('aws_iam_policy').filter((policy) => policy.arn === arn));
  return {
    arn: deploymentText(values, 'arn'),
    trust: parseIamPolicy(deploymentText(values, 'assume_role_policy')),
    policies: [...of('aws_iam_role_policy').filter(isOf), ...managed].map((policy) => parseIamPolicy(deploymentText(policy, 'policy'))),
  };
}

function deploymentEventRule(values: JsonObject, of: Of) {
  const busName = sandboxEventBusName(values);
  const targets = of('aws_cloudwatch_event_target').filter(
    (target) => target.rule === values.name && sandboxEventBusName(target) === busName,
  );
  return {
    ...deploymentTexts(values, { name: 'name', arn: 'arn' }),
    busName,
    pattern: json.parse(deploymentText(values, 'event_pattern')) ?? {},
    isEnabled: values.state !== 'DISABLED',
    targets: targets.map((target) => ({ arn: deploymentText(target, 'arn'), ...nonEmptyDeploymentTexts(target, { roleArn: 'role_arn' }) })),
  };
}

/** The attributes by which a call can name a resource. */
const NAMES = ['name', 'function_name', 'bucket', 'alarm_name', 'dashboard_name', 'key_id'];

/** Returns the name of the function, given its name or its ARN. The ARN can end with a version. */
function deploymentFunctionName(arn: string): string {
  return /:function:([^:]+)/.exec(arn)?.[1] ?? arn;
}

function sandboxEventBusName(values: JsonObject): string {
  return json.text(values, 'event_bus_name') ?? 'default';
}

function deploymentConfigRule(values: JsonObject) {
  const [source, scope] = [deploymentBlock(values, 'source'), deploymentBlock(values, 'scope')];
  return {
    ...deploymentTexts(values, { name: 'name', arn: 'arn' }),
    functionArn: deploymentText(source, 'source_identifier'),
    messageTypes: json.list(source, 'source_detail').map((detail) => deploymentText(detail, 'message_type')),
    scope: {
      types: json.list(scope, 'compliance_resource_types').map(String),
      ...nonEmptyDeploymentTexts(scope, { id: 'compliance_resource_id' }),
    },
  };
}

function deploymentOrganizationRule(values: JsonObject) {
  return {
    ...deploymentTexts(values, { name: 'name', arn: 'arn', functionArn: 'lambda_function_arn' }),
    messageTypes: json.list(values, 'trigger_types').map(String),
    scope: {
      types: json.list(values, 'resource_types_scope').map(String),
      ...nonEmptyDeploymentTexts(values, { id: 'resource_id_scope' }),
    },
    organization: { excludedAccounts: json.list(values, 'excluded_accounts').map(String) },
  };
}

/** Returns a block as an object. Terraform's state contains a block as a list of one object. */
function deploymentBlock(values: JsonObject | undefined, key: string): JsonObject {
  const [member] = json.list(values, key);
  return json.isObject(member) ? member : json.object(values, key);
}

function deploymentNumber(values: JsonObject = {}, key: string, otherwise: number): number {
  return typeof values[key] === 'number' ? values[key] : otherwise;
}

function deploymentText(values: unknown, key: string): string {
  return json.text(values, key) ?? '';
}

/** Returns several text attributes. `names` maps each key of the result to the name of an attribute. */
function deploymentTexts<K extends string>(values: JsonObject, names: Readonly<Record<K, string>>): Readonly<Record<K, string>> {
  return Object.fromEntries(Object.entries<string>(names).map(([name, key]) => [name, deploymentText(values, key)])) as Record<K, string>;
}

/** Like `deploymentTexts`, but omits unset attributes, which are null or empty in Terraform's state. */
function nonEmptyDeploymentTexts<K extends string>(
  values: JsonObject,
  names: Readonly<Record<K, string>>,
): Readonly<Partial<Record<K, string>>> {
  return Object.fromEntries(Object.entries(deploymentTexts(values, names)).filter(([, value]) => value !== '')) as Partial<
    Record<K, string>
  >;
}

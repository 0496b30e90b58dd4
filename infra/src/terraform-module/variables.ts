/** The variables of the Terraform module: the settings that do not change which resources the module creates. */
import type { TerraformResources } from '@portcullis/aws-limits';
import { GUARDS, settingsSchema, type Settings } from '@portcullis/settings';
import { yamlValueAt, type Fields, type Path } from '@portcullis/yaml-file';
import { moduleVariableValidation, moduleTypeConstraint, type JsonSchema } from './conditions.js';

/** A Terraform argument. Without `name`, the argument belongs to all resources of the type. */
interface Place {
  readonly type: string;
  readonly name?: string;
  /** The keys and indexes of the argument in the resource. */
  readonly path: Path;
}

interface Variable {
  /**
   * The keys of the setting in the settings file. The keys also make the variable's name: `alarms.actions` becomes `alarms_actions`.
   */
  readonly setting: readonly string[];
  readonly description: string;
  /**
   * The arguments that become a reference to the variable. With `wherever`, the reference replaces an ARN in every text that contains the
   * ARN.
   */
  readonly places: readonly Place[] | 'wherever';
}

/** The types of the stacks' resources that can have tags. */
const TAGGED = [
  'aws_cloudtrail',
  'aws_cloudwatch_event_rule',
  'aws_cloudwatch_log_group',
  'aws_cloudwatch_metric_alarm',
  'aws_config_config_rule',
  'aws_iam_policy',
  'aws_iam_role',
  'aws_kms_key',
  'aws_lambda_function',
  'aws_s3_bucket',
  'aws_scheduler_schedule_group',
  'aws_sqs_queue',
];

const FUNCTION = 'aws_lambda_function';
const ALARM = 'aws_cloudwatch_metric_alarm';

function moduleConcurrencyVariable(guard: keyof typeof GUARDS): Variable {
  return {
    setting: ['reservedConcurrency', guard],
    description: `How many invocations of the ${guard} can run at once. Lambda reserves this number for the function. If null, the function uses the account's unreserved concurrency.`,
    places: [{ type: FUNCTION, name: `${GUARDS[guard]}_function`, path: ['reserved_concurrent_executions'] }],
  };
}

const VARIABLES: readonly Variable[] = [
  {
    setting: ['alarms', 'actions'],
    description: 'The ARNs, usually of SNS topics, that the alarms on Portcullis itself notify.',
    places: ['alarm_actions', 'ok_actions'].map((key) => ({ type: ALARM, path: [key] })),
  },
  {
    setting: ['alarms', 'driftsPerHour'],
    description: "The number of drifts in an hour above which an alarm starts, because two owners probably undo each other's changes.",
    places: [{ type: ALARM, name: `${GUARDS.remediator}_alarms_fight`, path: ['threshold'] }],
  },
  {
    setting: ['architecture'],
    description: 'The processor architecture of both functions.',
    places: [{ type: FUNCTION, path: ['architectures', 0] }],
  },
  {
    setting: ['logRetentionDays'],
    description: "The number of days to keep the functions' logs.",
    places: [{ type: 'aws_cloudwatch_log_group', path: ['retention_in_days'] }],
  },
  {
    setting: ['memory'],
    description: 'The memory of each function, in MB.',
    places: [{ type: FUNCTION, path: ['memory_size'] }],
  },
  {
    setting: ['permissionsBoundary'],
    description: 'The ARN of the permissions boundary of every role, if the account requires one.',
    places: [{ type: 'aws_iam_role', path: ['permissions_boundary'] }],
  },
  {
    setting: ['recordRetentionDays'],
    description: 'The number of days to keep what the recorder and the trail write to their buckets.',
    places: [{ type: 'aws_s3_bucket_lifecycle_configuration', path: ['rule', 0, 'expiration', 0, 'days'] }],
  },
  {
    setting: ['reportRestored'],
    description: 'The compliance that the remediator reports to AWS Config after it restored a group.',
    places: [{ type: FUNCTION, name: `${GUARDS.remediator}_function`, path: ['environment', 'variables', 'REPORT_RESTORED'] }],
  },
  moduleConcurrencyVariable('remediator'),
  moduleConcurrencyVariable('detector'),
  {
    setting: ['runtime'],
    description: 'The runtime of both functions.',
    places: [{ type: FUNCTION, path: ['runtime'] }],
  },
  {
    setting: ['sinks', 'eventBus', 'arn'],
    description: 'The ARN of the event bus that gets findings.',
    places: 'wherever',
  },
  {
    setting: ['sinks', 'sns', 'kmsKeyArn'],
    description: 'The ARN of the KMS key that encrypts the SNS topic.',
    places: 'wherever',
  },
  {
    setting: ['sinks', 'sns', 'topicArn'],
    description: 'The ARN of the SNS topic that gets findings.',
    places: 'wherever',
  },
  {
    setting: ['tags'],
    description: 'Tags for every resource that can have tags.',
    places: TAGGED.map((type) => ({ type, path: ['tags'] })),
  },
];

/** A variable block. Source: https://developer.hashicorp.com/terraform/language/block/variable */
export interface VariableBlock {
  readonly description: string;
  readonly type: string;
  readonly default: unknown;
  readonly nullable: boolean;
  readonly validation: { readonly condition: string; readonly error_message: string };
}

/**
 * Returns the resources with references to variables, and the variable blocks, keyed by name. The default of a variable is the value of the
 * setting. A setting that no resource uses has no variable.
 */
export function insertModuleVariables(
  resources: TerraformResources,
  settings: Settings,
): { readonly resources: TerraformResources; readonly variables: Readonly<Record<string, VariableBlock>> } {
  const variables: Record<string, VariableBlock> = {};
  let changed = resources;
  for (const { setting, description, places } of VARIABLES) {
    const value = yamlValueAt(settings, setting);
    const name = setting.map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join('_');
    const before = changed;
    if (places === 'wherever')
      changed =
        typeof value === 'string'
          ? (JSON.parse(JSON.stringify(changed).replaceAll(value, `\${var.${name}}`)) as TerraformResources)
          : changed;
    else for (const place of places) changed = insertModuleVariableAt(changed, place, `\${var.${name}}`);
    if (changed !== before) variables[name] = { description, ...moduleVariableBlock(name, setting, value, places === 'wherever') };
  }
  return { resources: changed, variables };
}

function moduleVariableBlock(name: string, setting: readonly string[], value: unknown, isArn: boolean): Omit<VariableBlock, 'description'> {
  const schema = moduleVariableSchema(setting);
  const reference = `var.${name}`;
  // A policy can contain the region of the default ARN, so the caller's ARN must be in the same region.
  const region = isArn ? String(value).split(':')[3] : undefined;
  const condition =
    moduleVariableValidation(schema, reference) + (region === undefined ? '' : ` && split(":", ${reference})[3] == "${region}"`);
  const isOptional = value === undefined;
  return {
    type: moduleTypeConstraint(schema),
    default: value ?? null,
    nullable: isOptional,
    validation: {
      condition: `\${${isOptional ? `${reference} == null ? true : ${condition}` : condition}}`,
      error_message: `\`${name}\`: expected ${expectedModuleVariableValue(setting, schema)}${region === undefined ? '' : `, in ${region}`}.`,
    },
  };
}

function moduleVariableSchema(setting: readonly string[]): JsonSchema {
  const whole = settingsSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return setting.reduce<JsonSchema>((schema, key) => schema.properties?.[key] ?? {}, whole);
}

/** Returns a text that describes the valid values of the setting. For a list or a mapping, the text describes the valid members. */
function expectedModuleVariableValue(setting: readonly string[], { type }: JsonSchema): string {
  const invalid = type === 'array' ? [null] : type === 'object' ? { key: null } : null;
  const [key = '', ...rest] = setting;
  const issues = settingsSchema.safeParse({ [key]: rest.reduceRight<unknown>((value, each) => ({ [each]: value }), invalid) }).error
    ?.issues;
  return issues?.find(({ path, message }) => setting.every((each, i) => path[i] === each) && message !== '')?.message ?? 'another value';
}

/**
 * Returns the resources, in which the reference replaces the argument at `path`. Returns the same object if no resource has the type.
 */
function insertModuleVariableAt(resources: TerraformResources, { type, name, path }: Place, reference: string): TerraformResources {
  const ofType = resources[type];
  if (ofType === undefined) return resources;
  const changed = Object.entries(ofType).map(([each, values]) => [
    each,
    name === undefined || name === each ? replaceModuleArgument(values, path, reference) : values,
  ]);
  return { ...resources, [type]: Object.fromEntries(changed) as (typeof resources)[string] };
}

function replaceModuleArgument(value: unknown, [key, ...rest]: Path, reference: string): unknown {
  if (key === undefined) return reference;
  if (Array.isArray(value)) return value.map((each: unknown, i) => (i === key ? replaceModuleArgument(each, rest, reference) : each));
  return { ...(value as Fields), [key]: replaceModuleArgument((value as Fields)[key], rest, reference) };
}

/** The variables of the Terraform module. Each variable replaces a setting that does not change which resources the module creates. */
import type { TerraformResources } from '@portcullis/aws-limits';
import { GUARDS, settingsSchema, type Settings } from '@portcullis/settings';
import { yamlValueAt, type Fields, type Path } from '@portcullis/yaml-file';
import { terraformValidation, terraformTypeConstraint, type JsonSchema } from './conditions.js';

/** An argument, either of all resources of a type or of the resource with the given name. */
interface Place {
  readonly type: string;
  readonly name?: string;
  /** The keys and indexes that lead to the argument. */
  readonly path: Path;
}

interface Variable {
  /**
   * The path of the setting in the settings file. The variable's name joins the keys of the path: `alarms.actions` becomes
   * `alarms_actions`.
   */
  readonly setting: readonly string[];
  readonly description: string;
  /**
   * The arguments that the variable replaces. `wherever`, for a setting that is an ARN, replaces this ARN in every text that contains it.
   */
  readonly places: readonly Place[] | 'wherever';
}

/** The types of resources in the stacks that can have tags: their bindings have the argument `tags`. */
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

/** Returns the variable for the number of instances that are reserved for a function. */
function concurrencyVariable(guard: keyof typeof GUARDS): Variable {
  return {
    setting: ['reservedConcurrency', guard],
    description: `The number of instances reserved for the ${guard}, which is also its maximum. If null, the functions share the account's.`,
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
    description: 'More drifts in an hour start an alarm, because they mean that two owners fight over a group.',
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
    description: 'The number of days to keep the deliveries of the recorder and of the trail.',
    places: [{ type: 'aws_s3_bucket_lifecycle_configuration', path: ['rule', 0, 'expiration', 0, 'days'] }],
  },
  {
    setting: ['reportRestored'],
    description: 'The compliance to report to AWS Config for a group that drifted and was restored.',
    places: [{ type: FUNCTION, name: `${GUARDS.remediator}_function`, path: ['environment', 'variables', 'REPORT_RESTORED'] }],
  },
  concurrencyVariable('remediator'),
  concurrencyVariable('detector'),
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
    description: 'The ARN of the KMS key that the topic for findings is encrypted with.',
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
 * Replaces values in the resources by variables, and returns the variable blocks, keyed by name. The default of a variable is the value of
 * the setting. A setting that no resource uses gets no variable.
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
    else for (const place of places) changed = insertVariableAt(changed, place, `\${var.${name}}`);
    if (changed !== before) variables[name] = { description, ...variableBlock(name, setting, value, places === 'wherever') };
  }
  return { resources: changed, variables };
}

function variableBlock(name: string, setting: readonly string[], value: unknown, isArn: boolean): Omit<VariableBlock, 'description'> {
  const schema = settingJsonSchema(setting);
  const reference = `var.${name}`;
  // A policy can contain the region of this ARN, so the new ARN must be in the same region.
  const region = isArn ? String(value).split(':')[3] : undefined;
  const condition = terraformValidation(schema, reference) + (region === undefined ? '' : ` && split(":", ${reference})[3] == "${region}"`);
  const isOptional = value === undefined;
  return {
    type: terraformTypeConstraint(schema),
    default: value ?? null,
    nullable: isOptional,
    validation: {
      condition: `\${${isOptional ? `${reference} == null ? true : ${condition}` : condition}}`,
      error_message: `\`${name}\`: expected ${expectedVariableValue(setting, schema)}${region === undefined ? '' : `, in ${region}`}.`,
    },
  };
}

function settingJsonSchema(setting: readonly string[]): JsonSchema {
  const whole = settingsSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return setting.reduce<JsonSchema>((schema, key) => schema.properties?.[key] ?? {}, whole);
}

/** Returns the schema's text about which values are valid. For a list or a mapping, the text is about its members. */
function expectedVariableValue(setting: readonly string[], { type }: JsonSchema): string {
  const invalid = type === 'array' ? [null] : type === 'object' ? { key: null } : null;
  const [key = '', ...rest] = setting;
  const issues = settingsSchema.safeParse({ [key]: rest.reduceRight<unknown>((value, each) => ({ [each]: value }), invalid) }).error
    ?.issues;
  return issues?.find(({ path, message }) => setting.every((each, i) => path[i] === each) && message !== '')?.message ?? 'another value';
}

/**
 * Returns the resources, in which the reference replaces the argument at this place. Returns the same resources if no resource has the
 * type.
 */
function insertVariableAt(resources: TerraformResources, { type, name, path }: Place, reference: string): TerraformResources {
  const ofType = resources[type];
  if (ofType === undefined) return resources;
  const changed = Object.entries(ofType).map(([each, values]) => [
    each,
    name === undefined || name === each ? replaceArgument(values, path, reference) : values,
  ]);
  return { ...resources, [type]: Object.fromEntries(changed) as (typeof resources)[string] };
}

function replaceArgument(value: unknown, [key, ...rest]: Path, reference: string): unknown {
  if (key === undefined) return reference;
  if (Array.isArray(value)) return value.map((each: unknown, i) => (i === key ? replaceArgument(each, rest, reference) : each));
  return { ...(value as Fields), [key]: replaceArgument((value as Fields)[key], rest, reference) };
}

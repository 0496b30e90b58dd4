/** Turns a synthesised stack into a Terraform module. */
import type { TerraformResources } from '@portcullis/aws-limits';
import { GUARDS, type Guard, type Settings } from '@portcullis/settings';
import { moduleReadme } from './readme.js';
import { insertModuleVariables } from './variables.js';

/** The keys of a `cdk.tf.json` that the module needs. */
export interface Stack {
  readonly terraform: { readonly required_providers: { readonly aws: { readonly version: string } } };
  readonly data: TerraformResources;
  readonly resource: TerraformResources;
}

export interface TerraformModule {
  /** The texts of the module's files, keyed by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** The path of each zip in the stack's folder, keyed by the name of the zip in the module. */
  readonly zips: Readonly<Record<string, string>>;
}

export interface Output {
  readonly description: string;
  readonly value: string;
}

export const TERRAFORM_VERSION = '>= 1.5';

/** Returns a module with the stack's resources. The caller of the module configures the backend and the provider. */
export function terraformModule({ terraform, data, resource }: Stack, settings: Settings): TerraformModule {
  const { resources, variables } = insertModuleVariables(moduleWithoutCdktfComments(resource), settings);
  const functions = resources.aws_lambda_function ?? {};
  const zipOf = (name: string): string => `${name.replace(/_function$/, '')}.zip`;
  const main = {
    data: { ...moduleWithoutCdktfComments(data), ...moduleProviderChecks(settings) },
    resource: {
      ...resources,
      aws_lambda_function: Object.fromEntries(
        Object.entries(functions).map(([name, values]) => [name, { ...values, filename: `\${path.module}/${zipOf(name)}` }]),
      ),
    },
  };
  const provider = terraform.required_providers.aws.version;
  const versions = { required_version: TERRAFORM_VERSION, required_providers: { aws: { source: 'hashicorp/aws', version: provider } } };
  const outputs = moduleOutputs();
  return {
    files: {
      'main.tf.json': moduleJsonText(main),
      'variables.tf.json': moduleJsonText({ variable: variables }),
      'outputs.tf.json': moduleJsonText({ output: outputs }),
      'versions.tf.json': moduleJsonText({ terraform: versions }),
      'README.md': moduleReadme({ settings, provider, ...main, variables, outputs }),
    },
    zips: Object.fromEntries(Object.entries(functions).map(([name, { filename }]) => [zipOf(name), String(filename)])),
  };
}

/**
 * Returns data sources that make Terraform fail if the provider is for another region or account. The policies and event patterns would
 * match no group there.
 */
function moduleProviderChecks({ region, accountId }: Settings): TerraformResources {
  const check = (condition: string, what: string) => ({
    lifecycle: { postcondition: { condition: `\${${condition}}`, error_message: `this module was generated for ${what}` } },
  });
  return {
    // EC2's endpoint contains the region. Provider versions 5 and 6 have different attributes for the region's name. Source:
    // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/region
    aws_region: { provider: check(`split(".", self.endpoint)[1] == "${region}"`, `the region ${region}`) },
    ...(accountId !== undefined && {
      aws_caller_identity: { account: check(`self.account_id == "${accountId}"`, `the account ${accountId}`) },
    }),
  };
}

function moduleOutputs(): Readonly<Record<string, Output>> {
  const ofFunction = (role: string, guard: Guard): Readonly<Record<string, Output>> => ({
    [`${role}_function_arn`]: { description: `The ARN of the ${role}.`, value: `\${aws_lambda_function.${guard}_function.arn}` },
    [`${role}_function_name`]: {
      description: `The name of the ${role}.`,
      value: `\${aws_lambda_function.${guard}_function.function_name}`,
    },
    [`${role}_role_arn`]: { description: `The ARN of the role of the ${role}.`, value: `\${aws_iam_role.${guard}_role.arn}` },
  });
  return {
    config_rule_name: { description: 'The name of the AWS Config rule.', value: '${aws_config_config_rule.config_rule.name}' },
    event_rule_name: {
      description: 'The name of the EventBridge rule that matches calls on guarded groups.',
      value: '${aws_cloudwatch_event_rule.cloudtrail_rule.name}',
    },
    ...ofFunction('remediator', GUARDS.remediator),
    ...ofFunction('detector', GUARDS.detector),
  };
}

/** Returns the resources without the construct paths that CDKTF adds under `//`. */
function moduleWithoutCdktfComments(resources: TerraformResources): TerraformResources {
  return JSON.parse(JSON.stringify(resources, (key, value: unknown) => (key === '//' ? undefined : value))) as TerraformResources;
}

function moduleJsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

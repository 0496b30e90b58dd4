import { readFile } from 'node:fs/promises';
import { isObject, objectOf, textOf, type JsonObject } from '../json.js';
import { StackError, type StackProblem } from './problem.js';

/** A resource or a data source, as it is written. */
export interface Declaration {
  /** `aws_sqs_queue.failures`, or `data.aws_partition.current`. */
  readonly address: string;
  /** `aws_sqs_queue` */
  readonly type: string;
  /** Unresolved. */
  readonly arguments: JsonObject;
  /** The addresses in its `depends_on`. */
  readonly dependsOn: readonly string[];
}

/** A synthesised stack, its references unresolved. */
export interface StackFile {
  /** In the order they are written. */
  readonly resources: readonly Declaration[];
  readonly dataSources: readonly Declaration[];
  /** Unresolved, by name. */
  readonly outputs: JsonObject;
  readonly region: string;
  /** The accounts it may be deployed to; undefined when that is not said. */
  readonly allowedAccountIds: readonly string[] | undefined;
}

const topLevelBlocks = ['//', 'terraform', 'provider', 'data', 'resource', 'output'];

// Where the calls go and how they are signed is the caller's to say here: only the region and the account matter.
const providerArguments = [
  'region',
  'allowed_account_ids',
  'endpoints',
  'access_key',
  'secret_key',
  's3_use_path_style',
  'skip_credentials_validation',
  'skip_metadata_api_check',
  'skip_requesting_account_id',
];

/**
 * Reads a `cdk.tf.json`. Blocks and provider settings that would be passed over are problems.
 * Rejects with a {@link StackError} when it is no JSON object or names no region, since then nothing else can be checked.
 */
export const readStackFile = async (
  file: string,
): Promise<{ readonly stack: StackFile; readonly problems: readonly StackProblem[] }> => {
  const document = await readJson(file);
  const problems: StackProblem[] = [];
  const refuseOthers = (
    value: JsonObject,
    path: string,
    known: readonly string[],
    code: StackProblem['code'],
  ): void => {
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      const expected = `one of ${known.map((each) => `\`${each}\``).join(', ')}`;
      problems.push({ code, path: `${path}${key}`, text: key, expected });
    }
  };
  refuseOthers(document, '', topLevelBlocks, 'unknown-block');

  const providers = objectOf(document, 'provider');
  refuseOthers(providers, 'provider.', ['aws'], 'unknown-block');
  const aws: readonly unknown[] = [providers.aws].flat();
  const provider = isObject(aws[0]) ? aws[0] : {};
  if (aws.length > 1) {
    const expected = 'one configuration of the provider: resources of several are not told apart';
    problems.push({ code: 'unknown-block', path: 'provider.aws[1]', text: JSON.stringify(aws[1]), expected });
  }
  refuseOthers(provider, 'provider.aws.', providerArguments, 'unknown-argument');
  const region = textOf(provider, 'region');
  if (region === undefined) {
    problems.push({ code: 'missing-argument', path: 'provider.aws.region', text: 'region', expected: 'a region' });
    throw new StackError(file, problems);
  }
  const accountIds = provider.allowed_account_ids;
  return {
    stack: {
      resources: declarations(document, 'resource', ''),
      dataSources: declarations(document, 'data', 'data.'),
      outputs: Object.fromEntries(
        Object.entries(objectOf(document, 'output')).map(([name, output]) => [
          name,
          isObject(output) ? output.value : output,
        ]),
      ),
      region,
      allowedAccountIds: Array.isArray(accountIds) ? accountIds.map(String) : undefined,
    },
    problems,
  };
};

const readJson = async (file: string): Promise<JsonObject> => {
  const refuse = (text: string): StackError =>
    new StackError(file, [
      { code: 'not-a-stack', path: file, text, expected: 'the JSON object that `cdktf synth` writes' },
    ]);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  if (!isObject(value)) throw refuse(JSON.stringify(value));
  return value;
};

const declarations = (document: JsonObject, block: string, prefix: string): readonly Declaration[] =>
  Object.entries(objectOf(document, block)).flatMap(([type, named]) =>
    Object.entries(isObject(named) ? named : {}).map(([name, value]) => {
      const args = isObject(value) ? value : {};
      const dependsOn: readonly unknown[] = Array.isArray(args.depends_on) ? args.depends_on : [];
      return { address: `${prefix}${type}.${name}`, type, arguments: args, dependsOn: dependsOn.map(String) };
    }),
  );

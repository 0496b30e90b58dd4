import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type Architecture,
  type LambdaClient,
  type Runtime,
} from '@aws-sdk/client-lambda';
import { partitionOf } from '@portcullis/cloudtrail';
import { isObject, listOf, objectOf, parseObject, textOf, type JsonObject } from '../../json.js';
import type { Arguments } from '../arguments.js';
import { differencesOf, given, resourceType, unlessAbsent, type Place } from '../resource-type.js';

/** The error Lambda answers when there is no such function, configuration or policy. */
const absent = 'ResourceNotFoundException';

interface FunctionArguments {
  readonly functionName: string;
  readonly description: string | undefined;
  readonly role: string;
  readonly runtime: string;
  readonly architectures: readonly string[] | undefined;
  readonly handler: string;
  readonly memorySize: number | undefined;
  readonly timeout: number | undefined;
  readonly filename: string;
  readonly sourceCodeHash: string | undefined;
  readonly environment: { readonly variables: Readonly<Record<string, string>> | undefined } | undefined;
}

const readFunction = (args: Arguments): FunctionArguments => ({
  functionName: args.text('function_name'),
  description: args.optionalText('description'),
  role: args.text('role'),
  runtime: args.text('runtime'),
  architectures: args.optionalTexts('architectures'),
  handler: args.text('handler'),
  memorySize: args.optionalNumber('memory_size'),
  timeout: args.optionalNumber('timeout'),
  filename: args.file('filename'),
  sourceCodeHash: args.optionalText('source_code_hash'),
  environment: args.optionalBlock('environment', (block) => ({ variables: block.optionalMapping('variables') })),
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

// Whatever text names a runtime or an architecture, Lambda is the judge of it.
const settings = (args: FunctionArguments) => ({
  Description: args.description,
  Role: args.role,
  Runtime: args.runtime as Runtime,
  Handler: args.handler,
  MemorySize: args.memorySize,
  Timeout: args.timeout,
  Environment: args.environment && { Variables: args.environment.variables },
});

const code = async (args: FunctionArguments) => ({
  ZipFile: await readFile(args.filename),
  Architectures: args.architectures?.map((name) => name as Architecture),
});

const lambdaFunction = resourceType({
  read: readFunction,
  attributes: ['arn', 'id', 'invoke_arn', 'last_modified', 'code_sha256', 'version'],
  find: async (args, { clients: { lambda }, region }) => {
    const get = new GetFunctionConfigurationCommand({ FunctionName: args.functionName });
    const actual = await unlessAbsent(lambda.send(get), absent);
    if (actual === undefined) return undefined;
    const arn = given(actual.FunctionArn, 'FunctionArn');
    const codeSha256 = given(actual.CodeSha256, 'CodeSha256');
    const { filename, sourceCodeHash, ...rest } = args;
    return {
      attributes: {
        arn,
        id: args.functionName,
        // Source: API Gateway's documentation of Lambda integrations; it is what Terraform exports.
        invoke_arn: `arn:${partitionOf(region).name}:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
        last_modified: actual.LastModified ?? '',
        code_sha256: codeSha256,
        version: actual.Version ?? '$LATEST',
      },
      differences: differencesOf(
        { ...rest, sourceCodeHash: sourceCodeHash ?? sha256(await readFile(filename)) },
        {
          functionName: actual.FunctionName,
          description: actual.Description,
          role: actual.Role,
          runtime: actual.Runtime,
          architectures: actual.Architectures,
          handler: actual.Handler,
          memorySize: actual.MemorySize,
          timeout: actual.Timeout,
          sourceCodeHash: codeSha256,
          environment: { variables: actual.Environment?.Variables },
        },
      ),
    };
  },
  create: async (args, { clients: { lambda } }) => {
    const { ZipFile, Architectures } = await code(args);
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: args.functionName,
        ...settings(args),
        Architectures,
        Code: { ZipFile },
      }),
    );
  },
  change: async (args, { clients: { lambda } }) => {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: args.functionName, ...settings(args) }));
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: args.functionName, ...(await code(args)) }));
  },
  remove: async ({ functionName }, { clients: { lambda } }) => {
    await lambda.send(new DeleteFunctionCommand({ FunctionName: functionName }));
  },
});

interface EventInvokeArguments {
  readonly functionName: string;
  readonly maximumRetryAttempts: number | undefined;
  readonly maximumEventAgeInSeconds: number | undefined;
  readonly destinationConfig: { readonly onFailure: { readonly destination: string } | undefined } | undefined;
}

const putEventInvokeConfig = async (args: EventInvokeArguments, { clients: { lambda } }: Place): Promise<void> => {
  const onFailure = args.destinationConfig?.onFailure;
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: args.functionName,
      MaximumRetryAttempts: args.maximumRetryAttempts,
      MaximumEventAgeInSeconds: args.maximumEventAgeInSeconds,
      DestinationConfig: onFailure && { OnFailure: { Destination: onFailure.destination } },
    }),
  );
};

const deleteEventInvokeConfig = async (
  { functionName }: EventInvokeArguments,
  { clients: { lambda } }: Place,
): Promise<void> => {
  await lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: functionName }));
};

const eventInvokeConfig = resourceType<EventInvokeArguments>({
  read: (args) => ({
    functionName: args.text('function_name'),
    maximumRetryAttempts: args.optionalNumber('maximum_retry_attempts'),
    maximumEventAgeInSeconds: args.optionalNumber('maximum_event_age_in_seconds'),
    destinationConfig: args.optionalBlock('destination_config', (block) => ({
      onFailure: block.optionalBlock('on_failure', (destination) => ({ destination: destination.text('destination') })),
    })),
  }),
  attributes: ['id'],
  find: async (args, { clients: { lambda } }) => {
    const get = new GetFunctionEventInvokeConfigCommand({ FunctionName: args.functionName });
    const answer = await unlessAbsent(lambda.send(get), absent);
    if (answer === undefined) return undefined;
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = answer;
    return {
      attributes: { id: args.functionName },
      differences: differencesOf(args, {
        functionName: args.functionName,
        maximumRetryAttempts: MaximumRetryAttempts,
        maximumEventAgeInSeconds: MaximumEventAgeInSeconds,
        destinationConfig: { onFailure: { destination: DestinationConfig?.OnFailure?.Destination } },
      }),
    };
  },
  create: putEventInvokeConfig,
  // To put it again would be enough for Lambda; moto would go on answering the first one.
  change: async (args, place) => {
    await deleteEventInvokeConfig(args, place);
    await putEventInvokeConfig(args, place);
  },
  remove: deleteEventInvokeConfig,
});

interface PermissionArguments {
  readonly statementId: string;
  readonly action: string;
  readonly functionName: string;
  readonly principal: string;
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
}

/** The statement of that id in the function's resource policy. */
const statementOf = async (lambda: LambdaClient, args: PermissionArguments): Promise<JsonObject | undefined> => {
  const answer = await unlessAbsent(lambda.send(new GetPolicyCommand({ FunctionName: args.functionName })), absent);
  const statements = listOf(parseObject(answer?.Policy ?? '{}'), 'Statement');
  return statements.filter(isObject).find(({ Sid }) => Sid === args.statementId);
};

/** A condition key's value; AWS and its stand-ins differ in the case of the keys, which AWS does not regard. */
const conditionOf = (statement: JsonObject, operator: string, key: string): unknown =>
  Object.entries(objectOf(objectOf(statement, 'Condition'), operator)).find(
    ([name]) => name.toLowerCase() === key,
  )?.[1];

const addPermission = async (args: PermissionArguments, { clients: { lambda } }: Place): Promise<void> => {
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: args.functionName,
      StatementId: args.statementId,
      Action: args.action,
      Principal: args.principal,
      SourceArn: args.sourceArn,
      SourceAccount: args.sourceAccount,
    }),
  );
};

const removePermission = async (args: PermissionArguments, { clients: { lambda } }: Place): Promise<void> => {
  await lambda.send(new RemovePermissionCommand({ FunctionName: args.functionName, StatementId: args.statementId }));
};

const permission = resourceType<PermissionArguments>({
  read: (args) => ({
    statementId: args.text('statement_id'),
    action: args.text('action'),
    functionName: args.text('function_name'),
    principal: args.text('principal'),
    sourceArn: args.optionalText('source_arn'),
    sourceAccount: args.optionalText('source_account'),
  }),
  attributes: ['id'],
  find: async (args, { clients: { lambda } }) => {
    const statement = await statementOf(lambda, args);
    if (statement === undefined) return undefined;
    return {
      attributes: { id: args.statementId },
      differences: differencesOf(args, {
        statementId: args.statementId,
        functionName: args.functionName,
        action: statement.Action,
        principal: textOf(statement.Principal, 'Service') ?? textOf(statement.Principal, 'AWS') ?? statement.Principal,
        sourceArn: conditionOf(statement, 'ArnLike', 'aws:sourcearn'),
        sourceAccount: conditionOf(statement, 'StringEquals', 'aws:sourceaccount'),
      }),
    };
  },
  create: addPermission,
  change: async (args, place) => {
    await removePermission(args, place);
    await addPermission(args, place);
  },
  remove: removePermission,
});

export const lambdaResources = {
  aws_lambda_function: lambdaFunction,
  aws_lambda_function_event_invoke_config: eventInvokeConfig,
  aws_lambda_permission: permission,
};

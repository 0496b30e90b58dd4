import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackCode, type FunctionConfiguration, type UnpackedCode } from './deployed-function.js';
import type { Attempt, FunctionError } from './delivery.js';
import { startFunctionProcess, type FunctionProcess, type Outcome } from './function-process.js';
import type { LogStream, SendLogs } from './function-logs.js';
import type { Credentials } from './identities.js';
import { createQueue } from './work.js';

export interface FunctionsOptions {
  readonly region: string;
  /** Where the functions' SDK clients go: the sandbox. */
  readonly endpoint: () => string;
  readonly credentialsFor: (functionName: string, roleArn: string) => Promise<Credentials>;
  /** @default logs are kept in the deliveries alone */
  readonly sendLogs?: SendLogs;
}

/** Why a function is running: a number the sandbox gave, or nothing for a direct invocation. */
export type InvocationCause = number | undefined;

/** The deployed functions: their code, their settings, and a process for each that has run. */
export interface Functions {
  /** Keeps the code of a function that was created or updated. */
  deploy(configuration: FunctionConfiguration, zip: Uint8Array): Promise<void>;
  /** Keeps the new settings of a function; its code stays. */
  configure(configuration: FunctionConfiguration): Promise<void>;
  remove(functionName: string): Promise<void>;
  configuration(functionName: string): FunctionConfiguration | undefined;
  /** Runs the function once, after whatever it is running now. */
  invoke(functionName: string, event: unknown, cause?: InvocationCause, onStart?: () => void): Promise<Attempt>;
  /** The cause of the invocation that this function is running now. */
  runningCause(functionName: string): InvocationCause;
  stop(): Promise<void>;
}

interface Deployed {
  configuration: FunctionConfiguration;
  code: UnpackedCode;
  process?: FunctionProcess;
  /** Where that process's lines go. */
  logStream?: LogStream;
  cause?: number;
  readonly inTurn: <T>(job: () => Promise<T>) => Promise<T>;
}

const errorAttempt = (requestId: string, error: FunctionError): Attempt => ({
  requestId,
  error,
  logs: [],
  milliseconds: 0,
});

const attemptFrom = (requestId: string, outcome: Outcome, milliseconds: number): Attempt =>
  'error' in outcome
    ? { requestId, error: outcome.error, logs: outcome.logs, milliseconds }
    : { requestId, result: outcome.result, logs: outcome.logs, milliseconds };

export const createFunctions = async (options: FunctionsOptions): Promise<Functions> => {
  const deployed = new Map<string, Deployed>();
  // Without one, SDK and other tools in the function would read the settings of the person who runs the sandbox.
  const home = await mkdtemp(join(tmpdir(), 'portcullis-sandbox-home-'));

  const environmentOf = async ({ configuration, code }: Deployed): Promise<Readonly<Record<string, string>>> => {
    const { name, roleArn, runtime, memoryLimitInMB } = configuration;
    const { accessKeyId, secretAccessKey, sessionToken = '' } = await options.credentialsFor(name, roleArn);
    return {
      ...configuration.environment,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_DEFAULT_REGION: options.region,
      AWS_ENDPOINT_URL: options.endpoint(),
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryLimitInMB),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: `sandbox/[$LATEST]${randomBytes(16).toString('hex')}`,
      AWS_REGION: options.region,
      HOME: home,
      LAMBDA_TASK_ROOT: code.taskRoot,
      PATH: process.env.PATH ?? '',
      TZ: ':UTC',
      _HANDLER: configuration.handler,
    };
  };

  const stopProcess = async (deployment: Deployed | undefined): Promise<void> => {
    await deployment?.process?.stop();
    if (deployment !== undefined) delete deployment.process;
  };

  const runOnce = async (deployment: Deployed, event: unknown): Promise<Attempt> => {
    const requestId = randomUUID();
    const { configuration } = deployment;
    if (!configuration.runtime.startsWith('nodejs')) {
      const errorMessage = `the sandbox runs functions of Node.js only, and this one is deployed for \`${configuration.runtime}\``;
      return errorAttempt(requestId, { errorType: 'Sandbox.Runtime', errorMessage, trace: [] });
    }
    if (deployment.process?.alive !== true) {
      const environment = await environmentOf(deployment);
      deployment.process = startFunctionProcess(deployment.code.taskRoot, environment);
      deployment.logStream = {
        logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME ?? '',
        logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
      };
    }
    const start = performance.now();
    const invocation = {
      requestId,
      event,
      deadline: Date.now() + configuration.timeoutSeconds * 1000,
      memoryLimitInMB: configuration.memoryLimitInMB,
      functionArn: configuration.arn,
      traceId: `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')};Sampled=0`,
    };
    const outcome = await deployment.process.invoke(invocation, configuration.timeoutSeconds);
    const milliseconds = performance.now() - start;
    if (deployment.logStream !== undefined) await options.sendLogs?.(deployment.logStream, outcome.logs);
    return attemptFrom(requestId, outcome, milliseconds);
  };

  return {
    deploy: async (configuration, zip) => {
      const code = await unpackCode(zip, configuration.name);
      const existing = deployed.get(configuration.name);
      if (existing === undefined) {
        deployed.set(configuration.name, { configuration, code, inTurn: createQueue() });
        return;
      }
      await existing.inTurn(async () => {
        await stopProcess(existing);
        await existing.code.remove();
        existing.configuration = configuration;
        existing.code = code;
      });
    },
    configure: async (configuration) => {
      const existing = deployed.get(configuration.name);
      await existing?.inTurn(async () => {
        await stopProcess(existing);
        existing.configuration = configuration;
      });
    },
    remove: async (functionName) => {
      const existing = deployed.get(functionName);
      deployed.delete(functionName);
      await stopProcess(existing);
      await existing?.code.remove();
    },
    configuration: (functionName) => deployed.get(functionName)?.configuration,
    invoke: async (functionName, event, cause, onStart) => {
      const deployment = deployed.get(functionName);
      if (deployment === undefined) {
        const errorMessage = `the sandbox has no code of a function \`${functionName}\`: it was not created through the sandbox`;
        return errorAttempt(randomUUID(), { errorType: 'ResourceNotFoundException', errorMessage, trace: [] });
      }
      return deployment.inTurn(async () => {
        if (cause !== undefined) deployment.cause = cause;
        try {
          onStart?.();
          return await runOnce(deployment, event);
        } finally {
          delete deployment.cause;
        }
      });
    },
    runningCause: (functionName) => deployed.get(functionName)?.cause,
    stop: async () => {
      for (const deployment of deployed.values()) {
        await stopProcess(deployment);
        await deployment.code.remove();
      }
      deployed.clear();
      await rm(home, { recursive: true, force: true });
    },
  };
};

/** Runs the deployed functions, each in its own thread. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import { unzipSync } from 'fflate';
import type { DeployedFunction } from '../deployment/deployment.js';
import type { Sandbox } from '../sandbox.js';
import type { Attempt, FunctionError } from './delivery.js';
import { createJobQueue } from './work.js';

interface LambdaInstance {
  settings: DeployedFunction;
  zip: Buffer;
  /** The folder of the unpacked package. */
  taskRoot: string;
  worker?: Worker | undefined;
  cause?: number | undefined;
  readonly inTurn: <T>(job: () => Promise<T>) => Promise<T>;
}

/** The errors after which a function needs a new thread. */
const FATAL_ERRORS = new Set(['Runtime.ExitError', 'Sandbox.Timedout']);

type Outcome = { readonly result: unknown } | { readonly error: FunctionError };

export class LambdaFunctions {
  private readonly running = new Map<string, LambdaInstance>();

  constructor(private readonly sandbox: Sandbox) {}

  /** Deploys a function. The function's thread continues to run if neither the package nor the settings of the function changed. */
  async deploy(settings: DeployedFunction): Promise<void> {
    const zip = await readFile(settings.packageFile);
    const existing = this.running.get(settings.arn);
    if (existing?.zip.equals(zip) === true && isDeepStrictEqual(existing.settings, settings)) {
      existing.settings = settings;
      return;
    }
    const taskRoot = await unpackLambdaPackage(zip, settings.name);
    if (existing === undefined) this.running.set(settings.arn, { settings, zip, taskRoot, inTurn: createJobQueue() });
    else await existing.inTurn(async () => Object.assign(await removeLambdaInstance(existing), { settings, zip, taskRoot }));
  }

  settings(arn: string): DeployedFunction | undefined {
    return this.running.get(arn)?.settings;
  }

  /** Runs the function once. If the function is running, waits until the current invocation has ended. */
  async invoke(arn: string, event: unknown, cause?: number): Promise<Attempt> {
    const running = this.running.get(arn);
    if (running === undefined) return lambdaNotRun('ResourceNotFoundException', `no function \`${arn}\` is deployed in the sandbox`);
    return running.inTurn(async () => {
      running.cause = cause;
      try {
        const attempt = await this.runOnce(running, event);
        await this.sandbox.keepLogs(running.settings, attempt.logs);
        return attempt;
      } finally {
        running.cause = undefined;
      }
    });
  }

  /** Returns the id of the delivery that the function of this name is handling. */
  runningCause(name: string): number | undefined {
    return [...this.running.values()].find(({ settings }) => settings.name === name)?.cause;
  }

  async stop(): Promise<void> {
    for (const running of this.running.values()) await removeLambdaInstance(running);
    this.running.clear();
  }

  private async runOnce(running: LambdaInstance, event: unknown): Promise<Attempt> {
    const { timeoutSeconds, runtime } = running.settings;
    if (!runtime.startsWith('nodejs'))
      return lambdaNotRun('Sandbox.Runtime', `the sandbox can only run Node.js functions, not the runtime \`${runtime}\``);
    const requestId = randomUUID();
    const start = performance.now();
    const logs: string[] = [];
    // The thread sees only the environment variables that Lambda sets, and no variables of this machine.
    const worker = (running.worker ??= new Worker(new URL('./lambda-runtime.mjs', import.meta.url), {
      env: this.environmentOf(running),
      execArgv: [],
    }));
    const outcome = await new Promise<Outcome>((resolve) => {
      const onMessage = (message: Outcome | { readonly log: string }): void => {
        if ('log' in message) logs.push(...message.log.split('\n').filter((line) => line !== ''));
        else finish(message);
      };
      const onEnd = (reason: Error | number): void => {
        const why = typeof reason === 'number' ? `Runtime exited with error: exit status ${reason}` : reason.message;
        finish(lambdaFailure('Runtime.ExitError', `RequestId: ${requestId} Error: ${why}`));
      };
      const finish = (ended: Outcome): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
        resolve(ended);
      };
      const late = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
      const timer = setTimeout(finish, timeoutSeconds * 1000, lambdaFailure('Sandbox.Timedout', late));
      worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
      worker.postMessage({ requestId, event, deadline: Date.now() + timeoutSeconds * 1000 });
    });
    if ('error' in outcome && FATAL_ERRORS.has(outcome.error.errorType)) await endLambdaThread(running);
    return { requestId, ...outcome, logs, start };
  }

  private environmentOf({ settings, taskRoot }: LambdaInstance): Record<string, string> {
    const { name, roleArn } = settings;
    const keys = this.sandbox.identities.session(roleArn, name, { kind: 'function', name });
    const { accessKeyId, secretAccessKey, sessionToken = '' } = keys;
    const region = settings.arn.split(':')[3] ?? '';
    return {
      ...settings.environment,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: this.sandbox.endpoint,
      AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMegabytes),
      AWS_LAMBDA_FUNCTION_NAME: settings.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${settings.name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'sandbox',
      AWS_REGION: region,
      // Keeps the SDK from reading the user's AWS settings.
      HOME: taskRoot,
      LAMBDA_TASK_ROOT: taskRoot,
      TZ: ':UTC',
      _HANDLER: settings.handler,
    };
  }
}

async function endLambdaThread(running: LambdaInstance): Promise<void> {
  await running.worker?.terminate();
  running.worker = undefined;
}

async function removeLambdaInstance(running: LambdaInstance): Promise<LambdaInstance> {
  await endLambdaThread(running);
  await rm(running.taskRoot, { recursive: true, force: true });
  return running;
}

function lambdaFailure(errorType: string, errorMessage: string) {
  return { error: { errorType, errorMessage, trace: [] } };
}

function lambdaNotRun(type: string, message: string): Attempt {
  return { requestId: randomUUID(), ...lambdaFailure(type, message), logs: [], start: performance.now() };
}

async function unpackLambdaPackage(zip: Uint8Array, functionName: string): Promise<string> {
  const files = Object.entries(unzipSync(zip)).filter(([name]) => !name.endsWith('/'));
  const taskRoot = await mkdtemp(join(tmpdir(), `portcullis-sandbox-${functionName.replace(/\W/g, '-')}-`));
  for (const [name, content] of files) {
    await mkdir(dirname(join(taskRoot, name)), { recursive: true });
    await writeFile(join(taskRoot, name), content);
  }
  return taskRoot;
}

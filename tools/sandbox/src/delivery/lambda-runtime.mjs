// Runs in the thread of a function. Loads the deployed handler once, and calls the handler for each message { requestId, event, deadline }.
// Sends { log } for each piece of output, then { result } or { error: { errorType, errorMessage, trace } }.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';

// Sends output as messages, because output through the streams of the worker could arrive after the result.
for (const stream of [process.stdout, process.stderr]) stream.write = (chunk) => parentPort.postMessage({ log: String(chunk) }) ?? true;

function lambdaRuntimeError(name, message) {
  return Object.assign(new Error(message), { name });
}

async function loadLambdaHandler() {
  const [, module, name] = /^(.*)\.(.*)$/.exec(process.env._HANDLER ?? '') ?? [];
  const file = ['.mjs', '.cjs', '.js'].map((extension) => join(process.env.LAMBDA_TASK_ROOT, module + extension)).find(existsSync);
  if (file === undefined) throw lambdaRuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
  const loaded = await import(pathToFileURL(file).href);
  const handler = loaded[name] ?? loaded.default?.[name];
  if (typeof handler !== 'function')
    throw lambdaRuntimeError('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`);
  return handler;
}

function describeSandboxHandlerError(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

// The members of Lambda's context that most handlers use.
function lambdaContext({ requestId, deadline }) {
  return {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

const loading = loadLambdaHandler();
loading.catch(() => undefined); // each invocation awaits `loading` and reports its error

parentPort.on('message', async (invocation) => {
  try {
    const result = await (await loading)(invocation.event, lambdaContext(invocation));
    parentPort.postMessage({ result: result === undefined ? null : JSON.parse(JSON.stringify(result)) });
  } catch (error) {
    parentPort.postMessage({ error: describeSandboxHandlerError(error) });
  }
});

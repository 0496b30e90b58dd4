// The inside of a function's process: loads the deployed handler once, then runs it for each invocation it is sent.
//
// In:  { requestId, event, deadline, memoryLimitInMB, functionArn, traceId }
// Out: { requestId, result } or { requestId, error: { errorType, errorMessage, trace } }, after a line `MARK requestId`
// on both streams, so that the reader knows which lines were written during which invocation.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const extensions = ['.mjs', '.cjs', '.js'];

class NamedError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

const loadHandler = async () => {
  const setting = process.env._HANDLER ?? '';
  const dot = setting.lastIndexOf('.');
  const [module, name] = [setting.slice(0, dot), setting.slice(dot + 1)];
  const file = extensions
    .map((extension) => join(process.env.LAMBDA_TASK_ROOT, module + extension))
    .find((path) => existsSync(path));
  if (file === undefined) throw new NamedError('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
  const loaded = await import(pathToFileURL(file).href);
  const handler = loaded[name] ?? loaded.default?.[name];
  if (typeof handler !== 'function')
    throw new NamedError('Runtime.HandlerNotFound', `${setting} is undefined or not exported`);
  return handler;
};

const describe = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

const contextFor = ({ requestId, deadline, memoryLimitInMB, functionArn }) => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  invokedFunctionArn: functionArn,
  memoryLimitInMB: String(memoryLimitInMB),
  awsRequestId: requestId,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
});

const loading = loadHandler();
loading.catch(() => undefined); // told to the first invocation, which waits for it

const invoke = async (invocation) => {
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const handler = await loading;
    const result = await handler(invocation.event, contextFor(invocation));
    return {
      requestId: invocation.requestId,
      result: result === undefined ? null : JSON.parse(JSON.stringify(result)),
    };
  } catch (error) {
    return { requestId: invocation.requestId, error: describe(error) };
  }
};

const mark = (stream, requestId) =>
  new Promise((resolve) => stream.write(`\n${process.env.SANDBOX_MARK} ${requestId}\n`, resolve));

process.on('message', (invocation) => {
  invoke(invocation).then(async (answer) => {
    await Promise.all([mark(process.stdout, invocation.requestId), mark(process.stderr, invocation.requestId)]);
    process.send(answer);
  });
});
process.on('disconnect', () => process.exit(0));

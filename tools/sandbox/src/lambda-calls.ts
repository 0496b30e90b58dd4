// Lambda as the sandbox sees it pass: the code of every function is kept on the way to moto, which would store it and
// never run it, and an invocation is answered here by running it.
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { failed, jsonResponse, type ApiResponse } from './api-response.js';
import type { ApiRequest } from './api-request.js';
import { functionConfigurationFrom } from './deployed-function.js';
import type { Attempt } from './delivery.js';
import type { Functions } from './functions.js';
import { isObject, objectOf, parseObject, textOf, type JsonObject } from './json.js';
import { on, type Interceptor } from './pipeline.js';
import { functionNameOf } from './rest-operations.js';

export interface LambdaCallsOptions {
  readonly functions: Functions;
  readonly region: string;
  /** Straight to moto, past the proxy. */
  readonly s3: S3Client;
  /** Queues an asynchronous invocation. */
  readonly invokeLater: (functionName: string, event: unknown, request: ApiRequest) => Promise<void>;
}

const packageOf = async (s3: S3Client, code: JsonObject): Promise<Uint8Array | undefined> => {
  const zip = textOf(code, 'ZipFile');
  if (zip !== undefined) return Buffer.from(zip, 'base64');
  const bucket = textOf(code, 'S3Bucket');
  const key = textOf(code, 'S3Key');
  if (bucket === undefined || key === undefined) return undefined;
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return body?.transformToByteArray();
};

const answerWith = (attempt: Attempt, logType: string | undefined): ApiResponse => ({
  status: 200,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': attempt.requestId,
    'x-amz-executed-version': '$LATEST',
    ...(attempt.error !== undefined && { 'x-amz-function-error': 'Unhandled' }),
    ...(logType === 'Tail' && {
      'x-amz-log-result': Buffer.from(attempt.logs.join('\n').slice(-4096)).toString('base64'),
    }),
  },
  body: Buffer.from(JSON.stringify(attempt.error ?? attempt.result ?? null)),
});

const headerOf = (request: ApiRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

const eventOf = (request: ApiRequest): unknown =>
  request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8'));

const notFound = (functionName: string): ApiResponse => {
  const response = jsonResponse({ Type: 'User', message: `Function not found: ${functionName}` }, 404);
  return { ...response, headers: { ...response.headers, 'x-amzn-errortype': 'ResourceNotFoundException' } };
};

/** What is done to Lambda's calls. */
export const lambdaCalls = ({ functions, region, s3, invokeLater }: LambdaCallsOptions): readonly Interceptor[] => [
  {
    matches: (request) => request.region === region && on('lambda', 'CreateFunction', 'UpdateFunctionCode')(request),
    handle: async (request, next) => {
      const response = await next(request);
      const configuration = failed(response)
        ? undefined
        : functionConfigurationFrom(parseObject(response.body.toString('utf8')));
      const code = isObject(request.input.Code) ? objectOf(request.input, 'Code') : request.input;
      const zip = configuration && (await packageOf(s3, code));
      if (configuration !== undefined && zip !== undefined) await functions.deploy(configuration, zip);
      return response;
    },
  },
  {
    matches: (request) => request.region === region && on('lambda', 'UpdateFunctionConfiguration')(request),
    handle: async (request, next) => {
      const response = await next(request);
      const configuration = failed(response)
        ? undefined
        : functionConfigurationFrom(parseObject(response.body.toString('utf8')));
      if (configuration !== undefined) await functions.configure(configuration);
      return response;
    },
  },
  {
    matches: (request) => request.region === region && on('lambda', 'DeleteFunction')(request),
    handle: async (request, next) => {
      const response = await next(request);
      if (!failed(response)) await functions.remove(functionNameOf(request.url));
      return response;
    },
  },
  {
    matches: (request) => request.region === region && on('lambda', 'Invoke')(request),
    handle: async (request) => {
      const name = functionNameOf(request.url);
      if (functions.configuration(name) === undefined) return notFound(name);
      const type = headerOf(request, 'x-amz-invocation-type');
      const empty = { headers: {}, body: Buffer.alloc(0) };
      if (type === 'DryRun') return { ...empty, status: 204 };
      if (type === 'Event') {
        await invokeLater(name, eventOf(request), request);
        return { ...empty, status: 202 };
      }
      return answerWith(await functions.invoke(name, eventOf(request)), headerOf(request, 'x-amz-log-type'));
    },
  },
];

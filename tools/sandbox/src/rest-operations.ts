/**
 * What a REST call of Lambda or S3 is called. Only the calls that the sandbox watches have a row; others are named by
 * method and path.
 */
const rows: readonly (readonly [service: string, method: string, path: RegExp, operation: string])[] = [
  ['lambda', 'POST', /^\/2015-03-31\/functions$/, 'CreateFunction'],
  ['lambda', 'GET', /^\/2015-03-31\/functions\/[^/]+$/, 'GetFunction'],
  ['lambda', 'DELETE', /^\/2015-03-31\/functions\/[^/]+$/, 'DeleteFunction'],
  ['lambda', 'PUT', /^\/2015-03-31\/functions\/[^/]+\/code$/, 'UpdateFunctionCode'],
  ['lambda', 'PUT', /^\/2015-03-31\/functions\/[^/]+\/configuration$/, 'UpdateFunctionConfiguration'],
  ['lambda', 'POST', /^\/2015-03-31\/functions\/[^/]+\/invocations$/, 'Invoke'],
  ['lambda', 'POST', /^\/2015-03-31\/functions\/[^/]+\/policy$/, 'AddPermission'],
  ['lambda', 'DELETE', /^\/2015-03-31\/functions\/[^/]+\/policy\/[^/]+$/, 'RemovePermission'],
  ['s3', 'PUT', /^\/[^/]+$/, 'CreateBucket'],
  ['s3', 'PUT', /^\/[^/]+\/.+$/, 'PutObject'],
  ['s3', 'GET', /^\/[^/]+\/.+$/, 'GetObject'],
];

/** The operation of a REST call, or `METHOD /path` for one without a row. */
export const restOperation = (service: string, method: string, url: string): string => {
  const [path = '', query = ''] = url.split('?');
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
  // A query string chooses another operation on the same S3 path (`?policy`, `?versioning`); the SDK's own `x-id` says
  // nothing new.
  if (service === 's3' && query !== '' && !query.startsWith('x-id=')) return `${method} ${url}`;
  return (
    rows.find(([s, m, pattern]) => s === service && m === method && pattern.test(trimmed))?.[3] ??
    `${method} ${trimmed}`
  );
};

/** The function which a Lambda REST call names: its name, whichever of name, partial ARN or ARN the path holds. */
export const functionNameOf = (url: string): string => {
  const text = decodeURIComponent(/\/functions\/([^/?]+)/.exec(url)?.[1] ?? '');
  const afterFunction = /function:([^:]+)/.exec(text)?.[1];
  return afterFunction ?? text.split(':')[0] ?? text;
};

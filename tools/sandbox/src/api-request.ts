import type { IncomingHttpHeaders } from 'node:http';
import { parseObject, type JsonObject } from './json.js';
import { inputOf, parseForm, renderForm, type FormPairs } from './query-form.js';
import { restOperation } from './rest-operations.js';

/** One HTTP request to AWS, understood as far as the sandbox needs. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query string, as received. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly remoteAddress: string;
  /**
   * As signed: `ec2`, `config`, `cloudtrail`, `events`, `lambda`, `iam`, `s3`, `sqs`, `sts`, …; empty for an unsigned
   * request.
   */
  readonly service: string;
  /** As signed; empty for an unsigned request. */
  readonly region: string;
  readonly operation: string;
  readonly accessKeyId?: string;
  /** The parameters of a Query-protocol call, as sent. */
  readonly form?: FormPairs;
  /** The input of a Query-protocol call (a tree of texts) or of a JSON call; empty when the body is neither. */
  readonly input: JsonObject;
}

export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly remoteAddress: string;
}

interface CredentialScope {
  readonly accessKeyId?: string;
  readonly region: string;
  readonly service: string;
}

// Signature Version 4: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`, in the header or in the query string of a
// presigned URL.
const credentialScope = (raw: RawRequest): CredentialScope => {
  const signed =
    raw.headers.authorization ??
    decodeURIComponent(/[?&]X-Amz-Credential=([^&]+)/.exec(raw.url)?.[1]?.replace(/^/, 'Credential=') ?? '');
  const [, accessKeyId, region, service] =
    /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(signed) ?? [];
  return accessKeyId === undefined
    ? { region: '', service: '' }
    : { accessKeyId, region: region ?? '', service: (service ?? '').toLowerCase() };
};

const header = (raw: RawRequest, name: string): string => {
  const value = raw.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
};

/**
 * Reads service, operation, caller and input from a request of any of the protocols AWS uses: Query, JSON, RPC v2 and
 * REST.
 */
export const parseApiRequest = (raw: RawRequest): ApiRequest => {
  const base = { ...raw, ...credentialScope(raw) };
  const target = header(raw, 'x-amz-target');
  if (target !== '') {
    return {
      ...base,
      operation: target.slice(target.lastIndexOf('.') + 1),
      input: parseObject(raw.body.toString('utf8')) ?? {},
    };
  }
  const rpc = /\/service\/[^/]+\/operation\/([^/?]+)/.exec(raw.url)?.[1];
  if (rpc !== undefined) return { ...base, operation: rpc, input: {} };

  const isForm = header(raw, 'content-type').startsWith('application/x-www-form-urlencoded');
  const form = parseForm(isForm ? raw.body.toString('utf8') : (raw.url.split('?')[1] ?? ''));
  const action = form.find(([name]) => name === 'Action')?.[1];
  if (action !== undefined) return { ...base, operation: action, form, input: inputOf(form) };

  return {
    ...base,
    operation: restOperation(base.service, raw.method, raw.url),
    input: parseObject(raw.body.toString('utf8')) ?? {},
  };
};

/** The same call with other parameters. */
export const withForm = (request: ApiRequest, form: FormPairs): ApiRequest => ({
  ...request,
  form,
  input: inputOf(form),
  body: Buffer.from(renderForm(form)),
});

/** The same JSON call with another input. */
export const withInput = (request: ApiRequest, input: JsonObject): ApiRequest => ({
  ...request,
  input,
  body: Buffer.from(JSON.stringify(input)),
});

import { parseApiRequest, type ApiRequest } from '../api-request.js';

/** A signed call of the Query protocol. */
export const queryCall = (service: string, operation: string, parameters: Readonly<Record<string, string>>): ApiRequest =>
  parseApiRequest({
    method: 'POST',
    url: '/',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'aws-cli/2.0.0',
    },
    body: Buffer.from(new URLSearchParams({ Action: operation, Version: '2016-11-15', ...parameters }).toString()),
    remoteAddress: '198.51.100.7',
  });

/** A signed call of a JSON protocol. */
export const jsonCall = (service: string, operation: string, input: unknown): ApiRequest =>
  parseApiRequest({
    method: 'POST',
    url: '/',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      'x-amz-target': `Service.${operation}`,
    },
    body: Buffer.from(JSON.stringify(input)),
    remoteAddress: '127.0.0.1',
  });

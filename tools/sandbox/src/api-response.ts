import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { ApiRequest } from './api-request.js';
import { parseObject, textOf, type JsonObject } from './json.js';
import { element, text, unescapeXml, type XmlNode } from './xml.js';

export interface ApiResponse {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

export const ec2Namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';

export const failed = (response: ApiResponse): boolean => response.status >= 300;

export const jsonResponse = (value: JsonObject, status = 200): ApiResponse => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
  body: Buffer.from(JSON.stringify(value)),
});

/** A refusal in the JSON protocols (`__type` names the exception). */
export const jsonError = (code: string, message: string): ApiResponse => jsonResponse({ __type: code, message }, 400);

const xmlResponse = (root: XmlNode, status: number): ApiResponse => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`),
});

/** An answer of EC2: `<OperationResponse xmlns=…><requestId>…</requestId>…`. */
export const ec2Response = (operation: string, requestId: string, members: readonly XmlNode[]): ApiResponse =>
  xmlResponse(
    element(`${operation}Response`, [text('requestId', requestId), ...members], { xmlns: ec2Namespace }),
    200,
  );

/** A refusal of EC2. */
export const ec2Error = (code: string, message: string, status = 400): ApiResponse =>
  xmlResponse(
    element('Response', [
      element('Errors', [element('Error', [text('Code', code), text('Message', message)])]),
      text('RequestID', randomUUID()),
    ]),
    status,
  );

/** What AWS called the failure, whichever protocol; the HTTP status when the answer names nothing. */
export const errorOf = (request: ApiRequest, response: ApiResponse): { code: string; message: string } | undefined => {
  if (response.status < 400) return undefined;
  const body = response.body.toString('utf8');
  const object = parseObject(body);
  const header = response.headers['x-amzn-errortype'];
  const code =
    /<Code>([^<]+)<\/Code>/.exec(body)?.[1] ??
    textOf(object, '__type')?.replace(/^.*#/, '') ??
    (typeof header === 'string' ? header : undefined);
  const message =
    /<Message>([^<]*)<\/Message>/.exec(body)?.[1] ?? textOf(object, 'message') ?? textOf(object, 'Message');
  return {
    code: code?.replace(/:.*$/, '') ?? `HTTP${response.status}`,
    message: unescapeXml(message ?? `${request.operation} was answered with ${response.status}`),
  };
};

import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { parseApiRequest } from './api-request.js';
import type { ApiResponse } from './api-response.js';
import { textOf } from './json.js';
import type { Handle } from './pipeline.js';

const readAll = async (stream: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks);
};

// The body has been read whole, so whatever spoke of its transfer no longer holds.
const aboutTransfer = ['connection', 'transfer-encoding', 'content-length', 'expect', 'keep-alive'];

const withoutTransfer = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !aboutTransfer.includes(name)));

/**
 * Sends a request on to the server at the URL: method, path, headers (Host and Authorization too) and body as they are.
 */
export const forwardTo =
  (target: string): Handle =>
  async (request) => {
    const { hostname, port } = new URL(target);
    // An S3 upload in chunks is signed over its `content-length`, so that header is stated anew rather than left to
    // chunked transfer.
    const headers = {
      ...withoutTransfer(request.headers),
      ...(request.body.length > 0 && { 'content-length': request.body.length }),
    };
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = httpRequest({
        hostname,
        port,
        method: request.method,
        path: request.url,
        headers,
        agent: false,
      });
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
      outgoing.end(request.body);
    });
    const response: ApiResponse = {
      status: incoming.statusCode ?? 502,
      headers: request.method === 'HEAD' ? incoming.headers : withoutTransfer(incoming.headers),
      body: await readAll(incoming),
    };
    return response;
  };

export interface Proxy {
  readonly endpoint: string;
  close(): Promise<void>;
}

const answer = async (handle: Handle, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const response = await handle(
    parseApiRequest({
      method: incoming.method ?? 'GET',
      url: incoming.url ?? '/',
      headers: incoming.headers,
      body: await readAll(incoming),
      remoteAddress: (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    }),
  );
  outgoing.writeHead(response.status, response.headers);
  outgoing.end(response.body);
};

/**
 * An HTTP server on a free port of 127.0.0.1 which answers every request with `handle`; a fault of `handle` is answered
 * as HTTP 500 and told to `onFault`.
 */
export const startProxy = async (
  handle: Handle,
  options: { readonly port?: number; readonly onFault: (fault: unknown) => void },
): Promise<Proxy> => {
  const server = createServer((incoming, outgoing) => {
    answer(handle, incoming, outgoing).catch((fault: unknown) => {
      options.onFault(fault);
      outgoing.writeHead(500, { 'content-type': 'text/plain' });
      outgoing.end(`the sandbox failed: ${textOf(fault, 'message') ?? String(fault)}`);
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening server has an address with a port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

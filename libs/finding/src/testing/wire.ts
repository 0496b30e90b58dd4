interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface Wire {
  /** The bodies of the requests that the client has sent, oldest first. */
  readonly bodies: string[];
  /** The configuration of an AWS SDK client that builds real requests without sending them. */
  readonly client: {
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
    readonly requestHandler: { handle(request: { readonly body?: unknown }): Promise<{ readonly response: Answer }> };
  };
}

/**
 * Returns a simulated connection to AWS. The first requests get these responses, in this order. Every later request gets the last response
 * again.
 */
export function wire(...answers: readonly { readonly status?: number; readonly body: string }[]): Wire {
  const bodies: string[] = [];
  return {
    bodies,
    client: {
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
      maxAttempts: 1,
      requestHandler: {
        handle: ({ body }) => {
          const { status = 200, body: answer } = answers[Math.min(bodies.length, answers.length - 1)] ?? { body: '' };
          bodies.push(ArrayBuffer.isView(body) ? new TextDecoder().decode(body as Uint8Array) : String(body));
          return Promise.resolve({
            response: { statusCode: status, headers: {}, body: new TextEncoder().encode(answer) },
          });
        },
      },
    },
  };
}

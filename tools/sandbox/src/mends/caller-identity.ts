// GetCallerIdentity: moto does not know the keys which the sandbox handed out and answers with an invented user.
import { randomUUID } from 'node:crypto';
import type { ApiResponse } from '../api-response.js';
import type { Identities } from '../identities.js';
import { on, type Interceptor } from '../pipeline.js';
import { element, text } from '../xml.js';

export const callerIdentity = (identities: Identities, accountId: string): Interceptor => ({
  matches: on('sts', 'GetCallerIdentity'),
  handle: async ({ accessKeyId }): Promise<ApiResponse> => {
    const { arn, userId } = await identities.identify(accessKeyId);
    const answer = element(
      'GetCallerIdentityResponse',
      [
        element('GetCallerIdentityResult', [text('Arn', arn), text('UserId', userId), text('Account', accountId)]),
        element('ResponseMetadata', [text('RequestId', randomUUID())]),
      ],
      { xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/' },
    );
    return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(answer.xml) };
  },
});

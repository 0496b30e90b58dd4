import type { ApiRequest } from './api-request.js';
import { errorOf } from './api-response.js';
import type { Call } from './call.js';
import type { Identities } from './identities.js';
import { isObject, listOf, textOf } from './json.js';
import type { Interceptor } from './pipeline.js';

export interface CallLogOptions {
  readonly identities: Identities;
  /** The delivery that this function is running for now. */
  readonly runningCause: (functionName: string) => number | undefined;
  readonly onCall: (call: Call) => void;
}

export interface CallLog {
  readonly calls: readonly Call[];
  readonly interceptor: Interceptor;
}

const groupIdIn = ({ input, operation }: ApiRequest): string | undefined => {
  const ids = [textOf(input, 'GroupId'), ...listOf(input, 'GroupId')];
  const filtered = listOf(input, 'Filter').flatMap((filter) =>
    textOf(filter, 'Name') === 'group-id' && isObject(filter) ? listOf(filter, 'Value') : [],
  );
  const tagged = operation.endsWith('Tags') ? listOf(input, 'ResourceId') : [];
  return [...ids, ...filtered, ...tagged].find((id): id is string => typeof id === 'string' && id.startsWith('sg-'));
};

/** Keeps an account of every call that passes. */
export const createCallLog = ({ identities, runningCause, onCall }: CallLogOptions): CallLog => {
  const calls: Call[] = [];
  let arrived = 0;
  return {
    calls,
    interceptor: {
      matches: () => true,
      handle: async (request, next) => {
        arrived += 1;
        const sequence = arrived;
        const { caller } = await identities.identify(request.accessKeyId);
        const during = caller.kind === 'function' ? runningCause(caller.name) : undefined;
        const response = await next(request);
        const groupId = request.service === 'ec2' ? groupIdIn(request) : undefined;
        const error = errorOf(request, response);
        const call: Call = {
          sequence,
          service: request.service,
          operation: request.operation,
          caller,
          ...(groupId !== undefined && { groupId }),
          ...(request.service === 'ec2' && { parameters: request.input }),
          status: response.status,
          ...(error !== undefined && { errorCode: error.code }),
          ...(during !== undefined && { during }),
        };
        // A call that arrived earlier may end later: its place is before this one.
        const position = calls.findLastIndex((earlier) => earlier.sequence < sequence) + 1;
        calls.splice(position, 0, call);
        onCall(call);
        return response;
      },
    },
  };
};

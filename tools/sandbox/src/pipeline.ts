import type { ApiRequest } from './api-request.js';
import type { ApiResponse } from './api-response.js';

export type Handle = (request: ApiRequest) => Promise<ApiResponse>;

/** One thing done to some calls on their way: a mend changes them, an observation only looks. */
export interface Interceptor {
  readonly matches: (request: ApiRequest) => boolean;
  readonly handle: (request: ApiRequest, next: Handle) => Promise<ApiResponse>;
}

/** The calls of one service with one of these names. */
export const on =
  (service: string, ...operations: readonly string[]): ((request: ApiRequest) => boolean) =>
  (request) =>
    request.service === service && operations.includes(request.operation);

/** The interceptors in order, the first outermost; `last` answers what passed them all. */
export const compose = (interceptors: readonly Interceptor[], last: Handle): Handle =>
  interceptors.reduceRight<Handle>(
    (next, interceptor) => (request) =>
      interceptor.matches(request) ? interceptor.handle(request, next) : next(request),
    last,
  );

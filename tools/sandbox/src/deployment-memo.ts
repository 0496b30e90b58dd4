import type { ApiRequest } from './api-request.js';
import type { Interceptor } from './pipeline.js';

/**
 * Remembers what is deployed (rules, targets, trails, recorders, permissions) from one delivery to the next. All of it
 * is forgotten as soon as a call writes to one of those services, and every such call passes the proxy.
 */
export interface DeploymentMemo {
  /** What was read under that key since the last write; else what `read` reads. */
  of<T>(key: string, read: () => Promise<T>): Promise<T>;
  /** Belongs next to moto: what is done after a write must see it. */
  readonly interceptor: Interceptor;
}

const services = ['cloudtrail', 'config', 'events', 'iam', 'lambda'];

const onlyReads = ({ operation }: ApiRequest): boolean => /^(Get|List|Describe|GET )/.test(operation);

export const createDeploymentMemo = (): DeploymentMemo => {
  let remembered = new Map<string, Promise<unknown>>();
  return {
    of: <T>(key: string, read: () => Promise<T>): Promise<T> => {
      const known = remembered;
      const earlier = known.get(key);
      // The key names the read, so what is kept under it is what that read gave.
      if (earlier !== undefined) return earlier as Promise<T>;
      const reading = read();
      known.set(key, reading);
      reading.catch(() => known.delete(key));
      return reading;
    },
    interceptor: {
      matches: (request) => services.includes(request.service) && !onlyReads(request),
      handle: async (request, next) => {
        try {
          return await next(request);
        } finally {
          // A new map, so that a read begun before the write does not put its old answer here.
          remembered = new Map();
        }
      },
    },
  };
};

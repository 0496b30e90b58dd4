import type { Call } from './aws/call.js';
import type { Delivery } from './delivery/delivery.js';

/** What happens in the sandbox, for a narrator. */
export type SandboxEvent =
  | { readonly type: 'call'; readonly call: Call }
  | { readonly type: 'delivery-finished'; readonly delivery: Delivery }
  | { readonly type: 'not-delivered'; readonly reason: string };

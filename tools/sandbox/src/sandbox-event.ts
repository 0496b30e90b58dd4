import type { Call } from './aws/call.js';
import type { Delivery } from './delivery/delivery.js';
import type { KeptEvaluation } from './config/evaluations.js';

/** What happens in the sandbox, for a narrator. */
export type SandboxEvent =
  | { readonly type: 'call'; readonly call: Call }
  | { readonly type: 'cloudtrail-record'; readonly record: Readonly<Record<string, unknown>> }
  | { readonly type: 'config-item'; readonly groupId: string; readonly item: Readonly<Record<string, unknown>> }
  | { readonly type: 'delivery-finished'; readonly delivery: Delivery }
  | { readonly type: 'evaluation'; readonly evaluation: KeptEvaluation }
  | { readonly type: 'not-delivered'; readonly reason: string };

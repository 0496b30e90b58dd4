/** Opens the store of restorations that wait for an approval. */
import type { Approvals } from './ports.js';

/** The environment variables that the deployment sets if a baseline is in mode `approve`. `scheduler-approvals.ts` describes them. */
export type ApprovalEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the port that stores each pending approval as a one-time schedule of EventBridge Scheduler. The first call loads the code,
 * because most deployments make no such call.
 */
export function openApprovals(environment: ApprovalEnvironment): Approvals {
  let loading: Promise<Approvals> | undefined;
  const load = (): Promise<Approvals> =>
    (loading ??= import('./scheduler-approvals.js').then(({ openSchedulerApprovals }) => openSchedulerApprovals(environment)));
  return {
    start: async (drift, now) => (await load()).start(drift, now),
    cancel: async (drift) => (await load()).cancel(drift),
  };
}

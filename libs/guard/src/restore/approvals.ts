/** Opens the waits for approvals of restorations. */
import type { Approvals } from './ports.js';

/** The environment variables that the deployment sets if a baseline is in mode `approve`. `scheduler-approvals.ts` describes them. */
export type ApprovalEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the waits in EventBridge Scheduler. The code for them is loaded when it is first needed, because most deployments never need it.
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

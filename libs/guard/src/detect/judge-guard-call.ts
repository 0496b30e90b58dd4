/**
 * Assesses a call on Portcullis's own resources from the record of the call. Pure. This module is a separate bundle, which the function
 * loads at the first call on Portcullis's own resources.
 */
import { callChangedNothing, isActorRole, type GuardCall } from '@portcullis/cloudtrail';
import { findingDrift, joinFindingSentence, type Assessment, type Severity } from '@portcullis/finding';

export { parseGuardCall } from '@portcullis/cloudtrail';

/**
 * Rates changes by a deploying role as `info`, because such changes are expected. Compares the role of the caller, not the session name,
 * because a caller can choose the name of its session.
 *
 * @param deployers the ARNs of the roles that deploy the guard.
 */
export function judgeGuardCall(call: GuardCall, deployers: readonly string[]): Assessment {
  const { eventName, part, name, effect, consequence, outcome, errorCode, actor } = call;
  const what = name === null ? `the ${part}` : `the ${part} ${name.slice(0, MAX_NAME)}`;
  const byDeployer = deployers.some((arn) => isActorRole(actor, arn));
  const judged = { kind: 'tampering', atBaseline: null, ...findingDrift([], []), basis: 'event' } as const;
  if (callChangedNothing(outcome))
    return { ...judged, severity: 'medium', summary: `${eventName} on ${what} was refused with ${String(errorCode)}` };
  const done = `${effect === 'stops' ? 'stopped or removed' : 'changed'} ${what}`;
  return {
    ...judged,
    severity: byDeployer ? 'info' : SEVERITY[effect],
    summary: joinFindingSentence(
      outcome === 'unknown' ? `${eventName} failed with ${String(errorCode)}, but may have ${done}` : `${eventName} ${done}`,
      byDeployer ? 'by a role that deploys the guard' : effect === 'stops' ? consequence : `if the ${part} stops working, ${consequence}`,
    ),
    ...(!byDeployer && { outlook: 'Portcullis does not undo this change: deploy again' }),
  };
}

const SEVERITY = { stops: 'critical', changes: 'high' } as const satisfies Record<GuardCall['effect'], Severity>;

/** The maximum length of a resource name in a summary, in characters. The caller may have chosen the name. */
const MAX_NAME = 256;

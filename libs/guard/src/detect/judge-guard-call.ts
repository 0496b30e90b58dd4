/**
 * Judges a call on Portcullis's own resources, by the record of the call. Pure. This module is in a separate bundle, which the function
 * loads when it first needs it.
 */
import { callChangedNothing, isActorRole, type GuardCall } from '@portcullis/cloudtrail';
import { findingDrift, joinFindingSentence, type Assessment, type Severity } from '@portcullis/finding';

export { parseGuardCall } from '@portcullis/cloudtrail';

/**
 * Returns the assessment of the call, by the caller and by the effect of the call. Changes by deployers are expected. A deployer is recognized by its role, because a
 * caller cannot choose the name of its role.
 *
 * @param deployers the ARNs of the roles that deploy the guard.
 */
export function judgeGuardCall(call: GuardCall, deployers: readonly string[]): Assessment {
  const { eventName, part, name, effect, consequence, outcome, errorCode, actor } = call;
  const what = name === null ? `the ${part}` : `the ${part} ${name.slice(0, MAX_NAME)}`;
  const byDeployer = deployers.some((arn) => isActorRole(actor, arn));
  const judged = { kind: 'tampering', atBaseline: null, ...findingDrift([], []), basis: 'event' } as const;
  if (callChangedNothing(outcome))
    return { ...judged, severity: 'medium', summary: `${eventName} of ${what} was refused with ${String(errorCode)}` };
  const failed = outcome === 'unknown' ? `, if it took effect: it failed with ${String(errorCode)}` : '';
  return {
    ...judged,
    severity: byDeployer ? 'info' : SEVERITY[effect],
    summary: joinFindingSentence(
      `${eventName} ${effect === 'stops' ? 'stopped or removed' : 'changed'} ${what}${failed}`,
      byDeployer ? 'by a role that deploys the guard' : effect === 'stops' ? consequence : `if it stops working, ${consequence}`,
    ),
    ...(!byDeployer && { outlook: 'nothing puts it back by itself: deploy again' }),
  };
}

const SEVERITY = { stops: 'critical', changes: 'high' } as const satisfies Record<GuardCall['effect'], Severity>;

/** The maximum length of a name in a summary, in characters. The caller may have chosen the name. */
const MAX_NAME = 256;

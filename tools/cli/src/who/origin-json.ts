import type { RuleOrigin } from '@portcullis/cloudtrail';
import { describeCaller } from './who-words.js';

/** Returns the call that opened or removed a rule, as JSON. Returns null if the call is unknown. */
export function ruleOriginJson(origin: RuleOrigin | undefined): object | null {
  if (origin === undefined) return null;
  const { call, certain } = origin;
  const { type, arn, issuerArn, userName, sessionName, sourceIdentity, sourceIp, userAgent, invokedBy, mfa, fromConsole } = call.actor;
  const actor = { type, arn, issuerArn, userName, sessionName, sourceIdentity, sourceIp, userAgent, invokedBy, mfa, console: fromConsole };
  return { certain, who: describeCaller(call.actor).who, time: call.eventTime, eventId: call.eventId, eventName: call.eventName, actor };
}

/** Says who made a call, when, from where and with which tool. Values that the caller chose are marked as unverified. */
import type { Actor, ApiCall, RuleOrigin, RuleRemoval } from '@portcullis/cloudtrail';
import type { FindingActor } from '@portcullis/finding';
import { safeTerminalLine } from '../command-line/printable.js';
import { timeAgoWords } from '../render/time-words.js';

/** A caller in words, without control characters. */
export interface CallerWords {
  /** E.g. `ana@example.com (AdministratorAccess, IAM Identity Center)`, `user ben`, `role Operator, session ana (unverified)`. */
  readonly who: string;
  /** The source address, or the name of the AWS service that made the call, e.g. `203.0.113.10`. */
  readonly from: string;
  /** E.g. `from 203.0.113.10 with Terraform (unverified), without MFA`. */
  readonly details: string;
}

export function describeCaller(actor: Actor): CallerWords {
  const from = safeTerminalLine(actor.invokedBy ?? actor.sourceIp ?? 'an unknown address');
  const tool = whichToolWords(actor);
  const details = `from ${from}${tool === null ? '' : ` with ${tool}`}, ${actor.mfa ? 'with' : 'without'} MFA`;
  return { who: safeTerminalLine(callerName(actor)), from, details };
}

/** Returns one line, e.g. `opened 3 days ago (2026-01-15 09:30:00 UTC) by user ben from 203.0.113.10 with the console, without MFA`. */
export function ruleOriginWords(origin: RuleOrigin, now: Date): string {
  return `${ruleOriginVerb(origin)} ${callAgeWords(origin.call, now)} ${byCallerWords(origin.call.actor)}`;
}

/**
 * Returns the same as `ruleOriginWords`, but without `3 days ago`. Therefore, a file that contains this text stays the same from day to
 * day.
 */
export function datedRuleOriginWords(origin: RuleOrigin): string {
  return `${ruleOriginVerb(origin)} ${callTimeWords(origin.call.eventTime)} ${byCallerWords(origin.call.actor)}`;
}

/**
 * Returns one line about the call that caused a finding, e.g. `changed 2026-01-15 09:30:00 UTC by user ben from 203.0.113.10, without MFA`.
 */
export function whoCausedFindingWords({ console: fromConsole, ...actor }: FindingActor, eventTime: string): string {
  return `changed ${callTimeWords(eventTime)} ${byCallerWords({ ...actor, fromConsole, accessKeyId: null })}`;
}

/** Returns one line, e.g. `removed 3 days ago (2026-01-15 09:30:00 UTC) by user ben from 203.0.113.10 with the console, without MFA`. */
export function ruleRemovalWords({ call, certain }: RuleRemoval, now: Date): string {
  const verb = call.change.kind === 'modify' ? 'changed to another rule' : 'removed';
  return `${certain ? '' : 'perhaps '}${verb} ${callAgeWords(call, now)} ${byCallerWords(call.actor)}`;
}

/**
 * Returns one line about a rule that an unknown caller opened or removed.
 *
 * @param since how far back CloudTrail's history was read; null for all 90 days
 */
export function unknownCallerWords(verb: 'opened' | 'removed', since: string | null): string {
  const day = since?.slice(0, 10);
  if (verb === 'removed')
    return `CloudTrail's history ${day === undefined ? 'of 90 days' : `since ${day} (read no further back)`} does not show who removed the rule`;
  const before = day === undefined ? "CloudTrail's history of 90 days" : `${day} (CloudTrail's history was read no further back)`;
  return `opened by somebody before ${before}, or within the last 15 minutes`;
}

function ruleOriginVerb({ call, certain }: RuleOrigin): string {
  return !certain ? 'changed, perhaps opened,' : call.change.kind === 'modify' ? 'changed to this' : 'opened';
}

/** Returns e.g. `3 days ago (2026-01-15 09:30:00 UTC)`. */
function callAgeWords({ eventTime }: ApiCall, now: Date): string {
  return `${timeAgoWords(eventTime, now)} (${callTimeWords(eventTime)})`;
}

function callTimeWords(eventTime: string): string {
  return `${eventTime.slice(0, 19).replace('T', ' ')} UTC`;
}

function byCallerWords(actor: Actor): string {
  const { who, details } = describeCaller(actor);
  return `by ${who} ${details}`;
}

/**
 * Only IAM Identity Center can assume roles with this path. The session has the name of the user.
 *
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
const IDENTITY_CENTER_ROLE = /:role\/aws-reserved\/sso\.amazonaws\.com\/(?:[\w-]+\/)?AWSReservedSSO_(.+)_[0-9a-f]{16}$/;

function callerName({ type, arn, issuerArn, userName, sessionName, sourceIdentity, onBehalfOf, invokedBy, principalId }: Actor): string {
  if (type === 'Root') return 'the root user';
  const permissionSet = IDENTITY_CENTER_ROLE.exec(issuerArn ?? '')?.[1];
  if (permissionSet !== undefined && sessionName !== null) return `${sessionName} (${permissionSet}, IAM Identity Center)`;
  if (type === 'IAMUser' && userName !== null) return `user ${userName}`;
  const kind = type === 'FederatedUser' ? 'federated user of' : 'role';
  const session = sessionName === null ? '' : `, session ${sessionName} (unverified)`;
  const identity = sourceIdentity === null ? '' : `, source identity ${sourceIdentity}`;
  if (userName !== null) return `${kind} ${userName}${session}${identity}`;
  return onBehalfOf ?? issuerArn ?? arn ?? invokedBy ?? principalId ?? type ?? 'an unknown caller';
}

/** The tools by user agent. A tool is marked as unverified, because the client chooses the user agent. */
const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/terraform/i, 'Terraform'],
  [/pulumi/i, 'Pulumi'],
  [/^aws-cli\//, 'the AWS CLI'],
  [/^(boto3|botocore)\//i, 'boto3'],
  [/^(console\.amazonaws\.com|AWS Internal)/, 'the console'],
];

function whichToolWords({ fromConsole, userAgent, invokedBy }: Actor): string | null {
  if (fromConsole === true) return 'the console';
  if (userAgent === null || invokedBy !== null) return null;
  const known = TOOLS.find(([pattern]) => pattern.test(userAgent))?.[1];
  return safeTerminalLine(`${known ?? userAgent.split(/[ /]/, 1).join('')} (unverified)`);
}

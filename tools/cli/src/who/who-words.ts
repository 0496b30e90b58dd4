/** Says who made a call, when, from where and with which tool. Values that the caller chose are marked as unverified. */
import type { Actor, ApiCall, RuleOrigin, RuleRemoval } from '@portcullis/cloudtrail';
import type { FindingActor } from '@portcullis/finding';
import { safeTerminalLine } from '../command-line/printable.js';

/** The caller of a call in words, without control characters. */
export interface WhoWords {
  /** E.g. `ana@example.com (AdministratorAccess, IAM Identity Center)`, `user ben`, `role Operator, session ana (unverified)`. */
  readonly who: string;
  /** E.g. `3 days ago`. */
  readonly ago: string;
  /** E.g. `2026-01-15 09:30:00 UTC`. */
  readonly time: string;
  /** E.g. `203.0.113.10`, or the name of a service. */
  readonly from: string;
  /** E.g. `the console`, `Terraform (unverified)`. */
  readonly tool: string | null;
  readonly mfa: boolean;
}

export function whoMadeCall(call: Pick<ApiCall, 'actor' | 'eventTime'>, now: Date): WhoWords {
  return { ...callerWords(call), ago: timeAgoWords(Date.parse(call.eventTime), now.getTime()), time: callTimeWords(call) };
}

function callerWords({ actor }: Pick<ApiCall, 'actor'>): Omit<WhoWords, 'ago' | 'time'> {
  return {
    who: safeTerminalLine(callerName(actor)),
    from: safeTerminalLine(actor.invokedBy ?? actor.sourceIp ?? 'an unknown address'),
    tool: callerTool(actor),
    mfa: actor.mfa,
  };
}

function callTimeWords({ eventTime }: Pick<ApiCall, 'eventTime'>): string {
  return `${eventTime.slice(0, 19).replace('T', ' ')} UTC`;
}

/** Returns one line, e.g. `opened 3 days ago (2026-01-15 09:30:00 UTC) by user ben from 203.0.113.10 with the console, without MFA`. */
export function ruleOriginWords(origin: RuleOrigin, now: Date): string {
  return `${ruleOriginVerb(origin)} ${callerLine(origin.call, whenWords(origin.call, now))}`;
}

/** Returns `ruleOriginWords` without `3 days ago`, for a file that must not change every day. */
export function datedRuleOriginWords(origin: RuleOrigin): string {
  return `${ruleOriginVerb(origin)} ${callerLine(origin.call, callTimeWords(origin.call))}`;
}

/** Returns one line about the call of a finding, e.g. `changed 2026-01-15 09:30:00 UTC by user ben from 203.0.113.10, without MFA`. */
export function findingActorWords({ console: fromConsole, ...actor }: FindingActor, eventTime: string): string {
  return `changed ${callerLine({ actor: { ...actor, fromConsole, accessKeyId: null } }, callTimeWords({ eventTime }))}`;
}

/** Returns one line, e.g. `removed 3 days ago (2026-01-15 09:30:00 UTC) by user ben from 203.0.113.10 with the console, without MFA`. */
export function ruleRemovalWords({ call, certain }: RuleRemoval, now: Date): string {
  const verb = call.change.kind === 'modify' ? 'changed to another rule' : 'removed';
  return `${certain ? '' : 'perhaps '}${verb} ${callerLine(call, whenWords(call, now))}`;
}

/** Returns one line about a rule without a known call. @param since as in `Origins` */
export function unknownCallerWords(verb: 'opened' | 'removed', since: string | null): string {
  const day = since?.slice(0, 10);
  if (verb === 'removed')
    return `CloudTrail's history ${day === undefined ? 'of 90 days' : `since ${day}, read no further back,`} does not show who removed it`;
  const before = day === undefined ? "CloudTrail's history of 90 days" : `${day} (CloudTrail's history was read no further back)`;
  return `opened by somebody before ${before}, or within the last 15 minutes`;
}

function ruleOriginVerb({ call, certain }: RuleOrigin): string {
  return !certain ? 'changed, perhaps opened,' : call.change.kind === 'modify' ? 'changed to this' : 'opened';
}

function whenWords(call: ApiCall, now: Date): string {
  const { ago, time } = whoMadeCall(call, now);
  return `${ago} (${time})`;
}

function callerLine(call: Pick<ApiCall, 'actor'>, when: string): string {
  const { who, from, tool, mfa } = callerWords(call);
  return `${when} by ${who} from ${from}${tool === null ? '' : ` with ${tool}`}, ${mfa ? 'with' : 'without'} MFA`;
}

/**
 * Only IAM Identity Center can assume its roles, and it names the session after the user.
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

/** Tools by user agent. They are unverified, because the client chooses its user agent. */
const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/terraform/i, 'Terraform'],
  [/pulumi/i, 'Pulumi'],
  [/^aws-cli\//, 'the AWS CLI'],
  [/^(boto3|botocore)\//i, 'boto3'],
  [/^(console\.amazonaws\.com|AWS Internal)/, 'the console'],
];

function callerTool({ fromConsole, userAgent, invokedBy }: Actor): string | null {
  if (fromConsole === true) return 'the console';
  if (userAgent === null || invokedBy !== null) return null;
  const known = TOOLS.find(([pattern]) => pattern.test(userAgent))?.[1];
  return safeTerminalLine(`${known ?? userAgent.split(/[ /]/, 1).join('')} (unverified)`);
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

function timeAgoWords(then: number, now: number): string {
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  const [unit, milliseconds] = UNITS.find(([, size]) => now - then >= size) ?? ['second', 1000];
  return format.format(-Math.max(0, Math.floor((now - then) / milliseconds)), unit);
}

import type { AccessRange } from '@portcullis/permission-diff';
import type { Finding, FindingActor, FindingGroup } from '../finding/finding.js';
import { controlWords } from '../finding/controls.js';
import { findingAccessRangeWords } from './describe-rules.js';
import { fixCommandsFor, consoleLink } from './fix-commands.js';

export interface Message {
  /** At most 100 printable ASCII characters, as SNS requires. */
  readonly subject: string;
  /** Lines of plain text. */
  readonly body: string;
}

export interface MessageOptions {
  /**
   * The maximum size of the body in bytes. If the body is larger, `findingMessage` removes the commands and refers to the log. If the body
   * is still too large, `findingMessage` cuts off the end.
   * @default no limit
   */
  readonly maxBytes?: number;
}

/** Source: SNS API reference, Publish, Subject: ASCII, up to 100 characters, no line break. */
const MAX_SUBJECT_LENGTH = 100;

/** The maximum number of access ranges that a message names. For the other ranges, the message gives only their number. */
const MAX_NAMED_RANGES = 20;

/**
 * Returns the finding as a message for a person on call. The message says who made the change and from where, what became reachable, and
 * what to do now.
 */
export function findingMessage(finding: Finding, { maxBytes = Infinity }: MessageOptions = {}): Message {
  const { kind, severity, summary, group } = finding;
  const about = group.name ?? group.id ?? (kind === 'tampering' ? 'the guard' : 'security groups');
  const whole = findingMessageBody(finding, fixCommandsFor(finding));
  const body =
    Buffer.byteLength(whole) <= maxBytes
      ? whole
      : cutFindingMessageBody(findingMessageBody(finding, ['the commands are too long for a message: see the log']), maxBytes);
  return { subject: findingMessageSubject(`${severity.toUpperCase()} ${kind}: ${about}: ${summary}`), body };
}

type Row = readonly [label: string, texts: string | readonly string[] | null];

function findingMessageBody(finding: Finding, commands: readonly string[]): string {
  const { kind, atBaseline, summary, group, baseline, limits, controls, actor, event, access, basis, outlook } = finding;
  const isAboutGuard = kind === 'tampering';
  const isRestored = kind === 'restoration' && atBaseline === true;
  const eventWords = event.source === 'config' ? 'the AWS Config event only' : 'the CloudTrail record only';
  const rows: readonly Row[] = [
    isAboutGuard ? ['Where', findingAccountRegionWords(group)] : ['Group', messageGroupWords(group)],
    ['Baseline', baseline],
    ['Broken limits', limits?.join(', ') ?? null],
    ['Broken controls', controls ? controlWords(controls) : null],
    ['Call', event.name && `${event.name}${event.errorCode === null ? '' : `, failed with ${event.errorCode}`}`],
    ['Time', event.time],
    ['Caller', actor && findingCallerWords(actor, group)],
    ['From', actor && callerOriginWords(actor)],
    [isRestored ? 'Access removed' : 'Excess access', messageAccessRanges(access.gained)],
    [isRestored ? 'Access restored' : 'Missing access', messageAccessRanges(access.lost)],
    ['Based on', isAboutGuard ? null : basis === 'live' ? 'the live rules' : eventWords],
    ['Outlook', outlook ?? null],
    ['Approve', finding.approval?.command ?? null],
    ['Fix by hand', commands],
    ['Console', consoleLink(group)],
    ['Finding', finding.id],
  ];
  return [onOneMessageLine(summary), '', ...rows.flatMap(messageRowLines)].join('\n');
}

const LABEL_WIDTH = 16;

function messageRowLines([label, texts]: Row): string[] {
  const list = texts === null ? [] : typeof texts === 'string' ? [texts] : texts;
  return list.map((text, i) => `${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}  ${onOneMessageLine(text)}`);
}

function messageGroupWords(group: FindingGroup): string | null {
  const { id, name, vpcId } = group;
  const named = `${id ?? 'unknown'}${name === null ? '' : ` (${name})`}`;
  return joinFindingMessageTexts(named, vpcId, findingAccountRegionWords(group));
}

function findingAccountRegionWords({ accountId, region }: FindingGroup): string | null {
  return joinFindingMessageTexts(accountId && `account ${accountId}`, region);
}

function findingCallerWords(actor: FindingActor, group: FindingGroup): string | null {
  const { type, sessionName, sourceIdentity, mfa, invokedBy, accountId } = actor;
  return joinFindingMessageTexts(
    `${findingCallerName(actor)} (${type ?? 'unknown'})`,
    accountId === group.accountId ? null : accountId && `in account ${accountId}`,
    sessionName && `session ${sessionName}`,
    sourceIdentity && `source identity ${sourceIdentity}`,
    invokedBy && `through ${invokedBy}`,
    mfa ? 'with MFA' : 'without MFA',
  );
}

/** AWS services, callers from other accounts and IAM Identity Center users have no ARN, so other fields name the caller. */
function findingCallerName({ issuerArn, arn, onBehalfOf, userName, principalId }: FindingActor): string {
  return issuerArn ?? arn ?? onBehalfOf ?? userName ?? principalId ?? 'unknown';
}

function callerOriginWords({ sourceIp, userAgent, console }: FindingActor): string | null {
  return joinFindingMessageTexts(sourceIp ?? 'unknown', console && 'in the AWS console', userAgent && `user agent ${userAgent}`);
}

function messageAccessRanges(ranges: readonly AccessRange[]): string[] {
  const named = findingAccessRangeWords('ingress', ranges.slice(0, MAX_NAMED_RANGES));
  return ranges.length > MAX_NAMED_RANGES ? [...named, `and ${ranges.length - MAX_NAMED_RANGES} more`] : named;
}

/** Joins the nonempty texts with commas, or returns null if every text is empty. */
function joinFindingMessageTexts(...texts: readonly (string | null | false)[]): string | null {
  return texts.filter(Boolean).join(', ') || null;
}

/** Replaces control characters and line breaks, because a text that a caller chose must not start a new line of the message. */
function onOneMessageLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

function findingMessageSubject(text: string): string {
  const ascii = text.replace(/[^\u0020-\u007e]/g, '?');
  return ascii.length > MAX_SUBJECT_LENGTH ? `${ascii.slice(0, MAX_SUBJECT_LENGTH - 3)}...` : ascii;
}

function cutFindingMessageBody(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  // Decode as Latin-1, because the cut may split a multi-byte character. Each byte of a non-ASCII character becomes `?`.
  const bytes = Buffer.from(text).subarray(0, maxBytes - 3);
  return bytes.toString('latin1').replace(/[^\u0020-\u007e\n]/g, '?');
}

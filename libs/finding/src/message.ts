/** A finding as a message that a person can act on at night: who, from where, what became reachable, and what to do about it. */
import { formatSource, formatTraffic, type AccessRange } from '@portcullis/permission-diff';
import { commandsFor, consoleLink } from './actions.js';
import type { Finding, FindingActor, FindingGroup } from './finding.js';

export interface Message {
  /** At most 100 printable ASCII characters, as SNS takes them. */
  readonly subject: string;
  /** Lines of plain text. */
  readonly body: string;
}

export interface MessageOptions {
  /**
   * The longest body, in bytes. A longer one loses the commands, which are in the log, and then its end.
   * @default any
   */
  readonly maxBytes?: number;
}

/** Source: SNS API reference, Publish, Subject: ASCII, up to 100 characters, no line break. */
const MAX_SUBJECT = 100;

/** Names this many ranges at most, so that a message stays one. */
const MAX_RANGES = 20;

type Line = readonly [label: string, told: string | readonly string[] | null];

/** Returns the finding in words. */
export function messageFor(finding: Finding, { maxBytes = Infinity }: MessageOptions = {}): Message {
  const { kind, severity, summary, group } = finding;
  const subject = `${severity.toUpperCase()} ${kind}: ${group.name ?? group.id ?? (kind === 'tampering' ? 'the guard' : 'security groups')}: ${summary}`;
  const whole = bodyOf(finding, commandsFor(finding));
  const body = Buffer.byteLength(whole) <= maxBytes ? whole : cut(bodyOf(finding, ['too long for a message: see the log']), maxBytes);
  return { subject: subjectOf(subject), body };
}

function bodyOf(finding: Finding, commands: readonly string[]): string {
  const { kind, atBaseline, summary, group, baseline, actor, event, access, basis, outlook } = finding;
  const [gained, lost] = kind === 'restoration' && atBaseline === true ? ['No longer let in', 'Let in again'] : ['Let in', 'Not let in'];
  const lines: readonly Line[] = [
    ['Group', kind === 'tampering' ? null : groupIn(group)],
    ['Where', kind === 'tampering' ? placeIn(group) : null],
    ['Baseline', baseline],
    ['Call', event.name && `${event.name}${event.errorCode === null ? '' : `, failed with ${event.errorCode}`}`],
    ['Time', event.time],
    ['Who', actor && whoIn(actor, group)],
    ['From', actor && fromIn(actor)],
    [gained, rangesIn(access.gained)],
    [lost, rangesIn(access.lost)],
    [
      'Known from',
      kind === 'tampering'
        ? null
        : basis === 'live'
          ? 'the group as it is now'
          : event.source === 'config'
            ? 'the event alone'
            : 'the record of the call alone',
    ],
    ['Outlook', outlook ?? null],
    ['By hand', commands],
    ['Console', consoleLink(finding)],
    ['Finding', finding.id],
  ];
  return [oneLine(summary), '', ...lines.flatMap(([label, told]) => block(label, told))].join('\n');
}

const LABEL_WIDTH = 16;

function block(label: string, told: string | readonly string[] | null): string[] {
  const texts = told === null ? [] : typeof told === 'string' ? [told] : told;
  return texts.map((text, i) => `${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}  ${oneLine(text)}`);
}

function groupIn({ id, name, vpcId, accountId, region }: FindingGroup): string {
  const named = name === null ? (id ?? 'not known') : `${id ?? 'not known'} (${name})`;
  return [named, vpcId, placeIn({ accountId, region })].filter((part) => part !== null).join(', ');
}

function placeIn({ accountId, region }: Pick<FindingGroup, 'accountId' | 'region'>): string | null {
  const parts = [accountId === null ? null : `account ${accountId}`, region].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

function whoIn(actor: FindingActor, group: FindingGroup): string {
  const { type, sessionName, sourceIdentity, mfa, invokedBy, accountId } = actor;
  return [
    `${nameOf(actor)} (${type ?? 'not known'})`,
    accountId === null || accountId === group.accountId ? null : `of account ${accountId}`,
    sessionName === null ? null : `session ${sessionName}`,
    sourceIdentity === null ? null : `source identity ${sourceIdentity}`,
    invokedBy === null ? null : `through ${invokedBy}`,
    mfa ? 'with MFA' : 'without MFA',
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** Some identities have no ARN: a service, a caller of another account, a user of IAM Identity Center. */
function nameOf({ issuerArn, arn, onBehalfOf, userName, principalId }: FindingActor): string {
  return issuerArn ?? arn ?? onBehalfOf ?? userName ?? principalId ?? 'not known';
}

function fromIn({ sourceIp, userAgent, console }: FindingActor): string {
  const where = `${sourceIp ?? 'not known'}${console === true ? ', in the AWS console' : ''}`;
  return userAgent === null ? where : `${where}, by its own word ${userAgent}`;
}

function rangesIn(ranges: readonly AccessRange[]): string[] {
  const told = ranges.slice(0, MAX_RANGES).map((range) => `${formatTraffic(range)} from ${formatSource(range.source)}`);
  return ranges.length > MAX_RANGES ? [...told, `and ${ranges.length - MAX_RANGES} more`] : told;
}

/** Callers choose some of the texts: a line break of theirs is not to begin a line of ours. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

function subjectOf(text: string): string {
  const ascii = text.replace(/[^\u0020-\u007e]/g, '?');
  return ascii.length > MAX_SUBJECT ? `${ascii.slice(0, MAX_SUBJECT - 3)}...` : ascii;
}

function cut(text: string, maxBytes: number): string {
  // A character that is cut in two becomes one that is not: none of it may be more than its bytes.
  return Buffer.byteLength(text) <= maxBytes
    ? text
    : Buffer.from(text)
        .subarray(0, maxBytes - 3)
        .toString('latin1')
        .replace(/[^\u0020-\u007e\n]/g, '?');
}

/** Builds a finding from a call and its assessment. */
import type { Actor, ApiCall, GuardCall, ParsedCloudTrailEvent } from '@portcullis/cloudtrail';
import { findingFix, ownerTags, type Assessment, type Finding, type FindingActor } from '@portcullis/finding';
import { isReadError } from '@portcullis/security-groups';
import { undeterminedCallAssessment } from './judge-call.js';
import type { GroupRead } from './concerned-groups.js';

/** The group that a finding is about. Unknown fields are null. */
interface Subject {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly baseline: string | null;
  /** The tags that name the owner of the group. Absent if no tag names an owner. */
  readonly tags?: Readonly<Record<string, string>>;
}

export function callFindingSubjectWithId(id: string): Subject {
  return { id, name: null, vpcId: null, baseline: null };
}

/** Returns a subject with the group's name, VPC and owner, if they could be read. */
export function callFindingSubjectOfReadGroup(id: string, { facts }: GroupRead): Subject {
  if (facts === undefined || isReadError(facts)) return callFindingSubjectWithId(id);
  const tags = ownerTags(facts.tags);
  return { ...callFindingSubjectWithId(id), name: facts.name, vpcId: facts.vpcId, ...(tags && { tags }) };
}

/** @param subject null if the affected groups are unknown. */
export function findingAboutCall(call: ApiCall | GuardCall, subject: Subject | null, assessment: Assessment): Finding {
  const { eventId, eventName, eventTime, errorCode, accountId, region, sharedEventId } = call;
  const { id, name, vpcId, baseline, tags } = subject ?? { id: null, name: null, vpcId: null, baseline: null };
  const finding: Finding = {
    schemaVersion: 1,
    id: `${eventId}:${id ?? '-'}`,
    ...assessment,
    group: { id, name, vpcId, accountId, region, ...(tags && { tags }) },
    baseline,
    actor: callFindingActor(call.actor),
    event: {
      source: 'cloudtrail',
      id: eventId,
      name: eventName,
      time: eventTime,
      errorCode,
      ...(sharedEventId !== null && { sharedId: sharedEventId }),
    },
  };
  const fix = findingFix(finding);
  return { ...finding, ...(fix && { fix }) };
}

export function findingAboutUnreadableCallRecord({ eventId, eventName, problems }: Extract<ParsedCloudTrailEvent, { ok: false }>): Finding {
  const told = problems.map(({ path, text, expected }) => `\`${path}\` is ${text}, expected ${expected}`).join('; ');
  return {
    schemaVersion: 1,
    id: `${eventId ?? 'unreadable'}:-`,
    ...undeterminedCallAssessment(`a CloudTrail record could not be read: ${told}`),
    group: { id: null, name: null, vpcId: null, accountId: null, region: null },
    baseline: null,
    actor: null,
    event: { source: 'cloudtrail', id: eventId, name: eventName, time: null, errorCode: null },
  };
}

/** The maximum length of a text that the caller may choose, in characters. */
const MAX_CALLER_TEXT = 256;

function callFindingActor(actor: Actor): FindingActor {
  const bounded = (text: string | null): string | null => text?.slice(0, MAX_CALLER_TEXT) ?? null;
  return {
    type: actor.type,
    arn: bounded(actor.arn),
    issuerArn: actor.issuerArn,
    accountId: actor.accountId,
    principalId: bounded(actor.principalId),
    onBehalfOf: bounded(actor.onBehalfOf),
    userName: bounded(actor.userName),
    sessionName: bounded(actor.sessionName),
    sourceIdentity: bounded(actor.sourceIdentity),
    sourceIp: bounded(actor.sourceIp),
    userAgent: bounded(actor.userAgent),
    invokedBy: actor.invokedBy,
    mfa: actor.mfa,
    console: actor.fromConsole,
  };
}

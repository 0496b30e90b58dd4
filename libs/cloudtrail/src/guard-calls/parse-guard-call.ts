import { cloudTrailField, cloudTrailListMembers, cloudTrailText, type Located } from '../event/located.js';
import { readRecordedCall, type RecordedCall, type UnreadableRecord } from '../event/recorded-call.js';
import { patternMatcherTest } from '../event-pattern/pattern-matcher.js';
import { GUARD_PARTS, type GuardEffect, type GuardIdentity } from './guard-parts.js';
import { GUARD_EVENT_SOURCES, guardCallEventSource } from './guard-services.js';

/** One call on a part of the guard. */
export interface GuardCall extends RecordedCall {
  /** The kind of the part in words: `configuration recorder`, `function`, … */
  readonly part: string;
  /** The name of the part, as written in the record. Null if the record does not contain the name. */
  readonly name: string | null;
  readonly effect: GuardEffect;
  /** A text that says what happens without the part. */
  readonly consequence: string;
}

/** If the call does not concern a part of the guard, `value` is `undefined`. */
export type ParsedGuardCall = { readonly ok: true; readonly value: GuardCall | undefined } | UnreadableRecord;

/** Reads the record of a call, and returns the part of the deployment that the call concerns. Never throws. */
export function parseGuardCall(event: unknown, guard: GuardIdentity): ParsedGuardCall {
  const read = readRecordedCall(event, GUARD_EVENT_SOURCES);
  if (!read.ok) return read;
  const part = readGuardPart(read.record, read.call.eventName.replace(/\d{8}(v\d+)?$/, ''), guard);
  return { ok: true, value: part && { ...read.call, ...part } };
}

function readGuardPart(record: Located, eventName: string, guard: GuardIdentity): Omit<GuardCall, keyof RecordedCall> | undefined {
  const eventSource = cloudTrailText(cloudTrailField(record, 'eventSource'));
  for (const { part, service, consequence, own, calls } of GUARD_PARTS) {
    if (guardCallEventSource(service) !== eventSource) continue;
    for (const { nameAt, shownAt, mayBeUnnamed = false, stops = [], changes = [] } of calls) {
      if (!stops.includes(eventName) && !changes.includes(eventName)) continue;
      const names = guardCallTextsAt(record, nameAt ?? shownAt);
      const tests = own(guard).map((matcher) => patternMatcherTest(matcher, part));
      const name = nameAt === null ? names[0] : names.find((each) => tests.some((test) => test(each)));
      if (nameAt !== null && name === undefined && !(mayBeUnnamed && names.length === 0)) continue;
      const isStopped = stops.includes(eventName) || switchesGuardPartOff(cloudTrailField(record, 'requestParameters'));
      return { part, name: name ?? null, effect: isStopped ? 'stops' : 'changes', consequence };
    }
  }
  return undefined;
}

/**
 * Some calls in `changes` stop the part, depending on the request. Returns true if the request sets a function's concurrency to zero,
 * disables a rule or a schedule, or removes security groups from a recorder.
 */
function switchesGuardPartOff(request: Located): boolean {
  return (
    cloudTrailField(request, 'reservedConcurrentExecutions').value === 0 ||
    cloudTrailField(request, 'state').value === 'DISABLED' ||
    guardCallTextsAt(request, 'resourceTypes').includes('AWS::EC2::SecurityGroup')
  );
}

/** Returns all texts at a path. If the path leads through a list, returns the texts of every member of the list. */
function guardCallTextsAt(located: Located, path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  return path
    .split('.')
    .reduce<readonly Located[]>((found, key) => found.flatMap((each) => cloudTrailListMembers(cloudTrailField(each, key), [])), [located])
    .flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
}

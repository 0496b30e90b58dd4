import { offendingText } from '@portcullis/permission-diff';
import { at, holdsObject, isOmitted, isPresent, omittedProblem, type Located } from './located.js';
import type { RecordProblem } from './problem.js';

/**
 * Whether the call did what it asked for. A refused call and a dry run changed nothing. `unknown`: AWS failed while it worked on the
 * call, so the call may have taken effect.
 */
export type Outcome = 'succeeded' | 'refused' | 'dry-run' | 'unknown';

/** Reports whether the call certainly changed nothing. */
export function changedNothing(outcome: Outcome): boolean {
  return outcome === 'refused' || outcome === 'dry-run';
}

/** The parts of a record in which one call differs from another, out of their wrapping. */
export interface CallRecord {
  readonly eventName: string;
  readonly outcome: Outcome;
  /** Not an object when the record has no parameters. */
  readonly request: Located;
  readonly response: Located;
}

/** Takes request and response out of `<Operation>Request` and `<Operation>Response`, where the call is recorded so. */
export function callRecordOf(record: Located, eventName: string, outcome: Outcome): CallRecord {
  return {
    eventName,
    outcome,
    request: unwrapped(at(record, 'requestParameters'), `${eventName}Request`),
    response: unwrapped(at(record, 'responseElements'), `${eventName}Response`),
  };
}

/** Returns the request's rule ids, which a Revoke call names. */
export function revokedIdsIn({ request }: CallRecord): Located {
  return at(request, 'securityGroupRuleIds', 'securityGroupRuleId');
}

/** Returns the request's list of rules and their new content, which a Modify call names. */
export function modifiedRulesIn({ request }: CallRecord): Located {
  return at(request, 'securityGroupRule', 'securityGroupRules');
}

/** Returns the request's list of rule ids and their new descriptions. */
export function describedIdsIn({ request }: CallRecord): Located {
  return at(request, 'securityGroupRuleDescription', 'securityGroupRuleDescriptions');
}

/** Returns the problem that something is not in the request; when the whole request is not there, that is the problem. */
export function missingFrom(call: CallRecord, located: Located, expected: string): RecordProblem {
  const [problem] = requestProblems(call);
  return problem ?? { code: 'missing', path: located.path, text: offendingText(located.value), expected };
}

/** Returns why the request cannot be relied on to be whole; nothing when it can. */
export function requestProblems({ request }: CallRecord): readonly RecordProblem[] {
  if (!isPresent(request)) return [partProblem('missing', request, 'the parameters of the call')];
  return partProblems(request, 'the parameters of the call');
}

/** Returns why what EC2 answered cannot be read; nothing when it can, or when there is no answer. */
export function responseProblems({ response }: CallRecord): readonly RecordProblem[] {
  return isPresent(response) ? partProblems(response, 'the answer to the call') : [];
}

function partProblems(part: Located, expected: string): readonly RecordProblem[] {
  if (isOmitted(part)) return [omittedProblem(part)];
  return holdsObject(part) ? [] : [partProblem('wrong-type', part, expected)];
}

function partProblem(code: 'missing' | 'wrong-type', { path, value }: Located, expected: string): RecordProblem {
  return { code, path, text: offendingText(value), expected };
}

function unwrapped(parameters: Located, wrapper: string): Located {
  const inner = at(parameters, wrapper);
  return isPresent(inner) ? inner : parameters;
}
